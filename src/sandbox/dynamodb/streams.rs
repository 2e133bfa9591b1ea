use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::changes::Change;
use super::definition::Definition;
use crate::sandbox::{Position, Scope};

/// Records that a stream keeps, besides those of its last day; the oldest go first.
const MOST: usize = 50_000;
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html>: 24 hours, in seconds.
const AGE: i64 = 24 * 3600;

/// The streams of the tables of one region, one shard each.
#[derive(Debug, Default)]
pub(super) struct Streams(Mutex<HashMap<String, Stream>>);

#[derive(Debug, Clone, Default)]
pub(super) struct Stream {
    pub(super) label: String,
    records: VecDeque<Record>,
    /// How many records there have ever been.
    count: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) number: u64,
    created: i64,
    event: Value,
}

/// What became of a stream by one more record.
pub(super) struct Appended {
    pub(super) record: Record,
    /// Numbers of the records that it has no longer.
    pub(super) gone: Vec<u64>,
}

pub(super) fn stream_arn(scope: &Scope, table: &str, label: &str) -> String {
    format!("{}/stream/{label}", super::access::table_arn(scope, table))
}

/// Takes table and label out of a stream's ARN.
pub(super) fn parse_arn(arn: &str) -> Option<(Scope, &str, &str)> {
    let mut parts = arn.splitn(6, ':');
    let (Some("arn"), Some(_), Some("dynamodb")) = (parts.next(), parts.next(), parts.next()) else {
        return None;
    };
    let (region, account) = (parts.next()?, parts.next()?);
    let (table, label) = parts.next()?.strip_prefix("table/")?.split_once("/stream/")?;
    let account = crate::sandbox::AccountId::parse(account)?;
    Some((Scope { account, region: region.to_owned() }, table, label))
}

/// The number of a record as the API shows it: digits that sort as the records do.
pub(super) fn sequence(number: u64) -> String {
    format!("{:021}", 100_000_000_u64.saturating_add(number.saturating_mul(100)))
}

/// Reads such a number.
pub(super) fn number_of(sequence: &str) -> Option<u64> {
    sequence.parse::<u64>().ok()?.checked_sub(100_000_000).map(|number| number / 100)
}

impl Streams {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Stream>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn turn_on(&self, table: &str, label: &str) {
        self.lock().insert(table.to_owned(), Stream { label: label.to_owned(), ..Stream::default() });
    }

    pub(super) fn turn_off(&self, table: &str) {
        self.lock().remove(table);
    }

    /// Puts records into a stream that was just turned on, as they were kept.
    pub(super) fn refill(&self, table: &str, mut records: Vec<Record>) {
        if let Some(stream) = self.lock().get_mut(table) {
            records.sort_by_key(|record| record.number);
            // The newest record stays for as long as no newer one comes, so that numbers go on.
            stream.count = records.last().map_or(0, |record| record.number + 1);
            stream.records = records.into();
        }
    }

    /// Adds a change to the table's stream, with what the stream is to show. `expired` says that time to live deleted the item.
    pub(super) fn append(
        &self,
        definition: &Definition,
        change: &Change,
        now: Timestamp,
        expired: bool,
    ) -> Option<Appended> {
        let mut streams = self.lock();
        let stream = streams.get_mut(&change.table)?;
        // A write that changes nothing is no event.
        if change.old == change.new {
            return None;
        }
        let view = definition
            .stream_specification()
            .and_then(|specification| specification.get("StreamViewType"))
            .and_then(Value::as_str)
            .unwrap_or("KEYS_ONLY")
            .to_owned();
        let number = stream.count;
        stream.count += 1;
        let mut shown = Map::new();
        shown.insert("ApproximateCreationDateTime".to_owned(), now.as_second().into());
        shown.insert("Keys".to_owned(), change.keys.clone());
        if let Some(new) = change.new.as_ref().filter(|_| view.starts_with("NEW")) {
            shown.insert("NewImage".to_owned(), new.clone());
        }
        if let Some(old) = change.old.as_ref().filter(|_| view.ends_with("OLD_IMAGES") || view == "OLD_IMAGE")
        {
            shown.insert("OldImage".to_owned(), old.clone());
        }
        shown.insert("SequenceNumber".to_owned(), sequence(number).into());
        shown.insert("SizeBytes".to_owned(), change.size.into());
        shown.insert("StreamViewType".to_owned(), view.into());
        let mut event = json!({
            "eventID": format!("{:032x}", u128::from(number) + 1),
            "eventName": change.name,
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "dynamodb": shown,
        });
        if expired {
            // <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html>
            event["userIdentity"] = json!({ "type": "Service", "principalId": "dynamodb.amazonaws.com" });
        }
        let record = Record { number, created: now.as_second(), event };
        stream.records.push_back(record.clone());
        let mut gone = Vec::new();
        while stream.records.len() > MOST
            || stream.records.front().is_some_and(|record| now.as_second() - record.created > AGE)
        {
            gone.extend(stream.records.pop_front().map(|record| record.number));
        }
        Some(Appended { record, gone })
    }

    /// Returns the records after a position, and the position after them; `None` where the table has no such stream.
    pub(super) fn read(
        &self,
        table: &str,
        label: &str,
        from: Position,
        most: usize,
    ) -> Option<(Vec<Value>, Position)> {
        let streams = self.lock();
        let stream = streams.get(table).filter(|stream| stream.label == label)?;
        let start = match from {
            Position::TrimHorizon => 0,
            Position::Latest => stream.count,
            Position::After(number) => number + 1,
        };
        let records: Vec<&Record> =
            stream.records.iter().filter(|record| record.number >= start).take(most).collect();
        let next = match (records.last(), from) {
            (Some(record), _) => Position::After(record.number),
            (None, Position::Latest) => {
                stream.count.checked_sub(1).map_or(Position::TrimHorizon, Position::After)
            }
            (None, from) => from,
        };
        Some((records.into_iter().map(|record| record.event.clone()).collect(), next))
    }

    /// The number of the oldest record that is kept, and of the next one to come.
    pub(super) fn bounds(&self, table: &str) -> Option<(u64, u64)> {
        let streams = self.lock();
        let stream = streams.get(table)?;
        Some((stream.records.front().map_or(stream.count, |record| record.number), stream.count))
    }
}
