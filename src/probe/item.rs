use serde_json::{Value, json};

use super::attribute::{attributes, plain_item};
use super::run::{Probe, Step};
use super::sought::{bound, internal, refused};
use crate::aws::Outcome as _;
use crate::evidence::{Binding, Inspection};
use crate::text::fill_json;

/// Returns `{found, item}`: what a table holds under a key, read consistently.
pub(super) async fn get(
    probe: &mut Probe<'_>,
    inspection: &Inspection,
    table: &Binding,
    key: &Value,
) -> Step<Value> {
    let resource = bound(inspection, table, "AWS::DynamoDB::Table")?;
    let key = fill_json(key, &probe.variables).map_err(|error| internal(format!("`item`: {error}")))?;
    let Value::Object(members) = &key else {
        return Err(internal("a key is an object: names and values".to_owned()));
    };
    let call = probe.world.clients.dynamodb.get_item();
    let call = call.table_name(&resource.id).set_key(Some(attributes(members))).consistent_read(true);
    let result = call.send().await.during("dynamodb:GetItem");
    let request = format!("dynamodb:GetItem {} {key}", resource.id);
    match result {
        Ok(answer) => {
            let item = answer.item().map_or(Value::Null, plain_item);
            let document = json!({ "found": answer.item().is_some(), "item": item });
            probe.recorder.note(&request, &Value::Null, &document);
            Ok(document)
        }
        Err(failure) => {
            probe.recorder.note(&request, &Value::Null, &json!({ "error": failure.to_string() }));
            Err(refused(&failure, &format!("a table {table} with the key {key}")))
        }
    }
}
