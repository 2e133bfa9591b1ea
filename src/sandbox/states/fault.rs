use crate::sandbox::ServiceError;

// Codes: https://docs.aws.amazon.com/step-functions/latest/apireference/CommonErrors.html and the pages of the operations.

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

pub(super) fn invalid_arn(arn: &str) -> ServiceError {
    ServiceError::new(400, "InvalidArn", format!("Invalid Arn: 'Invalid ARN prefix: {arn}'"))
}

pub(super) fn invalid_name(name: &str) -> ServiceError {
    ServiceError::new(400, "InvalidName", format!("Invalid Name: '{name}'"))
}

pub(super) fn invalid_token() -> ServiceError {
    ServiceError::new(400, "InvalidToken", "Invalid Token: 'Invalid token'")
}

pub(super) fn no_machine(arn: &str) -> ServiceError {
    ServiceError::new(400, "StateMachineDoesNotExist", format!("State Machine Does Not Exist: '{arn}'"))
}

pub(super) fn no_execution(arn: &str) -> ServiceError {
    ServiceError::new(400, "ExecutionDoesNotExist", format!("Execution Does Not Exist: '{arn}'"))
}

pub(super) fn not_of_this_type() -> ServiceError {
    let message = "This operation is not supported by this type of state machine";
    ServiceError::new(400, "StateMachineTypeNotSupported", message)
}
