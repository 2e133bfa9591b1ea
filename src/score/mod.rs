//! Verdicts to points. Pure, in integer hundredths.

mod scorecard;

pub use scorecard::{CheckScore, DomainScore, Interval, Result, Scorecard, TaskScore};
