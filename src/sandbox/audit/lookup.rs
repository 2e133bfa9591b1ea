use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::Entry;
use crate::sandbox::ServiceError;

/// What `LookupEvents` was asked.
///
/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lookup {
    attribute: Option<(String, String)>,
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    most: usize,
    /// Whether it asks for insights, of which there are none: only events of management and data are kept.
    insights: bool,
    /// How many events earlier pages showed, and the newest event that they began with.
    from: Option<(usize, String)>,
}

const ATTRIBUTES: [&str; 8] = [
    "EventId",
    "EventName",
    "ReadOnly",
    "Username",
    "ResourceType",
    "ResourceName",
    "EventSource",
    "AccessKeyId",
];

impl Lookup {
    pub(super) fn parse(body: &[u8]) -> Result<Self, ServiceError> {
        let body: Map<String, Value> = match body {
            [] => Map::new(),
            body => serde_json::from_slice(body).map_err(|_| {
                ServiceError::new(400, "SerializationException", "The body is not a JSON object.")
            })?,
        };
        let attributes = body.get("LookupAttributes").and_then(Value::as_array);
        let attribute = match attributes.map(Vec::as_slice) {
            None | Some([]) => None,
            Some([one]) => {
                let text = |name: &str| one.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
                let (key, value) = (text("AttributeKey"), text("AttributeValue"));
                if !ATTRIBUTES.contains(&key.as_str()) || value.is_empty() {
                    return Err(bad_attribute("The lookup attribute is not valid."));
                }
                Some((key, value))
            }
            Some(_) => return Err(bad_attribute("You can specify only one lookup attribute.")),
        };
        let most = match body.get("MaxResults") {
            None | Some(Value::Null) => 50,
            Some(number) => number.as_u64().filter(|most| (1..=50).contains(most)).ok_or_else(|| {
                ServiceError::new(400, "InvalidMaxResultsException", "MaxResults must be between 1 and 50.")
            })?,
        };
        let (start, end) = (moment(&body, "StartTime")?, moment(&body, "EndTime")?);
        if let (Some(start), Some(end)) = (start, end)
            && start > end
        {
            return Err(ServiceError::new(
                400,
                "InvalidTimeRangeException",
                "The start time must not be after the end time.",
            ));
        }
        let insights = match body.get("EventCategory").and_then(Value::as_str) {
            None => false,
            Some("insight") => true,
            Some(_) => {
                let message = "The event category is not valid.";
                return Err(ServiceError::new(400, "InvalidEventCategoryException", message));
            }
        };
        let from = match body.get("NextToken").and_then(Value::as_str) {
            None => None,
            Some(token) => {
                let (count, first) = token
                    .split_once('.')
                    .and_then(|(count, first)| Some((count.parse().ok()?, first.to_owned())))
                    .ok_or_else(|| {
                        ServiceError::new(400, "InvalidNextTokenException", "The next token is not valid.")
                    })?;
                Some((count, first))
            }
        };
        // At most 50, so it fits.
        let most = usize::try_from(most).unwrap_or(50);
        Ok(Self { attribute, start, end, most, insights, from })
    }

    /// Whether an event is asked for. Events of refused signatures have no name and are not shown, as on AWS.
    pub(super) fn wants(&self, entry: &Entry) -> bool {
        if self.insights
            || entry.operation.is_empty()
            || self.start.is_some_and(|start| entry.time < start)
            || self.end.is_some_and(|end| entry.time > end)
        {
            return false;
        }
        let Some((key, value)) = &self.attribute else { return true };
        match key.as_str() {
            "EventId" => entry.event_id() == value,
            "EventName" => entry.operation == *value,
            "ReadOnly" => entry.read_only.to_string() == *value,
            "Username" => entry.user_name() == Some(value),
            "ResourceName" => entry.resources.iter().any(|arn| {
                arn == value || arn.ends_with(&format!("/{value}")) || arn.ends_with(&format!(":{value}"))
            }),
            "EventSource" => entry.event_source() == *value,
            "AccessKeyId" => entry.access_key_id.as_ref() == Some(value),
            // Resource types are not recorded, so none is found by them.
            _ => false,
        }
    }

    /// Answers with one page of the wanted events, which come oldest first and are shown newest first.
    pub(super) fn page(&self, mut wanted: Vec<Arc<Entry>>) -> Value {
        wanted.reverse();
        // New events may have come since the first page: they stand before the one that the token names.
        let (skipped, first) = match &self.from {
            Some((count, first)) => (
                *count + wanted.iter().position(|entry| entry.event_id() == first).unwrap_or(0),
                first.clone(),
            ),
            None => (0, wanted.first().map(|entry| entry.event_id().to_owned()).unwrap_or_default()),
        };
        let events: Vec<Value> =
            wanted.iter().skip(skipped).take(self.most).map(|entry| show(entry)).collect();
        let mut answer = Map::new();
        if wanted.len() > skipped + events.len() {
            let seen = self.from.as_ref().map_or(0, |(count, _)| *count) + events.len();
            answer.insert("NextToken".to_owned(), format!("{seen}.{first}").into());
        }
        answer.insert("Events".to_owned(), events.into());
        Value::Object(answer)
    }
}

fn show(entry: &Entry) -> Value {
    let resources: Vec<Value> = entry.resources.iter().map(|arn| json!({ "ResourceName": arn })).collect();
    let mut event = Map::new();
    event.insert("EventId".into(), entry.event_id().into());
    event.insert("EventName".into(), entry.operation.as_str().into());
    event.insert("ReadOnly".into(), entry.read_only.to_string().into());
    event.insert("EventTime".into(), entry.time.as_second().into());
    event.insert("EventSource".into(), entry.event_source().into());
    if let Some(key) = &entry.access_key_id {
        event.insert("AccessKeyId".into(), key.as_str().into());
    }
    if let Some(name) = entry.user_name() {
        event.insert("Username".into(), name.into());
    }
    event.insert("Resources".into(), resources.into());
    event.insert("CloudTrailEvent".into(), entry.to_record().to_string().into());
    Value::Object(event)
}

fn moment(body: &Map<String, Value>, name: &str) -> Result<Option<Timestamp>, ServiceError> {
    let wrong = || ServiceError::new(400, "InvalidTimeRangeException", format!("{name} is not a time."));
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let seconds = value.as_f64().ok_or_else(wrong)?;
            let seconds = jiff::SignedDuration::try_from_secs_f64(seconds).map_err(|_| wrong())?;
            Timestamp::from_duration(seconds).map(Some).map_err(|_| wrong())
        }
    }
}

fn bad_attribute(message: &str) -> ServiceError {
    ServiceError::new(400, "InvalidLookupAttributesException", message)
}
