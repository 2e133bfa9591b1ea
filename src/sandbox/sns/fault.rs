use crate::sandbox::ServiceError;

// Codes: https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html and the pages of the operations.

pub(super) fn invalid(what: impl std::fmt::Display) -> ServiceError {
    ServiceError::new(400, "InvalidParameter", format!("Invalid parameter: {what}"))
}

/// A required parameter that is not there; `at` is its name as the API's model writes it, beginning small.
pub(super) fn missing(at: &str) -> ServiceError {
    ServiceError::new(
        400,
        "ValidationError",
        format!(
            "1 validation error detected: Value null at '{at}' failed to satisfy constraint: Member must not be null"
        ),
    )
}

pub(super) fn no_topic() -> ServiceError {
    ServiceError::new(404, "NotFound", "Topic does not exist")
}

pub(super) fn no_subscription() -> ServiceError {
    ServiceError::new(404, "NotFound", "Subscription does not exist")
}

pub(super) fn internal() -> ServiceError {
    ServiceError::new(500, "InternalError", "The sandbox failed to answer this request.")
}
