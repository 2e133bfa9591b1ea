use serde_json::{Value, json};

use super::attribute::attributes;
use super::run::{Probe, Step};
use super::sought::{bound, internal, refused};
use crate::aws::Outcome as _;
use crate::challenge::Given;
use crate::evidence::Inspection;
use crate::text::fill_json;

/// Puts something in place with the grader's own rights.
pub(super) async fn put(probe: &mut Probe<'_>, inspection: &Inspection, given: &Given) -> Step<()> {
    let Given::Put { table, item } = given;
    let resource = bound(inspection, table, "AWS::DynamoDB::Table")?;
    let item = fill_json(item, &probe.variables).map_err(|error| internal(format!("`put`: {error}")))?;
    let Value::Object(members) = &item else {
        return Err(internal("an item is an object: names and values".to_owned()));
    };
    let call = probe.world.clients.dynamodb.put_item();
    let call = call.table_name(&resource.id).set_item(Some(attributes(members)));
    let result = call.send().await.during("dynamodb:PutItem");
    let received =
        result.as_ref().map_or_else(|failure| json!({ "error": failure.to_string() }), |_| json!({}));
    probe.recorder.note(&format!("dynamodb:PutItem {}", resource.id), &item, &received);
    result
        .map(|_| ())
        .map_err(|failure| refused(&failure, &format!("a table {table} that takes the item {item}")))
}
