use serde_json::{Value, json};

use super::operations::Desk;
use super::state::{Account, InstanceProfile, State};
use super::users::View;
use super::{account, fault, ids, paging, roles, tags, validate};
use crate::sandbox::ServiceError;

pub(super) fn written(account: &Account, profile: &InstanceProfile, view: View) -> Value {
    let role = profile.role.as_ref().and_then(|name| account.roles.get(name));
    let roles: Vec<Value> = role.iter().map(|role| roles::written(account, role, View::Listed)).collect();
    json!({
        "Path": profile.path,
        "InstanceProfileName": profile.name,
        "InstanceProfileId": profile.id,
        "Arn": account.profile_arn(profile),
        "CreateDate": account::time(profile.created),
        "Roles": roles,
        "Tags": if view == View::Full { tags::listed(&profile.tags) } else { Value::Null },
    })
}

fn find<'a>(account: &'a Account, name: &str) -> Result<&'a InstanceProfile, ServiceError> {
    let profile = account.profiles.get(name);
    profile.ok_or_else(|| fault::no_such_entity(format!("Instance Profile {name} cannot be found.")))
}

pub(super) fn create(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = validate::name(desk.parameters, "InstanceProfileName")?;
    let path = validate::path(desk.parameters, "Path")?;
    let tags = tags::sent(desk.parameters)?;
    let account = state.account(desk.account);
    if account.profiles.keys().any(|known| known.eq_ignore_ascii_case(name)) {
        return Err(fault::already_exists(format!("Instance Profile {name} already exists.")));
    }
    let profile = InstanceProfile {
        name: name.to_owned(),
        path: path.to_owned(),
        id: ids::unique_id("AIPA", desk.random),
        created: desk.now,
        tags,
        role: None,
    };
    let answer = json!({"InstanceProfile": written(account, &profile, View::Full)});
    account.profiles.insert(name.to_owned(), profile);
    Ok(answer)
}

pub(super) fn get(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let account = state.account(desk.account);
    let profile = find(account, validate::name(desk.parameters, "InstanceProfileName")?)?;
    Ok(json!({"InstanceProfile": written(account, profile, View::Full)}))
}

pub(super) fn list(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let prefix = validate::path_prefix(desk.parameters)?;
    let account = state.account(desk.account);
    let profiles = account.profiles.values().filter(|profile| profile.path.starts_with(prefix));
    let items = profiles.map(|profile| (profile.name.clone(), written(account, profile, View::Listed)));
    paging::page(items.collect(), "InstanceProfiles", desk.parameters)
}

pub(super) fn of_role(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = validate::name(desk.parameters, "RoleName")?;
    let account = state.account(desk.account);
    account.role(name)?;
    let profiles = account.profiles.values().filter(|profile| profile.role.as_deref() == Some(name));
    let items = profiles.map(|profile| (profile.name.clone(), written(account, profile, View::Listed)));
    paging::page(items.collect(), "InstanceProfiles", desk.parameters)
}

pub(super) fn add_role(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = validate::name(desk.parameters, "InstanceProfileName")?;
    let role = validate::name(desk.parameters, "RoleName")?;
    let account = state.account(desk.account);
    let profile = find(account, name)?;
    account.role(role)?;
    if profile.role.is_some() {
        return Err(fault::quota("InstanceSessionsPerInstanceProfile", 1));
    }
    if let Some(profile) = account.profiles.get_mut(name) {
        profile.role = Some(role.to_owned());
    }
    Ok(Value::Null)
}

pub(super) fn remove_role(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = validate::name(desk.parameters, "InstanceProfileName")?;
    let role = validate::name(desk.parameters, "RoleName")?;
    let account = state.account(desk.account);
    find(account, name)?;
    account.role(role)?;
    match account.profiles.get_mut(name).map(|profile| &mut profile.role) {
        Some(held) if held.as_deref() == Some(role) => {
            *held = None;
            Ok(Value::Null)
        }
        _ => Err(fault::no_such_entity(format!("Role {role} in Instance Profile {name} cannot be found."))),
    }
}

pub(super) fn delete(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = validate::name(desk.parameters, "InstanceProfileName")?;
    let account = state.account(desk.account);
    if find(account, name)?.role.is_some() {
        return Err(fault::delete_conflict(
            "Cannot delete entity, must remove roles from instance profile first.",
        ));
    }
    account.profiles.remove(name);
    Ok(Value::Null)
}
