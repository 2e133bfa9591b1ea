use serde_json::{Map, Value};

use super::expression::partition_key_value;
use super::fault::validation;
use super::operation::{Entry, Needs};
use crate::policy::Context;
use crate::sandbox::{Access, AccountId, Scope, ServiceError};

/// Says what a request must be allowed to do. `partition_key` tells the name of a table's partition key, where the table
/// is there; it makes `dynamodb:LeadingKeys`.
pub(super) fn accesses(
    entry: Entry,
    body: &Map<String, Value>,
    scope: &Scope,
    partition_key: impl Fn(&str, Option<&str>) -> Option<String>,
) -> Result<Vec<Access>, ServiceError> {
    let action = format!("dynamodb:{}", entry.name);
    match entry.needs {
        Needs::Nothing => Ok(vec![Access::new(action, "*")]),
        Needs::AllTables => Ok(vec![Access::new(action, table_arn(scope, "*"))]),
        Needs::Arn => {
            let arn = text(body, "ResourceArn").ok_or_else(|| null("resourceArn"))?;
            if !arn.starts_with("arn:") || !arn.contains(":table/") {
                return Err(validation(format!(
                    "Invalid TableArn: Invalid ResourceArn provided as input {arn}"
                )));
            }
            Ok(vec![owned(Access::new(action, arn), scope)])
        }
        Needs::Table | Needs::Index => {
            let table = text(body, "TableName").ok_or_else(|| null("tableName"))?;
            let arn = table_arn(scope, table);
            let index = text(body, "IndexName").filter(|_| entry.needs == Needs::Index);
            let resource = index.map_or_else(|| arn.clone(), |index| format!("{arn}/index/{index}"));
            let keys = partition_key(table_name(table), index)
                .map(|key| leading_keys(body, &key))
                .unwrap_or_default();
            let mut access = owned(Access::new(action, resource), scope);
            access.context = item_context(body, keys);
            let mut needed = vec![access];
            let tags = body.get("Tags").and_then(Value::as_array).is_some_and(|tags| !tags.is_empty());
            if entry.name == "CreateTable" && tags {
                needed.push(owned(Access::new("dynamodb:TagResource", arn), scope));
            }
            Ok(needed)
        }
        Needs::EveryTable => {
            let tables =
                body.get("RequestItems").and_then(Value::as_object).ok_or_else(|| null("requestItems"))?;
            if tables.is_empty() {
                return Err(empty("requestItems", "{}"));
            }
            Ok(tables
                .iter()
                .map(|(table, requests)| {
                    let keys = partition_key(table_name(table), None)
                        .map(|key| batch_keys(requests, &key))
                        .unwrap_or_default();
                    let mut access = owned(Access::new(action.clone(), table_arn(scope, table)), scope);
                    access.context = with_leading_keys(Context::new(), keys);
                    access
                })
                .collect())
        }
        Needs::EveryItem => {
            let items =
                body.get("TransactItems").and_then(Value::as_array).ok_or_else(|| null("transactItems"))?;
            if items.is_empty() {
                return Err(empty("transactItems", "[]"));
            }
            let parts = items.iter().filter_map(Value::as_object).flat_map(Map::iter);
            Ok(parts
                .filter_map(|(kind, part)| {
                    let part = part.as_object()?;
                    let table = text(part, "TableName")?;
                    let action = match kind.as_str() {
                        "Get" => "dynamodb:GetItem",
                        "Put" => "dynamodb:PutItem",
                        "Update" => "dynamodb:UpdateItem",
                        "Delete" => "dynamodb:DeleteItem",
                        "ConditionCheck" => "dynamodb:ConditionCheckItem",
                        _ => return None,
                    };
                    let keys = partition_key(table_name(table), None)
                        .map(|key| leading_keys(part, &key))
                        .unwrap_or_default();
                    let mut access = owned(Access::new(action, table_arn(scope, table)), scope);
                    access.context = item_context(part, keys).with("dynamodb:EnclosingOperation", entry.name);
                    Some(access)
                })
                .collect())
        }
    }
}

/// Returns the name of a table that may be given by its ARN.
pub(super) fn table_name(name_or_arn: &str) -> &str {
    match name_or_arn.strip_prefix("arn:").and_then(|arn| arn.split_once(":table/")) {
        Some((_, name)) => name,
        None => name_or_arn,
    }
}

pub(super) fn table_arn(scope: &Scope, name_or_arn: &str) -> String {
    if name_or_arn.starts_with("arn:") {
        return name_or_arn.to_owned();
    }
    format!("arn:aws:dynamodb:{}:{}:table/{name_or_arn}", scope.region, scope.account)
}

/// Notes who owns the resource, where its ARN names another account.
fn owned(mut access: Access, scope: &Scope) -> Access {
    let account = access.resource.split(':').nth(4).and_then(AccountId::parse);
    access.owner = account.filter(|account| *account != scope.account);
    access
}

fn text<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    body.get(name).and_then(Value::as_str)
}

fn null(member: &str) -> ServiceError {
    validation(format!(
        "1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null"
    ))
}

fn empty(member: &str, value: &str) -> ServiceError {
    validation(format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: Member must have length \
         greater than or equal to 1"
    ))
}

/// The condition keys of an access to items.
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html>
fn item_context(body: &Map<String, Value>, keys: Vec<String>) -> Context {
    let mut context = with_leading_keys(Context::new(), keys);
    for (member, key) in [
        ("Select", "dynamodb:Select"),
        ("ReturnValues", "dynamodb:ReturnValues"),
        ("ReturnConsumedCapacity", "dynamodb:ReturnConsumedCapacity"),
    ] {
        if let Some(value) = text(body, member) {
            context = context.with(key, value);
        }
    }
    let item = body.get("Item").or_else(|| body.get("Key")).and_then(Value::as_object);
    if let Some(item) = item {
        context.set("dynamodb:Attributes", item.keys().cloned().collect());
    }
    context
}

fn with_leading_keys(mut context: Context, keys: Vec<String>) -> Context {
    if !keys.is_empty() {
        context.set("dynamodb:LeadingKeys", keys);
    }
    context
}

fn leading_keys(body: &Map<String, Value>, key: &str) -> Vec<String> {
    let item = body.get("Item").or_else(|| body.get("Key")).and_then(|item| item.get(key));
    item.and_then(scalar).or_else(|| scalar(&partition_key_value(body, key)?)).into_iter().collect()
}

fn batch_keys(requests: &Value, key: &str) -> Vec<String> {
    let reads = requests.get("Keys").and_then(Value::as_array).into_iter().flatten();
    let writes = requests.as_array().into_iter().flatten().filter_map(|write| {
        write.pointer("/PutRequest/Item").or_else(|| write.pointer("/DeleteRequest/Key"))
    });
    reads.chain(writes).filter_map(|item| scalar(item.get(key)?)).collect()
}

/// The text of a string, number or binary value.
fn scalar(value: &Value) -> Option<String> {
    let (_, text) = value.as_object()?.iter().next()?;
    text.as_str().map(str::to_owned)
}
