use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::entity::parts_of;
use super::fault::{invalid_arn, missing, violated};
use super::service::Desk;
use crate::sandbox::ServiceError;

/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_TagResource.html>
const MOST: usize = 50;

pub(super) fn read(given: Option<&Value>) -> Result<BTreeMap<String, String>, ServiceError> {
    let mut tags = BTreeMap::new();
    for tag in given.and_then(Value::as_array).into_iter().flatten() {
        let key = tag.get("key").and_then(Value::as_str).ok_or_else(|| missing("tags.1.member.key"))?;
        let value = tag.get("value").and_then(Value::as_str).unwrap_or_default();
        // <https://docs.aws.amazon.com/step-functions/latest/apireference/API_Tag.html>
        for (name, text, most) in [("key", key, 128), ("value", value, 256)] {
            if text.chars().count() > most {
                let place = format!("tags.1.member.{name}");
                return Err(violated(text, &place, &format!("have length less than or equal to {most}")));
            }
        }
        tags.insert(key.to_owned(), value.to_owned());
    }
    if tags.len() > MOST { Err(too_many()) } else { Ok(tags) }
}

fn too_many() -> ServiceError {
    ServiceError::new(400, "TooManyTags", "Too Many Tags: 'Tags per resource limit of 50 exceeded'")
}

/// The tags of the machine that a call names by its ARN.
fn tags_of<'a>(desk: &'a mut Desk<'_>) -> Result<&'a mut BTreeMap<String, String>, ServiceError> {
    let arn = desk.required("resourceArn")?;
    parts_of(&arn).ok_or_else(|| invalid_arn(&arn))?;
    let machine = desk.state.machines.get_mut(&arn);
    let machine = machine
        .ok_or_else(|| ServiceError::new(400, "ResourceNotFound", format!("Resource not found: '{arn}'")))?;
    Ok(&mut machine.tags)
}

pub(super) fn tag(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let given = read(desk.body.get("tags"))?;
    let tags = tags_of(desk)?;
    let mut after = tags.clone();
    after.extend(given);
    if after.len() > MOST {
        return Err(too_many());
    }
    *tags = after;
    Ok(json!({}))
}

pub(super) fn untag(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let keys = desk.body.get("tagKeys").and_then(Value::as_array).ok_or_else(|| missing("tagKeys"))?.clone();
    tags_of(desk)?.retain(|key, _| !keys.iter().any(|gone| gone == key.as_str()));
    Ok(json!({}))
}

pub(super) fn list(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let tags: Vec<Value> =
        tags_of(desk)?.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
    Ok(json!({ "tags": tags }))
}
