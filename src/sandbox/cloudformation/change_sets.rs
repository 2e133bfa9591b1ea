use serde_json::{Value, json};

use super::fault::{self, validation};
use super::record::{Change, ChangeSet, Record};
use super::service::Desk;
use super::{plan, show, stacks};
use crate::sandbox::ServiceError;

/// What the AWS CLI's `deploy` looks for when there is nothing to deploy.
const NO_CHANGES: &str =
    "The submitted information didn't contain changes. Submit different information to create a change set.";

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html>
pub(super) fn create(desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = change_set_name(desk)?;
    let kind = desk.parameters.get("ChangeSetType").unwrap_or("UPDATE");
    let standing = desk.core.state().find(desk.scope, &stacks::given_name(desk)?).cloned();
    let record = match (kind, standing) {
        ("CREATE", Ok(standing)) if standing.status == "REVIEW_IN_PROGRESS" => standing,
        ("CREATE", Ok(standing)) if standing.deleted.is_none() => {
            let message = format!(
                "Stack [{}] already exists and cannot be created again with the changeSet [{name}].",
                standing.name
            );
            return Err(validation(message));
        }
        ("CREATE", _) => {
            let stack = stacks::new_name(desk)?;
            let mut record = stacks::fresh(desk, &stack, super::record::Asked::default());
            let (at, event) = (desk.core.clock.now(), desk.core.random.uuid());
            record.enter("REVIEW_IN_PROGRESS", Some("User Initiated".to_owned()), at, event);
            record
        }
        ("UPDATE", standing) => standing?,
        (other, _) => {
            let must = "satisfy enum value set: [CREATE, UPDATE, IMPORT]";
            if other == "IMPORT" {
                return Err(ServiceError::not_covered("cloudformation", "CreateChangeSet of type IMPORT"));
            }
            return Err(fault::constraint(other, "changeSetType", must));
        }
    };
    if kind == "UPDATE" {
        stacks::ready(&record, "updated")?;
    }
    if record.change_sets.contains_key(&name) {
        return Err(fault::already_exists("ChangeSet", &name));
    }
    let before = (kind == "UPDATE").then_some(&record.asked);
    let asked = stacks::asked(desk, before)?;
    let sound = plan::check(&asked, &record.stack, false)?;
    let changes = plan::changes(&sound, &record, &asked);
    let unchanged = changes.is_empty() && (kind == "CREATE" || stacks::same(&record.asked, &asked));
    let (scope, uuid) = (desk.scope, desk.core.random.uuid());
    let id = format!("arn:aws:cloudformation:{}:{}:changeSet/{name}/{uuid}", scope.region, scope.account);
    let set = ChangeSet {
        id: id.clone(),
        name: name.clone(),
        description: desk.parameters.get("Description").map(str::to_owned),
        kind: kind.to_owned(),
        status: if unchanged { "FAILED" } else { "CREATE_COMPLETE" }.to_owned(),
        execution: if unchanged { "UNAVAILABLE" } else { "AVAILABLE" }.to_owned(),
        reason: unchanged.then(|| NO_CHANGES.to_owned()),
        created: desk.core.clock.now(),
        asked,
        changes,
    };
    let stack_id = record.id.clone();
    let mut state = desk.core.state();
    if state.standing_mut(scope, &record.name).is_err() {
        state.insert(scope, record.clone());
    }
    state.standing_mut(scope, &record.name)?.change_sets.insert(name, set);
    Ok(json!({ "Id": id, "StackId": stack_id }))
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html>
pub(super) async fn execute(desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let (mut record, set) = find(desk)?;
    if set.execution != "AVAILABLE" {
        let message = format!(
            "ChangeSet [{}] cannot be executed in its current execution status of [{}]",
            set.id, set.execution
        );
        return Err(ServiceError::new(400, "InvalidChangeSetStatus", message));
    }
    // Every other change set is of a stack that is no more.
    record.change_sets.clear();
    desk.core.state().standing_mut(desk.scope, &record.name)?.change_sets.clear();
    if set.kind == "CREATE" {
        stacks::make(desk, &record.name, set.asked).await?;
    } else {
        stacks::change(desk, &record, set.asked).await?;
    }
    Ok(json!({}))
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html>
pub(super) fn describe(desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let (record, set) = find(desk)?;
    let changes: Vec<Value> = set.changes.iter().map(shown).collect();
    let mut answer = summary(&record, &set);
    answer["Changes"] = changes.into();
    answer["Parameters"] = show::parameters(&set.asked);
    answer["Tags"] = show::tags(&set.asked);
    answer["Capabilities"] = set.asked.capabilities.clone().into();
    answer["NotificationARNs"] = json!([]);
    Ok(answer)
}

pub(super) fn list(desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = stacks::given_name(desk)?;
    let state = desk.core.state();
    let record = state.find(desk.scope, &name)?;
    let sets: Vec<Value> = record.change_sets.values().map(|set| summary(record, set)).collect();
    Ok(json!({ "Summaries": sets }))
}

/// Deletes a change set; it is no error where there is none. A stack that was only looked at stays in review, as on AWS.
pub(super) fn delete(desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = change_set_name_or_id(desk)?;
    match find(desk) {
        Ok((record, set)) => {
            desk.core.state().standing_mut(desk.scope, &record.name)?.change_sets.remove(&set.name);
            Ok(json!({}))
        }
        Err(error) if error.code == "ChangeSetNotFound" => Ok(json!({})),
        Err(_) if name.starts_with("arn:") => Ok(json!({})),
        Err(error) => Err(error),
    }
}

/// Finds a change set by its id, or by its name and its stack's.
fn find(desk: &Desk<'_>) -> Result<(Record, ChangeSet), ServiceError> {
    let name = change_set_name_or_id(desk)?;
    let state = desk.core.state();
    if name.starts_with("arn:") {
        let found = state.standing(desk.scope).find_map(|record| {
            let set = record.change_sets.values().find(|set| set.id == name)?;
            Some((record.clone(), set.clone()))
        });
        return found.ok_or_else(|| fault::no_change_set(&name));
    }
    let Some(stack) = desk.parameters.get("StackName").filter(|name| !name.is_empty()) else {
        return Err(validation("StackName must be specified if ChangeSetName is not specified as an ARN."));
    };
    let record = state.find(desk.scope, stack)?;
    let set = record.change_sets.get(&name).ok_or_else(|| fault::no_change_set(&name))?;
    Ok((record.clone(), set.clone()))
}

fn summary(record: &Record, set: &ChangeSet) -> Value {
    json!({
        "StackId": record.id,
        "StackName": record.name,
        "ChangeSetId": set.id,
        "ChangeSetName": set.name,
        "ExecutionStatus": set.execution,
        "Status": set.status,
        "StatusReason": set.reason,
        "CreationTime": show::time(set.created),
        "Description": set.description,
        "IncludeNestedStacks": false,
    })
}

fn shown(change: &Change) -> Value {
    let replacement = change.replacement.map(|replaced| if replaced { "True" } else { "False" });
    let scope = if change.action == "Modify" { json!(["Properties"]) } else { json!([]) };
    json!({
        "Type": "Resource",
        "ResourceChange": {
            "Action": change.action,
            "LogicalResourceId": change.logical_id,
            "PhysicalResourceId": change.physical_id,
            "ResourceType": change.kind,
            "Replacement": replacement,
            "Scope": scope,
            "Details": [],
        },
    })
}

fn change_set_name_or_id(desk: &Desk<'_>) -> Result<String, ServiceError> {
    let name = desk.parameters.get("ChangeSetName").filter(|name| !name.is_empty());
    name.map(str::to_owned).ok_or_else(|| {
        validation("1 validation error detected: Value null at 'changeSetName' failed to satisfy constraint: Member must not be null")
    })
}

fn change_set_name(desk: &Desk<'_>) -> Result<String, ServiceError> {
    let name = change_set_name_or_id(desk)?;
    let mut letters = name.chars();
    let sound = letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
        && name.len() <= 128;
    let pattern = "satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*";
    if sound { Ok(name) } else { Err(fault::constraint(&name, "changeSetName", pattern)) }
}
