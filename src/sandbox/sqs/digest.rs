use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use serde_json::{Map, Value};

pub(super) fn md5_hex(bytes: &[u8]) -> String {
    hex::encode(Md5::digest(bytes))
}

/// The digest of message attributes, by which SDKs check that they arrived whole: of each, in the order of the names, name, type,
/// one byte for the kind of value, value; all but the kind with their lengths before them.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html>
pub(super) fn of_attributes(attributes: &Map<String, Value>) -> Option<String> {
    if attributes.is_empty() {
        return None;
    }
    let mut names: Vec<&String> = attributes.keys().collect();
    names.sort();
    let mut bytes = Vec::new();
    for name in names {
        let member = |member: &str| attributes[name].get(member).and_then(Value::as_str);
        push(&mut bytes, name.as_bytes());
        push(&mut bytes, member("DataType").unwrap_or_default().as_bytes());
        if let Some(text) = member("StringValue") {
            bytes.push(1);
            push(&mut bytes, text.as_bytes());
        } else if let Some(base64) = member("BinaryValue") {
            bytes.push(2);
            push(&mut bytes, &STANDARD.decode(base64).unwrap_or_default());
        }
    }
    Some(md5_hex(&bytes))
}

fn push(bytes: &mut Vec<u8>, part: &[u8]) {
    bytes.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
    bytes.extend_from_slice(part);
}
