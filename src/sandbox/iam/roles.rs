use indexmap::IndexMap;
use serde_json::{Value, json};

use super::document::Document;
use super::identity::{Identity, Kind, Role};
use super::operations::Desk;
use super::state::{Account, State, split_arn};
use super::users::{self, View};
use super::{account, fault, ids, paging, policy_attachments, tags, trust, validate};
use crate::policy::PolicyKind;
use crate::sandbox::ServiceError;

/// How many characters a trust policy may have.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const TRUST_QUOTA: usize = 2048;
const HOUR: i64 = 3600;

pub(super) fn written(account: &Account, role: &Role, view: View) -> Value {
    let identity = &role.identity;
    let full = view == View::Full;
    let last_used = match &role.last_used {
        Some((at, region)) => json!({"LastUsedDate": account::time(*at), "Region": region}),
        None => json!({}),
    };
    json!({
        "Path": identity.path,
        "RoleName": identity.name,
        "RoleId": identity.id,
        "Arn": account.arn(Kind::Role, identity),
        "CreateDate": account::time(identity.created),
        "AssumeRolePolicyDocument": role.trust.encoded(),
        "Description": role.description,
        "MaxSessionDuration": role.max_session,
        "PermissionsBoundary": if full { policy_attachments::written_boundary(identity) } else { Value::Null },
        "Tags": if full { tags::written(&identity.tags) } else { Value::Null },
        "RoleLastUsed": if full { last_used } else { Value::Null },
    })
}

/// Reads a trust policy. Users and roles that it names must exist, as far as their account is one of the sandbox's.
fn read_trust(state: &State, text: &str) -> Result<Document, ServiceError> {
    validate::length(text, "AssumeRolePolicyDocument", 1, 131_072)?;
    let document = Document::new(text, PolicyKind::Trust)?;
    for (kind, value) in document.policy().principals() {
        if kind == "AWS" && !exists(state, value) {
            let message = format!("Invalid principal in policy: \"AWS\":\"{value}\"");
            return Err(fault::new(400, "MalformedPolicyDocument", message));
        }
    }
    if document.size() > TRUST_QUOTA {
        return Err(fault::quota("ACLSizePerRole", TRUST_QUOTA));
    }
    Ok(document)
}

fn exists(state: &State, arn: &str) -> bool {
    let Some((account, resource)) = split_arn(arn) else { return true };
    let Some(account) = state.accounts.get(account) else { return true };
    let name = resource.rsplit('/').next().unwrap_or_default();
    let identity = match resource.split('/').next() {
        Some("user") => account.identity(Kind::User, name).map(|identity| (Kind::User, identity)),
        Some("role") => account.identity(Kind::Role, name).map(|identity| (Kind::Role, identity)),
        _ => return true,
    };
    identity.is_ok_and(|(kind, identity)| account.arn(kind, identity) == arn)
}

pub(super) fn create(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let text = validate::required(desk.parameters, "AssumeRolePolicyDocument")?;
    let description = validate::description(desk.parameters)?;
    let max_session =
        validate::number(desk.parameters, "MaxSessionDuration", HOUR, 12 * HOUR)?.unwrap_or(HOUR);
    let identity = users::new_identity(Kind::Role, "AROA", state.account(desk.account), desk)?;
    let trust = read_trust(state, text)?;
    let role = Role { identity, trust, description, max_session, last_used: None, linked_service: None };
    let account = state.account(desk.account);
    let mut answer = written(account, &role, View::Full);
    // A role that was just made has not been used.
    answer["RoleLastUsed"] = Value::Null;
    account.roles.insert(role.identity.name.clone(), role);
    Ok(json!({"Role": answer}))
}

pub(super) fn get(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let account = state.account(desk.account);
    let role = account.role(validate::name(desk.parameters, "RoleName")?)?;
    Ok(json!({"Role": written(account, role, View::Full)}))
}

pub(super) fn list(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let prefix = validate::path_prefix(desk.parameters)?;
    let account = state.account(desk.account);
    let roles = account.roles.values().filter(|role| role.identity.path.starts_with(prefix));
    let items = roles.map(|role| (role.identity.name.clone(), written(account, role, View::Listed)));
    paging::page(items.collect(), "Roles", desk.parameters)
}

pub(super) fn update(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = validate::name(desk.parameters, "RoleName")?;
    let description = validate::description(desk.parameters)?;
    let max_session = validate::number(desk.parameters, "MaxSessionDuration", HOUR, 12 * HOUR)?;
    let role = state.account(desk.account).role_mut(name)?;
    if desk.parameters.get("Description").is_some() {
        role.description = description;
    }
    role.max_session = max_session.unwrap_or(role.max_session);
    // Its result is there, and empty.
    Ok(json!({}))
}

pub(super) fn update_description(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    validate::required(desk.parameters, "Description")?;
    update(state, desk)?;
    let account = state.account(desk.account);
    let role = account.role(validate::name(desk.parameters, "RoleName")?)?;
    Ok(json!({"Role": written(account, role, View::Full)}))
}

pub(super) fn update_trust(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = validate::name(desk.parameters, "RoleName")?;
    let text = validate::required(desk.parameters, "PolicyDocument")?;
    state.account(desk.account).role_mut(name)?;
    let trust = read_trust(state, text)?;
    state.account(desk.account).role_mut(name)?.trust = trust;
    Ok(Value::Null)
}

