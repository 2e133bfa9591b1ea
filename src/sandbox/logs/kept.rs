use super::Logs;
use super::command::{Command, group_of};
use super::settings::Settings;
use super::store::{Event, Group, Store, Stream};
use super::tagging;
use crate::sandbox::keeping::{Durable, Keeper, Records};
use crate::sandbox::{AccountId, Scope};

/// Between the parts of a key.
const SEPARATOR: char = '\u{1f}';

/// Kinds of records: a group without its streams and events, a stream, some events that came together.
const GROUP: &str = "group";
const STREAM: &str = "stream";
const EVENTS: &str = "events";
/// What a region has besides its groups; one record, whose name is empty.
const SETTINGS: &str = "settings";

impl Durable for Logs {
    fn name(&self) -> &'static str {
        "logs"
    }

    fn restore(&self, account: &AccountId, mut records: Records, _keeper: &Keeper) -> Result<(), String> {
        let mut store = self.store();
        // Groups before what is in them.
        records.sort_by_key(|(key, _)| key.split(SEPARATOR).nth(1).is_none_or(|kind| kind != GROUP));
        for (key, value) in records {
            let parts: Vec<&str> = key.split(SEPARATOR).collect();
            let read = |error: serde_json::Error| format!("{key}: {error}");
            let (&[region, kind, name], rest) = parts.split_first_chunk().ok_or("a key without a group")?;
            let scope = Scope { account: account.clone(), region: region.to_owned() };
            if kind == SETTINGS {
                let settings: Settings = serde_json::from_slice(&value).map_err(read)?;
                *store.settings_mut(&scope) = settings;
                store.settings_mut(&scope).parse();
                continue;
            }
            if kind == GROUP {
                let group: Group = serde_json::from_slice(&value).map_err(read)?;
                store.put_group(&scope, name, group);
                continue;
            }
            // Of a group that was deleted at the very end.
            let Ok(group) = store.group_mut(&scope, name) else { continue };
            match (kind, rest) {
                (STREAM, [stream]) => {
                    let stream_read: Stream = serde_json::from_slice(&value).map_err(read)?;
                    group.streams.insert((*stream).to_owned(), stream_read);
                }
                (EVENTS, _) => {
                    let events: Vec<Event> = serde_json::from_slice(&value).map_err(read)?;
                    group.events.extend(events);
                }
                _ => {}
            }
        }
        store.settle(account);
        Ok(())
    }
}

impl Logs {
    /// Writes what a call changed. The store is the one that the call worked on, still locked.
    pub(super) fn keep_after(&self, store: &mut Store, scope: &Scope, command: &Touched) {
        if !self.keeper.is_durable() {
            return;
        }
        match command {
            Touched::Nothing => {}
            Touched::Settings => {
                let record = store.settings(scope).and_then(|settings| serde_json::to_vec(settings).ok());
                let key = format!("{}{SEPARATOR}{SETTINGS}{SEPARATOR}", scope.region);
                self.keeper.put("logs", &scope.account, [(key, record)]);
            }
            Touched::Group(name) => self.keep(store, scope, name, None),
            Touched::Stream(name, stream) => self.keep(store, scope, name, Some(stream)),
            Touched::Gone(name) => {
                for kind in [STREAM, EVENTS, GROUP] {
                    let end = if kind == GROUP { String::new() } else { SEPARATOR.to_string() };
                    let key = format!("{}{SEPARATOR}{kind}{SEPARATOR}{name}{end}", scope.region);
                    if kind == GROUP {
                        self.keeper.put("logs", &scope.account, [(key, None)]);
                    } else {
                        self.keeper.remove_all("logs", &scope.account, &key);
                    }
                }
            }
        }
    }

