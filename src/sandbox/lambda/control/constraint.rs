use serde_json::Value;

use crate::sandbox::ServiceError;

/// An invalid value, in the words in which Lambda's front refuses it before anything else is looked at.
pub(super) fn violated(value: &str, member: &str, constraint: &str) -> ServiceError {
    ServiceError::new(
        400,
        "ValidationException",
        format!(
            "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: Member must {constraint}"
        ),
    )
}

/// A value that is well-formed, but that Lambda does not take.
pub(super) fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, "InvalidParameterValueException", message)
}

/// Reads a whole number within bounds.
pub(super) fn number(value: &Value, member: &str, least: u32, most: u32) -> Result<u32, ServiceError> {
    let number = value.as_i64().ok_or_else(|| serialization(value, "an integer"))?;
    if number < i64::from(least) {
        return Err(violated(
            &number.to_string(),
            member,
            &format!("have value greater than or equal to {least}"),
        ));
    }
    u32::try_from(number).ok().filter(|number| *number <= most).ok_or_else(|| {
        violated(&number.to_string(), member, &format!("have value less than or equal to {most}"))
    })
}

/// Reads a string of limited length.
pub(super) fn text<'a>(value: &'a Value, member: &str, most: usize) -> Result<&'a str, ServiceError> {
    let text = value.as_str().ok_or_else(|| serialization(value, "a string"))?;
    if text.chars().count() > most {
        return Err(violated(text, member, &format!("have length less than or equal to {most}")));
    }
    Ok(text)
}

/// Reads one of a few words.
pub(super) fn word<'a>(value: &'a Value, member: &str, allowed: &[&str]) -> Result<&'a str, ServiceError> {
    let text = value.as_str().ok_or_else(|| serialization(value, "a string"))?;
    if !allowed.contains(&text) {
        return Err(violated(text, member, &format!("satisfy enum value set: [{}]", allowed.join(", "))));
    }
    Ok(text)
}

/// Requires a member that the request lacks.
pub(super) fn missing(member: &str) -> ServiceError {
    ServiceError::new(
        400,
        "ValidationException",
        format!(
            "1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null"
        ),
    )
}

/// Whether text is letters, digits, `-` and `_`.
pub(super) fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

pub(super) fn serialization(value: &Value, wanted: &str) -> ServiceError {
    let shown = match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "a structure",
    };
    ServiceError::new(400, "SerializationException", format!("{shown} can not be converted to {wanted}"))
}
