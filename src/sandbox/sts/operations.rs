use serde_json::{Value, json};

use super::{assume_role, federation, web_identity};
use crate::sandbox::iam::Iam;
use crate::sandbox::jwt::Issuers;
use crate::sandbox::query::Parameters;
use crate::sandbox::{Access, Caller, ServiceError, TemporaryCredentials};

/// An operation of the API.
pub(super) struct Entry {
    pub(super) name: &'static str,
    /// The account is the caller's.
    pub(super) accesses: fn(&Iam, &str, &Parameters) -> Result<Vec<Access>, ServiceError>,
    pub(super) run: Run,
}

/// Who an operation asks for its answer.
pub(super) enum Run {
    /// The caller, by its credentials.
    OfCaller(fn(&Iam, &Caller, &Parameters) -> Result<Value, ServiceError>),
    /// Nobody but the token that it comes with, whoever sends it.
    OfToken(fn(&Iam, &dyn Issuers, &Parameters) -> Result<Value, ServiceError>),
}

use Run::{OfCaller, OfToken};

/// Every operation that is covered.
pub(super) const OPERATIONS: &[Entry] = &[
    Entry { name: "GetCallerIdentity", accesses: nothing, run: OfCaller(get_caller_identity) },
    Entry { name: "AssumeRole", accesses: assume_role::accesses, run: OfCaller(assume_role::run) },
    Entry { name: web_identity::NAME, accesses: nothing, run: OfToken(web_identity::run) },
    Entry { name: "GetSessionToken", accesses: nothing, run: OfCaller(get_session_token) },
    Entry { name: "GetFederationToken", accesses: federation::accesses, run: OfCaller(federation::run) },
    Entry {
        name: "GetAccessKeyInfo",
        accesses: get_access_key_info_accesses,
        run: OfCaller(get_access_key_info),
    },
];

/// What else STS's API has; the sandbox says so instead of pretending.
pub(super) const NOT_COVERED: &[&str] = &[
    "AssumeRoleWithSAML",
    "AssumeRoot",
    "DecodeAuthorizationMessage",
    "GetDelegatedAccessToken",
    "GetWebIdentityToken",
];

pub(super) fn validation(message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, "ValidationError", message)
}

/// States a breach of a constraint in the words of AWS's validation.
pub(super) fn constraint(value: &str, at: &str, member_must: &str) -> ServiceError {
    validation(format!(
        "1 validation error detected: Value '{value}' at '{at}' failed to satisfy constraint: Member must {member_must}"
    ))
}

/// Reads an optional `DurationSeconds` within limits.
pub(super) fn duration(parameters: &Parameters, most: i64, default: i64) -> Result<i64, ServiceError> {
    let Some(text) = parameters.get("DurationSeconds") else { return Ok(default) };
    let seconds: i64 = text.parse().map_err(|_| {
        ServiceError::new(400, "MalformedInput", format!("{text} is not a number of seconds"))
    })?;
    if seconds < 900 {
        return Err(constraint(text, "durationSeconds", "have value greater than or equal to 900"));
    }
    if seconds > most {
        return Err(constraint(text, "durationSeconds", &format!("have value less than or equal to {most}")));
    }
    Ok(seconds)
}

pub(super) fn written(credentials: &TemporaryCredentials) -> Value {
    json!({
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key,
        "SessionToken": credentials.session_token,
        "Expiration": credentials.expires.to_string(),
    })
}

/// Needs no permission, not even with an explicit deny.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
#[expect(clippy::unnecessary_wraps, reason = "the table of operations wants one signature")]
fn nothing(_iam: &Iam, _account: &str, _parameters: &Parameters) -> Result<Vec<Access>, ServiceError> {
    Ok(vec![])
}

fn get_caller_identity(_iam: &Iam, caller: &Caller, _parameters: &Parameters) -> Result<Value, ServiceError> {
    let principal = &caller.principal;
    let Some((arn, account)) = principal.arn().zip(principal.account()) else {
        return Err(ServiceError::new(
            403,
            "MissingAuthenticationToken",
            "Request is missing Authentication Token",
        ));
    };
    Ok(json!({"Arn": arn, "UserId": principal.user_id(), "Account": account}))
}

/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>
fn get_session_token(iam: &Iam, caller: &Caller, parameters: &Parameters) -> Result<Value, ServiceError> {
    let duration = duration(parameters, 36 * 3600, 12 * 3600)?;
    let temporary = caller.access_key_id.as_deref().is_some_and(|id| iam.handed_on(id).is_some());
    if temporary {
        let message = "Cannot call GetSessionToken with session credentials";
        return Err(ServiceError::new(403, "AccessDenied", message));
    }
    let second_factor = federation::second_factor(iam, caller, parameters)?;
    let credentials = iam.issue_for_caller(&caller.principal, duration, second_factor)?;
    Ok(json!({"Credentials": written(&credentials)}))
}

#[expect(clippy::unnecessary_wraps, reason = "the table of operations wants one signature")]
fn get_access_key_info_accesses(
    _iam: &Iam,
    _account: &str,
    _parameters: &Parameters,
) -> Result<Vec<Access>, ServiceError> {
    Ok(vec![Access::new("sts:GetAccessKeyInfo", "*")])
}

/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html>
fn get_access_key_info(iam: &Iam, caller: &Caller, parameters: &Parameters) -> Result<Value, ServiceError> {
    let Some(id) = parameters.get("AccessKeyId") else {
        return Err(validation(
            "1 validation error detected: Value null at 'accessKeyId' failed to satisfy constraint: Member must not be null",
        ));
    };
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if id.len() < 16 {
        return Err(constraint(id, "accessKeyId", "have length greater than or equal to 16"));
    }
    if id.len() > 128 {
        return Err(constraint(id, "accessKeyId", "have length less than or equal to 128"));
    }
    if !id.bytes().all(word) {
        return Err(constraint(id, "accessKeyId", "satisfy regular expression pattern: [\\w]*"));
    }
    // A key that the sandbox did not issue is the caller's own, in `--open` mode.
    let own = caller.access_key_id.as_deref() == Some(id);
    let account =
        iam.account_of_key(id).or_else(|| caller.principal.account().filter(|_| own).map(str::to_owned));
    match account {
        Some(account) => Ok(json!({"Account": account})),
        None => Err(validation(format!("Access key {id} is not valid."))),
    }
}
