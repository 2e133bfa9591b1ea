use super::{Check, Gate, Points};
use crate::source::Location;

/// Something that the candidate is asked to do.
#[derive(Debug, Clone)]
pub struct Task {
    pub id: String,
    pub title: String,
    /// Id of a domain of the challenge.
    pub domain: String,
    pub points: Points,
    pub credit: Credit,
    /// What it costs beside its points when not all of them are earned.
    pub gate: Option<Gate>,
    /// How many of the checks are drawn for a variant; `None`: all.
    pub draw: Option<usize>,
    pub checks: Vec<Check>,
    pub location: Location,
}

/// How the verdicts of a task's checks become its points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credit {
    /// Points in proportion to the weight of the checks that pass.
    Proportional,
    AllOrNothing,
    /// All the points when at least so many checks pass, else none.
    AtLeast(u32),
}
