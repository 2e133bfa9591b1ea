use rustack_dynamodb_core::config::DynamoDBConfig;
use rustack_dynamodb_core::provider::RustackDynamoDB;
use serde_json::{Value, json};

use super::contents::scan;
use super::definition::Definition;
use super::engine;
use super::request::{Body, for_store, object, text};
use crate::sandbox::ServiceError;

/// What the store looks at when it is asked for a global secondary index, in bytes of the table.
const SEEN: u64 = 1024 * 1024;

/// Carries out a query. Of a table that is longer than what the store looks at for an index, the items that the key condition means are
/// found first, page by page, and the query is asked of these alone.
pub(super) fn query(
    provider: &RustackDynamoDB,
    definition: Option<&Definition>,
    body: &Body,
) -> Result<Value, ServiceError> {
    let answer = engine::run(provider, "Query", body.clone())?;
    let global = |index: &str| definition.filter(|definition| definition.has_global_index(index));
    let definition = body.get("IndexName").and_then(Value::as_str).and_then(global);
    match (definition, body.get("KeyConditionExpression").and_then(Value::as_str)) {
        (Some(definition), Some(condition)) if size(provider, body)? > SEEN => {
            let aside = RustackDynamoDB::new(DynamoDBConfig::default());
            engine::run(&aside, "CreateTable", for_store(&definition.request, false))?;
            let table = text(body, "TableName");
            for item in scan(provider, meant(body, condition))? {
                engine::run(&aside, "PutItem", object(json!({ "TableName": table, "Item": item })))?;
            }
            engine::run(&aside, "Query", body.clone())
        }
        _ => Ok(answer),
    }
}

fn size(provider: &RustackDynamoDB, body: &Body) -> Result<u64, ServiceError> {
    let name = object(json!({ "TableName": text(body, "TableName") }));
    let described = engine::run(provider, "DescribeTable", name)?;
    Ok(described.pointer("/Table/TableSizeBytes").and_then(Value::as_u64).unwrap_or_default())
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