pub(super) fn delete(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = validate::name(desk.parameters, "RoleName")?;
    let account = state.account(desk.account);
    let in_profile = account.profiles.values().any(|profile| profile.role.as_deref() == Some(name));
    let role = account.role_mut(name)?;
    let reason = if in_profile {
        Some("must remove roles from instance profile first.")
    } else if !role.identity.attached.is_empty() {
        Some("must detach all policies first.")
    } else if !role.identity.inline.is_empty() {
        Some("must delete policies first.")
    } else {
        None
    };
    if let Some(reason) = reason {
        return Err(fault::delete_conflict(format!("Cannot delete entity, {reason}")));
    }
    remove(state, desk.account, name);
    Ok(Value::Null)
}

/// Removes a role; trust policies that named it name its unique id from then on.
fn remove(state: &mut State, account: &str, name: &str) {
    let account = state.account(account);
    if let Some(role) = account.roles.remove(name) {
        let arn = account.arn(Kind::Role, &role.identity);
        trust::replace_principal(state, &arn, &role.identity.id);
    }
}

/// Services whose role is not called after them.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html>
const LINKED_NAMES: [(&str, &str); 14] = [
    ("autoscaling", "AutoScaling"),
    ("ops.apigateway", "APIGateway"),
    ("replication.dynamodb", "DynamoDBReplication"),
    ("dynamodb.application-autoscaling", "ApplicationAutoScaling_DynamoDBTable"),
    ("lambda.application-autoscaling", "ApplicationAutoScaling_LambdaConcurrency"),
    ("ecs.application-autoscaling", "ApplicationAutoScaling_ECSService"),
    ("custom-resource.application-autoscaling", "ApplicationAutoScaling_CustomResource"),
    ("elasticbeanstalk", "ElasticBeanstalk"),
    ("elasticloadbalancing", "ElasticLoadBalancing"),
    ("replicator.lambda", "LambdaReplicator"),
    ("lambda", "Lambda"),
    ("ecs", "ECS"),
    ("rds", "RDS"),
    ("organizations", "Organizations"),
];

/// Returns the name that a service's own role gets: `AWSServiceRoleFor` and the service.
fn linked_name(service: &str, suffix: Option<&str>) -> String {
    let base = service.trim_end_matches(".amazonaws.com");
    let name = LINKED_NAMES.iter().find(|(known, _)| *known == base).map_or(base, |(_, name)| name);
    let suffix = suffix.map(|suffix| format!("_{suffix}")).unwrap_or_default();
    format!("AWSServiceRoleFor{name}{suffix}")
}

pub(super) fn create_service_linked(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let service = validate::required(desk.parameters, "AWSServiceName")?;
    let plain = service.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    if !plain || !service.ends_with(".amazonaws.com") {
        return Err(fault::invalid_input(format!(
            "Service {service} is not valid for service-linked roles."
        )));
    }
    let suffix = desk.parameters.get("CustomSuffix");
    if let Some(suffix) = suffix {
        validate::check_name(suffix, "CustomSuffix")?;
    }
    let name = linked_name(service, suffix);
    let account = state.account(desk.account);
    if account.roles.contains_key(&name) {
        return Err(fault::invalid_input(format!(
            "Service role name {name} has been taken in this account, please try a different suffix."
        )));
    }
    let text = json!({"Version": "2012-10-17", "Statement": [
        {"Action": ["sts:AssumeRole"], "Effect": "Allow", "Principal": {"Service": [service]}}
    ]});
    let identity = Identity {
        path: format!("/aws-service-role/{service}/"),
        id: ids::unique_id("AROA", desk.random),
        created: desk.now,
        tags: vec![],
        inline: IndexMap::new(),
        attached: vec![],
        boundary: None,
        name,
    };
    let role = Role {
        identity,
        trust: Document::new(&text.to_string(), PolicyKind::Trust)?,
        description: validate::description(desk.parameters)?,
        max_session: HOUR,
        last_used: None,
        linked_service: Some(service.to_owned()),
    };
    let answer = json!({"Role": written(account, &role, View::Full)});
    account.roles.insert(role.identity.name.clone(), role);
    Ok(answer)
}

pub(super) fn delete_service_linked(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = validate::name(desk.parameters, "RoleName")?;
    let account = state.account(desk.account);
    let Some(service) = account.role(name)?.linked_service.clone() else {
        return Err(fault::invalid_input(format!("Role {name} is not a service-linked role.")));
    };
    remove(state, desk.account, name);
    // The deletion is done when this is answered; its task id says nothing more.
    Ok(json!({"DeletionTaskId": format!("task/aws-service-role/{service}/{name}/{}", desk.random.uuid())}))
}

pub(super) fn service_linked_deletion_status(
    state: &mut State,
    desk: &Desk<'_>,
) -> Result<Value, ServiceError> {
    let task = validate::required(desk.parameters, "DeletionTaskId")?;
    let name = task.strip_prefix("task/aws-service-role/").and_then(|rest| rest.split('/').nth(1));
    match name {
        Some(name) if !state.account(desk.account).roles.contains_key(name) => {
            Ok(json!({"Status": "SUCCEEDED"}))
        }
        _ => Err(fault::no_such_entity(format!("Deletion Task Id: {task} not found."))),
    }
}
