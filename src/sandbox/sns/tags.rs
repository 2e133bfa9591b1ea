use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::fault::invalid;
use super::service::Desk;
use crate::sandbox::ServiceError;
use crate::sandbox::query::Parameters;

/// The most tags that a topic may have. <https://docs.aws.amazon.com/sns/latest/dg/sns-tags.html>
const MOST: usize = 50;

pub(super) fn read(parameters: &Parameters) -> Result<BTreeMap<String, String>, ServiceError> {
    let mut tags = BTreeMap::new();
    for tag in parameters.structures("Tags") {
        let key = tag.get("Key").unwrap_or_default().to_owned();
        if key.starts_with("aws:") {
            return Err(invalid("Tags Reason: tag keys that start with aws: are reserved"));
        }
        if tags.insert(key, tag.get("Value").unwrap_or_default().to_owned()).is_some() {
            return Err(invalid("Tags Reason: Duplicated keys are not allowed."));
        }
    }
    check_count(&tags)?;
    Ok(tags)
}

fn check_count(tags: &BTreeMap<String, String>) -> Result<(), ServiceError> {
    if tags.len() > MOST {
        return Err(ServiceError::new(
            400,
            "TagLimitExceeded",
            "Could not complete request: tag quota of per resource exceeded",
        ));
    }
    Ok(())
}

pub(super) fn tag(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let given = read(desk.parameters)?;
    let topic = desk.topic_at("ResourceArn")?;
    let mut tags = topic.tags.clone();
    tags.extend(given);
    check_count(&tags)?;
    topic.tags = tags;
    Ok(json!({}))
}

pub(super) fn untag(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let keys = desk.parameters.list("TagKeys");
    desk.topic_at("ResourceArn")?.tags.retain(|key, _| !keys.contains(&key.as_str()));
    Ok(json!({}))
}

pub(super) fn list(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let tags = desk.topic_at("ResourceArn")?.tags.iter();
    let tags: Vec<Value> = tags.map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
    Ok(json!({ "Tags": tags }))
}
