use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map as Object, Value};

use super::super::entity::Map;
use crate::sandbox::ServiceError;
use crate::sandbox::apigatewayv2::fault::bad_request;

/// Lays those members of a body that an operation sets over a resource. Members that are null or not there leave it as
/// it was; a member of another type than the resource's is refused.
pub(super) fn overlay<T: Serialize + DeserializeOwned>(
    resource: &T,
    body: &Object<String, Value>,
    settable: &[&str],
) -> Result<T, ServiceError> {
    let unreadable =
        |error: serde_json::Error| ServiceError::new(400, "SerializationException", error.to_string());
    let mut whole = serde_json::to_value(resource).map_err(unreadable)?;
    for name in settable {
        if let Some(value) = body.get(*name).filter(|value| !value.is_null()) {
            whole[*name] = value.clone();
        }
    }
    serde_json::from_value(whole).map_err(unreadable)
}

/// Lays the entries of a map in the body over those of a resource; an empty text takes an entry away.
pub(super) fn merged(before: &Map<String>, given: Map<String>) -> Map<String> {
    let mut merged = before.clone();
    for (name, value) in given {
        if value.is_empty() {
            merged.shift_remove(&name);
        } else {
            merged.insert(name, value);
        }
    }
    merged
}

/// Fails where a text is longer than AWS takes.
/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid.html>
pub(super) fn check_length(text: Option<&str>, member: &str, limit: usize) -> Result<(), ServiceError> {
    match text {
        Some(text) if text.chars().count() > limit => {
            Err(bad_request(format!("{member} must be at most {limit} characters long")))
        }
        _ => Ok(()),
    }
}

/// Fails unless a text is one of an enumeration's.
pub(super) fn check_choice(text: &str, member: &str, allowed: &[&str]) -> Result<(), ServiceError> {
    if allowed.contains(&text) {
        return Ok(());
    }
    Err(bad_request(format!("Invalid {member} specified. Must be one of [{}]", allowed.join(", "))))
}
