use serde_json::{Value, json};

use super::executions::named;
use super::language::Event;
use super::page::cut;
use super::service::Desk;
use crate::sandbox::ServiceError;

/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html>
pub(super) fn get(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let live = named(desk)?;
    let is = |member: &str| desk.body.get(member).and_then(Value::as_bool);
    let data = is("includeExecutionData").unwrap_or(true);
    let execution = live.lock();
    let events: Box<dyn Iterator<Item = &Event>> = if is("reverseOrder").unwrap_or_default() {
        Box::new(execution.history.iter().rev())
    } else {
        Box::new(execution.history.iter())
    };
    let (events, next) = cut(events, desk.body)?;
    let events: Vec<Value> = events.into_iter().map(|event| event.shown(data)).collect();
    let mut answer = json!({ "events": events });
    if let Some(next) = next {
        answer["nextToken"] = next.into();
    }
    Ok(answer)
}
