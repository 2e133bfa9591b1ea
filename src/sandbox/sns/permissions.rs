use serde_json::{Value, json};

use super::fault::invalid;
use super::service::Desk;
use super::topic::Topic;
use crate::sandbox::{AccountId, ServiceError};

/// What a permission can be for. <https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html>
const ACTIONS: [&str; 9] = [
    "*",
    "AddPermission",
    "DeleteTopic",
    "GetTopicAttributes",
    "ListSubscriptionsByTopic",
    "Publish",
    "RemovePermission",
    "SetTopicAttributes",
    "Subscribe",
];

/// Adds a statement to the topic policy. <https://docs.aws.amazon.com/sns/latest/api/API_AddPermission.html>
pub(super) fn add(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let label = desk.text("Label")?.to_owned();
    let accounts: Vec<String> = desk.parameters.list("AWSAccountId").into_iter().map(str::to_owned).collect();
    let actions: Vec<String> = desk.parameters.list("ActionName").into_iter().map(str::to_owned).collect();
    if accounts.is_empty() || accounts.iter().any(|account| AccountId::parse(account).is_none()) {
        return Err(invalid("AWSAccountId"));
    }
    if actions.is_empty() || actions.iter().any(|action| !ACTIONS.contains(&action.as_str())) {
        return Err(invalid("Policy statement action out of service scope!"));
    }
    let topic = desk.topic_at("TopicArn")?;
    let mut policy = document(topic);
    let statements = statements(&mut policy)?;
    if statements.iter().any(|statement| statement["Sid"] == *label) {
        return Err(invalid("Statement already exists"));
    }
    let one_or_all =
        |mut values: Vec<String>| if values.len() == 1 { values.remove(0).into() } else { json!(values) };
    let principals = accounts.iter().map(|account| format!("arn:aws:iam::{account}:root")).collect();
    let actions = actions.iter().map(|action| format!("SNS:{action}")).collect();
    statements.push(json!({
        "Sid": label,
        "Effect": "Allow",
        "Principal": { "AWS": one_or_all(principals) },
        "Action": one_or_all(actions),
        "Resource": topic.arn(),
    }));
    set(topic, &policy);
    Ok(Value::Null)
}

pub(super) fn remove(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let label = desk.text("Label")?.to_owned();
    let topic = desk.topic_at("TopicArn")?;
    let mut policy = document(topic);
    statements(&mut policy)?.retain(|statement| statement["Sid"] != *label);
    set(topic, &policy);
    Ok(Value::Null)
}

fn document(topic: &Topic) -> Value {
    serde_json::from_str(&topic.policy_text()).unwrap_or_default()
}

fn statements(policy: &mut Value) -> Result<&mut Vec<Value>, ServiceError> {
    let statements = &mut policy["Statement"];
    if !statements.is_array() {
        // A policy may have one statement without a list around it.
        *statements = json!([statements.take()]);
    }
    statements.as_array_mut().ok_or_else(|| invalid("Policy"))
}

fn set(topic: &mut Topic, policy: &Value) {
    topic.attributes.insert("Policy".to_owned(), policy.to_string());
    topic.parse_policy();
}
