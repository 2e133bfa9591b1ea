//! The errors that Cognito states, in its own words.

use crate::sandbox::ServiceError;

pub(super) fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, "InvalidParameterException", message)
}

pub(super) fn not_found(message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, "ResourceNotFoundException", message)
}

pub(super) fn not_authorized(message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, "NotAuthorizedException", message)
}

pub(super) fn no_pool(id: &str) -> ServiceError {
    not_found(format!("User pool {id} does not exist."))
}

pub(super) fn no_client(id: &str) -> ServiceError {
    not_found(format!("User pool client {id} does not exist."))
}

pub(super) fn no_user() -> ServiceError {
    ServiceError::new(400, "UserNotFoundException", "User does not exist.")
}

/// A value that breaks a constraint of the model, in the words of AWS's request validation.
pub(super) fn violated(value: &str, member: &str, constraint: &str) -> ServiceError {
    invalid(format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: Member must {constraint}"
    ))
}
