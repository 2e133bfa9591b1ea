use std::sync::Arc;

use serde::Serialize;

use super::Keeper;
use crate::sandbox::AccountId;

/// What a service has accepted and not handed on yet, kept where the state is: it is tried after a restart, too. What was under way when
/// the process ended is handed on again, since such deliveries are made at least once.
#[derive(Debug)]
pub struct Outbox {
    /// What the records' keys begin with; never changes between releases.
    name: &'static str,
    keeper: Arc<Keeper>,
}

impl Outbox {
    pub fn new(name: &'static str, keeper: Arc<Keeper>) -> Self {
        Self { name, keeper }
    }

    /// Writes an item as it is now. Whoever answers a call waits until it is on disk.
    pub fn keep(&self, account: &AccountId, id: &str, item: &impl Serialize) {
        if !self.keeper.is_durable() {
            return;
        }
        match serde_json::to_vec(item) {
            Ok(text) => self.keeper.put(self.name, account, [(id.to_owned(), Some(text))]),
            Err(error) => tracing::error!(%error, "a delivery was not kept"),
        }
    }

    pub fn forget(&self, account: &AccountId, id: &str) {
        if self.keeper.is_durable() {
            self.keeper.put(self.name, account, [(id.to_owned(), None)]);
        }
    }
}
