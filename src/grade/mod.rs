//! Conducts one grade: inspects, probes in order of `needs` and side by side, waits for what settles, evaluates, scores.
//!
//! In: a challenge, the cloud where its scenario stands, the stack's variables and a seed. Out: [`Graded`]: the evidence, the
//! verdicts computed from it, and the scorecard. Whatever the candidate built, a grade ends within its limits: a check
//! that could not be looked at in time is undetermined.

mod conductor;
mod event;
mod extent;
mod inspections;
mod job;
mod order;
mod settle;
mod shared;
mod window;

pub use conductor::{grade, grade_answers};
pub use event::{Event, Listener, Silent};
pub use extent::Extent;
pub use inspections::inspect_before;
pub use job::{Doors, Graded, History, Job, Limits, Opening};
