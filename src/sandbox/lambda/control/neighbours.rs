use std::fmt;
use std::sync::{Arc, OnceLock, Weak};

use crate::sandbox::keeping::Keeper;
use crate::sandbox::{AccountId, EventSource, MessageSink, ObjectReader};

/// The services that Lambda calls for its customers. They are made after it, since some of them call Lambda too.
#[derive(Default)]
pub struct Neighbours {
    /// Queues and streams.
    pub sources: Vec<Weak<dyn EventSource>>,
    /// Queues, topics and buses.
    pub sinks: Vec<Weak<dyn MessageSink>>,
    pub objects: Option<Weak<dyn ObjectReader>>,
    /// Keeps how far streams were read, which no call of a client's changes.
    pub keeper: Option<Arc<Keeper>>,
}

/// A place for the neighbours, empty until they are made.
#[derive(Default)]
pub(super) struct Surroundings(OnceLock<Neighbours>);

impl Surroundings {
    pub(super) fn settle(&self, neighbours: Neighbours) {
        // There is one composition; a second would change nothing.
        let _ = self.0.set(neighbours);
    }

    /// Returns the service that has the queue or stream of an ARN.
    pub(super) fn source(&self, arn: &str) -> Option<Arc<dyn EventSource>> {
        self.0.get()?.sources.iter().filter_map(Weak::upgrade).find(|source| source.owns(arn))
    }

    /// Returns the service that takes messages for an ARN.
    pub(super) fn sink(&self, arn: &str) -> Option<Arc<dyn MessageSink>> {
        self.0.get()?.sinks.iter().filter_map(Weak::upgrade).find(|sink| sink.owns(arn))
    }

    /// Whether there is anything at all that could be polled.
    pub(super) fn has_sources(&self) -> bool {
        self.0.get().is_some_and(|neighbours| !neighbours.sources.is_empty())
    }

    /// Keeps what changed of an account without a call of a client's.
    pub(super) fn keep(&self, account: &AccountId) {
        let keeper = self.0.get().and_then(|neighbours| neighbours.keeper.as_ref());
        if let Some(Err(error)) = keeper.map(|keeper| keeper.save("lambda", account)) {
            tracing::error!(error = %error.message, "functions were not kept");
        }
    }

    pub(super) fn objects(&self) -> Option<Arc<dyn ObjectReader>> {
        self.0.get()?.objects.as_ref()?.upgrade()
    }
}

impl fmt::Debug for Neighbours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Neighbours").finish_non_exhaustive()
    }
}
