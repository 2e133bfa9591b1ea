use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::PatchOperation;
use super::operation::Op;
use super::pointer::segments;
use super::table::{Kind, Refusal, Rule, Table};
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::fault::{bad_request, not_found};

/// Applies operations in order to a resource, and returns it changed. Either all of them are applied or none.
pub(in crate::sandbox::apigateway) fn apply<T: Serialize + DeserializeOwned>(
    subject: &T,
    operations: &[PatchOperation],
    table: &Table,
) -> Result<T, ServiceError> {
    let mut value = serde_json::to_value(subject)
        .map_err(|error| ServiceError::new(500, "InternalFailure", error.to_string()))?;
    for operation in operations {
        apply_one(&mut value, operation, table)?;
    }
    serde_json::from_value(value)
        .map_err(|error| bad_request(format!("Invalid patch: the result is not valid: {error}")))
}

fn apply_one(value: &mut Value, operation: &PatchOperation, table: &Table) -> Result<(), ServiceError> {
    let (rule, captures) = find(operation, table)?;
    let place = rule.place(&captures);
    if operation.op == Op::Copy {
        return copy(value, operation, table, &place);
    }
    match rule.kind {
        Kind::Element => element(value, operation, &place, &captures),
        Kind::List => {
            list(value, operation, &place);
            Ok(())
        }
        _ => member(value, operation, rule, &place),
    }
}

fn find<'a>(operation: &PatchOperation, table: &'a Table) -> Result<(&'a Rule, Vec<String>), ServiceError> {
    let path = &operation.path;
    let parts = segments(path).unwrap_or_default();
    let fitting: Vec<_> =
        table.rules.iter().filter_map(|rule| Some((rule, rule.captures(&parts)?))).collect();
    if let Some(found) = fitting.iter().find(|(rule, _)| rule.ops.contains(&operation.op)) {
        return Ok(found.clone());
    }
    let message = match table.refusal {
        Refusal::Listing => {
            let allowed: Vec<&str> = table
                .rules
                .iter()
                .filter(|rule| rule.ops.contains(&operation.op))
                .map(|rule| rule.path)
                .collect();
            let op = operation.op.name();
            if allowed.is_empty() {
                format!(
                    "Invalid patch path  '{path}' specified for op '{op}'. Please choose supported operations"
                )
            } else {
                let allowed = allowed.join(", ");
                format!("Invalid patch path  '{path}' specified for op '{op}'. Must be one of: [{allowed}]")
            }
        }
        Refusal::Short => match fitting.first() {
            None => format!("Invalid patch path {path}"),
            Some((rule, _)) => {
                let ops: Vec<&str> = rule.ops.iter().map(|op| op.name()).collect();
                format!("Invalid patch operation specified. Must be one of: [{}]", ops.join(", "))
            }
        },
        Refusal::MethodSetting(paths) => {
            format!("Invalid method setting path: {path}. Must be one of: {paths}")
        }
    };
    Err(bad_request(message))
}

/// Copies one member over another, where the table lets both be patched.
fn copy(
    value: &mut Value,
    operation: &PatchOperation,
    table: &Table,
    place: &[String],
) -> Result<(), ServiceError> {
    let from = operation.from.clone().unwrap_or_default();
    let parts = segments(&from).unwrap_or_default();
    let source = table
        .rules
        .iter()
        .find_map(|rule| rule.captures(&parts).map(|captures| rule.place(&captures)))
        .ok_or_else(|| bad_request(format!("Invalid patch path {from}")))?;
    let mut found = &*value;
    for name in &source {
        found =
            found.get(name).ok_or_else(|| bad_request("Promotion not available. Canary does not exist."))?;
    }
    let copied = found.clone();
    let (parent, name) = parent_of(value, place);
    match (parent.get_mut(&name), copied) {
        // Variables are merged over those that are there; anything else is replaced.
        (Some(Value::Object(there)), Value::Object(more)) => there.extend(more),
        (_, copied) => {
            parent.insert(name, copied);
        }
    }
    Ok(())
}

/// Sets, changes or removes one member or map entry.
fn member(
    value: &mut Value,
    operation: &PatchOperation,
    rule: &Rule,
    place: &[String],
) -> Result<(), ServiceError> {
    let remove = operation.op == Op::Remove;
    if let Some(message) = rule.absent.filter(|_| operation.op != Op::Add && !is_there(value, place)) {
        return Err(not_found(message));
    }
    let new = if remove { None } else { typed(operation, rule.kind)? };
    if let Some(new) = new {
        let (parent, name) = parent_of(value, place);
        parent.insert(name, new);
    } else {
        if let Kind::Required(message) = rule.kind {
            return Err(bad_request(message));
        }
        prune(value, place);
    }
    Ok(())
}

