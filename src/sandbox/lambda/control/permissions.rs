use serde_json::{Map, Value, json};

use super::super::entity::{FunctionName, Region, ResourcePolicy};
use super::command::Command;
use super::constraint::{invalid, is_word, missing, violated};
use super::functions::named;
use super::service::Core;
use super::updates::check_revision;
use crate::sandbox::{AccountId, Request, Response, ServiceError};

/// In bytes. <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const POLICY_LIMIT: usize = 20 * 1024;

impl Core {
    pub(super) fn add_permission(&self, command: &Command) -> Result<Response, ServiceError> {
        let name = named(command)?;
        let sid = command.text("StatementId").ok_or_else(|| missing("statementId"))?;
        if !is_word(sid) || sid.len() > 100 {
            return Err(violated(sid, "statementId", "satisfy regular expression pattern: ([a-zA-Z0-9-_]+)"));
        }
        if name.qualifier.as_deref() == Some("$LATEST") {
            return Err(invalid("We currently do not support adding policies for $LATEST."));
        }
        let statement = statement(command, name, sid)?;
        self.registry.with(&name.scope, |region| {
            must_exist(region, name)?;
            check_policy_revision(region, name, command.text("RevisionId"))?;
            let function = region.function_mut(name)?;
            let qualifier = name.qualifier.clone().unwrap_or_default();
            let policy =
                function.policies.entry(qualifier.clone()).or_insert_with(ResourcePolicy::new);
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
            let text = statement.to_string();
            if policy.document().len() + text.len() > POLICY_LIMIT {
                return Err(ServiceError::new(
                    400,
                    "PolicyLengthExceededException",
                    format!("The final policy size is bigger than the limit ({POLICY_LIMIT})."),
                ));
            }
            policy.add(statement).map_err(invalid)?;
            self.touch(function, name.qualifier.as_deref());
            Ok(Response::json(201, &json!({ "Statement": text })))
        })
    }

    pub(super) fn remove_permission(
        &self,
        request: &Request,
        command: &Command,
    ) -> Result<Response, ServiceError> {
        let name = named(command)?;
        let sid = &command.item;
        self.registry.with(&name.scope, |region| {
            if !region.functions.contains_key(&name.name) {
                let message = format!("No policy found for: {}", name.unqualified_arn());
                return Err(ServiceError::new(404, "ResourceNotFoundException", message));
            }
            must_exist(region, name)?;
            let policy = region.function(name)?.policies.get(name.qualifier.as_deref().unwrap_or_default());
            let missing = || {
                ServiceError::new(
                    404,
                    "ResourceNotFoundException",
                    if policy.is_none() {
                        "No policy is associated with the given resource.".to_owned()
                    } else {
                        format!("Statement {sid} is not found in resource policy.")
                    },
                )
            };
            let Some(policy) = policy.as_ref().filter(|policy| policy.has(sid)).and(policy.as_ref()) else {
                return Err(missing());
            };
            let _ = policy;
            let given = request.query_value("RevisionId");
            check_revision(given.as_deref(), &revision_of(region, name)?)?;
            let function = region.function_mut(name)?;
            let qualifier = name.qualifier.clone().unwrap_or_default();
            if let Some(policy) = function.policies.get_mut(&qualifier) {
                policy.remove(sid);
                if policy.is_empty() {
                    function.policies.remove(&qualifier);
                }
            }
            self.touch(function, name.qualifier.as_deref());
            Ok(Response::empty(204))
        })
    }

    pub(super) fn get_policy(&self, command: &Command) -> Result<Response, ServiceError> {
        let name = named(command)?;
        self.registry.with(&name.scope, |region| {
            must_exist(region, name)?;
            let policy = region.function(name)?.policies.get(name.qualifier.as_deref().unwrap_or_default());
            let policy = policy.filter(|policy| !policy.is_empty()).ok_or_else(|| {
                ServiceError::new(
                    404,
                    "ResourceNotFoundException",
                    "The resource you requested does not exist.",
                )
            })?;
            Ok(Response::json(
                200,
                &json!({ "Policy": policy.document(), "RevisionId": revision_of(region, name)? }),
            ))
        })
    }
}

