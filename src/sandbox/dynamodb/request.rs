use serde_json::{Map, Value, json};

use super::access::table_name;
use super::expression;
use super::value::check_depth;
use crate::sandbox::ServiceError;

/// What a call of DynamoDB's says.
pub(super) type Body = Map<String, Value>;

/// Checks expressions and items, wherever the request holds them, before the store sees them.
pub(super) fn check(body: &Body) -> Result<(), ServiceError> {
    for member in expression::MEMBERS {
        if let Some(text) = body.get(member).and_then(Value::as_str) {
            expression::check(member, text)?;
        }
    }
    if let Some(item) = body.get("Item").and_then(Value::as_object) {
        check_depth(item)?;
    }
    if let Some(values) = body.get("ExpressionAttributeValues").and_then(Value::as_object) {
        check_depth(values)?;
    }
    let parts = body.get("TransactItems").and_then(Value::as_array).into_iter().flatten();
    let parts = parts.filter_map(Value::as_object).flat_map(Map::values);
    let tables = body.get("RequestItems").and_then(Value::as_object).into_iter().flat_map(Map::values);
    for part in parts.chain(tables).filter_map(Value::as_object) {
        check(part)?;
    }
    Ok(())
}

/// Tables may be given by their ARNs; the store knows names only.
pub(super) fn name_tables(body: &mut Body) {
    if let Some(Value::String(table)) = body.get_mut("TableName") {
        *table = table_name(table).to_owned();
    }
    for part in body.get_mut("TransactItems").and_then(Value::as_array_mut).into_iter().flatten() {
        for part in part.as_object_mut().into_iter().flat_map(Map::values_mut) {
            if let Some(Value::String(table)) = part.get_mut("TableName") {
                *table = table_name(table).to_owned();
            }
        }
    }
    if let Some(Value::Object(tables)) = body.get_mut("RequestItems") {
        *tables = std::mem::take(tables)
            .into_iter()
            .map(|(table, requests)| (table_name(&table).to_owned(), requests))
            .collect();
    }
}

/// A definition as the store gets it: with a stream of everything, whatever the table's own shows.
pub(super) fn for_store(request: &Body, tags: bool) -> Body {
    let mut request = request.clone();
    if !tags {
        request.remove("Tags");
    }
    let stream = json!({ "StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES" });
    request.insert("StreamSpecification".to_owned(), stream);
    request
}

/// Returns a member that is a text; an empty one where there is none.
pub(super) fn text(body: &Body, name: &str) -> String {
    body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Returns the members of an object.
pub(super) fn object(value: Value) -> Body {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
