use crate::sandbox::ServiceError;

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html>
pub(super) fn validation(message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, "ValidationError", message.into())
}

pub(super) fn no_stack(name: &str) -> ServiceError {
    validation(format!("Stack with id {name} does not exist"))
}

pub(super) fn no_change_set(name: &str) -> ServiceError {
    ServiceError::new(404, "ChangeSetNotFound", format!("ChangeSet [{name}] does not exist"))
}

pub(super) fn already_exists(kind: &str, name: &str) -> ServiceError {
    ServiceError::new(400, "AlreadyExistsException", format!("{kind} [{name}] already exists"))
}

/// A breach of a constraint in the words of AWS's validation.
pub(super) fn constraint(value: &str, at: &str, must: &str) -> ServiceError {
    validation(format!(
        "1 validation error detected: Value '{value}' at '{at}' failed to satisfy constraint: Member must {must}"
    ))
}
