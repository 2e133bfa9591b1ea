use std::fmt::Debug;
use std::time::Duration;

/// What a grade is doing. Checks are named `task/check`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    Inspecting,
    Inspected {
        resources: usize,
        gaps: usize,
    },
    Started {
        check: String,
    },
    /// Not as expected yet, on a target where that may pass: tried again after a pause.
    Settling {
        check: String,
        attempt: u32,
        pause: Duration,
    },
    /// With the word of the verdict.
    Finished {
        check: String,
        verdict: &'static str,
    },
}

/// Hears of progress. Calls come from several threads.
pub trait Listener: Debug + Send + Sync {
    fn hear(&self, event: &Event);
}

/// Hears nothing.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Listener for Silent {
    fn hear(&self, _event: &Event) {}
}
