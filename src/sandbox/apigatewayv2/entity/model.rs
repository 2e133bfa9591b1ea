use serde::{Deserialize, Serialize};

use super::Map;

/// A shape of messages, of a WebSocket API.
/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-models-modelid.html>
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(in crate::sandbox::apigatewayv2) struct Model {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub model_id: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
}

/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-integrations-integrationid-integrationresponses-integrationresponseid.html>
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(in crate::sandbox::apigatewayv2) struct IntegrationResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_handling_strategy: Option<String>,
    pub integration_response_id: String,
    pub integration_response_key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_parameters: Option<Map<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_templates: Option<Map<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template_selection_expression: Option<String>,
}

/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes-routeid-routeresponses-routeresponseid.html>
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(in crate::sandbox::apigatewayv2) struct RouteResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_selection_expression: Option<String>,
    /// By content type: names of models.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_models: Option<Map<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_parameters: Option<Map<serde_json::Value>>,
    pub route_response_id: String,
    pub route_response_key: String,
}
