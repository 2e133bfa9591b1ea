use crate::sandbox::ServiceError;

/// An error in IAM's words.
pub(super) fn new(status: u16, code: &'static str, message: impl Into<String>) -> ServiceError {
    ServiceError::new(status, code, message)
}

pub(super) fn no_such_entity(message: impl Into<String>) -> ServiceError {
    new(404, "NoSuchEntity", message)
}

pub(super) fn already_exists(message: impl Into<String>) -> ServiceError {
    new(409, "EntityAlreadyExists", message)
}

pub(super) fn delete_conflict(message: impl Into<String>) -> ServiceError {
    new(409, "DeleteConflict", message)
}

pub(super) fn limit_exceeded(message: impl Into<String>) -> ServiceError {
    new(409, "LimitExceeded", message)
}

pub(super) fn validation(message: impl Into<String>) -> ServiceError {
    new(400, "ValidationError", message)
}

pub(super) fn invalid_input(message: impl Into<String>) -> ServiceError {
    new(400, "InvalidInput", message)
}

pub(super) fn access_denied(message: impl Into<String>) -> ServiceError {
    new(403, "AccessDenied", message)
}

pub(super) fn quota(name: &str, limit: usize) -> ServiceError {
    limit_exceeded(format!("Cannot exceed quota for {name}: {limit}"))
}