/// Reads the operation's value as the rule's kind; `None` means that the member goes.
fn typed(operation: &PatchOperation, kind: Kind) -> Result<Option<Value>, ServiceError> {
    let text = operation.value.clone().filter(|text| !text.is_empty());
    Ok(match (kind, text) {
        (Kind::Flag, text) => Some(Value::Bool(text.is_some_and(|text| text.eq_ignore_ascii_case("true")))),
        (_, None) => None,
        (Kind::Whole { least, most, message }, Some(text)) => {
            let number = text.parse::<i64>().ok().filter(|number| (least..=most).contains(number));
            Some(number.ok_or_else(|| bad_request(message))?.into())
        }
        (Kind::Fraction, Some(text)) => {
            let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
            Some(number.ok_or_else(|| bad_request(format!("Invalid number specified: {text}")))?.into())
        }
        (_, Some(text)) => Some(Value::String(text)),
    })
}

/// Adds, exchanges or removes a string of a list; the string stands in the path.
fn element(
    value: &mut Value,
    operation: &PatchOperation,
    place: &[String],
    captures: &[String],
) -> Result<(), ServiceError> {
    let Some(entry) = captures.last() else {
        return Err(bad_request(format!("Invalid patch path {}", operation.path)));
    };
    let mut list = strings(value, place);
    let position = list.iter().position(|there| there == entry);
    match (operation.op, position) {
        (Op::Add, None) => list.push(entry.clone()),
        (Op::Remove, Some(position)) => {
            list.remove(position);
        }
        (Op::Replace, Some(position)) => {
            let new = operation.value.clone().unwrap_or_default();
            // AWS appends what replaces an entry.
            list.remove(position);
            list.push(new);
        }
        (Op::Replace, None) => list.push(operation.value.clone().unwrap_or_else(|| entry.clone())),
        _ => {}
    }
    let (parent, name) = parent_of(value, place);
    parent.insert(name, list.into());
    Ok(())
}

/// Adds or removes strings of a list that are given by value, separated by commas.
fn list(value: &mut Value, operation: &PatchOperation, place: &[String]) {
    let given = operation.value.clone().unwrap_or_default();
    let given: Vec<String> =
        given.split(',').map(|entry| entry.trim().to_owned()).filter(|entry| !entry.is_empty()).collect();
    let mut list = strings(value, place);
    match operation.op {
        Op::Remove => list.retain(|entry| !given.contains(entry)),
        Op::Replace => list = given,
        _ => list.extend(given),
    }
    let (parent, name) = parent_of(value, place);
    parent.insert(name, list.into());
}

fn strings(value: &Value, place: &[String]) -> Vec<String> {
    let mut found = value;
    for name in place {
        match found.get(name) {
            Some(next) => found = next,
            None => return vec![],
        }
    }
    found
        .as_array()
        .map(|entries| entries.iter().filter_map(|entry| entry.as_str().map(str::to_owned)).collect())
        .unwrap_or_default()
}

fn is_there(value: &Value, place: &[String]) -> bool {
    let mut found = value;
    for name in place {
        match found.get(name) {
            Some(next) => found = next,
            None => return false,
        }
    }
    true
}

/// Returns the object that holds the place's last member, making objects on the way, and that member's name.
fn parent_of<'a>(value: &'a mut Value, place: &[String]) -> (&'a mut Map<String, Value>, String) {
    let (last, path) = match place.split_last() {
        Some((last, path)) => (last.clone(), path),
        None => (String::new(), place),
    };
    let mut found = value;
    for name in path {
        found = as_object(found).entry(name.clone()).or_insert_with(|| Value::Object(Map::new()));
    }
    (as_object(found), last)
}

fn as_object(value: &mut Value) -> &mut Map<String, Value> {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    match value {
        Value::Object(object) => object,
        _ => unreachable!("it was just made an object"),
    }
}

/// Removes a member, and with it the objects that it leaves empty: AWS shows no empty maps after a removal.
fn prune(value: &mut Value, place: &[String]) {
    let Some((first, rest)) = place.split_first() else { return };
    let Some(object) = value.as_object_mut() else { return };
    if rest.is_empty() {
        object.shift_remove(first);
    } else if let Some(inner) = object.get_mut(first) {
        prune(inner, rest);
        if inner.as_object().is_some_and(Map::is_empty) {
            object.shift_remove(first);
        }
    }
}
