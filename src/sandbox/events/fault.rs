use crate::sandbox::ServiceError;

// Codes: https://docs.aws.amazon.com/eventbridge/latest/APIReference/CommonErrors.html and the pages of the operations.

pub(super) fn validation(message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, "ValidationException", message)
}

pub(super) fn missing(at: &str) -> ServiceError {
    validation(format!(
        "1 validation error detected: Value null at '{at}' failed to satisfy constraint: Member must not be null"
    ))
}

pub(super) fn violated(value: &str, at: &str, must: &str) -> ServiceError {
    validation(format!(
        "1 validation error detected: Value '{value}' at '{at}' failed to satisfy constraint: Member must {must}"
    ))
}

pub(super) fn not_found(message: String) -> ServiceError {
    ServiceError::new(400, "ResourceNotFoundException", message)
}

pub(super) fn no_bus(name: &str) -> ServiceError {
    not_found(format!("Event bus {name} does not exist."))
}

pub(super) fn no_rule(rule: &str, bus: &str) -> ServiceError {
    not_found(format!("Rule {rule} does not exist on EventBus {bus}."))
}

pub(super) fn bad_pattern(reason: &str) -> ServiceError {
    ServiceError::new(
        400,
        "InvalidEventPatternException",
        format!("Event pattern is not valid. Reason: {reason}"),
    )
}

pub(super) fn limit() -> ServiceError {
    ServiceError::new(
        400,
        "LimitExceededException",
        "The requested resource exceeds the maximum number allowed.",
    )
}
