use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Trouble;

/// What one probe did, and what it saw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transcript {
    /// SHA-256 of the probe's definition with its variables filled in: a check whose probe changed cannot be regraded from this.
    pub probe: String,
    /// What `{{ name }}` stood for in this check alone, on top of the evidence's: its own drawn inputs, and what its acts captured.
    /// Each check draws its own, so that checks can run side by side.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    /// What was sent and what came back, in order, over all attempts of the settling; the last attempt's are the ones `observation` is made of.
    pub exchanges: Vec<Exchange>,
    /// How often it was tried, and for how long, in milliseconds.
    pub attempts: u32,
    pub elapsed_ms: u64,
    pub observation: Observation,
}

/// One request and its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// In a line: `GET https://.../orders/o-17`, `lambda:Invoke get-order`, `dynamodb:GetItem orders {"id": "o-17"}`.
    pub request: String,
    /// What was sent, without credentials.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub sent: Value,
    /// What came back: status, headers, body, or the error.
    pub received: Value,
    pub attempt: u32,
}

/// What a probe found: missing, null and denied are three different things.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Observation {
    /// The document that the expectation is matched against.
    Seen(Value),
    /// There is no such thing: the words say what was looked for. The candidate's work is not there, so a check fails.
    Missing(String),
    /// We could not look: a check is undetermined.
    Unavailable(Trouble),
}
