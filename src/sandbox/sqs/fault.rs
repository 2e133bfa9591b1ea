use crate::sandbox::ServiceError;

// Codes and messages: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html

pub(super) fn no_queue() -> ServiceError {
    ServiceError::new(400, "QueueDoesNotExist", "The specified queue does not exist.")
}

pub(super) fn invalid_value(message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, "InvalidParameterValue", message)
}

pub(super) fn missing(name: &str) -> ServiceError {
    ServiceError::new(400, "MissingParameter", format!("The request must contain the parameter {name}."))
}

pub(super) fn invalid_attribute(name: &str) -> ServiceError {
    ServiceError::new(400, "InvalidAttributeName", format!("Unknown Attribute {name}."))
}

pub(super) fn invalid_attribute_value(name: &str) -> ServiceError {
    ServiceError::new(400, "InvalidAttributeValue", format!("Invalid value for the parameter {name}."))
}

pub(super) fn bad_receipt(handle: &str) -> ServiceError {
    ServiceError::new(
        404,
        "ReceiptHandleIsInvalid",
        format!("The input receipt handle \"{handle}\" is not a valid receipt handle."),
    )
}

/// What older clients call an error, which the header `x-amzn-query-error` still tells all of them.
pub(super) fn query_code(code: &str) -> String {
    match code {
        "QueueDoesNotExist" => "AWS.SimpleQueueService.NonExistentQueue".to_owned(),
        "QueueNameExists" => "QueueAlreadyExists".to_owned(),
        "EmptyBatchRequest"
        | "TooManyEntriesInBatchRequest"
        | "BatchEntryIdsNotDistinct"
        | "BatchRequestTooLong"
        | "InvalidBatchEntryId"
        | "PurgeQueueInProgress"
        | "UnsupportedOperation" => {
            format!("AWS.SimpleQueueService.{code}")
        }
        other => other.to_owned(),
    }
}
