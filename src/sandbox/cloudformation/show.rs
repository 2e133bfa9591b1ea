use jiff::Timestamp;
use serde_json::{Value, json};

use super::record::{Asked, Part, Record};
use super::service::Desk;
use super::{capability, fault, plan, stacks};
use crate::sandbox::ServiceError;
use crate::template::Template;

/// How many entries a page has.
const PAGE: usize = 100;

pub(super) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html>
pub(super) fn stacks(desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let state = desk.core.state();
    let shown: Vec<Value> = match desk.parameters.get("StackName").filter(|name| !name.is_empty()) {
        Some(name) => vec![stack(state.find(desk.scope, name)?)],
        None => state.standing(desk.scope).map(stack).collect(),
    };
    paged(desk, "Stacks", shown)
}

fn stack(record: &Record) -> Value {
    let template = Template::parse("template", &record.asked.template).ok();
    let declared = template.as_ref().map(|template| plan::section(template, "Outputs")).unwrap_or_default();
    let outputs: Vec<Value> = record
        .stack
        .outputs
        .iter()
        .map(|(name, value)| {
            let description = declared.get(name.as_str()).and_then(|output| output["Description"].as_str());
            json!({ "OutputKey": name, "OutputValue": value, "Description": description })
        })
        .collect();
    let description = template.as_ref().and_then(|template| template.document["Description"].as_str());
    json!({
        "StackId": record.id,
        "StackName": record.name,
        "Description": description,
        "Parameters": parameters(&record.asked),
        "CreationTime": time(record.created),
        "LastUpdatedTime": record.updated.map(time),
        "DeletionTime": record.deleted.map(time),
        "RollbackConfiguration": {},
        "StackStatus": record.status,
        "StackStatusReason": record.reason,
        "DisableRollback": false,
        "NotificationARNs": [],
        "Capabilities": record.asked.capabilities,
        "Outputs": outputs,
        "RoleARN": record.asked.role,
        "Tags": tags(&record.asked),
        "EnableTerminationProtection": false,
        "DriftInformation": { "StackDriftStatus": "NOT_CHECKED" },
    })
}

