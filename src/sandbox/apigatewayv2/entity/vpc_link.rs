use serde::{Deserialize, Serialize};

use super::Map;

/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/vpclinks-vpclinkid.html>
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(in crate::sandbox::apigatewayv2) struct VpcLink {
    pub created_date: String,
    pub name: String,
    pub security_group_ids: Vec<String>,
    pub subnet_ids: Vec<String>,
    pub tags: Map<String>,
    pub vpc_link_id: String,
    pub vpc_link_status: String,
    pub vpc_link_status_message: String,
    pub vpc_link_version: String,
}
