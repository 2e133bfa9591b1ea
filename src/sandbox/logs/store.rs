use std::collections::{BTreeMap, HashMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::metric_filters::MetricFilter;
use super::settings::Settings;
use super::subscriptions::SubscriptionFilter;
use crate::sandbox::{AccountId, Scope, ServiceError};

/// Events that a group keeps; the oldest go first. A function that prints without end must not fill the memory.
const MOST_EVENTS: usize = 100_000;

/// Everything that was logged.
#[derive(Debug, Default)]
pub(super) struct Store {
    places: HashMap<Scope, BTreeMap<String, Group>>,
    settings: HashMap<Scope, Settings>,
}

/// A log group. Times are milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Group {
    pub(super) created: i64,
    pub(super) retention_days: Option<u32>,
    /// ARN of the key that the group is said to be encrypted with.
    #[serde(default)]
    pub(super) kms_key: Option<String>,
    /// `STANDARD` where there is none.
    #[serde(default)]
    pub(super) class: Option<String>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) streams: BTreeMap<String, Stream>,
    #[serde(default)]
    pub(super) metric_filters: BTreeMap<String, MetricFilter>,
    #[serde(default)]
    pub(super) subscription_filters: BTreeMap<String, SubscriptionFilter>,
    /// In the order of their coming in.
    pub(super) events: VecDeque<Event>,
    /// How many events there have ever been: numbers them.
    pub(super) count: u64,
    /// The number that the next event to be kept on disk has.
    #[serde(skip)]
    pub(super) kept: u64,
    /// What lies on disk: number of the first event, and of the one after the last.
    #[serde(skip)]
    pub(super) batches: VecDeque<(u64, u64)>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Stream {
    pub(super) created: i64,
    pub(super) first_event: Option<i64>,
    pub(super) last_event: Option<i64>,
    pub(super) last_ingestion: Option<i64>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Event {
    pub(super) number: u64,
    pub(super) stream: String,
    pub(super) timestamp: i64,
    pub(super) ingestion: i64,
    pub(super) message: String,
}

impl Store {
    /// What an account has set in a region besides its groups.
    pub(super) fn settings(&self, scope: &Scope) -> Option<&Settings> {
        self.settings.get(scope)
    }

    pub(super) fn settings_mut(&mut self, scope: &Scope) -> &mut Settings {
        self.settings.entry(scope.clone()).or_default()
    }

    pub(super) fn groups(&self, scope: &Scope) -> impl Iterator<Item = (&String, &Group)> {
        self.places.get(scope).into_iter().flatten()
    }

    pub(super) fn group(&self, scope: &Scope, name: &str) -> Result<&Group, ServiceError> {
        self.places.get(scope).and_then(|groups| groups.get(name)).ok_or_else(no_group)
    }

    pub(super) fn group_mut(&mut self, scope: &Scope, name: &str) -> Result<&mut Group, ServiceError> {
        self.places.get_mut(scope).and_then(|groups| groups.get_mut(name)).ok_or_else(no_group)
    }

    pub(super) fn has_group(&self, scope: &Scope, name: &str) -> bool {
        self.group(scope, name).is_ok()
    }

    pub(super) fn create_group(
        &mut self,
        scope: &Scope,
        name: &str,
        tags: BTreeMap<String, String>,
        now: i64,
    ) -> Result<(), ServiceError> {
        if self.has_group(scope, name) {
            return Err(exists("The specified log group already exists"));
        }
        let group = Group { created: now, tags, ..Group::default() };
        self.places.entry(scope.clone()).or_default().insert(name.to_owned(), group);
        Ok(())
    }

    pub(super) fn put_group(&mut self, scope: &Scope, name: &str, group: Group) {
        self.places.entry(scope.clone()).or_default().insert(name.to_owned(), group);
    }

    /// Puts what was read from disk in order.
    pub(super) fn settle(&mut self, account: &AccountId) {
        let own = self.places.iter_mut().filter(|(scope, _)| scope.account == *account);
        for group in own.flat_map(|(_, groups)| groups.values_mut()) {
            group.events.make_contiguous().sort_by_key(|event| event.number);
            group.count = group.events.back().map_or(group.count, |event| group.count.max(event.number + 1));
            group.kept = group.count;
            let Some(first) = group.events.front() else { continue };
            // One batch stands for all of before; its key is that of its first event.
            group.batches = VecDeque::from([(first.number, group.count)]);
        }
    }

    pub(super) fn delete_group(&mut self, scope: &Scope, name: &str) -> Result<(), ServiceError> {
        let removed = self.places.get_mut(scope).and_then(|groups| groups.remove(name));
        removed.map(drop).ok_or_else(no_group)
    }

    pub(super) fn reset(&mut self, account: Option<&AccountId>) {
        let stays = |scope: &Scope| account.is_some_and(|account| scope.account != *account);
        self.places.retain(|scope, _| stays(scope));
        self.settings.retain(|scope, _| stays(scope));
    }
}

impl Group {
    pub(super) fn stream(&self, name: &str) -> Result<&Stream, ServiceError> {
        self.streams.get(name).ok_or_else(no_stream)
    }

    pub(super) fn create_stream(&mut self, name: &str, now: i64) -> Result<(), ServiceError> {
        if self.streams.contains_key(name) {
            return Err(exists("The specified log stream already exists"));
        }
        self.streams.insert(name.to_owned(), Stream { created: now, ..Stream::default() });
        Ok(())
    }

    pub(super) fn delete_stream(&mut self, name: &str) -> Result<(), ServiceError> {
        self.streams.remove(name).ok_or_else(no_stream)?;
        self.events.retain(|event| event.stream != name);
        Ok(())
    }

    /// Adds events to a stream that is there.
    pub(super) fn append(
        &mut self,
        stream: &str,
        events: impl IntoIterator<Item = (i64, String)>,
        now: i64,
    ) -> Result<(), ServiceError> {
        let kept = self.streams.get_mut(stream).ok_or_else(no_stream)?;
        for (timestamp, message) in events {
            kept.first_event = Some(kept.first_event.map_or(timestamp, |first| first.min(timestamp)));
            kept.last_event = Some(kept.last_event.map_or(timestamp, |last| last.max(timestamp)));
            kept.last_ingestion = Some(now);
            let (number, stream) = (self.count, stream.to_owned());
            self.events.push_back(Event { number, stream, timestamp, ingestion: now, message });
            self.count += 1;
        }
        let surplus = self.events.len().saturating_sub(MOST_EVENTS);
        self.events.drain(..surplus);
        Ok(())
    }

    /// Messages and 26 bytes for each, as AWS counts
    /// (<https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html>).
    pub(super) fn stored_bytes(&self) -> usize {
        self.events.iter().map(|event| event.message.len() + 26).sum()
    }
}

fn no_group() -> ServiceError {
    ServiceError::new(400, "ResourceNotFoundException", "The specified log group does not exist.")
}

fn no_stream() -> ServiceError {
    ServiceError::new(400, "ResourceNotFoundException", "The specified log stream does not exist.")
}

fn exists(message: &str) -> ServiceError {
    ServiceError::new(400, "ResourceAlreadyExistsException", message)
}
