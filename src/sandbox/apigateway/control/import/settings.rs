use serde_json::Value;

use super::document::{Document, scalar};
use crate::context::Random;
use crate::sandbox::apigateway::entity::{
    Definition, GatewayResponse, Map, RequestValidator, default_status,
};
use crate::sandbox::apigateway::identifier;

/// Takes over what a document says of the API as a whole.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html>
pub(super) fn add(document: &Document, definition: &mut Definition, random: &Random) {
    let root = &document.root;
    let rest_api = &mut definition.rest_api;
    if let Some(types) = root["x-amazon-apigateway-binary-media-types"].as_array() {
        rest_api.binary_media_types = types.iter().filter_map(scalar).collect();
    }
    if let Some(source) = root["x-amazon-apigateway-api-key-source"].as_str() {
        rest_api.api_key_source = source.to_uppercase();
    }
    match &root["x-amazon-apigateway-policy"] {
        Value::Null => {}
        Value::String(text) => rest_api.policy = Some(text.clone()),
        policy => rest_api.policy = Some(policy.to_string()),
    }
    if let Some(size) = root["x-amazon-apigateway-minimum-compression-size"].as_i64() {
        rest_api.minimum_compression_size = Some(size);
    }
    let endpoint = root.get("x-amazon-apigateway-endpoint-configuration");
    if let Some(disabled) = endpoint.and_then(|given| given["disableExecuteApiEndpoint"].as_bool()) {
        rest_api.disable_execute_api_endpoint = disabled;
    }
    validators(root, definition, random);
    gateway_responses(root, definition);
}

fn validators(root: &Value, definition: &mut Definition, random: &Random) {
    for (name, given) in root["x-amazon-apigateway-request-validators"].as_object().into_iter().flatten() {
        let there = definition.validators.values().find(|other| other.name.as_deref() == Some(name));
        let validator = RequestValidator {
            id: there.map_or_else(|| identifier::short(random), |other| other.id.clone()),
            name: Some(name.clone()),
            validate_request_body: given["validateRequestBody"].as_bool().unwrap_or(false),
            validate_request_parameters: given["validateRequestParameters"].as_bool().unwrap_or(false),
        };
        definition.validators.insert(validator.id.clone(), validator);
    }
}

fn gateway_responses(root: &Value, definition: &mut Definition) {
    for (kind, given) in root["x-amazon-apigateway-gateway-responses"].as_object().into_iter().flatten() {
        if default_status(kind).is_none() && !kind.starts_with("DEFAULT_") {
            definition
                .rest_api
                .warnings
                .push(format!("Gateway response type '{kind}' is unknown; it was ignored"));
            continue;
        }
        let usual = GatewayResponse::resolve(&Map::new(), kind);
        let texts = |member: &str| -> Map<String> {
            let entries = given[member].as_object().into_iter().flatten();
            entries.filter_map(|(name, value)| Some((name.clone(), scalar(value)?))).collect()
        };
        let templates = texts("responseTemplates");
        let response = GatewayResponse {
            response_type: kind.clone(),
            status_code: scalar(&given["statusCode"]).or(usual.status_code),
            response_parameters: texts("responseParameters"),
            response_templates: if templates.is_empty() { usual.response_templates } else { templates },
            default_response: false,
        };
        definition.gateway_responses.insert(kind.clone(), response);
    }
}
