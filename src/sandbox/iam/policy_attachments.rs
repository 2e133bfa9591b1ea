use serde_json::{Value, json};

use super::identity::{Identity, Kind};
use super::operations::Desk;
use super::state::{Account, State};
use super::{fault, managed_policies, paging, validate};
use crate::sandbox::ServiceError;

/// How many managed policies may be attached to one identity.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const MOST_ATTACHED: usize = 10;

/// Whether a managed policy exists, of the account or of AWS.
fn exists(account: &Account, arn: &str) -> bool {
    account.policies.contains_key(arn) || managed_policies::find(arn).is_some()
}

/// Reads the ARN of a managed policy out of the parameters.
pub(super) fn policy_arn<'a>(desk: &'a Desk<'_>) -> Result<&'a str, ServiceError> {
    let arn = validate::required(desk.parameters, "PolicyArn")?;
    check_arn(arn, "PolicyArn")?;
    Ok(arn)
}

fn check_arn(arn: &str, parameter: &str) -> Result<(), ServiceError> {
    validate::length(arn, parameter, 20, 2048)?;
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    if let ["arn", _, "iam", "", _, resource] = parts[..]
        && resource.starts_with("policy/")
    {
        return Ok(());
    }
    Err(fault::invalid_input(format!("ARN {arn} is not valid.")))
}

fn not_attachable(arn: &str) -> ServiceError {
    fault::no_such_entity(format!("Policy {arn} does not exist or is not attachable."))
}

/// Returns the name that follows an ARN's last slash.
pub(super) fn name_of(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

pub(super) fn attach(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let kind = desk.kind();
    let name = validate::name(desk.parameters, kind.parameter())?;
    let arn = policy_arn(desk)?;
    let account = state.account(desk.account);
    let exists = exists(account, arn);
    let identity = account.identity_mut(kind, name)?;
    if !exists {
        return Err(not_attachable(arn));
    }
    if identity.attached.iter().any(|attached| attached == arn) {
        return Ok(Value::Null);
    }
    if identity.attached.len() >= MOST_ATTACHED {
        return Err(fault::quota(&format!("PoliciesPer{}", kind.title()), MOST_ATTACHED));
    }
    identity.attached.push(arn.to_owned());
    Ok(Value::Null)
}

pub(super) fn detach(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let kind = desk.kind();
    let name = validate::name(desk.parameters, kind.parameter())?;
    let arn = policy_arn(desk)?;
    let attached = &mut state.account(desk.account).identity_mut(kind, name)?.attached;
    let Some(position) = attached.iter().position(|attached| attached == arn) else {
        return Err(fault::no_such_entity(format!("Policy {arn} was not found.")));
    };
    attached.remove(position);
    Ok(Value::Null)
}

pub(super) fn list(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let kind = desk.kind();
    let name = validate::name(desk.parameters, kind.parameter())?;
    let prefix = validate::path_prefix(desk.parameters)?;
    let identity = state.account(desk.account).identity(kind, name)?;
    let under = |arn: &&String| {
        let path = arn.split_once(":policy").map_or("", |(_, path)| path);
        path.starts_with(prefix)
    };
    let items = identity.attached.iter().filter(under);
    let items = items.map(|arn| (name_of(arn).to_owned(), written_attached(arn)));
    paging::page(items.collect(), "AttachedPolicies", desk.parameters)
}

pub(super) fn written_attached(arn: &str) -> Value {
    json!({"PolicyName": name_of(arn), "PolicyArn": arn})
}

pub(super) fn entities(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let arn = policy_arn(desk)?;
    let allowed = ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"];
    let filter = validate::one_of(desk.parameters, "EntityFilter", &allowed)?;
    let usages = ["PermissionsPolicy", "PermissionsBoundary"];
    let usage = validate::one_of(desk.parameters, "PolicyUsageFilter", &usages)?;
    let prefix = validate::path_prefix(desk.parameters)?;
    let account = state.account(desk.account);
    if !exists(account, arn) {
        return Err(fault::no_such_entity(format!("Policy {arn} was not found.")));
    }
    let uses = |identity: &&&Identity| {
        let attached =
            usage != Some("PermissionsBoundary") && identity.attached.iter().any(|known| known == arn);
        let bounds = usage != Some("PermissionsPolicy") && identity.boundary.as_deref() == Some(arn);
        (attached || bounds) && identity.path.starts_with(prefix)
    };
    let of_kind = |kind: Kind| -> Value {
        // The kinds of policies are filters that leave out no entity.
        if filter.is_some_and(|filter| !filter.ends_with("ManagedPolicy") && filter != kind.title()) {
            return json!([]);
        }
        let identities = account.identities(kind);
        let written = identities.iter().filter(uses).map(
            |identity| json!({kind.parameter(): identity.name, format!("{}Id", kind.title()): identity.id}),
        );
        written.collect()
    };
    Ok(json!({
        "PolicyGroups": of_kind(Kind::Group),
        "PolicyUsers": of_kind(Kind::User),
        "PolicyRoles": of_kind(Kind::Role),
        "IsTruncated": false,
    }))
}

/// Checks that an ARN can serve as a permissions boundary.
pub(super) fn checked_boundary(account: &Account, arn: &str) -> Result<String, ServiceError> {
    check_arn(arn, "PermissionsBoundary")?;
    if exists(account, arn) {
        Ok(arn.to_owned())
    } else {
        Err(fault::no_such_entity(format!("Scope ARN: {arn} does not exist or is not attachable.")))
    }
}

pub(super) fn written_boundary(identity: &Identity) -> Value {
    match &identity.boundary {
        // The type keeps its old name: a policy is all that a boundary can be.
        Some(arn) => json!({"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}),
        None => Value::Null,
    }
}

pub(super) fn put_boundary(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let kind = desk.kind();
    let name = validate::name(desk.parameters, kind.parameter())?;
    let arn = validate::required(desk.parameters, "PermissionsBoundary")?;
    let account = state.account(desk.account);
    account.identity_mut(kind, name)?;
    let boundary = checked_boundary(account, arn)?;
    account.identity_mut(kind, name)?.boundary = Some(boundary);
    Ok(Value::Null)
}

pub(super) fn delete_boundary(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let kind = desk.kind();
    let name = validate::name(desk.parameters, kind.parameter())?;
    let boundary = state.account(desk.account).identity_mut(kind, name)?.boundary.take();
    let message = format!("{} {name} does not have a permissions boundary.", kind.title());
    boundary.map(|_| Value::Null).ok_or_else(|| fault::no_such_entity(message))
}
