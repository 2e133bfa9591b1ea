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

impl Task {
    /// Returns the key, `task/check`, of a check as this task's checks name it in `needs`: by its id alone where it is of the same task.
    pub fn key_of(&self, check: &str) -> String {
        key_in(&self.id, check)
    }
}

/// As [`Task::key_of`], of a task that is still being read.
pub(super) fn key_in(task: &str, check: &str) -> String {
    if check.contains('/') { check.to_owned() } else { format!("{task}/{check}") }
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
