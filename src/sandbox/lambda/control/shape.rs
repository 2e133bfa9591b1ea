use serde_json::{Map, Value, json};

use crate::sandbox::{Response, ServiceError};

/// Errors of Lambda's model whose text stands in `Message`.
const CAPITAL: [&str; 3] =
    ["ResourceNotFoundException", "ServiceException", "CodeSigningConfigNotFoundException"];
/// Those whose text stands in `message`.
const SMALL: [&str; 9] = [
    "InvalidParameterValueException",
    "InvalidRequestContentException",
    "PolicyLengthExceededException",
    "PreconditionFailedException",
    "ProvisionedConcurrencyConfigNotFoundException",
    "RequestTooLargeException",
    "ResourceConflictException",
    "TooManyRequestsException",
    "UnsupportedMediaTypeException",
];

/// Gives an error of Lambda's own the shape of its model, with `Type`; what the front says of its own is left to it.
pub(super) fn render(error: &ServiceError) -> Option<Response> {
    let key = if CAPITAL.contains(&error.code.as_ref()) {
        "Message"
    } else if SMALL.contains(&error.code.as_ref()) {
        "message"
    } else {
        return None;
    };
    let kind = if error.status < 500 { "User" } else { "Service" };
    let mut body: Map<String, Value> = Map::new();
    body.insert("Type".to_owned(), json!(kind));
    body.insert(key.to_owned(), json!(error.message));
    body.extend(error.members.clone());
    Some(Response::json(error.status, &Value::Object(body)).with_header("x-amzn-errortype", &error.code))
}
