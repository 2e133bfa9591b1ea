use serde::{Deserialize, Serialize};

use super::{Integration, Map};

/// A method of a resource: <https://docs.aws.amazon.com/apigateway/latest/api/API_Method.html>.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::sandbox::apigateway) struct Method {
    pub http_method: String,
    pub authorization_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorizer_id: Option<String>,
    #[serde(default)]
    pub api_key_required: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_validator_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_name: Option<String>,
    /// `method.request.{path|querystring|header}.NAME` to whether it is required.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_parameters: Option<Map<bool>>,
    /// Content type to model name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_models: Option<Map<String>>,
    /// By status code.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub method_responses: Map<MethodResponse>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method_integration: Option<Integration>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_scopes: Option<Vec<String>>,
}

/// What a method may answer under one status code.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::sandbox::apigateway) struct MethodResponse {
    pub status_code: String,
    /// `method.response.header.NAME` to whether it is required.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_parameters: Option<Map<bool>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_models: Option<Map<String>>,
}
