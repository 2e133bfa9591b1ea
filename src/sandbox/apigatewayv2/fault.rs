//! The errors that API Gateway v2 states, in its own words.

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

/// Something within an API that is not there.
pub(super) fn unknown(kind: &str, id: &str) -> ServiceError {
    not_found(format!("Invalid {kind} identifier specified {id}"))
}
