use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::FunctionName;
use crate::sandbox::Position;

/// An event source mapping: what Lambda polls for a function.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct Mapping {
    pub uuid: String,
    pub kind: SourceKind,
    pub source: String,
    /// With the qualifier that it was made for.
    pub function: FunctionName,
    pub enabled: bool,
    /// Everything else, with AWS's member names: `BatchSize`, `FilterCriteria` and so on.
    pub settings: Map<String, Value>,
    pub modified: Timestamp,
    /// Of a stream: `No records processed`, `OK` or `PROBLEM: ...`.
    pub last_result: Option<String>,
    /// Counts the changes: a poller that was started before one stops.
    pub generation: u64,
    pub tags: BTreeMap<String, String>,
    /// Of a stream: how far it was read.
    #[serde(default)]
    pub position: Option<Position>,
}

/// What is polled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum SourceKind {
    Queue,
    FifoQueue,
    /// Of a DynamoDB table.
    Stream,
}

impl SourceKind {
    pub(crate) fn is_queue(self) -> bool {
        self != Self::Stream
    }
}

impl Mapping {
    /// Renders an `EventSourceMappingConfiguration`; `state` is the one of the moment, such as `Creating`.
    pub(crate) fn render(&self, state: &str) -> Value {
        let mut out = self.settings.clone();
        let mut set = |key: &str, value: Value| {
            out.insert(key.to_owned(), value);
        };
        let region = &self.function.scope.region;
        let account = &self.function.scope.account;
        set("UUID", json!(self.uuid));
        set(
            "EventSourceMappingArn",
            json!(format!("arn:aws:lambda:{region}:{account}:event-source-mapping:{}", self.uuid)),
        );
        set("EventSourceArn", json!(self.source));
        set("FunctionArn", json!(self.function.arn()));
        // Exact for the next two hundred thousand years.
        #[allow(clippy::cast_precision_loss)]
        set("LastModified", json!(self.modified.as_millisecond() as f64 / 1000.0));
        set("State", json!(state));
        let reason = if self.kind.is_queue() { "USER_INITIATED" } else { "User action" };
        set("StateTransitionReason", json!(reason));
        if let Some(result) = &self.last_result {
            set("LastProcessingResult", json!(result));
        }
        Value::Object(out)
    }

    /// The state once nothing is under way.
    pub(crate) fn state(&self) -> &'static str {
        if self.enabled { "Enabled" } else { "Disabled" }
    }

    pub(crate) fn number(&self, key: &str) -> Option<i64> {
        self.settings.get(key).and_then(Value::as_i64)
    }
}
