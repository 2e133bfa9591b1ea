//! Verdicts to points. Pure, in integer hundredths.
//!
//! In: a [`Challenge`](crate::challenge::Challenge) and the verdicts of its checks. Out: a [`Scorecard`]. What is undetermined
//! costs nothing: it widens the score to an [`Interval`], and only where the pass mark lies inside is the result provisional.

mod credit;
mod gates;
mod rubric;
mod scaled;
mod scorecard;
#[cfg(test)]
mod tests;

pub use rubric::{score, score_less_hints};
pub use scaled::{HIGHEST, LOWEST, USUAL_CUT, scaled};
pub use scorecard::{CheckScore, DomainScore, GateEffect, GateScore, Interval, Result, Scorecard, TaskScore};
