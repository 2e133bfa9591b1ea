use rustack_dynamodb_core::config::DynamoDBConfig;
use rustack_dynamodb_core::provider::RustackDynamoDB;
use serde_json::{Value, json};

use super::contents::scan;
use super::definition::Definition;
use super::engine;
use super::members::holds;
use super::request::{Body, for_store, object, text};
use crate::sandbox::ServiceError;

/// What the store looks at when it is asked for a global secondary index, in bytes of the table.
const SEEN: u64 = 1024 * 1024;
/// Fewer items than these are put aside without asking how many there are.
const FEW: usize = 100;

/// Carries out a query of a global secondary index. The store has none: it looks through the table from its beginning, a megabyte of it,
/// at items too that lack a key of the index. So it is asked of a table that holds alone what is in the partition: `members`, by their keys.
pub(super) fn query(
    provider: &RustackDynamoDB,
    definition: &Definition,
    index: &str,
    members: Vec<Value>,
    body: &Body,
) -> Result<Value, ServiceError> {
    if is_for_store(provider, definition, members.len(), body)? {
        return engine::run(provider, "Query", body.clone());
    }
    let table = text(body, "TableName");
    let of_index = definition.index_key_types(index);
    let mut items = Vec::new();
    for key in members {
        let mut found = engine::run(provider, "GetItem", object(json!({ "TableName": table, "Key": key })))?;
        // One that was written meanwhile may be gone from the table, or from the index.
        items.extend(found.get_mut("Item").map(Value::take).filter(|item| holds(&of_index, item)));
    }
    let mut aside = holding(definition, items)?;
    if size(&aside, body)?.0 > SEEN {
        aside = holding(definition, scan(&aside, meant(body, &text(body, "KeyConditionExpression")))?)?;
    }
    engine::run(&aside, "Query", body.clone())
}

/// Whether the store itself answers as well: where it sees all of the table, and all of it is in the partition, or its order hangs on
/// binary keys, in which no two stores have the same.
fn is_for_store(
    provider: &RustackDynamoDB,
    definition: &Definition,
    members: usize,
    body: &Body,
) -> Result<bool, ServiceError> {
    let binary = definition.key_types().first().is_some_and(|(_, kind)| kind == "B");
    if !binary && members <= FEW {
        return Ok(false);
    }
    let (size, items) = size(provider, body)?;
    Ok(size <= SEEN && (binary || u64::try_from(members).is_ok_and(|members| members == items)))
}

/// Makes a store of the same table that holds these items alone.
fn holding(definition: &Definition, items: Vec<Value>) -> Result<RustackDynamoDB, ServiceError> {
    let store = RustackDynamoDB::new(DynamoDBConfig::default());
    engine::run(&store, "CreateTable", for_store(&definition.request, false))?;
    let table = text(&definition.request, "TableName");
    for item in items {
        engine::run(&store, "PutItem", object(json!({ "TableName": table, "Item": item })))?;
    }
    Ok(store)
}

/// The bytes and the items of the table that a query is for.
fn size(provider: &RustackDynamoDB, body: &Body) -> Result<(u64, u64), ServiceError> {
    let name = object(json!({ "TableName": text(body, "TableName") }));
    let described = engine::run(provider, "DescribeTable", name)?;
    let number =
        |name: &str| described.pointer(&format!("/Table/{name}")).and_then(Value::as_u64).unwrap_or_default();
    Ok((number("TableSizeBytes"), number("ItemCount")))
}

/// A scan for what a key condition means: what such a condition may say, a filter may say as well.
fn meant(body: &Body, condition: &str) -> Body {
    let word = |letter: char| !(letter.is_alphanumeric() || ['_', '#', ':'].contains(&letter));
    let used = |member: &str| -> Value {
        let named = body.get(member).and_then(Value::as_object).into_iter().flatten();
        named
            .filter(|(name, _)| condition.split(word).any(|part| part == *name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    };
    let mut request = object(json!({
        "TableName": text(body, "TableName"),
        "FilterExpression": condition,
    }));
    for member in ["ExpressionAttributeNames", "ExpressionAttributeValues"] {
        let used = used(member);
        if used.as_object().is_some_and(|used| !used.is_empty()) {
            request.insert(member.to_owned(), used);
        }
    }
    request
}
