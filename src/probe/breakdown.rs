use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::run::Probe;
use super::sought::{bound, log_group};
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
    let group = log_group(function);
    let line = format!("logs:FilterLogEvents {group}");
    let mut left = PATIENCE;
    let found = loop {
        let found = read(probe, &group, since).await;
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

/// A run ends with a report, whatever became of it (<https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-view.html>).
async fn read(probe: &Probe<'_>, group: &str, since: Timestamp) -> Value {
    let call = probe.world.clients.logs.filter_log_events().log_group_name(group);
    let call = call.start_time(since.as_millisecond());
    let events = match call.send().await.during("logs:FilterLogEvents") {
        Ok(page) => page.events.unwrap_or_default(),
        Err(failure) => return json!({ "ran": false, "log": failure.to_string() }),
    };
    let messages: Vec<String> = events
        .iter()
        .map(|event| event.message().unwrap_or_default().chars().take(MESSAGE).collect())
        .collect();
    let ran = messages.iter().any(|message| message.starts_with("REPORT "));
    json!({ "ran": ran, "log": messages[messages.len().saturating_sub(MESSAGES)..] })
}
