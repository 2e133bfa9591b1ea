use rustack_dynamodb_core::config::DynamoDBConfig;
use rustack_dynamodb_core::provider::RustackDynamoDB;
use serde_json::{Value, json};

use super::definition::Definition;
use super::engine;
use super::request::{Body, for_store, object, text};
use crate::sandbox::ServiceError;

/// Carries out a query of a global secondary index. The store has none: it looks through the table from its beginning, a megabyte of it,
/// at items too that lack a key of the index. So it is asked of a table that holds `members` alone, by their keys.
pub(super) fn query(
    provider: &RustackDynamoDB,
    definition: &Definition,
    members: Vec<Value>,
    body: &Body,
) -> Result<Value, ServiceError> {
    let table = text(body, "TableName");
    let aside = RustackDynamoDB::new(DynamoDBConfig::default());
    engine::run(&aside, "CreateTable", for_store(&definition.request, false))?;
    for key in members {
        let mut found = engine::run(provider, "GetItem", object(json!({ "TableName": table, "Key": key })))?;
        // One that is being deleted may be gone by now.
        if let Some(item) = found.get_mut("Item").map(Value::take).filter(|item| !item.is_null()) {
            engine::run(&aside, "PutItem", object(json!({ "TableName": table, "Item": item })))?;
        }
    }
    engine::run(&aside, "Query", body.clone())
}

/// The values that a query names. That of the partition key it asks for is one of them.
pub(super) fn values(body: &Body) -> Option<impl Iterator<Item = &Value>> {
    body.get("KeyConditionExpression")?.as_str()?;
    Some(body.get("ExpressionAttributeValues")?.as_object()?.values())
}
