use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Map;

/// A custom domain name.
/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/domainnames-domainname.html>
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(in crate::sandbox::apigatewayv2) struct Domain {
    pub api_mapping_selection_expression: String,
    pub domain_name: String,
    pub domain_name_arn: String,
    pub domain_name_configurations: Vec<Map<Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mutual_tls_authentication: Option<Value>,
    pub routing_mode: String,
    pub tags: Map<String>,
    /// Not part of the wire shape; the control plane leaves it out.
    pub mappings: Map<ApiMapping>,
}

/// Which API and stage answer below a custom domain's path.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(in crate::sandbox::apigatewayv2) struct ApiMapping {
    pub api_id: String,
    pub api_mapping_id: String,
    pub api_mapping_key: String,
    pub stage: String,
}
