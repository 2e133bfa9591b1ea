use serde_json::{Value, json};

use super::operations::{constraint, duration, validation, written};
use super::parameters::{length, name, packed_size, policy_arns, tags, text};
use crate::policy::Principal;
use crate::sandbox::iam::{Iam, SessionRequest};
use crate::sandbox::query::Parameters;
use crate::sandbox::{Access, Caller, ServiceError};

/// Both in seconds.
const LONGEST: i64 = 36 * 3600;
const DEFAULT: i64 = 12 * 3600;
const ROOT_LONGEST: i64 = 3600;
/// How many characters a session policy may have.
const MOST_POLICY: usize = 2048;

/// Says what the caller must be allowed to do.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html>
pub(super) fn accesses(
    _iam: &Iam,
    account: &str,
    parameters: &Parameters,
) -> Result<Vec<Access>, ServiceError> {
    let who = text(parameters, "Name", "name", 2, 32)?;
    name(who, "name")?;
    if let Some(policy) = parameters.get("Policy") {
        length(policy, "policy", 1, MOST_POLICY)?;
    }
    let tags = tags(parameters)?;
    let resource = format!("arn:aws:sts::{account}:federated-user/{who}");
    let access = |action: &str| {
        let mut access = Access::new(action, &resource);
        for (key, value) in &tags {
            access.context.set(&format!("aws:RequestTag/{key}"), vec![value.clone()]);
        }
        if !tags.is_empty() {
            access.context.set("aws:TagKeys", tags.iter().map(|(key, _)| key.clone()).collect());
        }
        access
    };
    let mut accesses = vec![access("sts:GetFederationToken")];
    if !tags.is_empty() {
        accesses.push(access("sts:TagSession"));
    }
    Ok(accesses)
}

pub(super) fn run(iam: &Iam, caller: &Caller, parameters: &Parameters) -> Result<Value, ServiceError> {
    let who = text(parameters, "Name", "name", 2, 32)?;
    let mut seconds = duration(parameters, LONGEST, DEFAULT)?;
    let temporary = caller.access_key_id.as_deref().is_some_and(|id| iam.handed_on(id).is_some());
    if temporary {
        let message = "Cannot call GetFederationToken with session credentials";
        return Err(ServiceError::new(403, "AccessDenied", message));
    }
    if matches!(caller.principal, Principal::Root { .. }) {
        // Longer sessions of root are cut.
        seconds = seconds.min(ROOT_LONGEST);
    }
    let policy = parameters.get("Policy").map(str::to_owned);
    let policy_arns = policy_arns(parameters);
    let tags = tags(parameters)?;
    let packed = packed_size(policy.as_deref(), &policy_arns, &tags);
    let credentials = iam.issue_federated(
        &caller.principal,
        SessionRequest {
            name: who.to_owned(),
            duration: seconds,
            policy,
            policy_arns,
            tags,
            ..SessionRequest::default()
        },
    )?;
    Ok(json!({
        "Credentials": written(&credentials),
        "FederatedUser": {
            "FederatedUserId": credentials.principal.user_id(),
            "Arn": credentials.principal.arn(),
        },
        "PackedPolicySize": packed,
    }))
}

/// Checks the second factor that a call shows, if it does: a device's serial number and its code.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>
pub(super) fn second_factor(
    iam: &Iam,
    caller: &Caller,
    parameters: &Parameters,
) -> Result<bool, ServiceError> {
    let (serial, code) = match (parameters.get("SerialNumber"), parameters.get("TokenCode")) {
        (None, None) => return Ok(false),
        (serial, code) => (serial.unwrap_or_default(), code.unwrap_or_default()),
    };
    if !serial.is_empty() {
        length(serial, "serialNumber", 9, 256)?;
    }
    if !code.is_empty() {
        length(code, "tokenCode", 6, 6)?;
        if !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(constraint(code, "tokenCode", "satisfy regular expression pattern: [\\d]*"));
        }
    }
    if serial.is_empty() || code.is_empty() {
        return Err(validation(
            "Both SerialNumber and TokenCode are needed for multi-factor authentication.",
        ));
    }
    if iam.has_second_factor(&caller.principal, serial, code) {
        return Ok(true);
    }
    let message = "MultiFactorAuthentication failed with invalid MFA one time pass code. ";
    Err(ServiceError::new(403, "AccessDenied", message))
}
