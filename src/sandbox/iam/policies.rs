use indexmap::IndexMap;
use serde_json::{Value, json};

use super::document::Document;
use super::managed_policies::{self, Managed};
use super::operations::Desk;
use super::policy_attachments::policy_arn;
use super::state::{Account, ManagedPolicy, State};
use super::{account, fault, ids, paging, tags, validate};
use crate::policy::PolicyKind;
use crate::sandbox::ServiceError;

/// How many characters a managed policy may have.
const QUOTA: usize = 6144;

pub(super) fn written(account: &Account, arn: &str, policy: &ManagedPolicy, full: bool) -> Value {
    json!({
        "PolicyName": policy.name,
        "PolicyId": policy.id,
        "Arn": arn,
        "Path": policy.path,
        "DefaultVersionId": format!("v{}", policy.default_version),
        "AttachmentCount": account.attachments(arn),
        "PermissionsBoundaryUsageCount": account.boundary_uses(arn),
        "IsAttachable": true,
        "Description": if full { json!(policy.description) } else { Value::Null },
        "CreateDate": account::time(policy.created),
        "UpdateDate": account::time(policy.updated),
        "Tags": if full { tags::written(&policy.tags) } else { Value::Null },
    })
}

pub(super) fn written_managed(account: &Account, arn: &str, managed: &Managed) -> Value {
    json!({
        "PolicyName": managed.name,
        "PolicyId": managed.id(),
        "Arn": arn,
        "Path": managed.path,
        "DefaultVersionId": managed.version,
        "AttachmentCount": account.attachments(arn),
        "PermissionsBoundaryUsageCount": account.boundary_uses(arn),
        "IsAttachable": true,
        "CreateDate": managed.created,
        "UpdateDate": managed.updated,
    })
}

/// Reads a document for a managed policy.
pub(super) fn document(desk: &Desk<'_>) -> Result<Document, ServiceError> {
    let text = validate::required(desk.parameters, "PolicyDocument")?;
    validate::length(text, "PolicyDocument", 1, 131_072)?;
    let document = Document::new(text, PolicyKind::Managed)?;
    if document.size() > QUOTA {
        return Err(fault::quota("PolicySize", QUOTA));
    }
    Ok(document)
}

pub(super) fn create(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = validate::name(desk.parameters, "PolicyName")?;
    let path = validate::path(desk.parameters, "Path")?;
    let description = validate::description(desk.parameters)?;
    let tags = tags::sent(desk.parameters)?;
    let document = document(desk)?;
    let account = state.account(desk.account);
    if account.policies.values().any(|policy| policy.name.eq_ignore_ascii_case(name)) {
        return Err(fault::already_exists(format!(
            "A policy called {name} already exists. Duplicate names are not allowed."
        )));
    }
    let policy = ManagedPolicy {
        name: name.to_owned(),
        path: path.to_owned(),
        id: ids::unique_id("ANPA", desk.random),
        description,
        created: desk.now,
        updated: desk.now,
        tags,
        versions: IndexMap::from([(1, (document, desk.now))]),
        default_version: 1,
        last_version: 1,
    };
    let arn = account.policy_arn(path, name);
    let mut shown = written(account, &arn, &policy, true);
    // The answer shows the tags and not the description, as recorded on AWS.
    shown["Description"] = Value::Null;
    account.policies.insert(arn, policy);
    Ok(json!({"Policy": shown}))
}

pub(super) fn not_found(arn: &str) -> ServiceError {
    fault::no_such_entity(format!("Policy {arn} was not found."))
}

pub(super) fn get(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let arn = policy_arn(desk)?;
    let account = state.account(desk.account);
    let policy = match (account.policies.get(arn), managed_policies::find(arn)) {
        (Some(policy), _) => {
            let mut written = written(account, arn, policy, true);
            written["Tags"] = tags::listed(&policy.tags);
            written
        }
        (None, Some(managed)) => written_managed(account, arn, managed),
        (None, None) => return Err(not_found(arn)),
    };
    Ok(json!({"Policy": policy}))
}

pub(super) fn list(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let scope = validate::one_of(desk.parameters, "Scope", &["All", "AWS", "Local"])?.unwrap_or("All");
    let usages = ["PermissionsPolicy", "PermissionsBoundary"];
    let usage = validate::one_of(desk.parameters, "PolicyUsageFilter", &usages)?;
    let only_attached = validate::flag(desk.parameters, "OnlyAttached");
    let prefix = validate::path_prefix(desk.parameters)?;
    let account = state.account(desk.account);
    let wanted = |arn: &str, path: &str| {
        let attached = account.attachments(arn) > 0;
        let bounds = account.boundary_uses(arn) > 0;
        let used = match usage {
            Some("PermissionsBoundary") => bounds,
            Some(_) => attached,
            None => true,
        };
        path.starts_with(prefix) && used && (!only_attached || attached || bounds)
    };
    let mut items = vec![];
    if scope != "AWS" {
        let own = account.policies.iter().filter(|(arn, policy)| wanted(arn, &policy.path));
        // Own policies come first.
        items.extend(
            own.map(|(arn, policy)| (format!("0{}", policy.name), written(account, arn, policy, false))),
        );
    }
    if scope != "Local" {
        let aws = managed_policies::all().iter().filter(|(arn, managed)| wanted(arn, managed.path));
        items.extend(
            aws.map(|(arn, managed)| (format!("1{}", managed.name), written_managed(account, arn, managed))),
        );
    }
    paging::page(items, "Policies", desk.parameters)
}

/// Finds a policy of the account to be changed; those of AWS are out of reach.
pub(super) fn own<'a>(state: &'a mut State, desk: &Desk<'_>) -> Result<&'a mut ManagedPolicy, ServiceError> {
    let arn = policy_arn(desk)?;
    let outside = managed_policies::is_aws(arn);
    if outside {
        return Err(fault::access_denied(format!("Policy {arn} is outside your own account.")));
    }
    state.account(desk.account).policies.get_mut(arn).ok_or_else(|| not_found(arn))
}

pub(super) fn delete(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let arn = policy_arn(desk)?;
    let versions = own(state, desk)?.versions.len();
    let account = state.account(desk.account);
    if account.attachments(arn) + account.boundary_uses(arn) > 0 {
        return Err(fault::delete_conflict("Cannot delete a policy attached to entities."));
    }
    if versions > 1 {
        return Err(fault::delete_conflict(
            "This policy has more than one version. Before you delete a policy, you must delete the policy's \
             versions. The default version is deleted with the policy.",
        ));
    }
    account.policies.remove(arn);
    Ok(Value::Null)
}
