use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Map, epoch};

/// What API Gateway shows backends of itself: <https://docs.aws.amazon.com/apigateway/latest/api/API_ClientCertificate.html>.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::sandbox::apigateway) struct ClientCertificate {
    pub client_certificate_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub pem_encoded_certificate: String,
    #[serde(with = "epoch")]
    pub created_date: Timestamp,
    #[serde(with = "epoch")]
    pub expiration_date: Timestamp,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub tags: Map<String>,
}