/// Shows parameters as they were given or are by default; one with `NoEcho` is not shown.
pub(super) fn parameters(asked: &Asked) -> Value {
    let template = Template::parse("template", &asked.template).ok();
    let declared =
        template.as_ref().map(|template| plan::section(template, "Parameters")).unwrap_or_default();
    let shown = declared.iter().map(|(name, declaration)| {
        let secret = matches!(&declaration["NoEcho"], Value::Bool(true)) || declaration["NoEcho"] == "true";
        let default = match &declaration["Default"] {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let value = asked.parameters.get(*name).cloned().unwrap_or(default);
        json!({ "ParameterKey": name, "ParameterValue": if secret { "****".to_owned() } else { value } })
    });
    shown.collect()
}

pub(super) fn tags(asked: &Asked) -> Value {
    asked.tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect()
}

pub(super) fn events(desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let state = desk.core.state();
    let record = state.find(desk.scope, &stacks::given_name(desk)?)?;
    let shown = record.events.iter().rev().map(|event| {
        json!({
            "StackId": record.id,
            "EventId": event.id,
            "StackName": record.name,
            "LogicalResourceId": event.logical_id,
            "PhysicalResourceId": event.physical_id,
            "ResourceType": event.kind,
            "Timestamp": time(event.at),
            "ResourceStatus": event.status,
            "ResourceStatusReason": event.reason,
        })
    });
    paged(desk, "StackEvents", shown.collect())
}

fn part(record: &Record, id: &str, part: &Part, moment: &str) -> Value {
    let mut shown = json!({
        "LogicalResourceId": id,
        "PhysicalResourceId": part.physical_id,
        "ResourceType": part.kind,
        "ResourceStatus": part.status,
        "ResourceStatusReason": part.reason,
        "DriftInformation": { "StackResourceDriftStatus": "NOT_CHECKED" },
    });
    shown[moment] = time(part.at).into();
    if moment == "Timestamp" {
        shown["StackName"] = record.name.clone().into();
        shown["StackId"] = record.id.clone().into();
    }
    shown
}

/// The resources of a stack: those that were deleted are shown as long as the stack is not.
fn parts(record: &Record) -> impl Iterator<Item = (&String, &Part)> {
    let gone = record.deleted.is_some();
    record.resources.iter().filter(move |(_, part)| gone || part.status != "DELETE_COMPLETE")
}

pub(super) fn resources(desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let state = desk.core.state();
    let (stack, physical) = (desk.parameters.get("StackName"), desk.parameters.get("PhysicalResourceId"));
    let record = match (stack, physical) {
        (Some(name), _) => state.find(desk.scope, name)?,
        (None, Some(physical)) => {
            let holds = |record: &&Record| parts(record).any(|(_, part)| part.physical_id == physical);
            state
                .standing(desk.scope)
                .find(holds)
                .ok_or_else(|| fault::validation(format!("Stack for {physical} does not exist")))?
        }
        (None, None) => {
            return Err(fault::validation("Either StackName or PhysicalResourceId must be specified."));
        }
    };
    let wanted = desk.parameters.get("LogicalResourceId");
    let shown: Vec<Value> = parts(record)
        .filter(|(id, _)| wanted.is_none_or(|wanted| *id == wanted))
        .map(|(id, found)| part(record, id, found, "Timestamp"))
        .collect();
    Ok(json!({ "StackResources": shown }))
}

pub(super) fn resource(desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let state = desk.core.state();
    let name = stacks::given_name(desk)?;
    let record = state.find(desk.scope, &name)?;
    let id = desk.parameters.get("LogicalResourceId").unwrap_or_default();
    let found = record
        .resources
        .get(id)
        .ok_or_else(|| fault::validation(format!("Resource {id} does not exist for stack {name}")))?;
    let mut shown = part(record, id, found, "LastUpdatedTimestamp");
    shown["StackName"] = record.name.clone().into();
    shown["StackId"] = record.id.clone().into();
    shown["Metadata"] = "{}".into();
    Ok(json!({ "StackResourceDetail": shown }))
}

pub(super) fn resource_summaries(desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let state = desk.core.state();
    let record = state.find(desk.scope, &stacks::given_name(desk)?)?;
    let shown = parts(record).map(|(id, found)| part(record, id, found, "LastUpdatedTimestamp")).collect();
    paged(desk, "StackResourceSummaries", shown)
}

pub(super) fn summaries(desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let wanted = desk.parameters.list("StackStatusFilter");
    let state = desk.core.state();
    let all = state.standing(desk.scope).chain(state.gone(desk.scope));
    let shown =
        all.filter(|record| wanted.is_empty() || wanted.contains(&record.status.as_str())).map(|record| {
            let template = Template::parse("template", &record.asked.template).ok();
            let description = template
                .as_ref()
                .and_then(|template| template.document["Description"].as_str().map(str::to_owned));
            json!({
                "StackId": record.id,
                "StackName": record.name,
                "TemplateDescription": description,
                "CreationTime": time(record.created),
                "LastUpdatedTime": record.updated.map(time),
                "DeletionTime": record.deleted.map(time),
                "StackStatus": record.status,
                "StackStatusReason": record.reason,
                "DriftInformation": { "StackDriftStatus": "NOT_CHECKED" },
            })
        });
    paged(desk, "StackSummaries", shown.collect())
}

pub(super) fn template(desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let state = desk.core.state();
    let record = state.find(desk.scope, &stacks::given_name(desk)?)?;
    let original = match desk.parameters.get("ChangeSetName") {
        Some(name) => {
            let mut sets = record.change_sets.values();
            let set = sets.find(|set| set.name == name || set.id == name);
            &set.ok_or_else(|| fault::no_change_set(name))?.asked
        }
        None => &record.asked,
    };
    let text = if desk.parameters.get("TemplateStage") == Some("Processed") {
        match Template::parse("template", &original.template) {
            Ok(parsed) if !parsed.document["Transform"].is_null() => {
                let expanded = parsed.expanded(&original.parameters).ok();
                expanded.map_or_else(|| original.template.clone(), |expanded| expanded.document.to_string())
            }
            _ => original.template.clone(),
        }
    } else {
        original.template.clone()
    };
    Ok(json!({ "TemplateBody": text, "StagesAvailable": ["Original", "Processed"] }))
}

pub(super) fn validated(desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let (template, needed) = brought(desk)?;
    let parameters: Vec<Value> = plan::section(&template, "Parameters")
        .into_iter()
        .map(|(name, declaration)| {
            json!({
                "ParameterKey": name,
                "DefaultValue": text(&declaration["Default"]),
                "NoEcho": declaration["NoEcho"] == true || declaration["NoEcho"] == "true",
                "Description": declaration["Description"],
            })
        })
        .collect();
    Ok(json!({
        "Description": template.document["Description"],
        "Parameters": parameters,
        "Capabilities": needed.iter().collect::<Vec<_>>(),
        "CapabilitiesReason": needed.map(|_| reason(&template)),
    }))
}

pub(super) fn template_summary(desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = desk.parameters.get("StackName").filter(|name| !name.is_empty());
    let (template, needed) = match name {
        Some(name) => {
            let text = desk.core.state().find(desk.scope, name)?.asked.template.clone();
            let template = plan::read(&text)?;
            let needed = capability::needed(&template);
            (template, needed)
        }
        None => brought(desk)?,
    };
    let parameters: Vec<Value> = plan::section(&template, "Parameters")
        .into_iter()
        .map(|(name, declaration)| {
            json!({
                "ParameterKey": name,
                "ParameterType": declaration["Type"],
                "DefaultValue": text(&declaration["Default"]),
                "NoEcho": declaration["NoEcho"] == true || declaration["NoEcho"] == "true",
                "Description": declaration["Description"],
            })
        })
        .collect();
    let mut kinds: Vec<&str> = template.resources().map(|resource| resource.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    Ok(json!({
        "Description": template.document["Description"],
        "Parameters": parameters,
        "Capabilities": needed.iter().collect::<Vec<_>>(),
        "CapabilitiesReason": needed.map(|_| reason(&template)),
        "ResourceTypes": kinds,
        "Version": template.document["AWSTemplateFormatVersion"],
    }))
}

fn brought(desk: &Desk<'_>) -> Result<(Template, Option<&'static str>), ServiceError> {
    let text = stacks::text_of(desk)?
        .ok_or_else(|| fault::validation("Either Template URL or Template Body must be specified."))?;
    let template = plan::read(&text)?;
    let needed = capability::needed(&template);
    Ok((template, needed))
}

fn reason(template: &Template) -> String {
    let mut kinds: Vec<&str> = template
        .resources()
        .map(|resource| resource.kind)
        .filter(|kind| kind.starts_with("AWS::IAM::"))
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    format!("The following resource(s) require capabilities: [{}]", kinds.join(", "))
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// Cuts a list into pages; a token is where the next one begins.
fn paged(desk: &Desk<'_>, name: &str, all: Vec<Value>) -> Result<Value, ServiceError> {
    let from = match desk.parameters.get("NextToken") {
        None | Some("") => 0,
        Some(token) => token
            .parse::<usize>()
            .ok()
            .filter(|from| *from <= all.len())
            .ok_or_else(|| fault::validation("NextToken is invalid"))?,
    };
    let until = from + PAGE.min(all.len() - from);
    let next = (until < all.len()).then(|| until.to_string());
    let page: Vec<Value> = all.into_iter().skip(from).take(PAGE).collect();
    Ok(json!({ name: page, "NextToken": next }))
}
