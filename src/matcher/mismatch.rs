use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where and how a subject differs from what is expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Mismatch {
    /// Location in the subject, as a normalised JSONPath (RFC 9535, section 2.7); the selector as written when it selects nothing.
    pub path: String,
    /// What is expected, as words that follow "expected": `200`, `to contain "order"`.
    pub expected: String,
    /// What is there; `None` when the selector selects nothing.
    pub actual: Option<Value>,
    /// Elements or keys that should be there and are not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Value>,
    /// Elements or keys that should not be there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extra: Vec<Value>,
    /// What expected and actual do not say by themselves: "a number has no length".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
