use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::entity::FunctionName;
use super::super::execution::Job;
use crate::sandbox::ServiceError;
use crate::sandbox::keeping::Keeper;

/// What the records' keys begin with.
pub(super) const NAME: &str = "lambda-events";
/// Between the parts of a key.
const SEPARATOR: char = '\u{1f}';

/// An event that was accepted and not dealt with yet.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Event {
    /// The function, with the qualifier that it was invoked by.
    pub name: FunctionName,
    pub job: Job,
    pub accepted: Timestamp,
    /// How often the function was run with it.
    pub runs: usize,
    /// How often it was throttled since.
    pub throttles: u32,
    /// When it is to be tried next.
    pub due: Timestamp,
}

/// Keeps events where the state is, each until it is dealt with: what was accepted is tried after a restart, too. One that ran when the
/// process ended is run again, as Lambda delivers events at least once.
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html>
#[derive(Default)]
pub(super) struct Pending {
    keeper: OnceLock<Arc<Keeper>>,
}

impl Pending {
    pub(super) fn keep_in(&self, keeper: &Arc<Keeper>) {
        // Set once, when the services are put together.
        let _ = self.keeper.set(Arc::clone(keeper));
    }

    /// Writes an event as it is now.
    pub(super) fn keep(&self, event: &Event) {
        match serde_json::to_vec(event) {
            Ok(text) => self.put(event, Some(text)),
            Err(error) => tracing::error!(%error, "an event was not kept"),
        }
    }

    pub(super) fn forget(&self, event: &Event) {
        self.put(event, None);
    }

    /// Waits until what was written is on disk.
    pub(super) async fn settled(&self) -> Result<(), ServiceError> {
        match self.keeper.get() {
            Some(keeper) => keeper.settled().await,
            None => Ok(()),
        }
    }

    fn put(&self, event: &Event, text: Option<Vec<u8>>) {
        let Some(keeper) = self.keeper.get().filter(|keeper| keeper.is_durable()) else { return };
        let key = format!("{}{SEPARATOR}{}", event.name.scope.region, event.job.request_id);
        keeper.put(NAME, &event.name.scope.account, [(key, text)]);
    }
}
