//! Proves a challenge: drives many worlds through the grade, and holds each against what it must come to.
//!
//! In: a [`Challenge`](crate::challenge::Challenge) and a place with fresh accounts. First [`plan`] lists the worlds: the healthy one,
//! the broken start of several variants, each fault alone and in pairs, solutions, near-misses, answers to questions, and
//! [`mutants`] of the healthy world. Then [`prove`] puts them up side by side and grades them. Out: a [`Proof`]: what was accepted
//! and should not be, what was rejected and should not be, and which checks nothing can fail.

mod answers;
mod bench;
mod case;
mod drawn;
mod driver;
mod event;
mod judge;
mod kill;
mod mutant;
mod pair;
mod place;
mod plan;
mod proof;
mod scent;
mod script;
mod seen;
mod spent;
mod stage;
#[cfg(test)]
mod tests;

pub use case::{Case, Expected, Kind, Way};
pub use drawn::{ATTEMPT, Drawn};
pub use driver::{Job, prove};
pub use event::{Event, Listener, Silent};
pub use judge::judge;
pub use mutant::{Mutant, mutants};
pub use place::Place;
pub use plan::{Options, Plan, plan};
pub use proof::{CheckProof, MutantCount, Proof, Rates, Standing, WorldProof, schema};
pub use scent::Scent;
pub use seen::{Seen, Sight};
pub use spent::{Spent, Step, StepTime};
