use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::entity::Named;
use super::fault::{missing, validation};
use super::rules::find;
use super::service::Desk;
use crate::sandbox::ServiceError;

pub(super) fn read(given: Option<&Value>) -> Result<BTreeMap<String, String>, ServiceError> {
    let mut tags = BTreeMap::new();
    for tag in given.and_then(Value::as_array).into_iter().flatten() {
        let (Some(key), Some(value)) = (tag["Key"].as_str(), tag["Value"].as_str()) else {
            return Err(missing("tags.1.member.key"));
        };
        if tags.insert(key.to_owned(), value.to_owned()).is_some() {
            return Err(validation("Tag keys must be unique."));
        }
    }
    Ok(tags)
}

/// The tags of the rule or bus that a call names by its ARN.
fn tags_of<'a>(desk: &'a mut Desk<'_>) -> Result<&'a mut BTreeMap<String, String>, ServiceError> {
    let arn = desk.required("ResourceARN")?;
    let now = desk.now;
    match Named::of(&arn) {
        Some(Named::Bus(scope, bus)) => Ok(&mut desk.state.bus(&scope, &bus, now)?.tags),
        Some(Named::Rule(scope, bus, rule)) => Ok(&mut find(desk.state.bus(&scope, &bus, now)?, &rule)?.tags),
        None => Err(validation(format!(
            "Parameter {arn} is not valid. Reason: Provided Arn is not in correct format."
        ))),
    }
}

pub(super) fn tag(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let given = read(desk.body.get("Tags"))?;
    tags_of(desk)?.extend(given);
    Ok(json!({}))
}

pub(super) fn untag(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let keys = desk.body.get("TagKeys").and_then(Value::as_array).cloned().unwrap_or_default();
    tags_of(desk)?.retain(|key, _| !keys.iter().any(|gone| gone == key.as_str()));
    Ok(json!({}))
}

pub(super) fn list(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let tags: Vec<Value> =
        tags_of(desk)?.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
    Ok(json!({ "Tags": tags }))
}
