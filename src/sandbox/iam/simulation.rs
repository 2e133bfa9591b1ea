use std::sync::Arc;

use serde_json::{Value, json};

use super::document::Document;
use super::identity::Kind;
use super::operations::Desk;
use super::policy_attachments::name_of;
use super::state::{Account, State, split_arn};
use super::{fault, validate};
use crate::policy::{
    Applicable, Context, Decision, Effect, Policy, PolicyKind, PolicySource, Principal, Request, decide,
};
use crate::sandbox::{IdentityPolicies, ServiceError};

type Named = (String, Arc<Policy>);

/// Everything that a simulation asks with.
struct Question {
    principal: Principal,
    policies: IdentityPolicies,
    resource_policy: Option<Named>,
    owner: Option<String>,
    actions: Vec<String>,
    resources: Vec<String>,
    context: Context,
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html>
pub(super) fn of_principal(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let source = validate::required(desk.parameters, "PolicySourceArn")?;
    let account = state.account(desk.account);
    let (principal, mut policies) = source_policies(account, source)?;
    policies.identity.extend(documents(desk, "PolicyInputList", PolicyKind::Identity)?);
    if let Some(boundary) = boundary(desk)? {
        policies.boundary = Some(boundary);
    }
    let principal = match desk.parameters.get("CallerArn") {
        Some(arn) => caller(account, arn)?,
        None => principal,
    };
    answer(&question(desk, principal, policies)?, desk)
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html>
pub(super) fn of_documents(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    need_documents(desk)?;
    let policies = IdentityPolicies {
        identity: documents(desk, "PolicyInputList", PolicyKind::Identity)?,
        boundary: boundary(desk)?,
        session: vec![],
    };
    let principal = match desk.parameters.get("CallerArn") {
        Some(arn) => caller(state.account(desk.account), arn)?,
        None => simulated_user(desk.account, "simulated"),
    };
    answer(&question(desk, principal, policies)?, desk)
}

fn simulated_user(account: &str, name: &str) -> Principal {
    Principal::User {
        account: account.to_owned(),
        path: "/".to_owned(),
        name: name.to_owned(),
        id: String::new(),
    }
}

fn question(
    desk: &Desk<'_>,
    principal: Principal,
    policies: IdentityPolicies,
) -> Result<Question, ServiceError> {
    let actions: Vec<String> = desk.parameters.list("ActionNames").into_iter().map(str::to_owned).collect();
    if actions.is_empty() {
        validate::required(desk.parameters, "ActionNames")?;
    }
    for action in &actions {
        validate::length(action, "ActionNames", 3, 128)?;
        if action.split(':').filter(|part| !part.is_empty()).count() != 2 {
            return Err(fault::invalid_input(format!("{action} is not a valid action name.")));
        }
    }
    let mut resources: Vec<String> =
        desk.parameters.list("ResourceArns").into_iter().map(str::to_owned).collect();
    if resources.is_empty() {
        resources.push("*".to_owned());
    }
    let resource_policy = match desk.parameters.get("ResourcePolicy") {
        Some(text) => {
            let document = Document::new(text, PolicyKind::Resource).map_err(as_input)?;
            Some(("ResourcePolicy".to_owned(), Arc::clone(document.policy())))
        }
        None => None,
    };
    let mut context = Context::new();
    for entry in desk.parameters.structures("ContextEntries") {
        let key = validate::required(&entry, "ContextKeyName")?;
        let values = entry.list("ContextKeyValues").into_iter().map(str::to_owned);
        context.set(key, values.collect());
    }
    let owner = desk.parameters.get("ResourceOwner");
    let owner = owner.map(|owner| owner.split(':').nth(4).unwrap_or(owner).to_owned());
    Ok(Question { principal, policies, resource_policy, owner, actions, resources, context })
}

/// A policy that is only asked about is an input, not a document that is to be kept.
fn as_input(malformed: ServiceError) -> ServiceError {
    fault::invalid_input(malformed.message)
}

/// Refuses a call without a list of policies; one that is empty is a list.
fn need_documents(desk: &Desk<'_>) -> Result<(), ServiceError> {
    if desk.parameters.list("PolicyInputList").is_empty() && desk.parameters.get("PolicyInputList").is_none()
    {
        validate::required(desk.parameters, "PolicyInputList")?;
    }
    Ok(())
}

fn documents(desk: &Desk<'_>, list: &str, kind: PolicyKind) -> Result<Vec<Named>, ServiceError> {
    let texts = desk.parameters.list(list).into_iter().enumerate();
    texts
        .map(|(index, text)| {
            let document = Document::new(text, kind).map_err(as_input)?;
            Ok((format!("{list}.{}", index + 1), Arc::clone(document.policy())))
        })
        .collect()
}

fn boundary(desk: &Desk<'_>) -> Result<Option<Named>, ServiceError> {
    let list = "PermissionsBoundaryPolicyInputList";
    let mut documents = documents(desk, list, PolicyKind::Identity)?;
    if documents.len() > 1 {
        return Err(fault::invalid_input("There can be one permissions boundary only."));
    }
    Ok(documents.pop())
}

/// Returns the policies of the user, group or role that an ARN names, each with the id that answers show.
fn source_policies(account: &Account, arn: &str) -> Result<(Principal, IdentityPolicies), ServiceError> {
    validate::length(arn, "PolicySourceArn", 20, 2048)?;
    let invalid = || {
        fault::invalid_input(format!(
            "Invalid Entity Arn: {arn} does not clearly define entity type and name."
        ))
    };
    let (owner, resource) = split_arn(arn).ok_or_else(invalid)?;
    if owner != account.id {
        return Err(fault::access_denied(format!("{arn} is outside your own account.")));
    }
    let name = name_of(resource);
    match resource.split('/').next() {
        Some("user") => {
            let user = account.user(name)?;
            let policies = account.policies_of_user(user);
            Ok((account.user_principal(user), shown(policies, account, Kind::User, name)))
        }
        Some("group") => {
            let identity = &account.group(name)?.identity;
            let policies =
                IdentityPolicies { identity: account.policies_of(identity), ..IdentityPolicies::default() };
            Ok((simulated_user(&account.id, name), shown(policies, account, Kind::Group, name)))
        }
        Some("role") => {
            let identity = &account.role(name)?.identity;
            let policies = IdentityPolicies {
                identity: account.policies_of(identity),
                boundary: account.boundary_of(identity),
                session: vec![],
            };
            let principal = Principal::Session {
                account: account.id.clone(),
                path: identity.path.clone(),
                role: identity.name.clone(),
                id: identity.id.clone(),
                session: "simulated".to_owned(),
            };
            Ok((principal, shown(policies, account, Kind::Role, name)))
        }
        _ => Err(invalid()),
    }
}

/// Names policies as answers show them: an inline one `role_app_writes`, a managed one by its own name.
fn shown(mut policies: IdentityPolicies, account: &Account, kind: Kind, owner: &str) -> IdentityPolicies {
    let own = account.identity(kind, owner).map(|identity| &identity.inline).ok();
    for (name, _) in &mut policies.identity {
        *name = if name.starts_with("arn:") {
            name_of(name).to_owned()
        } else if own.is_some_and(|inline| inline.contains_key(name.as_str())) {
            format!("{}_{owner}_{name}", kind.word())
        } else {
            format!("group_{name}")
        };
    }
    policies
}

/// Returns the user that a simulation pretends is calling.
fn caller(account: &Account, arn: &str) -> Result<Principal, ServiceError> {
    let (owner, resource) = split_arn(arn).unwrap_or_default();
    let Some(name) = resource.strip_prefix("user/").map(name_of) else {
        return Err(fault::invalid_input(format!("{arn} is not the ARN of a user.")));
    };
    match account.users.get(name).filter(|_| owner == account.id) {
        Some(user) => Ok(account.user_principal(user)),
        None => Ok(simulated_user(owner, name)),
    }
}

fn answer(question: &Question, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let mut items = vec![];
    for action in &question.actions {
        for resource in &question.resources {
            let result = evaluate(question, action, resource);
            items.push((format!("{:06}", items.len()), result));
        }
    }
    super::paging::page(items, "EvaluationResults", desk.parameters)
}

fn evaluate(question: &Question, action: &str, resource: &str) -> Value {
    let request = Request {
        principal: question.principal.clone(),
        action: action.to_owned(),
        resource: resource.to_owned(),
        context: question.context.clone(),
    };
    let applicable = Applicable {
        identity: &question.policies.identity,
        boundary: question.policies.boundary.as_ref(),
        session: &question.policies.session,
        resource: question.resource_policy.as_ref(),
        owner: question.owner.as_deref(),
    };
    let decision = decide(&request, &applicable);
    let verdict = match decision.effect {
        Effect::Allowed => "allowed",
        Effect::ImplicitDeny => "implicitDeny",
        Effect::ExplicitDeny => "explicitDeny",
    };
    let bounded = question.policies.boundary.is_some().then(|| {
        // The boundary is asked for itself: it may allow what another policy withholds.
        let boundary = question.policies.boundary.clone().into_iter().collect::<Vec<_>>();
        let alone = Applicable { identity: &boundary, ..Applicable::default() };
        json!({"AllowedByPermissionsBoundary": decide(&request, &alone).is_allowed()})
    });
    let statements = matched(&decision);
    json!({
        "EvalActionName": action,
        "EvalResourceName": resource,
        "EvalDecision": verdict,
        "MatchedStatements": statements,
        "MissingContextValues": decision.missing_keys,
        "PermissionsBoundaryDecisionDetail": bounded,
        "ResourceSpecificResults": [{
            "EvalResourceName": resource,
            "EvalResourceDecision": verdict,
            "MatchedStatements": statements,
            "MissingContextValues": decision.missing_keys,
            "PermissionsBoundaryDecisionDetail": bounded,
        }],
    })
}

fn matched(decision: &Decision) -> Vec<Value> {
    let shown = decision.decided_by.iter().filter(|matched| matched.source != PolicySource::Boundary);
    shown
        .map(|matched| {
            let kind =
                if matched.source == PolicySource::Resource { "Resource Policy" } else { "IAM Policy" };
            json!({"SourcePolicyId": matched.policy, "SourcePolicyType": kind})
        })
        .collect()
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetContextKeysForPrincipalPolicy.html>
pub(super) fn context_keys_of_principal(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let source = validate::required(desk.parameters, "PolicySourceArn")?;
    let (_, policies) = source_policies(state.account(desk.account), source)?;
    let given = documents(desk, "PolicyInputList", PolicyKind::Identity)?;
    Ok(context_keys(policies.identity.iter().chain(&given)))
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetContextKeysForCustomPolicy.html>
pub(super) fn context_keys_of_documents(_state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    need_documents(desk)?;
    Ok(context_keys(documents(desk, "PolicyInputList", PolicyKind::Identity)?.iter()))
}

fn context_keys<'a>(policies: impl Iterator<Item = &'a Named>) -> Value {
    let mut keys: Vec<String> = policies.flat_map(|(_, policy)| policy.context_keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    json!({"ContextKeyNames": keys})
}
