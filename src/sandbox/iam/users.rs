use indexmap::IndexMap;
use serde_json::{Value, json};

use super::identity::{Identity, Kind, User};
use super::operations::Desk;
use super::state::{Account, Holder, State};
use super::{account, fault, ids, paging, policy_attachments, tags, trust, validate};
use crate::policy::Principal;
use crate::sandbox::ServiceError;

/// How much of an entity an answer shows: lists leave tags and boundary out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    Full,
    Listed,
}

pub(super) fn written(account: &Account, user: &User, view: View) -> Value {
    let identity = &user.identity;
    let full = view == View::Full;
    json!({
        "Path": identity.path,
        "UserName": identity.name,
        "UserId": identity.id,
        "Arn": account.arn(Kind::User, identity),
        "CreateDate": account::time(identity.created),
        "PermissionsBoundary": if full { policy_attachments::written_boundary(identity) } else { Value::Null },
        "Tags": if full { tags::written(&identity.tags) } else { Value::Null },
    })
}

/// Builds the common part of a new user, group or role out of the parameters.
pub(super) fn new_identity(
    kind: Kind,
    prefix: &str,
    account: &Account,
    desk: &Desk<'_>,
) -> Result<Identity, ServiceError> {
    let name = validate::name(desk.parameters, kind.parameter())?;
    let path = validate::path(desk.parameters, "Path")?;
    let tags = if kind == Kind::Group { vec![] } else { tags::sent(desk.parameters)? };
    // Names that differ in case only are the same name.
    if account.identities(kind).iter().any(|known| known.name.eq_ignore_ascii_case(name)) {
        return Err(fault::already_exists(format!("{} with name {name} already exists.", kind.title())));
    }
    let boundary = match desk.parameters.get("PermissionsBoundary") {
        Some(arn) if kind != Kind::Group => Some(policy_attachments::checked_boundary(account, arn)?),
        _ => None,
    };
    Ok(Identity {
        name: name.to_owned(),
        path: path.to_owned(),
        id: ids::unique_id(prefix, desk.random),
        created: desk.now,
        tags,
        inline: IndexMap::new(),
        attached: vec![],
        boundary,
    })
}

pub(super) fn create(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let account = state.account(desk.account);
    let identity = new_identity(Kind::User, "AIDA", account, desk)?;
    let user = User::new(identity);
    let answer = json!({"User": written(account, &user, View::Full)});
    account.users.insert(user.identity.name.clone(), user);
    Ok(answer)
}

/// Returns the user that a call names, or else the caller.
pub(super) fn named_or_caller<'a>(desk: &'a Desk<'_>) -> Result<&'a str, ServiceError> {
    match (desk.parameters.get("UserName"), &desk.caller.principal) {
        (Some(_), _) => validate::name(desk.parameters, "UserName"),
        (None, Principal::User { name, .. }) => Ok(name),
        (None, _) => Err(fault::validation("Must specify userName when calling with non-User credentials")),
    }
}

pub(super) fn get(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let account = state.account(desk.account);
    if desk.parameters.get("UserName").is_none()
        && let Principal::Root { account } = &desk.caller.principal
    {
        return Ok(json!({"User": {
            "Path": "/",
            "UserName": "root",
            "UserId": account,
            "Arn": desk.caller.principal.arn(),
            "CreateDate": account::time(0),
        }}));
    }
    let user = account.user(named_or_caller(desk)?)?;
    Ok(json!({"User": written(account, user, View::Full)}))
}

pub(super) fn list(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let prefix = validate::path_prefix(desk.parameters)?;
    let account = state.account(desk.account);
    let users = account.users.values().filter(|user| user.identity.path.starts_with(prefix));
    let items = users.map(|user| (user.identity.name.clone(), written(account, user, View::Listed)));
    paging::page(items.collect(), "Users", desk.parameters)
}

pub(super) fn update(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = validate::name(desk.parameters, "UserName")?.to_owned();
    let new_name = match desk.parameters.get("NewUserName") {
        Some(_) => validate::name(desk.parameters, "NewUserName")?.to_owned(),
        None => name.clone(),
    };
    let new_path =
        desk.parameters.get("NewPath").map(|_| validate::path(desk.parameters, "NewPath")).transpose()?;
    let account = state.account(desk.account);
    account.user(&name)?;
    let taken =
        |user: &&User| user.identity.name != name && user.identity.name.eq_ignore_ascii_case(&new_name);
    if account.users.values().any(|user| taken(&user)) {
        return Err(fault::already_exists(format!("User with name {new_name} already exists.")));
    }
    let mut arns = None;
    if let Some(mut user) = account.users.remove(&name) {
        let old = account.arn(Kind::User, &user.identity);
        user.identity.name.clone_from(&new_name);
        if let Some(path) = new_path {
            path.clone_into(&mut user.identity.path);
        }
        arns = Some((old, account.arn(Kind::User, &user.identity)));
        account.users.insert(new_name.clone(), user);
    }
    for member in account.groups.values_mut().flat_map(|group| &mut group.members) {
        if *member == name {
            member.clone_from(&new_name);
        }
    }
    for owner in state.key_owners.values_mut() {
        if owner.account == desk.account && owner.user == name {
            owner.user.clone_from(&new_name);
        }
    }
    for session in state.sessions.values_mut().filter(|session| session.account == desk.account) {
        if let Holder::User { name: held } | Holder::Federated { user: held, .. } = &mut session.holder
            && *held == name
        {
            held.clone_from(&new_name);
        }
    }
    if let Some((old, new)) = arns {
        trust::replace_principal(state, &old, &new);
    }
    Ok(Value::Null)
}

pub(super) fn delete(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = validate::name(desk.parameters, "UserName")?;
    let account = state.account(desk.account);
    let user = account.user(name)?;
    let in_group = account.groups.values().any(|group| group.members.iter().any(|member| member == name));
    let reason = if !user.identity.attached.is_empty() {
        Some("must detach all policies first.")
    } else if !user.identity.inline.is_empty() {
        Some("must delete policies first.")
    } else if in_group {
        Some("must remove users from group first.")
    } else if !user.keys.is_empty() {
        Some("must delete access keys first.")
    } else if user.login.is_some() {
        Some("must delete login profile first.")
    } else if account.mfa_devices.values().any(|device| device.user.as_ref() == Some(&user.identity.id)) {
        Some("must delete MFA device first.")
    } else if !user.certificates.is_empty() {
        Some("must delete signing certificates first.")
    } else if !user.ssh_keys.is_empty() {
        Some("must delete SSH public keys first.")
    } else if !user.service_credentials.is_empty() {
        Some("must delete service specific credentials first.")
    } else {
        None
    };
    if let Some(reason) = reason {
        return Err(fault::delete_conflict(format!("Cannot delete entity, {reason}")));
    }
    let (arn, id) = (account.arn(Kind::User, &user.identity), user.identity.id.clone());
    account.users.remove(name);
    trust::replace_principal(state, &arn, &id);
    Ok(Value::Null)
}
