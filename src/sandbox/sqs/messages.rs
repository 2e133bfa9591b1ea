use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::digest::{md5_hex, of_attributes};
use super::fault::{bad_receipt, invalid_value, missing};
use super::queue::{Message, Queue, parse_arn};
use super::queues::texts;
use super::service::{Desk, State};
use crate::sandbox::ServiceError;

/// How many messages of a standard queue may be with somebody at one time.
const MOST_TAKEN: usize = 120_000;

/// Puts a message into the queue; also one of a batch, whose members have the same names.
pub(super) fn send(
    queue: &mut Queue,
    body: &Map<String, Value>,
    sender: &str,
    id: &str,
    now: i64,
) -> Result<Value, ServiceError> {
    let text = body.get("MessageBody").and_then(Value::as_str).ok_or_else(|| missing("MessageBody"))?;
    if text.is_empty() {
        return Err(missing("MessageBody"));
    }
    let attributes = body.get("MessageAttributes").and_then(Value::as_object).cloned().unwrap_or_default();
    check_attributes(&attributes)?;
    let limit = queue.number("MaximumMessageSize");
    if i64::try_from(size(body)).unwrap_or(i64::MAX) > limit {
        return Err(invalid_value(format!(
            "One or more parameters are invalid. Reason: Message must be shorter than {limit} bytes."
        )));
    }
    if let Some(wrong) = text.chars().find(|character| {
        let code = u32::from(*character);
        !(matches!(code, 0x9 | 0xa | 0xd | 0x20..=0xd7ff | 0xe000..=0xfffd | 0x1_0000..=0x10_ffff))
    }) {
        return Err(ServiceError::new(
            400,
            "InvalidMessageContents",
            format!("Invalid binary character '#x{:X}' was found in the message body.", u32::from(wrong)),
        ));
    }
    let member = |name: &str| {
        body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let fifo = queue.is_fifo();
    let (group, mut deduplication) = (member("MessageGroupId"), member("MessageDeduplicationId"));
    let asked = body.get("DelaySeconds").filter(|value| !value.is_null());
    let delay = match asked {
        Some(_) if fifo => {
            return Err(invalid_value(format!("Value {} for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.", asked.unwrap_or(&Value::Null))));
        }
        Some(value) => value.as_i64().filter(|delay| (0..=900).contains(delay)).ok_or_else(|| {
            invalid_value(format!("Value {value} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900."))
        })?,
        None => queue.number("DelaySeconds"),
    };
    let digest = json!({ "MD5OfMessageBody": md5_hex(text.as_bytes()) });
    let answer = |id: &str, number: Option<u64>| {
        let mut answer = digest.clone();
        answer["MessageId"] = id.into();
        if let Some(digest) = of_attributes(&attributes) {
            answer["MD5OfMessageAttributes"] = digest.into();
        }
        if let Some(number) = number {
            answer["SequenceNumber"] = sequence(number).into();
        }
        answer
    };
    if fifo {
        if group.is_none() {
            return Err(missing("MessageGroupId"));
        }
        if deduplication.is_none() {
            if queue.facts.attributes.get("ContentBasedDeduplication").map(String::as_str) != Some("true") {
                return Err(invalid_value(
                    "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
                ));
            }
            deduplication = Some(hex::encode(Sha256::digest(text)));
        }
        let per_group =
            queue.facts.attributes.get("DeduplicationScope").map(String::as_str) == Some("messageGroup");
        let key = format!(
            "{}/{}",
            if per_group { group.as_deref().unwrap_or_default() } else { "" },
            deduplication.as_deref().unwrap_or_default()
        );
        // Within five minutes the same message again is taken and not delivered.
        if let Some((_, number, id)) = queue.deduplication.get(&key) {
            return Ok(answer(id, Some(*number)));
        }
        queue.deduplication.insert(key, (now, queue.facts.next, id.to_owned()));
    } else if deduplication.is_some() {
        return Err(invalid_value("The request include parameter that is not valid for this queue type"));
    }
    let trace =
        body.get("MessageSystemAttributes").and_then(|given| given.pointer("/AWSTraceHeader/StringValue"));
    let message = Message {
        id: id.to_owned(),
        body: text.to_owned(),
        attributes: attributes.clone(),
        trace: trace.and_then(Value::as_str).map(str::to_owned),
        sender: sender.to_owned(),
        sent: now,
        visible: now + delay * 1000,
        received: 0,
        first_received: None,
        receipt: None,
        group,
        deduplication,
        source: None,
    };
    let number = queue.facts.next;
    queue.facts.next += 1;
    queue.messages.insert(number, message);
    Ok(answer(id, fifo.then_some(number)))
}

/// The bytes that count: the body, and names, types and values of the attributes.
pub(super) fn size(body: &Map<String, Value>) -> usize {
    let text = body.get("MessageBody").and_then(Value::as_str).map_or(0, str::len);
    let attributes = body.get("MessageAttributes").and_then(Value::as_object).into_iter().flatten();
    let member =
        |attribute: &Value, name: &str| attribute.get(name).and_then(Value::as_str).map_or(0, str::len);
    text + attributes
        .map(|(name, value)| {
            name.len()
                + member(value, "DataType")
                + member(value, "StringValue")
                + member(value, "BinaryValue") * 3 / 4
        })
        .sum::<usize>()
}

fn check_attributes(attributes: &Map<String, Value>) -> Result<(), ServiceError> {
    if attributes.len() > 10 {
        return Err(invalid_value(format!(
            "Number of message attributes [{}] exceeds the allowed maximum [10].",
            attributes.len()
        )));
    }
    for (name, attribute) in attributes {
        let kind = attribute.get("DataType").and_then(Value::as_str).unwrap_or_default();
        if kind.is_empty() {
            return Err(invalid_value(format!(
                "The message attribute '{name}' must contain a non-empty message attribute type."
            )));
        }
        let member = match kind.split('.').next() {
            Some("String" | "Number") => "StringValue",
            Some("Binary") => "BinaryValue",
            _ => {
                return Err(invalid_value(format!(
                    "The type of message attribute '{name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String."
                )));
            }
        };
        if attribute.get(member).and_then(Value::as_str).is_none_or(str::is_empty) {
            return Err(invalid_value(format!(
                "The message attribute '{name}' must contain a non-empty message attribute value for message attribute type '{kind}'."
            )));
        }
    }
    Ok(())
}

/// As the API shows it: 20 digits that sort as the messages came.
pub(super) fn sequence(number: u64) -> String {
    format!("1{:019}", 1_884_949_646_046_769_612_u64.saturating_add(number.saturating_mul(256)))
}

/// What a call wants of the messages that it receives.
pub(super) struct Wish {
    pub(super) most: usize,
    /// Seconds.
    pub(super) visibility: Option<i64>,
    pub(super) system: Vec<String>,
    pub(super) attributes: Vec<String>,
}

impl Wish {
    pub(super) fn of(body: &Map<String, Value>) -> Result<Self, ServiceError> {
        let number = |name: &str, least: i64, most: i64| {
            match body.get(name).filter(|value| !value.is_null()) {
            None => Ok(None),
            Some(value) => value.as_i64().filter(|number| (least..=most).contains(number)).map(Some).ok_or_else(|| {
                invalid_value(format!("Value {value} for parameter {name} is invalid. Reason: Must be between {least} and {most}, if provided."))
            }),
        }
        };
        number("WaitTimeSeconds", 0, 20)?;
        let mut system = texts(body.get("AttributeNames"));
        system.extend(texts(body.get("MessageSystemAttributeNames")));
        Ok(Self {
            most: usize::try_from(number("MaxNumberOfMessages", 1, 10)?.unwrap_or(1)).unwrap_or(1),
            visibility: number("VisibilityTimeout", 0, 43_200)?,
            system,
            attributes: texts(body.get("MessageAttributeNames")),
        })
    }
}

/// Takes messages; those that were received too often go to the dead-letter queue instead.
pub(super) fn receive(
    state: &mut State,
    key: &super::service::Key,
    wish: &Wish,
    receipt: &dyn Fn() -> String,
    now: i64,
) -> Vec<Message> {
    let Some(queue) = state.queues.get_mut(key) else { return Vec::new() };
    queue.expire(now);
    let hold = wish.visibility.unwrap_or_else(|| queue.number("VisibilityTimeout")) * 1000;
    let redrive = queue.redrive();
    let own = queue.arn();
    let mut taken = Vec::new();
    let mut dead = Vec::new();
    if queue.counts(now).1 >= MOST_TAKEN {
        return taken;
    }
    // One that goes makes room for another.
    for number in queue.receivable(now, usize::MAX) {
        if taken.len() == wish.most {
            break;
        }
        let Some(message) = queue.messages.get_mut(&number) else { continue };
        if redrive.as_ref().is_some_and(|redrive| message.received >= redrive.most) {
            dead.extend(queue.messages.remove(&number));
            continue;
        }
        message.received += 1;
        message.first_received.get_or_insert(now);
        message.visible = now + hold;
        message.receipt = Some(receipt());
        taken.push(message.clone());
    }
    if let Some((scope, name)) = redrive.and_then(|redrive| parse_arn(&redrive.target)) {
        for message in dead {
            // Where the dead-letter queue is gone, so is the message, as on AWS.
            if let Some(target) = state.queues.get_mut(&(scope.clone(), name.clone())) {
                let number = target.facts.next;
                target.facts.next += 1;
                let moved = Message {
                    visible: now,
                    receipt: None,
                    received: 0,
                    first_received: None,
                    source: Some(own.clone()),
                    ..message
                };
                target.messages.insert(number, moved);
            }
        }
    }
    taken
}

/// Shows a message that was received.
pub(super) fn show(message: &Message, wish: &Wish) -> Value {
    let mut shown = json!({
        "MessageId": message.id,
        "ReceiptHandle": message.receipt,
        "MD5OfBody": md5_hex(message.body.as_bytes()),
        "Body": message.body,
    });
    let mut system = system_attributes(message);
    if !wish.system.iter().any(|name| name == "All") {
        system.retain(|name, _| wish.system.contains(name));
    }
    if !system.is_empty() {
        shown["Attributes"] = system.into();
    }
    let wanted = |name: &String| {
        wish.attributes.iter().any(|wanted| {
            wanted == "All"
                || wanted == ".*"
                || wanted == name
                || wanted.strip_suffix(".*").is_some_and(|prefix| name.starts_with(prefix))
        })
    };
    let attributes: Map<String, Value> = message
        .attributes
        .iter()
        .filter(|(name, _)| wanted(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if let Some(digest) = of_attributes(&attributes) {
        shown["MessageAttributes"] = attributes.into();
        shown["MD5OfMessageAttributes"] = digest.into();
    }
    shown
}

pub(super) fn system_attributes(message: &Message) -> Map<String, Value> {
    let mut system = Map::new();
    let mut set = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            system.insert(name.to_owned(), value.into());
        }
    };
    set("ApproximateReceiveCount", Some(message.received.to_string()));
    set("SentTimestamp", Some(message.sent.to_string()));
    set("SenderId", Some(message.sender.clone()));
    set("ApproximateFirstReceiveTimestamp", message.first_received.map(|time| time.to_string()));
    set("MessageGroupId", message.group.clone());
    set("MessageDeduplicationId", message.deduplication.clone());
    set("AWSTraceHeader", message.trace.clone());
    set("DeadLetterQueueSourceArn", message.source.clone());
    system
}

/// Finds a message by the handle of a receive, also of one that is not the last: those go on to be taken by standard queues.
fn by_receipt(queue: &Queue, handle: &str) -> Option<u64> {
    queue
        .messages
        .iter()
        .find(|(_, message)| message.receipt.as_deref() == Some(handle))
        .map(|(number, _)| *number)
}

pub(super) fn delete(queue: &mut Queue, body: &Map<String, Value>) -> Result<(), ServiceError> {
    let handle = handle(body)?;
    if let Some(number) = by_receipt(queue, handle) {
        queue.messages.remove(&number);
    }
    // A message that is gone, or was taken by another since, is no error.
    Ok(())
}

fn handle(body: &Map<String, Value>) -> Result<&str, ServiceError> {
    let handle = body.get("ReceiptHandle").and_then(Value::as_str).ok_or_else(|| missing("ReceiptHandle"))?;
    // Handles that the sandbox gave out have this beginning.
    if handle.starts_with("AQEB") { Ok(handle) } else { Err(bad_receipt(handle)) }
}

pub(super) fn change_visibility(
    queue: &mut Queue,
    body: &Map<String, Value>,
    now: i64,
) -> Result<(), ServiceError> {
    let handle = handle(body)?;
    let seconds =
        body.get("VisibilityTimeout").and_then(Value::as_i64).ok_or_else(|| missing("VisibilityTimeout"))?;
    if !(0..=43_200).contains(&seconds) {
        return Err(invalid_value(format!(
            "Value {seconds} for parameter VisibilityTimeout is invalid. Reason: VisibilityTimeout must be an integer between 0 and 43200"
        )));
    }
    let number = by_receipt(queue, handle);
    let message =
        number.and_then(|number| queue.messages.get_mut(&number)).filter(|message| message.visible > now);
    let message = message.ok_or_else(|| {
        ServiceError::new(400, "MessageNotInflight", "The message referred to is not in flight.")
    })?;
    message.visible = now + seconds * 1000;
    Ok(())
}

pub(super) fn send_one(desk: &mut Desk<'_>, body: &Map<String, Value>) -> Result<Value, ServiceError> {
    let (sender, id, now) = (desk.sender(), desk.random.uuid(), desk.now);
    let queue = desk.queue(body)?;
    queue.expire(now);
    send(queue, body, &sender, &id, now)
}