    fn keep(&self, store: &mut Store, scope: &Scope, name: &str, stream: Option<&str>) {
        let Ok(group) = store.group_mut(scope, name) else { return };
        let key = |kind: &str, rest: &str| {
            let base = format!("{}{SEPARATOR}{kind}{SEPARATOR}{name}", scope.region);
            if rest.is_empty() { base } else { format!("{base}{SEPARATOR}{rest}") }
        };
        let mut changes = Vec::new();
        let bare = Group {
            created: group.created,
            retention_days: group.retention_days,
            kms_key: group.kms_key.clone(),
            class: group.class.clone(),
            tags: group.tags.clone(),
            metric_filters: group.metric_filters.clone(),
            subscription_filters: group.subscription_filters.clone(),
            count: group.count,
            ..Group::default()
        };
        changes.push((key(GROUP, ""), serde_json::to_vec(&bare).ok()));
        if let Some(stream) = stream {
            let kept = group.streams.get(stream).and_then(|kept| serde_json::to_vec(kept).ok());
            if kept.is_none() {
                // The stream's events went with it: those that are left are written anew, in one.
                self.keeper.remove_all("logs", &scope.account, &format!("{}{SEPARATOR}", key(EVENTS, "")));
                group.batches.clear();
                group.kept = 0;
            }
            changes.push((key(STREAM, stream), kept));
        }
        let first = group.events.partition_point(|event| event.number < group.kept);
        let fresh: Vec<&Event> = group.events.range(first..).collect();
        if let Some(number) = fresh.first().map(|event| event.number) {
            changes.push((key(EVENTS, &format!("{number:020}")), serde_json::to_vec(&fresh).ok()));
            group.batches.push_back((number, group.count));
        }
        group.kept = group.count;
        // Batches all of whose events were dropped, since a group keeps only so many.
        let oldest = group.events.front().map_or(group.count, |event| event.number);
        while group.batches.front().is_some_and(|(_, end)| *end <= oldest) {
            if let Some((number, _)) = group.batches.pop_front() {
                changes.push((key(EVENTS, &format!("{number:020}")), None));
            }
        }
        self.keeper.put("logs", &scope.account, changes);
    }
}

/// What a call changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Touched {
    Nothing,
    Group(String),
    Stream(String, String),
    Gone(String),
    Settings,
}

impl Touched {
    pub(super) fn by(command: &Command) -> Self {
        match command {
            Command::CreateLogGroup(input)
            | Command::DeleteRetentionPolicy(input)
            | Command::TagLogGroup(input) => Self::Group(input.log_group_name.clone()),
            Command::DeleteLogGroup(input) => Self::Gone(input.log_group_name.clone()),
            Command::CreateLogStream(input) | Command::DeleteLogStream(input) => {
                Self::Stream(input.log_group_name.clone(), input.log_stream_name.clone())
            }
            Command::PutLogEvents(input) => {
                Self::Stream(input.log_group_name.clone(), input.log_stream_name.clone())
            }
            Command::PutRetentionPolicy(input) => Self::Group(input.log_group_name.clone()),
            Command::PutMetricFilter(input) => Self::Group(input.log_group_name.clone()),
            Command::PutSubscriptionFilter(input) => Self::Group(input.log_group_name.clone()),
            Command::DeleteMetricFilter(input) | Command::DeleteSubscriptionFilter(input) => {
                Self::Group(input.log_group_name.clone())
            }
            Command::PutResourcePolicy(_)
            | Command::DeleteResourcePolicy(_)
            | Command::PutQueryDefinition(_)
            | Command::DeleteQueryDefinition(_)
            | Command::PutDestination(_)
            | Command::DeleteDestination(_)
            | Command::PutDestinationPolicy(_)
            | Command::PutDeliverySource(_)
            | Command::DeleteDeliverySource(_)
            | Command::PutDeliveryDestination(_)
            | Command::DeleteDeliveryDestination(_)
            | Command::PutDeliveryDestinationPolicy(_)
            | Command::DeleteDeliveryDestinationPolicy(_)
            | Command::CreateDelivery(_)
            | Command::DeleteDelivery(_)
            | Command::UpdateDeliveryConfiguration(_)
            | Command::CreateExportTask(_) => Self::Settings,
            Command::AssociateKmsKey(input) | Command::DisassociateKmsKey(input) => {
                group_of(input.log_group_name.as_deref(), input.resource_identifier.as_deref())
                    .map_or(Self::Nothing, Self::Group)
            }
            Command::UntagLogGroup(input) => Self::Group(input.log_group_name.clone()),
            Command::TagResource(input) => tagging::touched(&input.resource_arn),
            Command::UntagResource(input) => tagging::touched(&input.resource_arn),
            _ => Self::Nothing,
        }
    }
}
