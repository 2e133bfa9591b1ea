use jiff::Timestamp;
use serde_json::{Value, json};

use super::operations::Desk;
use super::state::State;
use super::{fault, validate};
use crate::sandbox::ServiceError;

/// Writes a time, in seconds since the epoch, as IAM does: ISO 8601 in UTC.
pub(super) fn time(seconds: i64) -> String {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}

/// Counts what the account has and names the quotas.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html>
#[expect(clippy::unnecessary_wraps, reason = "the table of operations wants one signature")]
pub(super) fn summary(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let account = state.account(desk.account);
    let versions: usize = account.policies.values().map(|policy| policy.versions.len()).sum();
    let counts = [
        ("Users", account.users.len()),
        ("UsersQuota", 5000),
        ("Groups", account.groups.len()),
        ("GroupsQuota", 300),
        ("Roles", account.roles.len()),
        ("RolesQuota", 1000),
        ("Policies", account.policies.len()),
        ("PoliciesQuota", 1500),
        ("PolicyVersionsInUse", versions),
        ("PolicyVersionsInUseQuota", 10_000),
        ("VersionsPerPolicyQuota", 5),
        ("PolicySizeQuota", 6144),
        ("InstanceProfiles", account.profiles.len()),
        ("InstanceProfilesQuota", 1000),
        ("ServerCertificates", 0),
        ("ServerCertificatesQuota", 20),
        ("UserPolicySizeQuota", 2048),
        ("GroupPolicySizeQuota", 5120),
        ("RolePolicySizeQuota", 10_240),
        ("AssumeRolePolicySizeQuota", 2048),
        ("GroupsPerUserQuota", 10),
        ("AccessKeysPerUserQuota", 2),
        ("SigningCertificatesPerUserQuota", 2),
        ("AttachedPoliciesPerUserQuota", 10),
        ("AttachedPoliciesPerGroupQuota", 10),
        ("AttachedPoliciesPerRoleQuota", 10),
        ("MFADevices", 0),
        ("MFADevicesInUse", 0),
        ("Providers", 0),
        ("AccountMFAEnabled", 0),
        ("AccountAccessKeysPresent", 0),
        ("AccountPasswordPresent", 1),
        ("AccountSigningCertificatesPresent", 0),
        ("GlobalEndpointTokenVersion", 1),
    ];
    let entries: Vec<Value> = counts.iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
    Ok(json!({"SummaryMap": {"entry": entries}}))
}

pub(super) fn create_alias(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let alias = alias(desk)?;
    let taken = |(id, account): (&String, &super::state::Account)| {
        id != desk.account && account.alias.as_deref() == Some(alias)
    };
    if state.accounts.iter().any(taken) {
        return Err(fault::already_exists(format!("The account alias {alias} already exists.")));
    }
    // An account has one alias: a new one takes the place of the old.
    state.account(desk.account).alias = Some(alias.to_owned());
    Ok(Value::Null)
}

fn alias<'a>(desk: &'a Desk<'_>) -> Result<&'a str, ServiceError> {
    let alias = validate::required(desk.parameters, "AccountAlias")?;
    validate::length(alias, "AccountAlias", 3, 63)?;
    let plain = alias.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if plain && !alias.starts_with('-') && !alias.ends_with('-') && !alias.contains("--") {
        return Ok(alias);
    }
    let must = "satisfy regular expression pattern: ^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$";
    Err(validate::constraint(alias, "accountAlias", must))
}

pub(super) fn list_aliases(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let aliases = state.account(desk.account).alias.iter().map(|alias| (alias.clone(), json!(alias)));
    super::paging::page(aliases.collect(), "AccountAliases", desk.parameters)
}

pub(super) fn delete_alias(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let alias = alias(desk)?;
    let held = &mut state.account(desk.account).alias;
    if held.as_deref() != Some(alias) {
        return Err(fault::no_such_entity(format!("The account alias {alias} cannot be found.")));
    }
    *held = None;
    Ok(Value::Null)
}

/// Sets the whole password policy: what is not sent falls back to its default.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html>
pub(super) fn update_password_policy(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let mut policy = std::collections::BTreeMap::new();
    let length = validate::number(desk.parameters, "MinimumPasswordLength", 6, 128)?.unwrap_or(6);
    policy.insert("MinimumPasswordLength".to_owned(), json!(length));
    for name in [
        "RequireSymbols",
        "RequireNumbers",
        "RequireUppercaseCharacters",
        "RequireLowercaseCharacters",
        "AllowUsersToChangePassword",
    ] {
        policy.insert(name.to_owned(), json!(validate::flag(desk.parameters, name)));
    }
    policy.insert("HardExpiry".to_owned(), json!(validate::flag(desk.parameters, "HardExpiry")));
    // None and 0 are the same: passwords do not expire.
    let age = validate::number(desk.parameters, "MaxPasswordAge", 0, 1095)?.unwrap_or(0);
    policy.insert("ExpirePasswords".to_owned(), json!(age > 0));
    policy.insert("MaxPasswordAge".to_owned(), json!(age));
    if let Some(count) =
        validate::number(desk.parameters, "PasswordReusePrevention", 0, 24)?.filter(|n| *n > 0)
    {
        policy.insert("PasswordReusePrevention".to_owned(), json!(count));
    }
    state.account(desk.account).password_policy = Some(policy);
    Ok(Value::Null)
}

fn no_password_policy(account: &str) -> ServiceError {
    fault::no_such_entity(format!("The Password Policy with domain name {account} cannot be found."))
}

pub(super) fn get_password_policy(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let policy = &state.account(desk.account).password_policy;
    let policy = policy.as_ref().ok_or_else(|| no_password_policy(desk.account))?;
    Ok(json!({"PasswordPolicy": policy}))
}

pub(super) fn delete_password_policy(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let policy = state.account(desk.account).password_policy.take();
    let missing = "The account policy with name PasswordPolicy cannot be found.";
    policy.map(|_| Value::Null).ok_or_else(|| fault::no_such_entity(missing))
}
