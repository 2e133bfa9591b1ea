//! Evidence to verdicts. Pure: the same challenge and evidence always give the same verdicts.

mod verdict;

pub use verdict::{Cause, Outcome, Verdict};
