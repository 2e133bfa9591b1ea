use std::fmt::Debug;
use std::time::Duration;

use crate::aws::Failure;

/// What is done with a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Create,
    Update,
    /// Create anew; the old one is deleted.
    Replace,
    Delete,
}

/// Something that happened to a resource.
#[derive(Debug, Clone)]
pub enum Event {
    Started {
        logical_id: String,
        kind: String,
        action: Action,
    },
    Finished {
        logical_id: String,
        kind: String,
        action: Action,
        elapsed: Duration,
    },
    Failed {
        logical_id: String,
        kind: String,
        action: Action,
        failure: Failure,
    },
    /// The place has no such resources: the stack is made without it.
    LeftOut {
        logical_id: String,
        kind: String,
        why: String,
    },
    /// One resource failed: everything that was made is deleted again.
    RollingBack,
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
