//! The errors that API Gateway states, in its own words.

use crate::sandbox::ServiceError;

pub(super) fn bad_request(message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, "BadRequestException", message)
}

pub(super) fn not_found(message: impl Into<String>) -> ServiceError {
    ServiceError::new(404, "NotFoundException", message)
}

pub(super) fn conflict(message: impl Into<String>) -> ServiceError {
    ServiceError::new(409, "ConflictException", message)
}

/// What is wrong with a parameter before the service looks at its meaning.
pub(super) fn validation(message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, "ValidationException", message)
}

/// A value that is none of an enumeration's, at `place`, in the words of AWS's request validation.
pub(super) fn not_in_enumeration(value: &str, place: &str, allowed: &str) -> ServiceError {
    validation(format!(
        "1 validation error detected: Value '{value}' at '{place}' failed to satisfy constraint: Member must \
         satisfy enum value set: [{allowed}]"
    ))
}

/// A status code that is not `[1-5]dd`.
pub(super) fn check_status_code(code: &str) -> Result<(), ServiceError> {
    let bytes = code.as_bytes();
    let valid = bytes.len() == 3 && (b'1'..=b'5').contains(&bytes[0]) && bytes.iter().all(u8::is_ascii_digit);
    if valid {
        return Ok(());
    }
    Err(validation(format!(
        "1 validation error detected: Value '{code}' at 'statusCode' failed to satisfy constraint: Member must \
         satisfy regular expression pattern: [1-5]\\d\\d"
    )))
}
