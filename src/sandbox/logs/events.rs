use serde_json::{Value, json};

use super::command::{FilterEvents, GetEvents, InputEvent, PutEvents, group_of, invalid};
use super::groups::with_token;
use super::page::{check_limit, page};
use super::pattern::Pattern;
use super::store::{Event, Store};
use crate::sandbox::{Scope, ServiceError};

/// Limits of `PutLogEvents`: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html>.
const MOST_EVENTS: usize = 10_000;
const MOST_BYTES: usize = 1_048_576;
const EVENT_OVERHEAD: usize = 26;
const FUTURE: i64 = 2 * 3_600_000;
const PAST: i64 = 14 * 24 * 3_600_000;

pub(super) fn put(
    store: &mut Store,
    scope: &Scope,
    input: PutEvents,
    now: i64,
) -> Result<Value, ServiceError> {
    let events = input.log_events;
    let bytes: usize = events.iter().map(|event| event.message.len() + EVENT_OVERHEAD).sum();
    if events.is_empty() || events.len() > MOST_EVENTS {
        return Err(invalid(format!(
            "1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member must have length between 1 and {MOST_EVENTS}"
        )));
    }
    if bytes > MOST_BYTES {
        return Err(invalid(format!("Upload too large: {bytes} bytes exceeds limit of {MOST_BYTES}")));
    }
    if events.windows(2).any(|pair| pair[1].timestamp < pair[0].timestamp) {
        return Err(invalid("Log events in a single PutLogEvents request must be in chronological order."));
    }
    let group = store.group_mut(scope, &input.log_group_name)?;
    group.stream(&input.log_stream_name)?;
    let old = events.iter().take_while(|event| event.timestamp < now - PAST).count();
    let new = events.iter().position(|event| event.timestamp > now + FUTURE);
    let kept = events[old..new.unwrap_or(events.len()).max(old)].iter();
    let kept: Vec<_> = kept.map(|InputEvent { timestamp, message }| (*timestamp, message.clone())).collect();
    group.append(&input.log_stream_name, kept, now)?;
    let mut answer = json!({ "nextSequenceToken": format!("{:056}", group.count) });
    if old > 0 || new.is_some() {
        let mut rejected = json!({});
        if old > 0 {
            rejected["tooOldLogEventEndIndex"] = old.into();
        }
        if let Some(new) = new {
            rejected["tooNewLogEventStartIndex"] = new.into();
        }
        answer["rejectedLogEventsInfo"] = rejected;
    }
    Ok(answer)
}

/// Stands in the tokens of a stream that has no events yet.
const NO_EVENT: usize = usize::MAX;

/// Returns a stream's events page by page. The tokens name the page's ends, as on AWS: `f/` its last event, to go on after it, `b/` its
/// first, to go back before it. Asking beyond an end returns the same token again, which is how clients know that they are done.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html>
pub(super) fn get(store: &Store, scope: &Scope, input: &GetEvents) -> Result<Value, ServiceError> {
    let name = group_of(input.log_group_name.as_deref(), input.log_group_identifier.as_deref())?;
    let group = store.group(scope, &name)?;
    group.stream(&input.log_stream_name)?;
    let limit = input.limit.unwrap_or(MOST_EVENTS);
    check_limit(limit, MOST_EVENTS)?;
    let mut events: Vec<&Event> =
        group.events.iter().filter(|event| event.stream == input.log_stream_name).collect();
    events.retain(|event| within(event, input.start_time, input.end_time));
    events.sort_by_key(|event| (event.timestamp, event.number));
    let token = |text: &str| -> Option<(bool, usize)> {
        let (direction, at) = text.split_once('/')?;
        matches!(direction, "f" | "b").then_some((direction == "f", at.parse().ok()?))
    };
    let count = events.len();
    let mut asked_at = NO_EVENT;
    let (start, end) = match input.next_token.as_deref() {
        None if input.start_from_head => (0, limit.min(count)),
        None => (count.saturating_sub(limit), count),
        Some(text) => {
            let (forward, at) = token(text).ok_or_else(|| invalid("The specified nextToken is invalid."))?;
            asked_at = at;
            match (forward, at) {
                (true, NO_EVENT) => (0, limit.min(count)),
                (true, at) => {
                    let start = at.saturating_add(1).min(count);
                    (start, start.saturating_add(limit).min(count))
                }
                (false, NO_EVENT) => (0, 0),
                (false, at) => (at.min(count).saturating_sub(limit), at.min(count)),
            }
        }
    };
    let (first, last) = if start < end { (start, end - 1) } else { (asked_at, asked_at) };
    let shown: Vec<Value> = events[start..end]
        .iter()
        .map(|event| json!({ "timestamp": event.timestamp, "message": event.message, "ingestionTime": event.ingestion }))
        .collect();
    Ok(json!({
        "events": shown,
        "nextForwardToken": format!("f/{last:056}"),
        "nextBackwardToken": format!("b/{first:056}"),
    }))
}

pub(super) fn filter(store: &Store, scope: &Scope, input: &FilterEvents) -> Result<Value, ServiceError> {
    let name = group_of(input.log_group_name.as_deref(), input.log_group_identifier.as_deref())?;
    if !input.log_stream_names.is_empty() && input.log_stream_name_prefix.is_some() {
        return Err(invalid("logStreamNames and logStreamNamePrefix are mutually exclusive parameters."));
    }
    let pattern = Pattern::parse(input.filter_pattern.as_deref().unwrap_or_default())?;
    let group = store.group(scope, &name)?;
    for stream in &input.log_stream_names {
        group.stream(stream)?;
    }
    let prefix = input.log_stream_name_prefix.as_deref().unwrap_or_default();
    let mut events: Vec<&Event> = group
        .events
        .iter()
        .filter(|event| input.log_stream_names.is_empty() || input.log_stream_names.contains(&event.stream))
        .filter(|event| event.stream.starts_with(prefix))
        .filter(|event| within(event, input.start_time, input.end_time.map(|end| end.saturating_add(1))))
        .filter(|event| pattern.matches(&event.message))
        .collect();
    events.sort_by_key(|event| (event.timestamp, event.number));
    let cut = page(events.into_iter(), input.next_token.as_deref(), input.limit, MOST_EVENTS)?;
    let shown = cut.items.into_iter().map(|event| {
        json!({
            "logStreamName": event.stream,
            "timestamp": event.timestamp,
            "message": event.message,
            "ingestionTime": event.ingestion,
            "eventId": format!("{:056}", event.number),
        })
    });
    let shown: Vec<Value> = shown.collect();
    Ok(with_token(json!({ "events": shown, "searchedLogStreams": [] }), cut.next))
}

/// `end` is the first moment that no longer counts.
fn within(event: &Event, start: Option<i64>, end: Option<i64>) -> bool {
    start.is_none_or(|start| event.timestamp >= start) && end.is_none_or(|end| event.timestamp < end)
}
