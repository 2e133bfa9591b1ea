use serde_json::{Value, json};

use super::expansion::Expansion;
use super::function::Function;
use super::part::{Built, Part};
use super::policy::{Policy, policies};
use super::referable::tag_list;

/// The role of a function that names none: it may write its log, do what its properties and events need, and what `Policies` says.
pub(super) fn expand(
    expansion: &mut Expansion<'_>,
    function: &Function<'_>,
    dead_letters: Option<&Part<'_>>,
) {
    let id = format!("{}Role", function.id);
    let properties = function.properties;
    let mut managed: Vec<Value> = vec![managed_arn("service-role/AWSLambdaBasicExecutionRole")];
    if properties.get("VpcConfig").is_some() {
        managed.push(managed_arn("service-role/AWSLambdaVPCAccessExecutionRole"));
    }
    if let Some(tracing) = properties.get("Tracing")
        && ["Active", "PassThrough"].contains(&tracing.value.as_str().unwrap_or_default())
    {
        managed.push(managed_arn("AWSXrayWriteOnlyAccess"));
    }
    let mut inline: Vec<Value> = Vec::new();
    if let Some(queue) = dead_letters {
        let action = if queue.text("Type") == Some("SNS") { "sns:Publish" } else { "sqs:SendMessage" };
        inline.push(json!({
            "PolicyName": "DeadLetterQueuePolicy",
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [{
                    "Action": action,
                    "Resource": queue.get("TargetArn").map(|arn| arn.value.clone()),
                    "Effect": "Allow",
                }],
            },
        }));
    }
    let mut built = Built::new();
    let mut origins = Vec::new();
    if let Some(given) = properties.get("Policies") {
        origins = add_given(expansion, &id, &given, &mut managed, &mut inline);
    }
    let mut needed = function.event_managed.clone();
    needed.sort_unstable();
    needed.dedup();
    for name in needed {
        let arn = managed_arn(name);
        if !managed.contains(&arn) {
            managed.push(arn);
        }
    }
    inline.extend(function.event_policies.iter().cloned());
    match properties.get("AssumeRolePolicyDocument") {
        Some(document) => built.take("AssumeRolePolicyDocument", Some(document)),
        None => built.set(
            "AssumeRolePolicyDocument",
            json!({
                "Version": "2012-10-17",
                "Statement": [{
                    "Action": ["sts:AssumeRole"],
                    "Effect": "Allow",
                    "Principal": { "Service": ["lambda.amazonaws.com"] },
                }],
            }),
        ),
    }
    built.set("ManagedPolicyArns", managed);
    built.take("Path", properties.get("RolePath"));
    if !inline.is_empty() {
        built.set("Policies", inline);
        built.origins.extend(origins);
    }
    built.take("PermissionsBoundary", properties.get("PermissionsBoundary"));
    let none = json!({});
    let tags = properties.get("Tags").unwrap_or_else(|| Part::new(&none, &properties.at));
    built.made_of("Tags", tag_list(&tags, Some("lambda:createdBy")), &tags);
    expansion.put(&id, "AWS::IAM::Role", built, &function.inherited);
}

/// Adds what `Policies` gives to a role of this logical id. Returns pointers below the role's properties, each with its place in the
/// source.
pub(super) fn add_given(
    expansion: &mut Expansion<'_>,
    id: &str,
    given: &Part<'_>,
    managed: &mut Vec<Value>,
    inline: &mut Vec<Value>,
) -> Vec<(String, String)> {
    let mut origins = Vec::new();
    for (index, (policy, at)) in policies(expansion, given).into_iter().enumerate() {
        match policy {
            Policy::Managed(arn) => {
                if !managed.contains(&arn) {
                    managed.push(arn);
                }
            }
            Policy::Document(document) => {
                origins.push((format!("/Policies/{}", inline.len()), at));
                inline
                    .push(json!({ "PolicyName": format!("{id}Policy{index}"), "PolicyDocument": document }));
            }
            Policy::Choice { condition, yes, no } => {
                origins.push((format!("/Policies/{}", inline.len()), at));
                let branch = |document: Value| match document.get("Ref") {
                    Some(_) => document,
                    None => {
                        json!({ "PolicyName": format!("{id}Policy{index}"), "PolicyDocument": document })
                    }
                };
                inline.push(json!({ "Fn::If": [condition, branch(yes), branch(no)] }));
            }
        }
    }
    origins
}

fn managed_arn(name: &str) -> Value {
    format!("arn:aws:iam::aws:policy/{name}").into()
}
