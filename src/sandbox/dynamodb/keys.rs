use serde_json::{Map, Value};

use super::definition::Definition;
use super::fault::validation;
use crate::sandbox::ServiceError;

/// Refuses items and keys that do not fit a table's keys, in AWS's words. Parts of transactions are left to the store,
/// which cancels the transaction for them.
pub(super) fn check(
    operation: &str,
    body: &Map<String, Value>,
    definition: impl Fn(&str) -> Option<Definition>,
) -> Result<(), ServiceError> {
    let member = |body: &Map<String, Value>, name: &str| body.get(name).and_then(Value::as_object).cloned();
    match operation {
        "PutItem" | "GetItem" | "UpdateItem" | "DeleteItem" => {
            let table = body.get("TableName").and_then(Value::as_str).unwrap_or_default();
            let Some(definition) = definition(table) else { return Ok(()) };
            match (member(body, "Item"), member(body, "Key")) {
                (Some(item), _) if operation == "PutItem" => check_item(&definition, &item),
                (_, Some(key)) => check_key(&definition, &key),
                _ => Ok(()),
            }
        }
        "BatchGetItem" | "BatchWriteItem" => {
            for (table, requests) in body.get("RequestItems").and_then(Value::as_object).into_iter().flatten()
            {
                let Some(definition) = definition(table) else { continue };
                for key in requests.get("Keys").and_then(Value::as_array).into_iter().flatten() {
                    key.as_object().map_or(Ok(()), |key| check_key(&definition, key))?;
                }
                for write in requests.as_array().into_iter().flatten() {
                    if let Some(item) = write.pointer("/PutRequest/Item").and_then(Value::as_object) {
                        check_item(&definition, item)?;
                    }
                    if let Some(key) = write.pointer("/DeleteRequest/Key").and_then(Value::as_object) {
                        check_key(&definition, key)?;
                    }
                }
            }
            Ok(())
        }
        "Query" | "Scan" => {
            let text = |name: &str| body.get(name).and_then(Value::as_str);
            let consistent = body.get("ConsistentRead").and_then(Value::as_bool).unwrap_or(false);
            let global = text("IndexName").is_some_and(|index| {
                definition(text("TableName").unwrap_or_default())
                    .is_some_and(|definition| definition.has_global_index(index))
            });
            if consistent && global {
                return Err(validation("Consistent reads are not supported on global secondary indexes"));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn check_item(definition: &Definition, item: &Map<String, Value>) -> Result<(), ServiceError> {
    for (name, wanted) in definition.key_types() {
        let Some(value) = item.get(&name) else {
            return Err(validation(format!(
                "One or more parameter values were invalid: Missing the key {name} in the item"
            )));
        };
        let (given, empty) = kind(value);
        if given != wanted {
            return Err(validation(format!(
                "One or more parameter values were invalid: Type mismatch for key {name} expected: {wanted} actual: \
                 {given}"
            )));
        }
        if empty {
            return Err(empty_key(&name, &wanted));
        }
    }
    check_index_keys(definition, item)
}

/// An item that lacks a key of an index is not in it; one of another type can be neither in it nor out of it.
fn check_index_keys(definition: &Definition, item: &Map<String, Value>) -> Result<(), ServiceError> {
    let keys =
        |index| definition.index_key_types(index).into_iter().map(move |(name, kind)| (index, name, kind));
    for (index, name, wanted) in definition.index_names().flat_map(keys) {
        let Some(value) = item.get(&name) else { continue };
        let (given, empty) = kind(value);
        if given != wanted {
            return Err(validation(format!(
                "One or more parameter values were invalid: Type mismatch for Index Key {name} Expected: {wanted} Actual: \
                 {given} IndexName: {index}"
            )));
        }
        if empty {
            let kind = if wanted == "B" { "binary" } else { "string" };
            return Err(validation(format!(
                "One or more parameter values are not valid. A value specified for a secondary index key is not supported. \
                 The AttributeValue for a key attribute cannot contain an empty {kind} value. IndexName: {index}, \
                 IndexKey: {name}"
            )));
        }
    }
    Ok(())
}

fn check_key(definition: &Definition, key: &Map<String, Value>) -> Result<(), ServiceError> {
    let wanted = definition.key_types();
    let fits = wanted.len() == key.len()
        && wanted.iter().all(|(name, wanted)| key.get(name).is_some_and(|value| kind(value).0 == wanted));
    if !fits {
        return Err(validation("The provided key element does not match the schema"));
    }
    let empty = wanted.iter().find(|(name, _)| key.get(name).is_some_and(|value| kind(value).1));
    empty.map_or(Ok(()), |(name, wanted)| Err(empty_key(name, wanted)))
}

fn empty_key(name: &str, kind: &str) -> ServiceError {
    let kind = if kind == "B" { "binary" } else { "string" };
    validation(format!(
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty \
         {kind} value. Key: {name}"
    ))
}

/// The type letter of a value, and whether it is empty.
fn kind(value: &Value) -> (&str, bool) {
    let Some((kind, content)) = value.as_object().and_then(|members| members.iter().next()) else {
        return ("", false);
    };
    (kind, content.as_str().is_some_and(str::is_empty))
}
