use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::messages::{change_visibility, delete, send, size};
use super::service::Desk;
use crate::sandbox::ServiceError;

/// The most bytes that the messages of one batch may have together.
const LARGEST: usize = 1_048_576;

/// Carries out a batch: each entry by itself, what fails is told beside what does not.
pub(super) fn run(
    desk: &mut Desk<'_>,
    operation: &str,
    body: &Map<String, Value>,
) -> Result<Value, ServiceError> {
    let entries: Vec<Map<String, Value>> = body
        .get("Entries")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .cloned()
        .collect();
    check(operation, &entries)?;
    let (sender, now) = (desk.sender(), desk.now);
    let ids: Vec<String> = entries.iter().map(|_| desk.random.uuid()).collect();
    let queue = desk.queue(body)?;
    queue.expire(now);
    let (mut successful, mut failed) = (Vec::new(), Vec::new());
    for (entry, id) in entries.iter().zip(ids) {
        let name = entry.get("Id").cloned().unwrap_or_default();
        let done = match operation {
            "SendMessageBatch" => send(queue, entry, &sender, &id, now),
            "DeleteMessageBatch" => delete(queue, entry).map(|()| json!({})),
            _ => change_visibility(queue, entry, now).map(|()| json!({})),
        };
        match done {
            Ok(mut answer) => {
                answer["Id"] = name;
                successful.push(answer);
            }
            Err(error) => failed.push(json!({
                "Id": name,
                "SenderFault": error.status < 500,
                "Code": error.code,
                "Message": error.message,
            })),
        }
    }
    let mut answer = json!({ "Successful": successful });
    if !failed.is_empty() {
        answer["Failed"] = failed.into();
    }
    Ok(answer)
}

fn check(operation: &str, entries: &[Map<String, Value>]) -> Result<(), ServiceError> {
    let refuse = |code: &'static str, message: String| Err(ServiceError::new(400, code, message));
    if entries.is_empty() {
        return refuse(
            "EmptyBatchRequest",
            format!("There should be at least one {operation}RequestEntry in the request."),
        );
    }
    if entries.len() > 10 {
        return refuse(
            "TooManyEntriesInBatchRequest",
            format!("Maximum number of entries per request are 10. You have sent {}.", entries.len()),
        );
    }
    let mut seen = HashSet::new();
    for entry in entries {
        let id = entry.get("Id").and_then(Value::as_str).unwrap_or_default();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if !(1..=80).contains(&id.len()) || !id.bytes().all(plain) {
            return refuse(
                "InvalidBatchEntryId",
                "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.".to_owned(),
            );
        }
        if !seen.insert(id) {
            return refuse("BatchEntryIdsNotDistinct", format!("Id {id} repeated."));
        }
    }
    let whole: usize = entries.iter().map(size).sum();
    if operation == "SendMessageBatch" && whole > LARGEST {
        return refuse(
            "BatchRequestTooLong",
            format!("Batch requests cannot be longer than {LARGEST} bytes. You have sent {whole} bytes."),
        );
    }
    Ok(())
}
