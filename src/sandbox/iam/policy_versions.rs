use serde_json::{Value, json};

use super::document::{Document, encode};
use super::operations::Desk;
use super::policy_attachments::policy_arn;
use super::state::{ManagedPolicy, State};
use super::{account, fault, managed_policies, paging, policies, validate};
use crate::sandbox::ServiceError;

/// How many versions a managed policy may have at a time.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html>
const MOST_VERSIONS: usize = 5;

fn written(policy: &ManagedPolicy, number: u32, document: Option<&Document>, created: i64) -> Value {
    json!({
        "Document": document.map(Document::encoded),
        "VersionId": format!("v{number}"),
        "IsDefaultVersion": policy.default_version == number,
        "CreateDate": account::time(created),
    })
}

/// Writes all versions with their documents.
pub(super) fn written_all(policy: &ManagedPolicy) -> Value {
    let newest_first = policy.versions.iter().rev();
    newest_first
        .map(|(number, (document, created))| written(policy, *number, Some(document), *created))
        .collect()
}

pub(super) fn create(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let document = policies::document(desk)?;
    let set_as_default = validate::flag(desk.parameters, "SetAsDefault");
    let policy = policies::own(state, desk)?;
    if policy.versions.len() >= MOST_VERSIONS {
        return Err(fault::limit_exceeded(format!(
            "A managed policy can have up to {MOST_VERSIONS} versions. Before you create a new version, you must \
             delete an existing version."
        )));
    }
    policy.last_version += 1;
    let number = policy.last_version;
    policy.versions.insert(number, (document, desk.now));
    policy.updated = desk.now;
    if set_as_default {
        policy.default_version = number;
    }
    Ok(json!({"PolicyVersion": written(policy, number, None, desk.now)}))
}

/// Reads the number of a version out of `VersionId`.
fn number(desk: &Desk<'_>) -> Result<u32, ServiceError> {
    let id = validate::required(desk.parameters, "VersionId")?;
    let digits = id.strip_prefix('v').unwrap_or_default();
    let written = digits.split('.').next().unwrap_or_default();
    match written.parse() {
        Ok(number) if number > 0 && !written.starts_with(['0', '+']) => Ok(number),
        _ => Err(validate::constraint(
            id,
            "versionId",
            "satisfy regular expression pattern: v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?",
        )),
    }
}

fn no_version(arn: &str, number: u32) -> ServiceError {
    fault::no_such_entity(format!("Policy {arn} version v{number} does not exist or is not attachable."))
}

pub(super) fn get(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let arn = policy_arn(desk)?;
    let number = number(desk)?;
    if let Some(managed) = managed_policies::find(arn) {
        // Of AWS's policies the current version alone is known.
        if managed.version != format!("v{number}") {
            return Err(no_version(arn, number));
        }
        return Ok(json!({"PolicyVersion": {
            "Document": encode(managed.document),
            "VersionId": format!("v{number}"),
            "IsDefaultVersion": true,
            "CreateDate": managed.updated,
        }}));
    }
    let account = state.account(desk.account);
    let policy = account.policies.get(arn).ok_or_else(|| policies::not_found(arn))?;
    let (document, created) = policy.versions.get(&number).ok_or_else(|| no_version(arn, number))?;
    Ok(json!({"PolicyVersion": written(policy, number, Some(document), *created)}))
}

pub(super) fn list(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let arn = policy_arn(desk)?;
    if let Some(managed) = managed_policies::find(arn) {
        let version =
            json!({"VersionId": managed.version, "IsDefaultVersion": true, "CreateDate": managed.updated});
        return Ok(json!({"Versions": [version], "IsTruncated": false}));
    }
    let account = state.account(desk.account);
    let policy = account.policies.get(arn).ok_or_else(|| policies::not_found(arn))?;
    let items = policy.versions.iter().map(|(number, (_, created))| {
        // Newest first.
        (format!("{:010}", u32::MAX - number), written(policy, *number, None, *created))
    });
    paging::page(items.collect(), "Versions", desk.parameters)
}

pub(super) fn set_default(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let number = number(desk)?;
    let arn = policy_arn(desk)?;
    let policy = policies::own(state, desk)?;
    if !policy.versions.contains_key(&number) {
        return Err(no_version(arn, number));
    }
    policy.default_version = number;
    policy.updated = desk.now;
    Ok(Value::Null)
}

pub(super) fn delete(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let number = number(desk)?;
    let arn = policy_arn(desk)?;
    let policy = policies::own(state, desk)?;
    if policy.default_version == number {
        return Err(fault::delete_conflict("Cannot delete the default version of a policy."));
    }
    policy.versions.shift_remove(&number).map(|_| Value::Null).ok_or_else(|| no_version(arn, number))
}
