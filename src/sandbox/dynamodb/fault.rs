use rustack_dynamodb_model::DynamoDBError;
use serde_json::Value;

use crate::sandbox::ServiceError;

pub(super) fn validation(message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, "ValidationException", message)
}

pub(super) fn not_found(table: &str) -> ServiceError {
    ServiceError::new(
        400,
        "ResourceNotFoundException",
        format!("Requested resource not found: Table: {table} not found"),
    )
}

/// The operations on continuous backups say that a table is missing in words of their own.
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeContinuousBackups.html>
pub(super) fn of_backups(operation: &str, table: &str, error: ServiceError) -> ServiceError {
    if operation.ends_with("ContinuousBackups") && error.code == "ResourceNotFoundException" {
        return ServiceError::new(400, "TableNotFoundException", format!("Table not found: {table}"));
    }
    error
}

/// Takes over an error of the store, with what it brings along.
pub(super) fn of_store(error: DynamoDBError) -> ServiceError {
    let status = error.status_code.as_u16();
    let mut stated = ServiceError::new(status, error.code.as_str(), error.message);
    if let Some(item) = error.item.and_then(|item| serde_json::to_value(item).ok()) {
        stated = stated.with("Item", item);
    }
    if !error.cancellation_reasons.is_empty()
        && let Ok(reasons) = serde_json::to_value(&error.cancellation_reasons)
    {
        // AWS puts the codes into the message too.
        let codes: Vec<&str> = reasons
            .as_array()
            .into_iter()
            .flatten()
            .map(|reason| reason.get("Code").and_then(Value::as_str).unwrap_or("None"))
            .collect();
        stated.message = format!(
            "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
            codes.join(", ")
        );
        // This one error has its message under a capital letter.
        let message = stated.message.clone();
        stated = stated.with("Message", message).with("CancellationReasons", reasons);
    }
    stated
}

/// Words what cannot be read, as AWS's own deserialiser does not tell it further.
pub(super) fn unreadable(error: &serde_json::Error) -> ServiceError {
    let text = error.to_string();
    if text.contains("missing field") || text.contains("unknown variant") {
        validation(format!("1 validation error detected: {text}"))
    } else {
        ServiceError::new(400, "SerializationException", text)
    }
}
