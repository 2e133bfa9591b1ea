use serde_json::{Value, json};

use super::identity::{AccessKey, Login};
use super::operations::Desk;
use super::state::{Account, KeyOwner, State};
use super::users::named_or_caller;
use super::{account, fault, ids, paging, validate};
use crate::sandbox::ServiceError;

/// How many access keys a user may have.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const MOST_KEYS: usize = 2;

pub(super) fn create_key(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = named_or_caller(desk)?.to_owned();
    let user = state.account(desk.account).user_mut(&name)?;
    if user.keys.len() >= MOST_KEYS {
        return Err(fault::quota("AccessKeysPerUser", MOST_KEYS));
    }
    let key = AccessKey {
        id: ids::access_key_id("AKIA", desk.account, desk.random),
        secret: ids::secret_access_key(desk.random),
        active: true,
        created: desk.now,
        last_used: None,
    };
    let mut answer = written(&name, &key);
    answer["SecretAccessKey"] = json!(key.secret);
    state
        .key_owners
        .insert(key.id.clone(), KeyOwner { account: desk.account.to_owned(), user: name.clone() });
    state.account(desk.account).user_mut(&name)?.keys.push(key);
    Ok(json!({"AccessKey": answer}))
}

fn written(user: &str, key: &AccessKey) -> Value {
    json!({
        "UserName": user,
        "AccessKeyId": key.id,
        "Status": if key.active { "Active" } else { "Inactive" },
        "CreateDate": account::time(key.created),
    })
}

pub(super) fn list_keys(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = named_or_caller(desk)?;
    let user = state.account(desk.account).user(name)?;
    let items = user.keys.iter().map(|key| written(&user.identity.name, key));
    let mut answer = paging::page_in_order(items.collect(), "AccessKeyMetadata", desk.parameters)?;
    answer["UserName"] = json!(name);
    Ok(answer)
}

/// Finds a key of the user that the call names, or of the caller, or, for root, of whoever has it.
fn key_of<'a>(
    account: &'a mut Account,
    desk: &Desk<'_>,
) -> Result<(String, &'a mut AccessKey), ServiceError> {
    let id = validate::required(desk.parameters, "AccessKeyId")?;
    validate::length(id, "AccessKeyId", 16, 128)?;
    let has = |account: &Account, user: &str| {
        account.users.get(user).is_some_and(|user| user.keys.iter().any(|key| key.id == id))
    };
    let name = match named_or_caller(desk) {
        Ok(name) => account.user(name).map(|_| name.to_owned())?,
        Err(error) => account.users.keys().find(|user| has(account, user)).cloned().ok_or(error)?,
    };
    let keys = &mut account.user_mut(&name)?.keys;
    match keys.iter_mut().find(|key| key.id == id) {
        Some(key) => Ok((name, key)),
        None => Err(fault::no_such_entity(format!("The Access Key with id {id} cannot be found."))),
    }
}

pub(super) fn update_key(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    validate::required(desk.parameters, "Status")?;
    let status = validate::one_of(desk.parameters, "Status", &["Active", "Inactive"])?;
    let (_, key) = key_of(state.account(desk.account), desk)?;
    key.active = status == Some("Active");
    Ok(Value::Null)
}

pub(super) fn delete_key(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let account = state.account(desk.account);
    let (user, key) = key_of(account, desk)?;
    let id = key.id.clone();
    account.user_mut(&user)?.keys.retain(|key| key.id != id);
    state.key_owners.remove(&id);
    Ok(Value::Null)
}

pub(super) fn last_used(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let id = validate::required(desk.parameters, "AccessKeyId")?;
    let mine = state.key_owners.get(id).filter(|owner| owner.account == desk.account).cloned();
    let user = mine.and_then(|owner| state.account(desk.account).users.get(&owner.user));
    let found = user.and_then(|user| Some((user, user.keys.iter().find(|key| key.id == id)?)));
    let Some((user, key)) = found else {
        return Err(fault::no_such_entity(format!("The Access Key with id {id} cannot be found.")));
    };
    let last = match &key.last_used {
        Some(last) => json!({
            "LastUsedDate": account::time(last.at),
            "ServiceName": last.service,
            "Region": last.region,
        }),
        None => json!({"ServiceName": "N/A", "Region": "N/A"}),
    };
    Ok(json!({"UserName": user.identity.name, "AccessKeyLastUsed": last}))
}

pub(super) fn create_login(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = named_or_caller(desk)?;
    validate::length(validate::required(desk.parameters, "Password")?, "Password", 1, 128)?;
    let user = state.account(desk.account).user_mut(name)?;
    if user.login.is_some() {
        return Err(fault::already_exists(format!("Login Profile for user {name} already exists.")));
    }
    let reset_required = validate::flag(desk.parameters, "PasswordResetRequired");
    user.login = Some(Login { created: desk.now, reset_required });
    get_login(state, desk)
}

fn no_login(user: &str) -> ServiceError {
    fault::no_such_entity(format!("Login Profile for User {user} cannot be found."))
}

pub(super) fn get_login(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = named_or_caller(desk)?;
    let user = state.account(desk.account).user(name)?;
    let login = user.login.as_ref().ok_or_else(|| no_login(name))?;
    Ok(json!({"LoginProfile": {
        "UserName": user.identity.name,
        "CreateDate": account::time(login.created),
        "PasswordResetRequired": login.reset_required,
    }}))
}

pub(super) fn update_login(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = validate::name(desk.parameters, "UserName")?;
    let login = &mut state.account(desk.account).user_mut(name)?.login;
    let login = login.as_mut().ok_or_else(|| no_login(name))?;
    if desk.parameters.get("PasswordResetRequired").is_some() {
        login.reset_required = validate::flag(desk.parameters, "PasswordResetRequired");
    }
    Ok(Value::Null)
}

pub(super) fn delete_login(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = named_or_caller(desk)?;
    let login = state.account(desk.account).user_mut(name)?.login.take();
    login.map(|_| Value::Null).ok_or_else(|| no_login(name))
}
