use serde_json::{Map, Value, json};

use super::fault::{invalid_value, missing};
use super::queue::Queue;
use super::queues::texts;
use super::service::Desk;
use crate::sandbox::{AccountId, ServiceError};

/// What a permission can be for. <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_AddPermission.html>
const ACTIONS: [&str; 7] = [
    "*",
    "ChangeMessageVisibility",
    "DeleteMessage",
    "GetQueueAttributes",
    "GetQueueUrl",
    "ReceiveMessage",
    "SendMessage",
];

/// Adds a statement to the queue policy.
pub(super) fn add(desk: &mut Desk<'_>, body: &Map<String, Value>) -> Result<Value, ServiceError> {
    let label = label(body)?;
    let (accounts, actions) = (texts(body.get("AWSAccountIds")), texts(body.get("Actions")));
    if accounts.is_empty() {
        return Err(missing("AWSAccountIds"));
    }
    if actions.is_empty() {
        return Err(missing("Actions"));
    }
    if let Some(wrong) = accounts.iter().find(|account| AccountId::parse(account).is_none()) {
        return Err(invalid_value(format!(
            "Value [{wrong}] for parameter PrincipalId is invalid. Reason: Unable to verify."
        )));
    }
    if let Some(wrong) = actions.iter().find(|action| !ACTIONS.contains(&action.as_str())) {
        return Err(invalid_value(format!(
            "Value SQS:{wrong} for parameter ActionName is invalid. Reason: Only the queue owner is allowed to invoke this action."
        )));
    }
    let queue = desk.queue(body)?;
    let mut policy = document(queue);
    let mut statements = statements(&mut policy);
    if statements.iter().any(|statement| statement["Sid"] == *label) {
        return Err(invalid_value(format!(
            "Value {label} for parameter Label is invalid. Reason: Already exists."
        )));
    }
    let one_or_all =
        |mut values: Vec<String>| if values.len() == 1 { values.remove(0).into() } else { json!(values) };
    statements.push(json!({
        "Sid": label,
        "Effect": "Allow",
        "Principal": { "AWS": one_or_all(accounts.iter().map(|account| format!("arn:aws:iam::{account}:root")).collect()) },
        "Action": one_or_all(actions.iter().map(|action| format!("SQS:{action}")).collect()),
        "Resource": queue.arn(),
    }));
    set(queue, policy, statements);
    Ok(Value::Null)
}

pub(super) fn remove(desk: &mut Desk<'_>, body: &Map<String, Value>) -> Result<Value, ServiceError> {
    let label = label(body)?;
    let queue = desk.queue(body)?;
    let mut policy = document(queue);
    let mut statements = statements(&mut policy);
    let before = statements.len();
    statements.retain(|statement| statement["Sid"] != *label);
    if statements.len() == before {
        return Err(invalid_value(format!(
            "Value {label} for parameter Label is invalid. Reason: can't find label on existing policy."
        )));
    }
    set(queue, policy, statements);
    Ok(Value::Null)
}

fn label(body: &Map<String, Value>) -> Result<String, ServiceError> {
    let label = body.get("Label").and_then(Value::as_str).ok_or_else(|| missing("Label"))?;
    Ok(label.to_owned())
}

fn document(queue: &Queue) -> Value {
    let text = queue.facts.attributes.get("Policy").and_then(|text| serde_json::from_str(text).ok());
    text.unwrap_or_else(
        || json!({ "Version": "2012-10-17", "Id": format!("{}/SQSDefaultPolicy", queue.arn()) }),
    )
}

/// Takes the statements out of a policy; it may have one without a list around it.
fn statements(policy: &mut Value) -> Vec<Value> {
    match policy["Statement"].take() {
        Value::Null => Vec::new(),
        Value::Array(statements) => statements,
        one => vec![one],
    }
}

fn set(queue: &mut Queue, mut policy: Value, statements: Vec<Value>) {
    if statements.is_empty() {
        queue.facts.attributes.remove("Policy");
    } else {
        policy["Statement"] = statements.into();
        queue.facts.attributes.insert("Policy".to_owned(), policy.to_string());
    }
    queue.parse_policy();
}
