use serde_json::{Value, json};

use super::entity::Bus;
use super::fault::{missing, not_found, validation, violated};
use super::service::Desk;
use crate::policy::{Policy, PolicyKind};
use crate::sandbox::{AccountId, ServiceError};

/// Adds a statement to a bus's policy, or sets the whole policy.
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutPermission.html>
pub(super) fn put(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let own = |member: &str| desk.text(member).map(str::to_owned);
    let (whole, statement, principal, action) =
        (own("Policy"), own("StatementId"), own("Principal"), own("Action"));
    let condition = desk.body.get("Condition").cloned();
    let bus = desk.bus()?;
    if let Some(text) = whole {
        if statement.is_some() || principal.is_some() || action.is_some() {
            return Err(validation("You cannot specify both Policy and other parameters."));
        }
        Policy::parse(&text, PolicyKind::Resource)
            .map_err(|problem| validation(format!("Policy is not valid: {}", problem.message)))?;
        bus.policy = serde_json::from_str(&text).ok();
        bus.parse();
        return Ok(Value::Null);
    }
    let statement = statement.ok_or_else(|| missing("statementId"))?;
    let principal = principal.ok_or_else(|| missing("principal"))?;
    let action = action.ok_or_else(|| missing("action"))?;
    if action != "events:PutEvents" {
        return Err(validation("Provided value in parameter 'action' is not supported."));
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !(1..=64).contains(&statement.len()) || !statement.bytes().all(plain) {
        return Err(violated(
            &statement,
            "statementId",
            "satisfy regular expression pattern: [a-zA-Z0-9-_]+",
        ));
    }
    let who = if principal == "*" {
        Value::from("*")
    } else {
        let account = AccountId::parse(&principal).ok_or_else(|| {
            violated(&principal, "principal", "satisfy regular expression pattern: (\\d{12}|\\*)")
        })?;
        json!({ "AWS": format!("arn:aws:iam::{account}:root") })
    };
    let mut added = json!({
        "Sid": statement, "Effect": "Allow", "Principal": who, "Action": action, "Resource": bus.arn(),
    });
    if let Some(condition) = condition.filter(|condition| !condition.is_null()) {
        let (Some(kind), Some(key), Some(value)) =
            (condition["Type"].as_str(), condition["Key"].as_str(), condition["Value"].as_str())
        else {
            return Err(missing("condition.type"));
        };
        added["Condition"] = json!({ kind: { key: value } });
    }
    let mut all = statements(bus);
    all.retain(|known| known["Sid"] != *statement);
    all.push(added);
    set(bus, all);
    Ok(Value::Null)
}

/// The statements of a bus's policy. A policy may have one statement without a list around it.
fn statements(bus: &Bus) -> Vec<Value> {
    match bus.policy.as_ref().map(|policy| policy["Statement"].clone()) {
        None => Vec::new(),
        Some(Value::Array(statements)) => statements,
        Some(one) => vec![one],
    }
}

fn set(bus: &mut Bus, statements: Vec<Value>) {
    let policy = bus.policy.get_or_insert_with(|| json!({ "Version": "2012-10-17" }));
    policy["Statement"] = statements.into();
    bus.parse();
}

pub(super) fn remove(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let all = desk.body.get("RemoveAllPermissions") == Some(&Value::Bool(true));
    let statement = desk.text("StatementId").map(str::to_owned);
    let bus = desk.bus()?;
    if all {
        bus.policy = None;
        bus.parse();
        return Ok(Value::Null);
    }
    if bus.policy.is_none() {
        return Err(not_found("EventBus does not have a policy.".to_owned()));
    }
    let statement = statement.ok_or_else(|| missing("statementId"))?;
    let mut all = statements(bus);
    let before = all.len();
    all.retain(|known| known["Sid"] != *statement);
    if all.len() == before {
        return Err(not_found("Statement with the provided id does not exist.".to_owned()));
    }
    if all.is_empty() {
        bus.policy = None;
        bus.parse();
    } else {
        set(bus, all);
    }
    Ok(Value::Null)
}
