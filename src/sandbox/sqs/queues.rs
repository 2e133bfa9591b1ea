use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::attributes;
use super::fault::{invalid_value, missing};
use super::queue::{FIFO, Facts, Queue, arn};
use super::service::Desk;
use crate::sandbox::{Scope, ServiceError};

pub(super) fn create(desk: &mut Desk<'_>, body: &Map<String, Value>) -> Result<Value, ServiceError> {
    let name = body.get("QueueName").and_then(Value::as_str).ok_or_else(|| missing("QueueName"))?;
    check_name(name)?;
    let given = body.get("Attributes");
    let attributes = attributes::read(given, name)?;
    if name.ends_with(FIFO) != attributes.contains_key("FifoQueue") {
        return Err(invalid_value(
            "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo \
             suffix and be 1 to 80 in length.",
        ));
    }
    let key = (desk.scope.clone(), name.to_owned());
    if let Some(queue) = desk.state.queues.get(&key) {
        let defaults = attributes::show(queue, &["All".to_owned()], desk.now)?;
        let other = attributes
            .iter()
            .find(|(name, value)| defaults.get(*name).and_then(Value::as_str) != Some(value));
        if let Some((name, _)) = other {
            return Err(ServiceError::new(
                400,
                "QueueNameExists",
                format!(
                    "A queue already exists with the same name and a different value for attribute {name}"
                ),
            ));
        }
        return Ok(json!({ "QueueUrl": desk.url(desk.scope, name) }));
    }
    let facts = Facts {
        scope: desk.scope.clone(),
        name: name.to_owned(),
        created: desk.now,
        modified: desk.now,
        attributes,
        tags: read_tags(body.get("tags")),
        next: 0,
    };
    desk.state.queues.insert(key, Queue::new(facts));
    Ok(json!({ "QueueUrl": desk.url(desk.scope, name) }))
}

fn check_name(name: &str) -> Result<(), ServiceError> {
    let stem = name.strip_suffix(".fifo").unwrap_or(name);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if (1..=80).contains(&name.len()) && !stem.is_empty() && stem.bytes().all(plain) {
        return Ok(());
    }
    Err(invalid_value("Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"))
}

pub(super) fn list(desk: &Desk<'_>, body: &Map<String, Value>) -> Result<Value, ServiceError> {
    let prefix = body.get("QueueNamePrefix").and_then(Value::as_str).unwrap_or_default();
    let most = match body.get("MaxResults").and_then(Value::as_u64) {
        None => 1000,
        Some(most @ 1..=1000) => usize::try_from(most).unwrap_or(1000),
        Some(most) => {
            return Err(invalid_value(format!(
                "Value {most} for parameter MaxResults is invalid. Reason: MaxResults must be an integer between 1 and 1000."
            )));
        }
    };
    let after = body.get("NextToken").and_then(Value::as_str).unwrap_or_default();
    let mut own = desk
        .state
        .queues
        .keys()
        .filter(|(scope, name)| scope == desk.scope && name.starts_with(prefix) && name.as_str() > after);
    let names: Vec<&String> = own.by_ref().take(most).map(|(_, name)| name).collect();
    let urls: Vec<String> = names.iter().map(|name| desk.url(desk.scope, name)).collect();
    let mut answer = if urls.is_empty() { json!({}) } else { json!({ "QueueUrls": urls }) };
    if own.next().is_some() && body.contains_key("MaxResults") {
        answer["NextToken"] = names.last().map(|name| name.as_str()).into();
    }
    Ok(answer)
}

pub(super) fn get_attributes(desk: &mut Desk<'_>, body: &Map<String, Value>) -> Result<Value, ServiceError> {
    let wanted = texts(body.get("AttributeNames"));
    let now = desk.now;
    let queue = desk.queue(body)?;
    queue.expire(now);
    let shown = attributes::show(queue, &wanted, now)?;
    Ok(if shown.is_empty() { json!({}) } else { json!({ "Attributes": shown }) })
}

pub(super) fn set_attributes(desk: &mut Desk<'_>, body: &Map<String, Value>) -> Result<Value, ServiceError> {
    let now = desk.now;
    let queue = desk.queue(body)?;
    let given = body.get("Attributes");
    if given.and_then(|given| given.get("FifoQueue")).is_some() {
        return Err(super::fault::invalid_attribute("FifoQueue"));
    }
    let read = attributes::read(given, &queue.facts.name.clone())?;
    queue.facts.attributes.extend(read);
    queue.facts.modified = now;
    queue.parse_policy();
    Ok(Value::Null)
}

pub(super) fn delete(desk: &mut Desk<'_>, body: &Map<String, Value>) -> Result<Value, ServiceError> {
    let key = desk.key(body)?;
    desk.state.queues.remove(&key);
    Ok(Value::Null)
}

pub(super) fn purge(desk: &mut Desk<'_>, body: &Map<String, Value>) -> Result<Value, ServiceError> {
    let now = desk.now;
    let queue = desk.queue(body)?;
    if now.saturating_sub(queue.purged) < 60_000 {
        return Err(ServiceError::new(
            403,
            "PurgeQueueInProgress",
            format!("Only one PurgeQueue operation on {} is allowed every 60 seconds.", queue.facts.name),
        ));
    }
    queue.purged = now;
    queue.messages.clear();
    Ok(Value::Null)
}

pub(super) fn sources(desk: &Desk<'_>, body: &Map<String, Value>) -> Result<Value, ServiceError> {
    let (scope, name) = desk.key(body)?;
    let target = arn(&scope, &name);
    let own = desk.state.queues.values().filter(|queue| queue.facts.scope == scope);
    let urls: Vec<String> = own
        .filter(|queue| queue.redrive().is_some_and(|redrive| redrive.target == target))
        .map(|queue| desk.url(&queue.facts.scope, &queue.facts.name))
        .collect();
    Ok(json!({ "queueUrls": urls }))
}

pub(super) fn tag(desk: &mut Desk<'_>, body: &Map<String, Value>) -> Result<Value, ServiceError> {
    let tags = read_tags(body.get("Tags"));
    desk.queue(body)?.facts.tags.extend(tags);
    Ok(Value::Null)
}

pub(super) fn untag(desk: &mut Desk<'_>, body: &Map<String, Value>) -> Result<Value, ServiceError> {
    let keys = texts(body.get("TagKeys"));
    desk.queue(body)?.facts.tags.retain(|key, _| !keys.contains(key));
    Ok(Value::Null)
}

pub(super) fn tags(desk: &mut Desk<'_>, body: &Map<String, Value>) -> Result<Value, ServiceError> {
    let tags = &desk.queue(body)?.facts.tags;
    Ok(if tags.is_empty() { json!({}) } else { json!({ "Tags": tags }) })
}

pub(super) fn url(desk: &Desk<'_>, body: &Map<String, Value>, owner: &Scope) -> Value {
    let name = body.get("QueueName").and_then(Value::as_str).unwrap_or_default();
    json!({ "QueueUrl": desk.url(owner, name) })
}

fn read_tags(given: Option<&Value>) -> BTreeMap<String, String> {
    let given = given.and_then(Value::as_object).into_iter().flatten();
    given.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}

pub(super) fn texts(given: Option<&Value>) -> Vec<String> {
    let given = given.and_then(Value::as_array).into_iter().flatten();
    given.filter_map(Value::as_str).map(str::to_owned).collect()
}
