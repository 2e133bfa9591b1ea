use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::operations::Desk;
use super::state::State;
use super::users::named_or_caller;
use super::{account, fault, ids, validate};
use crate::sandbox::ServiceError;

/// How many credentials a user may have for one service.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const MOST: usize = 2;
const SERVICES: [&str; 3] = ["codecommit.amazonaws.com", "cassandra.amazonaws.com", "bedrock.amazonaws.com"];
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// A name and a password that one service takes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ServiceCredential {
    pub(super) id: String,
    pub(super) service: String,
    /// What the service knows the user by: `ada-at-111122223333`.
    pub(super) name: String,
    pub(super) active: bool,
    /// Both in seconds since the epoch.
    pub(super) created: i64,
    pub(super) expires: Option<i64>,
}

fn written(user: &str, credential: &ServiceCredential, secret: Option<&str>) -> Value {
    // Bedrock's are keys: they have an alias and a secret in place of a name and a password.
    let is_key = credential.service.starts_with("bedrock");
    let (name, alias) = if is_key { (None, Some(&credential.name)) } else { (Some(&credential.name), None) };
    json!({
        "CreateDate": account::time(credential.created),
        "ExpirationDate": credential.expires.map(account::time),
        "ServiceName": credential.service,
        "ServiceUserName": name,
        "ServiceCredentialAlias": alias,
        "ServicePassword": secret.filter(|_| !is_key),
        "ServiceCredentialSecret": secret.filter(|_| is_key),
        "ServiceSpecificCredentialId": credential.id,
        "UserName": user,
        "Status": if credential.active { "Active" } else { "Inactive" },
    })
}

fn service<'a>(desk: &'a Desk<'_>) -> Result<Option<&'a str>, ServiceError> {
    match desk.parameters.get("ServiceName") {
        Some(name) if !SERVICES.contains(&name) => Err(fault::new(
            404,
            "NotSupportedService",
            format!("No such service {name} is supported for Service Specific Credentials"),
        )),
        other => Ok(other),
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceSpecificCredential.html>
pub(super) fn create(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = validate::name(desk.parameters, "UserName")?;
    validate::required(desk.parameters, "ServiceName")?;
    let days = validate::number(desk.parameters, "CredentialAgeDays", 1, 36_600)?;
    let user = state.account(desk.account).user_mut(name)?;
    let service = service(desk)?.unwrap_or_default();
    let of_service =
        user.service_credentials.iter().filter(|credential| credential.service == service).count();
    if of_service >= MOST {
        return Err(fault::quota("ServiceSpecificCredentialsPerUser", MOST));
    }
    let number = if of_service == 0 { String::new() } else { format!("+{of_service}") };
    let credential = ServiceCredential {
        id: ids::access_key_id("ACCA", desk.account, desk.random),
        service: service.to_owned(),
        name: format!("{name}{number}-at-{}", desk.account),
        active: true,
        created: desk.now,
        expires: days.map(|days| desk.now + days * 86_400),
    };
    let secret = desk.random.characters(LETTERS, 44);
    let answer = json!({"ServiceSpecificCredential": written(name, &credential, Some(&secret))});
    user.service_credentials.push(credential);
    Ok(answer)
}

pub(super) fn list(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = named_or_caller(desk)?;
    let user = state.account(desk.account).user(name)?;
    let wanted = service(desk)?;
    let all = user.service_credentials.iter();
    let own = all.filter(|credential| wanted.is_none_or(|service| credential.service == service));
    let items: Vec<Value> = own.map(|credential| written(name, credential, None)).collect();
    Ok(json!({"ServiceSpecificCredentials": items, "IsTruncated": false}))
}

/// Finds the position of the credential that a call names among those of its user.
fn position(state: &mut State, desk: &Desk<'_>) -> Result<(String, usize), ServiceError> {
    let id = validate::required(desk.parameters, "ServiceSpecificCredentialId")?;
    validate::length(id, "serviceSpecificCredentialId", 20, 128)?;
    let name = named_or_caller(desk)?;
    let user = state.account(desk.account).user(name)?;
    let found = user.service_credentials.iter().position(|credential| credential.id == id);
    let missing = || fault::no_such_entity(format!("No such credential {id} exists"));
    Ok((name.to_owned(), found.ok_or_else(missing)?))
}

pub(super) fn reset(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let (name, index) = position(state, desk)?;
    let credential = &state.account(desk.account).user(&name)?.service_credentials[index];
    let secret = desk.random.characters(LETTERS, 44);
    Ok(json!({"ServiceSpecificCredential": written(&name, credential, Some(&secret))}))
}

pub(super) fn update(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    validate::required(desk.parameters, "Status")?;
    let status = validate::one_of(desk.parameters, "Status", &["Active", "Inactive"])?;
    let (name, index) = position(state, desk)?;
    let user = state.account(desk.account).user_mut(&name)?;
    user.service_credentials[index].active = status == Some("Active");
    Ok(Value::Null)
}

pub(super) fn delete(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let (name, index) = position(state, desk)?;
    state.account(desk.account).user_mut(&name)?.service_credentials.remove(index);
    Ok(Value::Null)
}
