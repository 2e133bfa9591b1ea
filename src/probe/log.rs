use jiff::Timestamp;
use serde_json::{Value, json};

use super::run::{Probe, Step};
use super::sought::{bound, internal, log_group, refused};
use crate::aws::Outcome as _;
use crate::evidence::{Binding, Inspection};
use crate::text::fill;

/// Most events and pages that are read; a function that writes without end must not fill the evidence.
const EVENTS: usize = 1_000;
const PAGES: usize = 50;
/// In characters of one message.
const MESSAGE: usize = 4_096;

/// Returns `{events: [{message, timestamp, stream}]}`: what a function wrote since a moment.
pub(super) async fn read(
    probe: &mut Probe<'_>,
    inspection: &Inspection,
    function: &Binding,
    filter: Option<&str>,
    since: Timestamp,
) -> Step<Value> {
    let resource = bound(inspection, function, "AWS::Lambda::Function")?;
    let group = log_group(resource);
    let filter = filter.map(|pattern| fill(pattern, &probe.variables)).transpose();
    let filter = filter.map_err(|error| internal(format!("`log`: {error}")))?;
    let request = format!("logs:FilterLogEvents {group} {}", filter.as_deref().unwrap_or_default());
    let request = request.trim_end().to_owned();
    let mut events = Vec::new();
    let mut token = None;
    for _ in 0..PAGES {
        let call = probe.world.clients.logs.filter_log_events();
        let call = call.log_group_name(&group).start_time(since.as_millisecond());
        let call = call.set_filter_pattern(filter.clone()).set_next_token(token.take());
        let page = call.send().await.during("logs:FilterLogEvents").map_err(|failure| {
            probe.recorder.note(&request, &Value::Null, &json!({ "error": failure.to_string() }));
            refused(&failure, &format!("the log group {group} of the function {function}"))
        })?;
        events.extend(page.events().iter().map(|event| {
            let message: String = event.message().unwrap_or_default().chars().take(MESSAGE).collect();
            json!({ "message": message, "timestamp": event.timestamp(), "stream": event.log_stream_name() })
        }));
        token = page.next_token().map(str::to_owned);
        if token.is_none() || events.len() >= EVENTS {
            break;
        }
    }
    events.truncate(EVENTS);
    let document = json!({ "events": events });
    probe.recorder.note(&request, &Value::Null, &document);
    Ok(document)
}
