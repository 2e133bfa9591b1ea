use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::binary;
use super::exchange::{Exchange, grouped};

/// Builds the event of a Lambda proxy integration, format 1.0; a REST API's has no `version`.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html>
pub(super) fn of(exchange: &Exchange) -> Value {
    let (headers, multi_headers) = grouped(&exchange.headers);
    let (query, multi_query) = grouped(&exchange.query);
    let types = &exchange.frozen.definition().rest_api.binary_media_types;
    // A request that does not say what it holds is taken for JSON.
    let content_type = exchange.header("content-type").unwrap_or("application/json");
    let encoded = !exchange.body.is_empty()
        && (binary::matches(types, content_type) || std::str::from_utf8(&exchange.body).is_err());
    let body = if exchange.body.is_empty() {
        Value::Null
    } else if encoded {
        STANDARD.encode(&exchange.body).into()
    } else {
        String::from_utf8_lossy(&exchange.body).into_owned().into()
    };
    json!({
        "resource": exchange.resource_path(),
        "path": exchange.event_path(),
        "httpMethod": exchange.verb,
        "headers": if headers.is_empty() { Value::Null } else { json!(headers) },
        "multiValueHeaders": if multi_headers.is_empty() { Value::Null } else { json!(multi_headers) },
        "queryStringParameters": if query.is_empty() { Value::Null } else { json!(query) },
        "multiValueQueryStringParameters": if multi_query.is_empty() { Value::Null } else { json!(multi_query) },
        "pathParameters":
            if exchange.path_parameters.is_empty() { Value::Null } else { json!(exchange.path_parameters) },
        "stageVariables": if exchange.variables.is_empty() { Value::Null } else { json!(exchange.variables) },
        "requestContext": exchange.context(),
        "body": body,
        "isBase64Encoded": encoded,
    })
}
