use serde::{Deserialize, Serialize};

use super::{Authorizer, Cors, Deployment, Integration, Map, Model, Route, Stage};

/// An HTTP API, with everything in it.
/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid.html>
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(in crate::sandbox::apigatewayv2) struct Api {
    pub api_endpoint: String,
    pub api_id: String,
    pub api_key_selection_expression: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cors_configuration: Option<Cors>,
    pub created_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub disable_execute_api_endpoint: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_schema_validation: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub import_info: Option<Vec<String>>,
    pub ip_address_type: String,
    pub name: String,
    pub protocol_type: String,
    pub route_selection_expression: String,
    pub tags: Map<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    // What stands in the API; the control plane leaves it out.
    pub routes: Map<Route>,
    pub integrations: Map<Integration>,
    pub authorizers: Map<Authorizer>,
    pub stages: Map<Stage>,
    pub deployments: Map<Deployment>,
    pub models: Map<Model>,
}

impl Api {
    pub(in crate::sandbox::apigatewayv2) fn is_web_socket(&self) -> bool {
        self.protocol_type == "WEBSOCKET"
    }
}
