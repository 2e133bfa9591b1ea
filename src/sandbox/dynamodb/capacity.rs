use serde_json::{Map, Value, json};

/// Adds `ConsumedCapacity` to an answer, where the request asks for it.
///
/// The units follow the sizes of what was written or returned; what a filter left out is estimated from the share of
/// items that it kept. <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/capacity-unit-calculations.html>
pub(super) fn add(operation: &str, request: &Map<String, Value>, answer: &mut Value) {
    let wanted = request.get("ReturnConsumedCapacity").and_then(Value::as_str);
    let Some(detail @ ("TOTAL" | "INDEXES")) = wanted else { return };
    let show = |table: &str, units: f64| {
        let mut shown = Map::new();
        shown.insert("TableName".to_owned(), table.into());
        shown.insert("CapacityUnits".to_owned(), units.into());
        if detail == "INDEXES" {
            shown.insert("Table".to_owned(), json!({ "CapacityUnits": units }));
        }
        Value::Object(shown)
    };
    let consistent = request.get("ConsistentRead").and_then(Value::as_bool).unwrap_or(false);
    let read_rate = if consistent { 1.0 } else { 0.5 };
    let consumed = match operation {
        "PutItem" | "UpdateItem" | "DeleteItem" => {
            let Some(table) = request.get("TableName").and_then(Value::as_str) else { return };
            let written = request.get("Item").or_else(|| answer.get("Attributes")).map_or(0, size);
            show(table, units(written, 1024))
        }
        "GetItem" => {
            let Some(table) = request.get("TableName").and_then(Value::as_str) else { return };
            show(table, units(answer.get("Item").map_or(0, size), 4096) * read_rate)
        }
        "Query" | "Scan" => {
            let Some(table) = request.get("TableName").and_then(Value::as_str) else { return };
            show(table, units(scanned_size(answer), 4096) * read_rate)
        }
        "BatchGetItem" => {
            let tables = answer.get("Responses").and_then(Value::as_object).into_iter().flatten();
            tables.map(|(table, items)| show(table, per_item(items, 4096) * read_rate)).collect()
        }
        "BatchWriteItem" => {
            let tables = request.get("RequestItems").and_then(Value::as_object).into_iter().flatten();
            tables.map(|(table, items)| show(table, per_item(items, 1024))).collect()
        }
        _ => return,
    };
    if let Some(answer) = answer.as_object_mut() {
        answer.insert("ConsumedCapacity".to_owned(), consumed);
    }
}

/// At least one unit for what is looked at.
#[allow(clippy::cast_precision_loss)] // Sizes are below 16 MB.
fn units(size: usize, of: usize) -> f64 {
    size.div_ceil(of).max(1) as f64
}

fn per_item(items: &Value, of: usize) -> f64 {
    items.as_array().into_iter().flatten().map(|item| units(size(item), of)).sum()
}

fn scanned_size(answer: &Value) -> usize {
    let count = |name: &str| {
        answer.get(name).and_then(Value::as_u64).and_then(|count| usize::try_from(count).ok()).unwrap_or(0)
    };
    let returned: usize = answer.get("Items").and_then(Value::as_array).into_iter().flatten().map(size).sum();
    (returned * count("ScannedCount").max(1)).checked_div(count("Count")).unwrap_or(returned)
}

/// The size of an item as DynamoDB counts it, near enough: names and values in UTF-8.
fn size(item: &Value) -> usize {
    match item {
        Value::Object(members) => members.iter().map(|(name, value)| name.len() + size(value)).sum(),
        Value::Array(members) => members.iter().map(|value| 1 + size(value)).sum(),
        Value::String(text) => text.len(),
        _ => 1,
    }
}