/// Refuses a function, version or alias that is not there.
fn must_exist(region: &Region, name: &FunctionName) -> Result<(), ServiceError> {
    let function = region.function(name)?;
    match name.qualifier.as_deref() {
        Some(qualifier) if function.qualified(Some(qualifier)).is_none() => {
            if qualifier.bytes().all(|byte| byte.is_ascii_digit()) {
                Err(name.not_found())
            } else {
                let message = format!("Cannot find alias arn: {name}");
                Err(ServiceError::new(404, "ResourceNotFoundException", message))
            }
        }
        _ => Ok(()),
    }
}

/// A policy has the revision of what it is on.
fn revision_of(region: &Region, name: &FunctionName) -> Result<String, ServiceError> {
    let function = region.function(name)?;
    let alias = name.qualifier.as_ref().and_then(|qualifier| function.aliases.get(qualifier));
    Ok(match alias {
        Some(alias) => alias.revision.clone(),
        None => region.snapshot(name)?.revision.clone(),
    })
}

fn check_policy_revision(
    region: &Region,
    name: &FunctionName,
    given: Option<&str>,
) -> Result<(), ServiceError> {
    match given {
        Some(given) if given != revision_of(region, name)? => Err(ServiceError::new(
            412,
            "PreconditionFailedException",
            "The Revision Id provided does not match the latest Revision Id. Call the GetPolicy API to retrieve the latest Revision \
             Id",
        )),
        _ => Ok(()),
    }
}

/// Builds the statement that the parameters stand for.
fn statement(command: &Command, name: &FunctionName, sid: &str) -> Result<Value, ServiceError> {
    let action = command.text("Action").ok_or_else(|| missing("action"))?;
    let operation = action.strip_prefix("lambda:");
    let known =
        |operation: &str| operation == "*" || operation.bytes().all(|byte| byte.is_ascii_alphabetic());
    if action != "*" && !operation.is_some_and(known) {
        return Err(violated(
            action,
            "action",
            "satisfy regular expression pattern: (lambda:[*]|lambda:[a-zA-Z]+|[*])",
        ));
    }
    let principal = command.text("Principal").ok_or_else(|| missing("principal"))?;
    let bad_principal =
        || invalid("The provided principal was invalid. Please check the principal and try again.");
    let principal = if principal == "*" {
        json!("*")
    } else if AccountId::parse(principal).is_some() {
        json!({ "AWS": format!("arn:aws:iam::{principal}:root") })
    } else if principal.starts_with("arn:") {
        json!({ "AWS": principal })
    } else if principal.contains('.') && !principal.contains(char::is_whitespace) {
        json!({ "Service": principal })
    } else {
        return Err(bad_principal());
    };
    let mut conditions = Map::new();
    let mut add = |operator: &str, key: &str, value: Value| {
        let entry = conditions.entry(operator).or_insert_with(|| json!({}));
        entry[key] = value;
    };
    if let Some(account) = command.text("SourceAccount") {
        if AccountId::parse(account).is_none() {
            return Err(violated(account, "sourceAccount", r"satisfy regular expression pattern: \d{12}"));
        }
        add("StringEquals", "AWS:SourceAccount", json!(account));
    }
    if let Some(token) = command.text("EventSourceToken") {
        add("StringEquals", "lambda:EventSourceToken", json!(token));
    }
    if let Some(organisation) = command.text("PrincipalOrgID") {
        add("StringEquals", "aws:PrincipalOrgID", json!(organisation));
    }
    if let Some(kind) = command.text("FunctionUrlAuthType") {
        if !["NONE", "AWS_IAM"].contains(&kind) {
            return Err(violated(kind, "functionUrlAuthType", "satisfy enum value set: [NONE, AWS_IAM]"));
        }
        add("StringEquals", "lambda:FunctionUrlAuthType", json!(kind));
    }
    if command.flag("InvokedViaFunctionUrl") {
        add("Bool", "lambda:InvokedViaFunctionUrl", json!("true"));
    }
    if let Some(arn) = command.text("SourceArn") {
        if !arn.starts_with("arn:") || arn.splitn(6, ':').count() < 6 {
            return Err(violated(
                arn,
                "sourceArn",
                r"satisfy regular expression pattern: arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:([a-z]{2}(-gov)?-[a-z]+-\d{1})?:(\d{12})?:(.*)",
            ));
        }
        add("ArnLike", "AWS:SourceArn", json!(arn));
    }
    let mut statement = json!({
        "Sid": sid,
        "Effect": "Allow",
        "Principal": principal,
        "Action": action,
        "Resource": name.arn(),
    });
    if !conditions.is_empty() {
        statement["Condition"] = Value::Object(conditions);
    }
    Ok(statement)
}
