use serde_json::{Value, json};

use super::identity::{Group, Kind};
use super::operations::Desk;
use super::state::{Account, State};
use super::users::{self, View};
use super::{account, fault, paging, validate};
use crate::sandbox::ServiceError;

/// How many groups a user may be in.
const MOST_GROUPS: usize = 10;

pub(super) fn written(account: &Account, group: &Group) -> Value {
    let identity = &group.identity;
    json!({
        "Path": identity.path,
        "GroupName": identity.name,
        "GroupId": identity.id,
        "Arn": account.arn(Kind::Group, identity),
        "CreateDate": account::time(identity.created),
    })
}

pub(super) fn create(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let account = state.account(desk.account);
    let identity = users::new_identity(Kind::Group, "AGPA", account, desk)?;
    let group = Group { identity, members: vec![] };
    let answer = json!({"Group": written(account, &group)});
    account.groups.insert(group.identity.name.clone(), group);
    Ok(answer)
}

pub(super) fn get(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = validate::name(desk.parameters, "GroupName")?;
    let account = state.account(desk.account);
    let group = account.group(name)?;
    let members = group.members.iter().filter_map(|member| account.users.get(member));
    let items = members.map(|user| (user.identity.name.clone(), users::written(account, user, View::Listed)));
    let mut answer = paging::page(items.collect(), "Users", desk.parameters)?;
    answer["Group"] = written(account, group);
    Ok(answer)
}

pub(super) fn list(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let prefix = validate::path_prefix(desk.parameters)?;
    let account = state.account(desk.account);
    let groups = account.groups.values().filter(|group| group.identity.path.starts_with(prefix));
    let items = groups.map(|group| (group.identity.name.clone(), written(account, group)));
    paging::page(items.collect(), "Groups", desk.parameters)
}

pub(super) fn update(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = validate::name(desk.parameters, "GroupName")?;
    let new_name = match desk.parameters.get("NewGroupName") {
        Some(_) => validate::name(desk.parameters, "NewGroupName")?,
        None => name,
    };
    let new_path =
        desk.parameters.get("NewPath").map(|_| validate::path(desk.parameters, "NewPath")).transpose()?;
    let account = state.account(desk.account);
    account.group(name)?;
    if account.groups.keys().any(|known| known != name && known.eq_ignore_ascii_case(new_name)) {
        return Err(fault::already_exists(format!("Group with name {new_name} already exists.")));
    }
    if let Some(mut group) = account.groups.remove(name) {
        new_name.clone_into(&mut group.identity.name);
        if let Some(path) = new_path {
            path.clone_into(&mut group.identity.path);
        }
        account.groups.insert(new_name.to_owned(), group);
    }
    Ok(Value::Null)
}

pub(super) fn delete(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = validate::name(desk.parameters, "GroupName")?;
    let account = state.account(desk.account);
    let group = account.group(name)?;
    let reason = if !group.members.is_empty() {
        Some("must remove users from group first.")
    } else if !group.identity.attached.is_empty() {
        Some("must detach all policies first.")
    } else if !group.identity.inline.is_empty() {
        Some("must delete policies first.")
    } else {
        None
    };
    if let Some(reason) = reason {
        return Err(fault::delete_conflict(format!("Cannot delete entity, {reason}")));
    }
    account.groups.remove(name);
    Ok(Value::Null)
}

pub(super) fn add_user(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let group = validate::name(desk.parameters, "GroupName")?;
    let user = validate::name(desk.parameters, "UserName")?;
    let account = state.account(desk.account);
    account.user(user)?;
    account.group(group)?;
    let others = account
        .groups
        .values()
        .filter(|other| other.identity.name != group && other.members.iter().any(|member| member == user));
    if others.count() >= MOST_GROUPS {
        return Err(fault::quota("GroupsPerUser", MOST_GROUPS));
    }
    let members = &mut account.group_mut(group)?.members;
    if !members.iter().any(|member| member == user) {
        members.push(user.to_owned());
    }
    Ok(Value::Null)
}

pub(super) fn remove_user(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let group = validate::name(desk.parameters, "GroupName")?;
    let user = validate::name(desk.parameters, "UserName")?;
    let account = state.account(desk.account);
    account.group(group)?;
    account.user(user)?;
    account.group_mut(group)?.members.retain(|member| member != user);
    Ok(Value::Null)
}

pub(super) fn of_user(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = validate::name(desk.parameters, "UserName")?;
    let account = state.account(desk.account);
    account.user(name)?;
    let groups = account.groups.values().filter(|group| group.members.iter().any(|member| member == name));
    let items = groups.map(|group| (group.identity.name.clone(), written(account, group)));
    paging::page(items.collect(), "Groups", desk.parameters)
}
