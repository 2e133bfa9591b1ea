use serde_json::{Value, json};

use super::super::entity::{Layer, Region, ResourcePolicy};
use super::command::Command;
use super::constraint::{invalid, is_word, missing, violated};
use super::layers::place;
use super::service::Core;
use super::urls::gone;
use crate::sandbox::{AccountId, Request, Response, Scope, ServiceError};

impl Core {
    pub(super) fn add_layer_permission(
        &self,
        scope: &Scope,
        command: &Command,
    ) -> Result<Response, ServiceError> {
        let (place, name) = place(&command.item, scope)?;
        let sid = command.text("StatementId").ok_or_else(|| missing("statementId"))?;
        if !is_word(sid) || sid.len() > 100 {
            return Err(violated(sid, "statementId", "satisfy regular expression pattern: ([a-zA-Z0-9-_]+)"));
        }
        let action = command.text("Action").ok_or_else(|| missing("action"))?;
        if action != "lambda:GetLayerVersion" {
            return Err(violated(
                action,
                "action",
                "satisfy regular expression pattern: lambda:GetLayerVersion",
            ));
        }
        let principal = read_principal(command)?;
        let arn = version_arn(&place, &name, command.number);
        let mut statement = json!({
            "Sid": sid,
            "Effect": "Allow",
            "Principal": principal,
            "Action": action,
            "Resource": arn,
        });
        if let Some(organisation) = command.text("OrganizationId") {
            statement["Condition"] = json!({ "StringEquals": { "aws:PrincipalOrgID": organisation } });
        }
        let revision = self.random.uuid();
        self.registry.with(&place, |region| {
            let layer = find(region, &name, command.number, &arn)?;
            let (policy, old) = layer
                .policies
                .entry(command.number)
                .or_insert_with(|| (ResourcePolicy::new(), revision.clone()));
            if policy.has(sid) {
                return Err(ServiceError::new(
                    409,
                    "ResourceConflictException",
                    format!(
                        "The statement id ({sid}) provided already exists. Please provide a new statement id, or remove the existing \
                         statement."
                    ),
                ));
            }
            check_revision(command.text("RevisionId"), old)?;
            let text = statement.to_string();
            policy.add(statement).map_err(invalid)?;
            old.clone_from(&revision);
            Ok(Response::json(201, &json!({ "Statement": text, "RevisionId": revision })))
        })
    }

    pub(super) fn get_layer_policy(
        &self,
        scope: &Scope,
        command: &Command,
    ) -> Result<Response, ServiceError> {
        let (place, name) = place(&command.item, scope)?;
        let arn = version_arn(&place, &name, command.number);
        self.registry.with(&place, |region| {
            let layer = find(region, &name, command.number, &arn)?;
            let (policy, revision) = layer.policies.get(&command.number).ok_or_else(gone)?;
            Ok(Response::json(200, &json!({ "Policy": policy.document(), "RevisionId": revision })))
        })
    }

    pub(super) fn remove_layer_permission(
        &self,
        request: &Request,
        scope: &Scope,
        command: &Command,
    ) -> Result<Response, ServiceError> {
        let (place, name) = place(&command.item, scope)?;
        let arn = version_arn(&place, &name, command.number);
        let revision = self.random.uuid();
        self.registry.with(&place, |region| {
            let layer = find(region, &name, command.number, &arn)?;
            let sid = &command.statement;
            let lacking = || {
                let message = format!("Statement {sid} is not found in resource policy.");
                ServiceError::new(404, "ResourceNotFoundException", message)
            };
            let (policy, old) = layer.policies.get_mut(&command.number).ok_or_else(lacking)?;
            check_revision(request.query_value("RevisionId").as_deref(), old)?;
            if !policy.has(sid) {
                return Err(lacking());
            }
            policy.remove(sid);
            *old = revision;
            if policy.is_empty() {
                layer.policies.remove(&command.number);
            }
            Ok(Response::empty(204))
        })
    }
}

fn read_principal(command: &Command) -> Result<Value, ServiceError> {
    let text = command.text("Principal").ok_or_else(|| missing("principal"))?;
    if text == "*" {
        return Ok(json!("*"));
    }
    let account =
        text.strip_prefix("arn:aws:iam::").and_then(|rest| rest.strip_suffix(":root")).unwrap_or(text);
    if AccountId::parse(account).is_none() {
        return Err(violated(
            text,
            "principal",
            r"satisfy regular expression pattern: \d{12}|\*|arn:(aws[a-zA-Z-]*):iam::\d{12}:root",
        ));
    }
    Ok(json!({ "AWS": format!("arn:aws:iam::{account}:root") }))
}

fn version_arn(place: &Scope, name: &str, number: u64) -> String {
    format!("arn:aws:lambda:{}:{}:layer:{name}:{number}", place.region, place.account)
}

fn find<'a>(
    region: &'a mut Region,
    name: &str,
    number: u64,
    arn: &str,
) -> Result<&'a mut Layer, ServiceError> {
    let layer = region.layers.get_mut(name).filter(|layer| layer.versions.contains_key(&number));
    layer.ok_or_else(|| {
        ServiceError::new(404, "ResourceNotFoundException", format!("Layer version {arn} does not exist."))
    })
}

fn check_revision(given: Option<&str>, now: &str) -> Result<(), ServiceError> {
    match given {
        Some(given) if given != now => Err(ServiceError::new(
            412,
            "PreconditionFailedException",
            "The Revision Id provided does not match the latest Revision Id. Call the GetLayerPolicy API to retrieve the latest \
             Revision Id",
        )),
        _ => Ok(()),
    }
}
