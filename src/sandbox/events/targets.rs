use serde_json::{Map, Value, json};

use super::fault::{limit, missing, validation, violated};
use super::input::is_path;
use super::page::cut;
use super::rules::{check_name, find};
use super::service::Desk;
use crate::sandbox::ServiceError;

/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html>
const MOST: usize = 5;
/// How the name of a first-in-first-out queue ends.
const FIFO: &str = ".fifo";
/// Services that events can be handed to here.
const KINDS: [&str; 6] = ["lambda", "sqs", "sns", "logs", "events", "states"];

/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html>
pub(super) fn put(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let name = desk.required("Rule")?;
    let targets = desk.body.get("Targets").and_then(Value::as_array).ok_or_else(|| missing("targets"))?;
    if targets.is_empty() {
        return Err(violated("[]", "targets", "have length greater than or equal to 1"));
    }
    let rule = find(desk.bus()?, &name)?;
    for target in targets.iter().filter_map(Value::as_object) {
        check(target)?;
    }
    let mut after = rule.targets.clone();
    for target in targets.iter().filter_map(Value::as_object) {
        after.insert(id_of(target)?, target.clone());
    }
    if after.len() > MOST {
        return Err(limit());
    }
    rule.targets = after;
    Ok(json!({ "FailedEntryCount": 0, "FailedEntries": [] }))
}

fn id_of(target: &Map<String, Value>) -> Result<String, ServiceError> {
    let id = target.get("Id").and_then(Value::as_str).ok_or_else(|| missing("targets.1.member.id"))?;
    check_name(id, "targets.1.member.id")?;
    Ok(id.to_owned())
}

fn check(target: &Map<String, Value>) -> Result<(), ServiceError> {
    let id = id_of(target)?;
    let text = |member: &str| target.get(member).and_then(Value::as_str);
    let arn = text("Arn").ok_or_else(|| missing("targets.1.member.arn"))?;
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", _, kind, _, _, _] = parts[..] else {
        return Err(validation(format!(
            "Parameter {arn} is not valid. Reason: Provided Arn is not in correct format."
        )));
    };
    if !KINDS.contains(&kind) {
        return Err(ServiceError::not_covered(
            "events",
            &format!("PutTargets with a target of the service {kind}"),
        ));
    }
    // A machine has no policy of its own that could let the service in.
    if kind == "states" && text("RoleArn").is_none_or(str::is_empty) {
        return Err(validation(format!("RoleArn is required for target {arn}.")));
    }
    let inputs = ["Input", "InputPath", "InputTransformer"];
    if inputs.iter().filter(|member| target.contains_key(**member)).count() > 1 {
        return Err(validation(format!(
            "Only one of Input, InputPath, or InputTransformer must be provided for target {id}."
        )));
    }
    if text("Input").is_some_and(|input| serde_json::from_str::<Value>(input).is_err()) {
        return Err(validation(format!("JSON syntax error in input for target {id}.")));
    }
    let paths =
        target.get("InputTransformer").and_then(|it| it.get("InputPathsMap")).and_then(Value::as_object);
    let paths = paths.into_iter().flat_map(Map::values).filter_map(Value::as_str).chain(text("InputPath"));
    for path in paths {
        if !is_path(path) {
            return Err(validation(format!(
                "Parameter {path} is not valid. Reason: InputPath is not a valid JsonPath."
            )));
        }
    }
    if let Some(transformer) = target.get("InputTransformer")
        && transformer.get("InputTemplate").and_then(Value::as_str).is_none()
    {
        return Err(missing("targets.1.member.inputTransformer.inputTemplate"));
    }
    let fifo = kind == "sqs" && arn.ends_with(FIFO);
    if fifo && target.get("SqsParameters").and_then(|it| it.get("MessageGroupId")).is_none() {
        return Err(validation(format!("Parameter(s) SqsParameters must be specified for target: {id}.")));
    }
    if let Some(letters) = target.get("DeadLetterConfig").and_then(|it| it.get("Arn")).and_then(Value::as_str)
        && !letters.starts_with("arn:aws:sqs:")
    {
        return Err(validation(format!(
            "Parameter {letters} is not valid. Reason: Provided Arn is not in correct format."
        )));
    }
    let within =
        |member: &str, least: i64, most: i64| match target.get("RetryPolicy").and_then(|it| it.get(member)) {
            None | Some(Value::Null) => Ok(()),
            Some(value) if value.as_i64().is_some_and(|number| (least..=most).contains(&number)) => Ok(()),
            Some(value) => Err(violated(
                &value.to_string(),
                &format!("targets.1.member.retryPolicy.{}{}", member[..1].to_lowercase(), &member[1..]),
                &format!("have value between {least} and {most}"),
            )),
        };
    within("MaximumRetryAttempts", 0, 185)?;
    within("MaximumEventAgeInSeconds", 60, 86_400)
}

pub(super) fn remove(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let name = desk.required("Rule")?;
    let ids = desk.body.get("Ids").and_then(Value::as_array).ok_or_else(|| missing("ids"))?;
    let rule = find(desk.bus()?, &name)?;
    rule.targets.retain(|id, _| !ids.iter().any(|gone| gone == id.as_str()));
    Ok(json!({ "FailedEntryCount": 0, "FailedEntries": [] }))
}

pub(super) fn list(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let name = desk.required("Rule")?;
    let body = desk.body;
    let rule = find(desk.bus()?, &name)?;
    let own = rule.targets.iter().map(|(id, target)| (id.as_str(), Value::Object(target.clone())));
    let (targets, next) = cut(own, body)?;
    let mut answer = json!({ "Targets": targets });
    if let Some(next) = next {
        answer["NextToken"] = next.into();
    }
    Ok(answer)
}

pub(super) fn rules_of(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let arn = desk.required("TargetArn")?;
    if !arn.starts_with("arn:") {
        return Err(validation(format!(
            "Parameter {arn} is not valid. Reason: Provided Arn is not in correct format."
        )));
    }
    let body = desk.body;
    let bus = desk.bus()?;
    let has = |target: &Map<String, Value>| target.get("Arn").and_then(Value::as_str) == Some(&arn);
    let own = bus.rules.iter().filter(|(_, rule)| rule.targets.values().any(has));
    let (names, next) = cut(own.map(|(name, _)| (name.as_str(), name.clone())), body)?;
    let mut answer = json!({ "RuleNames": names });
    if let Some(next) = next {
        answer["NextToken"] = next.into();
    }
    Ok(answer)
}
