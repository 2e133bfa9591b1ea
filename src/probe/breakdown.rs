use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::run::Probe;
use super::sought::bound;
use crate::aws::Outcome as _;
use crate::challenge::HttpRequest;
use crate::evidence::{Inspection, Resource};

/// How long a run's log lines may be on their way, and how often they are looked for.
const PATIENCE: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(250);
/// How much of a log is kept: the latest messages, and of each so many characters.
const MESSAGES: usize = 12;
const MESSAGE: usize = 400;

/// Finds out by its log whether a function ran since a moment, after an API has answered 5xx in its place: on some targets that may as well be
/// a trouble of the target's own. What was found is noted as `{ran, log}`.
pub(super) async fn look(
    probe: &mut Probe<'_>,
    inspection: &Inspection,
    request: &HttpRequest,
    path: &str,
    since: Timestamp,
) {
    let Some(function) = behind(inspection, request, path) else { return };
    let line = format!("logs:FilterLogEvents {}", function.log_group());
    let mut left = PATIENCE;
    let found = loop {
        let found = read(probe, function, since).await;
        if found["ran"] == true || left.is_zero() {
            break found;
        }
        tokio::time::sleep(PAUSE).await;
        left = left.saturating_sub(PAUSE);
    };
    probe.recorder.note(&line, &Value::Null, &found);
}

fn behind<'a>(inspection: &'a Inspection, request: &HttpRequest, path: &str) -> Option<&'a Resource> {
    if let Some(function) = &request.url {
        return bound(inspection, function, "AWS::Lambda::Function").ok();
    }
    let (_, live) = inspection.route_taking(request.api.as_deref(), &request.method, path)?;
    inspection.get(live.route["function"].as_str()?)
}

/// A run ends with a report, whatever became of it: a line, or a record in JSON
/// (<https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html>).
async fn read(probe: &Probe<'_>, function: &Resource, since: Timestamp) -> Value {
    let call = probe.world.clients.logs.filter_log_events().log_group_name(function.log_group());
    let call = call.start_time(since.as_millisecond());
    let mut events = match call.send().await.during("logs:FilterLogEvents") {
        Ok(page) => page.events.unwrap_or_default(),
        Err(failure) => return json!({ "ran": false, "log": failure.to_string() }),
    };
    events.retain(|event| function.may_write_stream(event.log_stream_name().unwrap_or_default()));
    let reports = |message: &str| message.starts_with("REPORT ") || message.contains("\"platform.report\"");
    let ran = events.iter().filter_map(|event| event.message()).any(reports);
    let kept = events[events.len().saturating_sub(MESSAGES)..].iter();
    let messages: Vec<String> =
        kept.map(|event| event.message().unwrap_or_default().chars().take(MESSAGE).collect()).collect();
    json!({ "ran": ran, "log": messages })
}
