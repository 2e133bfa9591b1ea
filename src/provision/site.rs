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
}

impl Site {
    /// Makes a site that tells nobody.
    pub fn new(clients: Clients, random: Random) -> Self {
        Self { clients, random, listener: Arc::new(Silent), parallel: 8 }
    }

    #[must_use]
    pub fn told_to(self, listener: Arc<dyn Listener>) -> Self {
        Self { listener, ..self }
    }

    pub(super) fn tell(&self, event: &Event) {
        self.listener.hear(event);
    }
}
