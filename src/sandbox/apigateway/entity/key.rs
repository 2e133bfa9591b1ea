use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Map, epoch};

/// A key that callers of a method may have to send.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::sandbox::apigateway) struct ApiKey {
    pub id: String,
    /// Shown only when asked for.
    pub value: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default)]
    pub enabled: bool,
    #[serde(with = "epoch")]
    pub created_date: Timestamp,
    #[serde(with = "epoch")]
    pub last_updated_date: Timestamp,
    /// `API_ID/STAGE`.
    #[serde(default)]
    pub stage_keys: Vec<String>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub tags: Map<String>,
}
