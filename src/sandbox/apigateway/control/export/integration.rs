use serde_json::{Value, json};

use crate::sandbox::apigateway::entity::Integration;

type Object = serde_json::Map<String, Value>;

/// Writes `x-amazon-apigateway-integration`:
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html>
pub(super) fn write(integration: &Integration) -> Value {
    let mut entry = Object::new();
    let text = |entry: &mut Object, name: &str, value: Option<&String>| {
        if let Some(value) = value {
            entry.insert(name.to_owned(), json!(value));
        }
    };
    entry.insert("type".to_owned(), json!(integration.kind.to_lowercase()));
    text(&mut entry, "credentials", integration.credentials.as_ref());
    text(&mut entry, "httpMethod", integration.http_method.as_ref());
    text(&mut entry, "uri", integration.uri.as_ref());
    let mut responses = Object::new();
    for response in integration.integration_responses.values() {
        let mut body = Object::new();
        body.insert("statusCode".to_owned(), json!(response.status_code));
        if let Some(parameters) = response.response_parameters.as_ref().filter(|found| !found.is_empty()) {
            body.insert("responseParameters".to_owned(), json!(parameters));
        }
        if let Some(templates) = response.response_templates.as_ref().filter(|found| !found.is_empty()) {
            body.insert("responseTemplates".to_owned(), json!(templates));
        }
        text(&mut body, "contentHandling", response.content_handling.as_ref());
        let pattern = response.selection_pattern.clone().filter(|pattern| !pattern.is_empty());
        responses.insert(pattern.unwrap_or_else(|| "default".to_owned()), Value::Object(body));
    }
    if !responses.is_empty() {
        entry.insert("responses".to_owned(), Value::Object(responses));
    }
    if let Some(parameters) = integration.request_parameters.as_ref().filter(|found| !found.is_empty()) {
        entry.insert("requestParameters".to_owned(), json!(parameters));
    }
    if let Some(templates) = integration.request_templates.as_ref().filter(|found| !found.is_empty()) {
        entry.insert("requestTemplates".to_owned(), json!(templates));
    }
    entry.insert("passthroughBehavior".to_owned(), json!(integration.passthrough_behavior.to_lowercase()));
    let connection = integration.connection_type.as_ref().filter(|kind| *kind != "INTERNET");
    text(&mut entry, "connectionType", connection);
    text(&mut entry, "connectionId", integration.connection_id.as_ref());
    if let Some(handling) = &integration.content_handling {
        entry.insert("contentHandling".to_owned(), json!(handling));
    }
    if integration.timeout_in_millis != 29_000 {
        entry.insert("timeoutInMillis".to_owned(), json!(integration.timeout_in_millis));
    }
    if !integration.cache_key_parameters.is_empty() {
        entry.insert("cacheNamespace".to_owned(), json!(integration.cache_namespace));
        entry.insert("cacheKeyParameters".to_owned(), json!(integration.cache_key_parameters));
    }
    Value::Object(entry)
}
