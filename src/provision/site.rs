use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Event, Listener, Silent};
use crate::aws::Clients;
use crate::context::Random;

/// Where stacks are made, and who is told.
#[derive(Debug, Clone)]
pub struct Site {
    pub clients: Clients,
    /// Names are made up with it.
    pub random: Random,
    pub listener: Arc<dyn Listener>,
    /// How many resources are worked on at once.
    pub parallel: usize,
    pub marks: Marks,
    /// Types that cannot be made here, each with the reason: stacks are made without them.
    pub left_out: &'static [(&'static str, &'static str)],
}

/// The tags that every resource of a stack bears besides its own.
#[derive(Debug, Clone)]
pub enum Marks {
    /// Those by which inspection knows what is the scenario's.
    Ours,
    /// These, and nothing of ours.
    Given(BTreeMap<String, String>),
}

impl Site {
    /// Makes a site that tells nobody.
    pub fn new(clients: Clients, random: Random) -> Self {
        Self { clients, random, listener: Arc::new(Silent), parallel: 8, marks: Marks::Ours, left_out: &[] }
    }

    #[must_use]
    pub fn marked_with(self, tags: BTreeMap<String, String>) -> Self {
        Self { marks: Marks::Given(tags), ..self }
    }

    #[must_use]
    pub fn without(self, left_out: &'static [(&'static str, &'static str)]) -> Self {
        Self { left_out, ..self }
    }

    #[must_use]
    pub fn told_to(self, listener: Arc<dyn Listener>) -> Self {
        Self { listener, ..self }
    }

    pub(super) fn tell(&self, event: &Event) {
        self.listener.hear(event);
    }
}
