use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::fault::{invalid, missing};
use super::topic::Topic;
use crate::sandbox::query::Parameters;
use crate::sandbox::{Parcel, ServiceError};

/// Of message and attributes, in bytes. <https://docs.aws.amazon.com/general/latest/gr/sns.html>
pub(super) const LARGEST: usize = 262_144;
/// For how long a FIFO topic knows a deduplication id, in milliseconds.
const REMEMBERED: i64 = 300_000;

/// A message that somebody published.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Message {
    pub(super) id: String,
    pub(super) text: String,
    /// Other texts for endpoints of some protocols (`MessageStructure=json`).
    pub(super) by_protocol: Map<String, Value>,
    pub(super) subject: Option<String>,
    /// By name: `DataType`, and `StringValue` or `BinaryValue` (base64).
    pub(super) attributes: Map<String, Value>,
    pub(super) group: Option<String>,
    pub(super) deduplication: Option<String>,
    /// Of a FIFO topic.
    pub(super) sequence: Option<String>,
}

impl Message {
    /// Reads a message out of a call, or out of an entry of a batch.
    pub(super) fn read(parameters: &Parameters) -> Result<Self, ServiceError> {
        let own = |name: &str| parameters.get(name).map(str::to_owned);
        let mut message = Self {
            text: own("Message").ok_or_else(|| missing("message"))?,
            subject: own("Subject"),
            attributes: read_attributes(parameters)?,
            group: own("MessageGroupId"),
            deduplication: own("MessageDeduplicationId"),
            ..Self::default()
        };
        match parameters.get("MessageStructure") {
            None | Some("") => {}
            Some("json") => message.take_apart()?,
            Some(_) => return Err(invalid("MessageStructure")),
        }
        Ok(message)
    }

    /// A message that another service hands on.
    pub(super) fn of_parcel(parcel: Parcel) -> Self {
        Self {
            text: parcel.body,
            subject: parcel.subject,
            attributes: parcel.attributes,
            group: parcel.group,
            deduplication: parcel.deduplication,
            ..Self::default()
        }
    }

    fn take_apart(&mut self) -> Result<(), ServiceError> {
        let Ok(Value::Object(texts)) = serde_json::from_str(&self.text) else {
            return Err(invalid("Message Structure - JSON message body failed to parse"));
        };
        let Some(default) = texts.get("default").and_then(Value::as_str) else {
            return Err(invalid("Message Structure - No default entry in JSON message body"));
        };
        default.clone_into(&mut self.text);
        self.by_protocol = texts;
        Ok(())
    }

    /// What endpoints of a protocol get.
    pub(super) fn text_for(&self, protocol: &str) -> &str {
        self.by_protocol.get(protocol).and_then(Value::as_str).unwrap_or(&self.text)
    }

    pub(super) fn size(&self) -> usize {
        let texts: usize = self.by_protocol.values().filter_map(Value::as_str).map(str::len).sum();
        let member =
            |attribute: &Value, name: &str| attribute.get(name).and_then(Value::as_str).map_or(0, str::len);
        let attributes: usize = self
            .attributes
            .iter()
            .map(|(name, it)| {
                name.len()
                    + member(it, "DataType")
                    + member(it, "StringValue")
                    + member(it, "BinaryValue") * 3 / 4
            })
            .sum();
        texts.max(self.text.len()) + attributes
    }

    /// Checks the message against its topic.
    pub(super) fn check(&self, topic: &Topic) -> Result<(), ServiceError> {
        if self.text.is_empty() {
            return Err(invalid("Empty message"));
        }
        if self.size() > LARGEST {
            return Err(invalid("Message too long"));
        }
        // <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>: less than 100 characters, no control characters.
        let fits = |subject: &String| {
            (1..=100).contains(&subject.chars().count()) && !subject.chars().any(char::is_control)
        };
        if self.subject.as_ref().is_some_and(|subject| !fits(subject)) {
            return Err(invalid("Subject"));
        }
        if topic.is_fifo() {
            if self.group.is_none() {
                return Err(invalid("The MessageGroupId parameter is required for FIFO topics"));
            }
            let by_content =
                topic.attributes.get("ContentBasedDeduplication").is_some_and(|own| own == "true");
            if self.deduplication.is_none() && !by_content {
                return Err(invalid(
                    "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
                ));
            }
        } else if self.deduplication.is_some() {
            return Err(invalid(
                "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type",
            ));
        }
        Ok(())
    }

    /// Gives the message its id, and its number in a FIFO topic. Says whether it is a new one there.
    pub(super) fn enter(&mut self, topic: &mut Topic, id: String, now: i64) -> bool {
        self.id = id;
        if !topic.is_fifo() {
            return true;
        }
        topic.deduplication.retain(|_, (used, ..)| now - *used < REMEMBERED);
        let deduplication = self.deduplication.get_or_insert_with(|| hex::encode(Sha256::digest(&self.text)));
        let by_group = topic.attributes.get("FifoThroughputScope").is_some_and(|own| own == "MessageGroup");
        let group = self.group.as_deref().filter(|_| by_group).unwrap_or_default();
        let key = format!("{group}/{deduplication}");
        if let Some((_, id, number)) = topic.deduplication.get(&key) {
            self.id.clone_from(id);
            self.sequence = Some(sequence(*number));
            return false;
        }
        topic.next += 1;
        topic.deduplication.insert(key, (now, self.id.clone(), topic.next));
        self.sequence = Some(sequence(topic.next));
        true
    }

    /// What a call's answer says of it.
    pub(super) fn answer(&self) -> Value {
        json!({ "MessageId": self.id, "SequenceNumber": self.sequence })
    }
}

/// As the API shows it: 20 digits that sort as the messages came.
fn sequence(number: u64) -> String {
    format!("1{:019}", number.saturating_mul(1000))
}

fn read_attributes(parameters: &Parameters) -> Result<Map<String, Value>, ServiceError> {
    let refuse = |message: String| Err(ServiceError::new(400, "ParameterValueInvalid", message));
    let mut attributes = Map::new();
    for entry in parameters.structures_at("MessageAttributes.entry.") {
        let name = entry.get("Name").unwrap_or_default();
        let kind = entry.get("Value.DataType").unwrap_or_default();
        if name.is_empty() || name.len() > 256 {
            return refuse("Length of message attribute name must be between 1 and 256 bytes.".to_owned());
        }
        if kind.is_empty() {
            return refuse(format!(
                "The message attribute '{name}' must contain non-empty message attribute type."
            ));
        }
        let member = match kind.split('.').next() {
            Some("String" | "Number") => "StringValue",
            Some("Binary") => "BinaryValue",
            _ => {
                return refuse(format!(
                    "The message attribute '{name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String."
                ));
            }
        };
        let value = entry.get(&format!("Value.{member}")).unwrap_or_default();
        if value.is_empty() {
            return refuse(format!(
                "The message attribute '{name}' must contain non-empty message attribute value for message attribute type '{kind}'."
            ));
        }
        if kind.starts_with("Number") && value.parse::<f64>().is_err() {
            return refuse(format!("Could not cast message attribute '{name}' value to number."));
        }
        let mut attribute = Map::new();
        attribute.insert("DataType".to_owned(), kind.into());
        attribute.insert(member.to_owned(), value.into());
        attributes.insert(name.to_owned(), attribute.into());
    }
    Ok(attributes)
}
