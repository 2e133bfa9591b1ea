use serde::{Deserialize, Serialize};

use super::Map;

/// An answer that the gateway gives by itself, without an integration.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::sandbox::apigateway) struct GatewayResponse {
    pub response_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_code: Option<String>,
    #[serde(default)]
    pub response_parameters: Map<String>,
    #[serde(default)]
    pub response_templates: Map<String>,
    /// Whether nobody has set it.
    #[serde(default)]
    pub default_response: bool,
}

/// Every type with its status; the two defaults have none of their own.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html>
pub(in crate::sandbox::apigateway) const RESPONSE_TYPES: [(&str, Option<u16>); 21] = [
    ("ACCESS_DENIED", Some(403)),
    ("API_CONFIGURATION_ERROR", Some(500)),
    ("AUTHORIZER_CONFIGURATION_ERROR", Some(500)),
    ("AUTHORIZER_FAILURE", Some(500)),
    ("BAD_REQUEST_BODY", Some(400)),
    ("BAD_REQUEST_PARAMETERS", Some(400)),
    ("DEFAULT_4XX", None),
    ("DEFAULT_5XX", None),
    ("EXPIRED_TOKEN", Some(403)),
    ("INTEGRATION_FAILURE", Some(504)),
    ("INTEGRATION_TIMEOUT", Some(504)),
    ("INVALID_API_KEY", Some(403)),
    ("INVALID_SIGNATURE", Some(403)),
    ("MISSING_AUTHENTICATION_TOKEN", Some(403)),
    ("QUOTA_EXCEEDED", Some(429)),
    ("REQUEST_TOO_LARGE", Some(413)),
    ("RESOURCE_NOT_FOUND", Some(404)),
    ("THROTTLED", Some(429)),
    ("UNAUTHORIZED", Some(401)),
    ("UNSUPPORTED_MEDIA_TYPE", Some(415)),
    ("WAF_FILTERED", Some(403)),
];

/// Returns a type's own status, or `None` for the two defaults and for a type that does not exist.
pub(in crate::sandbox::apigateway) fn default_status(response_type: &str) -> Option<u16> {
    RESPONSE_TYPES.iter().find(|(name, _)| *name == response_type).and_then(|(_, status)| *status)
}

impl GatewayResponse {
    /// Returns what an API answers for a type: what was set for it, else what was set for all of its class, else AWS's
    /// default.
    pub(crate) fn resolve(set: &Map<Self>, response_type: &str) -> Self {
        if let Some(own) = set.get(response_type) {
            return own.clone();
        }
        let status = default_status(response_type);
        let class = match status {
            Some(500..) => set.get("DEFAULT_5XX"),
            Some(_) => set.get("DEFAULT_4XX"),
            None => None,
        };
        let template = || {
            Map::from([(
                "application/json".to_owned(),
                "{\"message\":$context.error.messageString}".to_owned(),
            )])
        };
        Self {
            response_type: response_type.to_owned(),
            status_code: class
                .and_then(|class| class.status_code.clone())
                .or_else(|| status.map(|status| status.to_string())),
            response_parameters: class.map(|class| class.response_parameters.clone()).unwrap_or_default(),
            response_templates: class.map_or_else(template, |class| class.response_templates.clone()),
            default_response: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_that_was_set_answers_for_its_types_only() {
        let mut class = GatewayResponse::resolve(&Map::new(), "DEFAULT_5XX");
        class.status_code = Some("599".to_owned());
        let set = Map::from([("DEFAULT_5XX".to_owned(), class)]);
        let timeout = GatewayResponse::resolve(&set, "INTEGRATION_TIMEOUT");
        assert_eq!((timeout.status_code.as_deref(), timeout.default_response), (Some("599"), true));
        assert_eq!(GatewayResponse::resolve(&set, "THROTTLED").status_code.as_deref(), Some("429"));
    }
}
