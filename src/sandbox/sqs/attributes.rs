use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::fault::{invalid_attribute, invalid_attribute_value};
use super::queue::{FIFO, Queue, parse_arn};
use crate::policy::{Policy, PolicyKind};
use crate::sandbox::ServiceError;

/// Attributes that can be set: name, default, least and most where they are numbers.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html>
const SETTABLE: [(&str, &str, i64, i64); 7] = [
    ("DelaySeconds", "0", 0, 900),
    ("MaximumMessageSize", "1048576", 1024, 1_048_576),
    ("MessageRetentionPeriod", "345600", 60, 1_209_600),
    ("ReceiveMessageWaitTimeSeconds", "0", 0, 20),
    ("VisibilityTimeout", "30", 0, 43_200),
    ("KmsDataKeyReusePeriodSeconds", "300", 60, 86_400),
    ("SqsManagedSseEnabled", "true", 0, 0),
];

const TEXTS: [&str; 8] = [
    "Policy",
    "RedrivePolicy",
    "RedriveAllowPolicy",
    "KmsMasterKeyId",
    "FifoQueue",
    "ContentBasedDeduplication",
    "DeduplicationScope",
    "FifoThroughputLimit",
];

const COUNTED: [&str; 6] = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
    "CreatedTimestamp",
    "LastModifiedTimestamp",
    "QueueArn",
];

pub(super) fn default_of(name: &str) -> Option<&'static str> {
    SETTABLE.iter().find(|(known, ..)| *known == name).map(|(_, default, ..)| *default)
}

/// Reads and checks attributes that a request sets on a queue of this name.
pub(super) fn read(given: Option<&Value>, queue: &str) -> Result<BTreeMap<String, String>, ServiceError> {
    let mut read = BTreeMap::new();
    for (name, value) in given.and_then(Value::as_object).into_iter().flatten() {
        let text = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        check(name, &text, queue)?;
        read.insert(name.clone(), text);
    }
    Ok(read)
}

fn check(name: &str, text: &str, queue: &str) -> Result<(), ServiceError> {
    let wrong = || Err(invalid_attribute_value(name));
    let flag = |text: &str| matches!(text, "true" | "false");
    if let Some((_, _, least, most)) = SETTABLE.iter().find(|(known, ..)| *known == name) {
        let fits = match name {
            "SqsManagedSseEnabled" => flag(text),
            _ => text.parse().is_ok_and(|number: i64| (*least..=*most).contains(&number)),
        };
        return if fits { Ok(()) } else { wrong() };
    }
    let fifo = queue.ends_with(FIFO);
    match name {
        // An empty text takes it away.
        "Policy" | "RedrivePolicy" | "RedriveAllowPolicy" | "KmsMasterKeyId" if text.is_empty() => Ok(()),
        "Policy" => match Policy::parse(text, PolicyKind::Resource) {
            Ok(_) => Ok(()),
            Err(_) => wrong(),
        },
        "RedrivePolicy" => check_redrive(text, fifo),
        "RedriveAllowPolicy" => match serde_json::from_str::<Map<String, Value>>(text) {
            Ok(_) => Ok(()),
            Err(_) => wrong(),
        },
        "KmsMasterKeyId" => Err(ServiceError::not_covered("sqs", "encryption with KMS keys")),
        "FifoQueue" if text == "true" && fifo => Ok(()),
        // Also `false`: a standard queue is asked for by leaving it out.
        "FifoQueue" => Err(ServiceError::new(400, "InvalidAttributeName", "Unknown Attribute FifoQueue.")),
        "ContentBasedDeduplication" | "DeduplicationScope" | "FifoThroughputLimit" if !fifo => {
            Err(invalid_attribute(name))
        }
        "ContentBasedDeduplication" if flag(text) => Ok(()),
        "DeduplicationScope" if matches!(text, "queue" | "messageGroup") => Ok(()),
        "FifoThroughputLimit" if matches!(text, "perQueue" | "perMessageGroupId") => Ok(()),
        _ if TEXTS.contains(&name) => wrong(),
        _ => Err(invalid_attribute(name)),
    }
}

fn check_redrive(text: &str, fifo: bool) -> Result<(), ServiceError> {
    let wrong = |reason: String| {
        Err(ServiceError::new(
            400,
            "InvalidParameterValue",
            format!("Value {text} for parameter RedrivePolicy is invalid. Reason: {reason}"),
        ))
    };
    let Ok(read) = serde_json::from_str::<Map<String, Value>>(text) else {
        return wrong("Redrive policy is not a valid JSON map.".to_owned());
    };
    let Some(target) = read.get("deadLetterTargetArn").and_then(Value::as_str) else {
        return wrong("Redrive policy does not contain mandatory attribute: deadLetterTargetArn.".to_owned());
    };
    let most = match read.get("maxReceiveCount") {
        None => {
            return wrong("Redrive policy does not contain mandatory attribute: maxReceiveCount.".to_owned());
        }
        Some(Value::String(text)) => text.parse().ok(),
        Some(number) => number.as_i64(),
    };
    if most.is_none_or(|most| !(1..=1000).contains(&most)) {
        return wrong("Invalid value for maxReceiveCount: it must be an integer from 1 to 1000.".to_owned());
    }
    match parse_arn(target) {
        None => wrong("Invalid value for deadLetterTargetArn.".to_owned()),
        Some((_, name)) if name.ends_with(FIFO) != fifo => {
            wrong("Dead-letter queue must be same type of queue as the source.".to_owned())
        }
        Some(_) => Ok(()),
    }
}

/// Shows the attributes that a request asks for.
pub(super) fn show(queue: &Queue, wanted: &[String], now: i64) -> Result<Map<String, Value>, ServiceError> {
    let mut all = Map::new();
    let fifo = queue.is_fifo();
    for (name, default, ..) in SETTABLE {
        if name != "KmsDataKeyReusePeriodSeconds" {
            all.insert(name.to_owned(), default.into());
        }
    }
    if fifo {
        for (name, default) in [
            ("FifoQueue", "true"),
            ("ContentBasedDeduplication", "false"),
            ("DeduplicationScope", "queue"),
            ("FifoThroughputLimit", "perQueue"),
        ] {
            all.insert(name.to_owned(), default.into());
        }
    }
    for (name, value) in &queue.facts.attributes {
        if value.is_empty() {
            all.remove(name);
        } else {
            all.insert(name.clone(), value.clone().into());
        }
    }
    let (visible, taken, delayed) = queue.counts(now);
    for (name, value) in COUNTED.iter().zip([
        visible.to_string(),
        taken.to_string(),
        delayed.to_string(),
        (queue.facts.created / 1000).to_string(),
        (queue.facts.modified / 1000).to_string(),
        queue.arn(),
    ]) {
        all.insert((*name).to_owned(), value.into());
    }
    if wanted.iter().any(|name| name == "All") {
        return Ok(all);
    }
    for name in wanted {
        let known =
            TEXTS.contains(&name.as_str()) || COUNTED.contains(&name.as_str()) || default_of(name).is_some();
        if !known {
            return Err(invalid_attribute(name));
        }
    }
    all.retain(|name, _| wanted.contains(name));
    Ok(all)
}
