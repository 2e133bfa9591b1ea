//! Links of what moves messages and events: mappings, queues, topics, rules, buckets, state machines.

use std::collections::BTreeSet;

use serde_json::Value;

use super::index::{Index, join};
use crate::evidence::{Link, LinkKind, Resource};

/// Links a resource of these types; `false` for any other type.
pub(super) fn link(resource: &Resource, index: &Index, links: &mut BTreeSet<Link>) -> bool {
    match resource.kind.as_str() {
        "AWS::Lambda::EventSourceMapping" => {
            to(resource, index, links, &["EventSourceArn"], LinkKind::ReadsFrom);
            let function = resource.attributes["FunctionArn"].as_str();
            let function = function.and_then(|arn| index.at(arn)).or_else(|| {
                let name = text(resource, "/FunctionName").split(':').next().unwrap_or_default();
                Some(format!("AWS::Lambda::Function/{name}"))
            });
            join(index, links, &resource.key, &function.unwrap_or_default(), LinkKind::Invokes);
            to(resource, index, links, &["DestinationConfig/OnFailure/Destination"], LinkKind::DeadLetters);
        }
        "AWS::Lambda::EventInvokeConfig" => {
            let function = format!("AWS::Lambda::Function/{}", text(resource, "/FunctionName"));
            join(index, links, &resource.key, &function, LinkKind::PartOf);
            for (place, kind) in [("OnFailure", LinkKind::DeadLetters), ("OnSuccess", LinkKind::Delivers)] {
                let target = text(resource, &format!("/DestinationConfig/{place}/Destination"));
                if let Some(target) = index.at(target) {
                    join(index, links, &function, &target, kind);
                }
            }
        }
        "AWS::Lambda::Url" => to(resource, index, links, &["TargetFunctionArn"], LinkKind::Invokes),
        "AWS::SQS::Queue" => {
            to(resource, index, links, &["RedrivePolicy/deadLetterTargetArn"], LinkKind::DeadLetters);
        }
        "AWS::SNS::Subscription" => {
            to(resource, index, links, &["TopicArn"], LinkKind::PartOf);
            to(resource, index, links, &["Endpoint"], LinkKind::Delivers);
            to(resource, index, links, &["RedrivePolicy/deadLetterTargetArn"], LinkKind::DeadLetters);
        }
        "AWS::Events::Rule" => {
            let bus = text(resource, "/EventBusName").rsplit('/').next().unwrap_or_default();
            let bus = if bus.is_empty() { "default" } else { bus };
            let bus = format!("AWS::Events::EventBus/{bus}");
            join(index, links, &resource.key, &bus, LinkKind::PartOf);
            each(resource, index, links, "Targets", "Arn", LinkKind::Delivers);
            each(resource, index, links, "Targets", "DeadLetterConfig/Arn", LinkKind::DeadLetters);
        }
        "AWS::StepFunctions::StateMachine" => {
            to(resource, index, links, &["RoleArn"], LinkKind::ExecutionRole);
            let definition = &resource.properties["Definition"];
            for (name, kind) in [("Resource", LinkKind::Invokes), ("FunctionName", LinkKind::Invokes)] {
                within(resource, definition, name, index, links, kind);
            }
            for name in ["QueueUrl", "StateMachineArn", "TableName", "TopicArn"] {
                within(resource, definition, name, index, links, LinkKind::Uses);
            }
        }
        "AWS::S3::Bucket" => {
            for (list, member) in [
                ("NotificationConfiguration/LambdaConfigurations", "Function"),
                ("NotificationConfiguration/QueueConfigurations", "Queue"),
                ("NotificationConfiguration/TopicConfigurations", "Topic"),
            ] {
                each(resource, index, links, list, member, LinkKind::Delivers);
            }
        }
        _ => return false,
    }
    true
}

/// Links to what the ARNs at these places name.
fn to(resource: &Resource, index: &Index, links: &mut BTreeSet<Link>, places: &[&str], kind: LinkKind) {
    for place in places {
        if let Some(key) = index.at(text(resource, &format!("/{place}"))) {
            join(index, links, &resource.key, &key, kind);
        }
    }
}

/// Links to what the ARNs in the members of a list name.
fn each(
    resource: &Resource,
    index: &Index,
    links: &mut BTreeSet<Link>,
    list: &str,
    member: &str,
    kind: LinkKind,
) {
    let members = resource.properties.pointer(&format!("/{list}")).and_then(Value::as_array);
    for arn in members.into_iter().flatten().filter_map(|each| each.pointer(&format!("/{member}"))) {
        if let Some(key) = arn.as_str().and_then(|arn| index.at(arn)) {
            join(index, links, &resource.key, &key, kind);
        }
    }
}

/// Links to what the members of this name in a document name, at any depth.
fn within(
    resource: &Resource,
    document: &Value,
    name: &str,
    index: &Index,
    links: &mut BTreeSet<Link>,
    kind: LinkKind,
) {
    match document {
        Value::Object(members) => {
            for (member, value) in members {
                let found = value.as_str().filter(|_| member == name).and_then(|text| index.at(text));
                if let Some(key) = found {
                    join(index, links, &resource.key, &key, kind);
                }
                within(resource, value, name, index, links, kind);
            }
        }
        Value::Array(items) => {
            for item in items {
                within(resource, item, name, index, links, kind);
            }
        }
        _ => {}
    }
}

fn text<'a>(resource: &'a Resource, pointer: &str) -> &'a str {
    resource.properties.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}
