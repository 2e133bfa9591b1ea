use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::attributes::{check, show};
use super::fault::invalid;
use super::service::Desk;
use super::tags;
use super::topic::{FIFO, Topic, arn};
use crate::sandbox::ServiceError;

/// How many topics or subscriptions one answer has.
pub(super) const PAGE: usize = 100;

/// Makes a topic, or finds the one that is there with the same attributes and tags.
/// <https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html>
pub(super) fn create(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let name = desk.text("Name")?.to_owned();
    let mut attributes = desk.parameters.map("Attributes");
    let tags = tags::read(desk.parameters)?;
    let fifo = name.ends_with(FIFO);
    check_name(&name, attributes.get("FifoTopic").is_some_and(|fifo| fifo == "true"))?;
    for (attribute, value) in &attributes {
        check(attribute, value, fifo)?;
    }
    if !fifo {
        attributes.remove("FifoTopic");
    }
    let arn = arn(desk.scope, &name);
    if let Some(topic) = desk.state.topics.get(&arn) {
        let shown = show(topic, desk.state);
        if attributes.iter().any(|(attribute, value)| shown.get(attribute) != Some(value)) {
            return Err(invalid("Attributes Reason: Topic already exists with different attributes"));
        }
        if tags.iter().any(|(key, value)| topic.tags.get(key) != Some(value)) {
            return Err(invalid("Tags Reason: Topic already exists with different tags"));
        }
        return Ok(json!({ "TopicArn": arn }));
    }
    let mut topic = Topic {
        scope: desk.scope.clone(),
        name,
        attributes,
        tags,
        deleted: 0,
        next: 0,
        deduplication: HashMap::new(),
        policy: None,
    };
    topic.parse_policy();
    desk.state.topics.insert(arn.clone(), topic);
    Ok(json!({ "TopicArn": arn }))
}

fn check_name(name: &str, fifo: bool) -> Result<(), ServiceError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let stem = name.strip_suffix(FIFO);
    if fifo && stem.is_none() {
        return Err(invalid(
            "Fifo Topic names must end with .fifo and must be made up of only uppercase and lowercase ASCII letters, numbers, \
             underscores, and hyphens, and must be between 1 and 256 characters long.",
        ));
    }
    let bare = stem.filter(|_| fifo).unwrap_or(name);
    if (1..=256).contains(&name.len()) && !bare.is_empty() && bare.bytes().all(plain) {
        return Ok(());
    }
    Err(invalid("Topic Name"))
}

pub(super) fn delete(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let arn = desk.text("TopicArn")?.to_owned();
    desk.state.topics.remove(&arn);
    desk.state.subscriptions.retain(|_, subscription| subscription.topic != arn);
    Ok(Value::Null)
}

pub(super) fn list(desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let own = desk.state.topics.iter().filter(|(_, topic)| topic.scope == *desk.scope);
    let (topics, next) = page(own.map(|(arn, _)| arn.as_str()), desk)?;
    let topics: Vec<Value> = topics.into_iter().map(|arn| json!({ "TopicArn": arn })).collect();
    Ok(json!({ "Topics": topics, "NextToken": next }))
}

/// Cuts a page out of names in their order; a token is the last name of the page before, in hexadecimal.
pub(super) fn page<'a>(
    names: impl Iterator<Item = &'a str>,
    desk: &Desk<'_>,
) -> Result<(Vec<&'a str>, Option<String>), ServiceError> {
    let after = match desk.parameters.get("NextToken").filter(|token| !token.is_empty()) {
        None => String::new(),
        Some(token) => hex::decode(token)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or_else(|| invalid("NextToken"))?,
    };
    let mut rest = names.filter(|name| *name > after.as_str());
    let taken: Vec<&str> = rest.by_ref().take(PAGE).collect();
    let next = rest.next().and(taken.last()).map(hex::encode);
    Ok((taken, next))
}

pub(super) fn attributes(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let topic = desk.topic_at("TopicArn")?.clone();
    Ok(json!({ "Attributes": entries(show(&topic, desk.state)) }))
}

/// A map as the protocol writes it.
pub(super) fn entries(map: BTreeMap<String, String>) -> Value {
    let entries: Vec<Value> =
        map.into_iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
    json!({ "entry": entries })
}

pub(super) fn set_attribute(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let name = desk.text("AttributeName")?.to_owned();
    let value = desk.parameters.get("AttributeValue").unwrap_or_default().to_owned();
    let topic = desk.topic_at("TopicArn")?;
    if name == "FifoTopic" {
        return Err(invalid("AttributeName"));
    }
    if name != "Policy" || !value.is_empty() {
        check(&name, &value, topic.is_fifo()).map_err(|error| {
            if error.message.contains("Unknown attribute") { invalid("AttributeName") } else { error }
        })?;
    }
    if value.is_empty() && name != "DisplayName" {
        topic.attributes.remove(&name);
    } else {
        topic.attributes.insert(name, value);
    }
    topic.parse_policy();
    Ok(Value::Null)
}
