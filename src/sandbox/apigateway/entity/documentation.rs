use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::epoch;

/// A piece of documentation and where in the API it belongs.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::sandbox::apigateway) struct DocumentationPart {
    pub id: String,
    pub location: Value,
    /// A JSON object, as text.
    pub properties: String,
}

/// A named snapshot of the documentation.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::sandbox::apigateway) struct DocumentationVersion {
    pub version: String,
    #[serde(with = "epoch")]
    pub created_date: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}
