use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Map, epoch};

/// A name under which a deployment is reached: <https://docs.aws.amazon.com/apigateway/latest/api/API_Stage.html>.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::sandbox::apigateway) struct Stage {
    pub deployment_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_certificate_id: Option<String>,
    pub stage_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default)]
    pub cache_cluster_enabled: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_cluster_size: Option<String>,
    pub cache_cluster_status: String,
    /// By `RESOURCE_PATH/METHOD`, or `*/*`.
    #[serde(default)]
    pub method_settings: Map<MethodSetting>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub variables: Map<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documentation_version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_log_settings: Option<AccessLogSettings>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canary_settings: Option<CanarySettings>,
    #[serde(default)]
    pub tracing_enabled: bool,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub tags: Map<String>,
    #[serde(with = "epoch")]
    pub created_date: Timestamp,
    #[serde(with = "epoch")]
    pub last_updated_date: Timestamp,
}

/// Where a stage's access log goes, and in which format.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::sandbox::apigateway) struct AccessLogSettings {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination_arn: Option<String>,
}

/// A second deployment that takes a share of the stage's traffic.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::sandbox::apigateway) struct CanarySettings {
    /// From 0 to 100.
    #[serde(default)]
    pub percent_traffic: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment_id: Option<String>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub stage_variable_overrides: Map<String>,
    #[serde(default)]
    pub use_stage_cache: bool,
}

/// Settings of one method on a stage, or of all (`*/*`).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::sandbox::apigateway) struct MethodSetting {
    #[serde(default)]
    pub metrics_enabled: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logging_level: Option<String>,
    #[serde(default)]
    pub data_trace_enabled: bool,
    #[serde(default = "burst")]
    pub throttling_burst_limit: i64,
    #[serde(default = "rate")]
    pub throttling_rate_limit: f64,
    #[serde(default)]
    pub caching_enabled: bool,
    #[serde(default = "ttl")]
    pub cache_ttl_in_seconds: i64,
    #[serde(default)]
    pub cache_data_encrypted: bool,
    #[serde(default = "yes")]
    pub require_authorization_for_cache_control: bool,
    #[serde(default = "strategy")]
    pub unauthorized_cache_control_header_strategy: String,
}

fn burst() -> i64 {
    5000
}

fn rate() -> f64 {
    10000.0
}

fn ttl() -> i64 {
    300
}

fn yes() -> bool {
    true
}

fn strategy() -> String {
    "SUCCEED_WITH_RESPONSE_HEADER".to_owned()
}
