//! Evidence to verdicts. Pure: the same challenge and evidence always give the same verdicts.
//!
//! In: a [`Challenge`](crate::challenge::Challenge) and the [`Evidence`](crate::evidence::Evidence) of one grade. Out: a
//! [`Verdict`] for each check, in the order of the definition. Probes are judged by their transcripts, questions by the
//! answers, everything else by the inspection. What we could not see is undetermined, never failed; what a failed prerequisite makes meaningless is skipped.

mod audit;
mod check;
mod excess;
mod facts;
#[cfg(test)]
mod faithful;
mod fidelity;
mod group;
mod how;
#[cfg(test)]
mod kinds;
mod place;
mod role;
mod rubric;
#[cfg(test)]
pub(crate) mod sample;
mod subject;
#[cfg(test)]
mod tests;
mod unchanged;
mod verdict;

pub use check::evaluate_check;
pub use facts::Facts;
pub use rubric::evaluate;
pub use verdict::{Cause, MemberOutcome, Outcome, Verdict};
