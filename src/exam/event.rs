use std::fmt::Debug;
use std::sync::Arc;

use crate::attempt::{Attempt, Reckoning, State};
use crate::{grade, provision};

/// What becomes of an attempt while somebody watches.
#[derive(Debug, Clone)]
pub enum Event<'a> {
    Began(State),
    Done(State, &'a Attempt),
    /// Time that was lost was given back.
    Credited(std::time::Duration),
    /// Told a few times a second while the candidate works.
    Time(Reckoning),
    /// Something could not be written; it is tried again.
    Trouble(String),
}

/// Hears of it. Calls come from several threads.
pub trait Listener: Debug + Send + Sync {
    fn hear(&self, event: &Event<'_>);

    /// Who hears of the scenario's making.
    fn provisioning(&self) -> Arc<dyn provision::Listener> {
        Arc::new(provision::Silent)
    }

    /// Who hears of the grade.
    fn grading(&self) -> Arc<dyn grade::Listener> {
        Arc::new(grade::Silent)
    }
}

/// Hears nothing.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Listener for Silent {
    fn hear(&self, _event: &Event<'_>) {}
}
