use serde_json::{Value, json};

use super::document::Document;
use super::identity::Kind;
use super::operations::Desk;
use super::state::State;
use super::{fault, paging, validate};
use crate::policy::PolicyKind;
use crate::sandbox::ServiceError;

pub(super) fn put(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let kind = desk.kind();
    let name = validate::name(desk.parameters, kind.parameter())?;
    let policy_name = validate::name(desk.parameters, "PolicyName")?;
    let text = validate::required(desk.parameters, "PolicyDocument")?;
    validate::length(text, "PolicyDocument", 1, 131_072)?;
    let identity = state.account(desk.account).identity_mut(kind, name)?;
    let document = Document::new(text, PolicyKind::Identity)?;
    let others = identity.inline.iter().filter(|(known, _)| *known != policy_name);
    let size: usize = others.map(|(_, document)| document.size()).sum::<usize>() + document.size();
    if size > kind.inline_quota() {
        return Err(fault::limit_exceeded(format!(
            "Maximum policy size of {} bytes exceeded for {} {name}",
            kind.inline_quota(),
            kind.word()
        )));
    }
    identity.inline.insert(policy_name.to_owned(), document);
    Ok(Value::Null)
}

fn missing(kind: Kind, policy: &str) -> ServiceError {
    fault::no_such_entity(format!("The {} policy with name {policy} cannot be found.", kind.word()))
}

pub(super) fn get(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let kind = desk.kind();
    let name = validate::name(desk.parameters, kind.parameter())?;
    let policy_name = validate::name(desk.parameters, "PolicyName")?;
    let identity = state.account(desk.account).identity(kind, name)?;
    let document = identity.inline.get(policy_name).ok_or_else(|| missing(kind, policy_name))?;
    Ok(json!({
        kind.parameter(): identity.name,
        "PolicyName": policy_name,
        "PolicyDocument": document.encoded(),
    }))
}

pub(super) fn list(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let kind = desk.kind();
    let name = validate::name(desk.parameters, kind.parameter())?;
    let identity = state.account(desk.account).identity(kind, name)?;
    let items = identity.inline.keys().map(|policy| (policy.clone(), json!(policy)));
    paging::page(items.collect(), "PolicyNames", desk.parameters)
}

pub(super) fn delete(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let kind = desk.kind();
    let name = validate::name(desk.parameters, kind.parameter())?;
    let policy_name = validate::name(desk.parameters, "PolicyName")?;
    let identity = state.account(desk.account).identity_mut(kind, name)?;
    identity.inline.shift_remove(policy_name).map(|_| Value::Null).ok_or_else(|| missing(kind, policy_name))
}
