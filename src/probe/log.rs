use aws_sdk_cloudwatchlogs::types::FilteredLogEvent;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::record;
use super::run::{Probe, Step};
use super::sought::{bound, internal, refused};
use crate::aws::Outcome as _;
use crate::evidence::{Binding, Inspection, Resource};
use crate::text::fill;

/// Most events and pages that are read; a function that writes without end must not fill the evidence.
const EVENTS: usize = 1_000;
const PAGES: usize = 50;
/// In characters of one message.
const MESSAGE: usize = 4_096;
/// Most messages that CloudWatch Logs tries a pattern on in one call.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TestMetricFilter.html>
const TRIED: usize = 50;

/// Returns `{events: [{message, timestamp, stream}]}`: what a function wrote since a moment. Where it logs JSON, `message` is
/// what plain text would show, and `record` the whole unless it is long.
pub(super) async fn read(
    probe: &mut Probe<'_>,
    inspection: &Inspection,
    function: &Binding,
    filter: Option<&str>,
    since: Timestamp,
) -> Step<Value> {
    let resource = bound(inspection, function, "AWS::Lambda::Function")?;
    let filter = filter.map(|pattern| fill(pattern, &probe.variables)).transpose();
    let filter = filter.map_err(|error| internal(format!("`log`: {error}")))?;
    let group = resource.log_group();
    let sought = format!("the log group {group} of the function {function}");
    let mut found = written(probe, resource, filter.as_deref(), since, &sought).await?;
    if let Some(pattern) = filter.as_deref().filter(|_| resource.logs_json()) {
        let all = written(probe, resource, None, since, &sought).await?;
        let others = all.into_iter().filter(|event| !found.contains(event)).collect();
        found.extend(saying(probe, others, pattern).await?);
        found.sort_by_key(FilteredLogEvent::timestamp);
        found.truncate(EVENTS);
    }
    let events: Vec<Value> = found.iter().map(shown).collect();
    let document = json!({ "events": events });
    let request = format!("logs:FilterLogEvents {group} {}", filter.as_deref().unwrap_or_default());
    probe.recorder.note(request.trim_end(), &Value::Null, &document);
    Ok(document)
}

/// Returns the events of a function since a moment that CloudWatch Logs finds.
async fn written(
    probe: &mut Probe<'_>,
    function: &Resource,
    filter: Option<&str>,
    since: Timestamp,
    sought: &str,
) -> Step<Vec<FilteredLogEvent>> {
    let group = function.log_group();
    let mut found = Vec::new();
    let mut token = None;
    for _ in 0..PAGES {
        let call = probe.world.clients.logs.filter_log_events();
        let call = call.log_group_name(&group).start_time(since.as_millisecond());
        let call = call.set_filter_pattern(filter.map(str::to_owned)).set_next_token(token.take());
        let page = call.send().await.during("logs:FilterLogEvents").map_err(|failure| {
            let request = format!("logs:FilterLogEvents {group} {}", filter.unwrap_or_default());
            probe.recorder.note(request.trim_end(), &Value::Null, &json!({ "error": failure.to_string() }));
            refused(&failure, sought)
        })?;
        token = page.next_token().map(str::to_owned);
        let events = page.events.unwrap_or_default().into_iter();
        found.extend(
            events.filter(|event| function.may_write_stream(event.log_stream_name().unwrap_or_default())),
        );
        if token.is_none() || found.len() >= EVENTS {
            break;
        }
    }
    found.truncate(EVENTS);
    Ok(found)
}

/// Returns those events whose record holds a message that a pattern finds: what stands in a record is escaped there, so that CloudWatch Logs
/// does not find in it what it would find in plain text.
async fn saying(
    probe: &Probe<'_>,
    events: Vec<FilteredLogEvent>,
    pattern: &str,
) -> Step<Vec<FilteredLogEvent>> {
    let records = events.into_iter();
    let records = records.filter_map(|event| Some((record::said(event.message()?)?.message, event)));
    let records: Vec<(String, FilteredLogEvent)> = records.filter(|(said, _)| !said.is_empty()).collect();
    let mut found = Vec::new();
    for records in records.chunks(TRIED) {
        let call = probe.world.clients.logs.test_metric_filter().filter_pattern(pattern);
        let call = call.set_log_event_messages(Some(records.iter().map(|(said, _)| said.clone()).collect()));
        let tried = call.send().await.during("logs:TestMetricFilter");
        let matches = tried.map_err(|failure| refused(&failure, "what a function wrote"))?.matches;
        let numbers = matches.unwrap_or_default().into_iter().map(|one| one.event_number);
        // Counted from one.
        let places = numbers.filter_map(|number| usize::try_from(number).ok()?.checked_sub(1));
        found.extend(places.filter_map(|place| records.get(place)).map(|(_, event)| event.clone()));
    }
    Ok(found)
}

fn shown(event: &FilteredLogEvent) -> Value {
    let raw = event.message().unwrap_or_default();
    let cut = |text: &str| text.chars().take(MESSAGE).collect::<String>();
    let mut out =
        json!({ "message": cut(raw), "timestamp": event.timestamp(), "stream": event.log_stream_name() });
    if let Some(record) = record::said(raw) {
        out["message"] = cut(&record.message).into();
        if raw.len() <= MESSAGE {
            out["record"] = record.whole;
        }
    }
    out
}
