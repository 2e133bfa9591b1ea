use serde_json::Value;

use super::super::integrations::complete;
use super::document::scalar;
use crate::sandbox::apigateway::entity::{Integration, IntegrationResponse, Map};

/// Reads `x-amazon-apigateway-integration`; defaults are those of `PutIntegration`.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html>
pub(super) fn read(given: &Value, resource: &str) -> Integration {
    let text = |member: &str| scalar(&given[member]);
    let responses = given["responses"].as_object().into_iter().flatten();
    let responses = responses.map(|(pattern, response)| answer(pattern, response));
    let mut integration = Integration {
        kind: text("type").unwrap_or_default().to_uppercase(),
        http_method: text("httpMethod").map(|verb| verb.to_uppercase()),
        uri: text("uri"),
        connection_type: text("connectionType"),
        connection_id: text("connectionId"),
        credentials: text("credentials"),
        request_parameters: texts(&given["requestParameters"]),
        request_templates: texts(&given["requestTemplates"]),
        passthrough_behavior: text("passthroughBehavior")
            .map_or_else(|| "WHEN_NO_MATCH".to_owned(), |behavior| behavior.to_uppercase()),
        content_handling: text("contentHandling"),
        timeout_in_millis: given["timeoutInMillis"].as_i64().unwrap_or(29_000),
        cache_namespace: text("cacheNamespace").unwrap_or_else(|| resource.to_owned()),
        cache_key_parameters: given["cacheKeyParameters"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(scalar)
            .collect(),
        integration_responses: responses.map(|found| (found.status_code.clone(), found)).collect(),
        tls_config: serde_json::from_value(given["tlsConfig"].clone()).ok(),
    };
    complete(&mut integration);
    integration
}

fn answer(pattern: &str, given: &Value) -> IntegrationResponse {
    let templates = given["responseTemplates"].as_object().map(|templates| {
        let template = |value: &Value| scalar(value).filter(|text| !text.is_empty());
        templates.iter().map(|(kind, value)| (kind.clone(), template(value))).collect::<Map<_>>()
    });
    IntegrationResponse {
        status_code: scalar(&given["statusCode"]).unwrap_or_else(|| "200".to_owned()),
        selection_pattern: Some(pattern.to_owned()).filter(|pattern| pattern != "default"),
        response_parameters: texts(&given["responseParameters"]),
        response_templates: templates.filter(|templates| !templates.is_empty()),
        content_handling: scalar(&given["contentHandling"]),
    }
}

fn texts(given: &Value) -> Option<Map<String>> {
    let entries = given.as_object()?.iter();
    let entries: Map<String> =
        entries.filter_map(|(name, value)| Some((name.clone(), scalar(value)?))).collect();
    Some(entries).filter(|entries| !entries.is_empty())
}
