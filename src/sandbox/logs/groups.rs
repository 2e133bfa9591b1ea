use std::cmp::Reverse;

use serde_json::{Map, Value, json};

use super::access::group_arn;
use super::command::{DescribeGroups, DescribeStreams, GroupInput, KmsKey, Retention, group_of, invalid};
use super::page::page;
use super::store::{Group, Store};
use crate::sandbox::{Scope, ServiceError};

/// Days that a retention may have:
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>.
const RETENTIONS: [u32; 23] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
    0,
];

/// Letters, digits and `_-/.#`, 1 to 512 of them.
pub(super) fn check_group_name(name: &str) -> Result<(), ServiceError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-/.#".contains(&byte);
    if name.len() > 512 {
        return Err(invalid(format!(
            "1 validation error detected: Value '{name}' at 'logGroupName' failed to satisfy constraint: Member must have length less than or equal to 512"
        )));
    }
    if !name.is_empty() && name.bytes().all(plain) {
        return Ok(());
    }
    Err(invalid(format!(
        "1 validation error detected: Value '{name}' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+"
    )))
}

/// Anything but `:` and `*`, 1 to 512 characters.
pub(super) fn check_stream_name(name: &str) -> Result<(), ServiceError> {
    if (1..=512).contains(&name.chars().count()) && !name.contains([':', '*']) {
        return Ok(());
    }
    Err(invalid(format!(
        "1 validation error detected: Value '{name}' at 'logStreamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [^:*]*"
    )))
}

pub(super) fn create(
    store: &mut Store,
    scope: &Scope,
    input: GroupInput,
    now: i64,
) -> Result<Value, ServiceError> {
    check_group_name(&input.log_group_name)?;
    let classes = ["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"];
    if let Some(class) = input.log_group_class.as_deref().filter(|class| !classes.contains(class)) {
        return Err(invalid(format!(
            "1 validation error detected: Value '{class}' at 'logGroupClass' failed to satisfy constraint: Member must satisfy enum value set: [STANDARD, INFREQUENT_ACCESS, DELIVERY]"
        )));
    }
    store.create_group(scope, &input.log_group_name, input.tags, now)?;
    let group = store.group_mut(scope, &input.log_group_name)?;
    (group.kms_key, group.class) = (input.kms_key_id, input.log_group_class);
    Ok(json!({}))
}

pub(super) fn retain(store: &mut Store, scope: &Scope, input: &Retention) -> Result<Value, ServiceError> {
    let days = input.retention_in_days;
    if days == 0 || !RETENTIONS.contains(&days) {
        return Err(invalid(format!(
            "1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set"
        )));
    }
    store.group_mut(scope, &input.log_group_name)?.retention_days = Some(days);
    Ok(json!({}))
}

pub(super) fn describe(store: &Store, scope: &Scope, input: &DescribeGroups) -> Result<Value, ServiceError> {
    if input.log_group_name_prefix.is_some() && input.log_group_name_pattern.is_some() {
        return Err(invalid(
            "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
        ));
    }
    let prefix = input.log_group_name_prefix.as_deref().unwrap_or_default();
    let part = input.log_group_name_pattern.as_deref().unwrap_or_default().to_lowercase();
    let wanted = store
        .groups(scope)
        .filter(|(name, _)| name.starts_with(prefix) && name.to_lowercase().contains(&part));
    let cut = page(wanted, input.next_token.as_deref(), input.limit, 50)?;
    let shown: Vec<Value> = cut.items.into_iter().map(|(name, group)| show(scope, name, group)).collect();
    Ok(with_token(json!({ "logGroups": shown }), cut.next))
}

/// Notes the key of a group, or that it has none. There are no keys here, so nothing is encrypted by it.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_AssociateKmsKey.html>
pub(super) fn encrypt(
    store: &mut Store,
    scope: &Scope,
    input: KmsKey,
    on: bool,
) -> Result<Value, ServiceError> {
    let name = group_of(input.log_group_name.as_deref(), input.resource_identifier.as_deref())?;
    let key = input.kms_key_id.filter(|key| on && !key.is_empty());
    if on && key.is_none() {
        return Err(invalid(
            "1 validation error detected: Value null at 'kmsKeyId' failed to satisfy constraint: Member must not be null",
        ));
    }
    store.group_mut(scope, &name)?.kms_key = key;
    Ok(json!({}))
}

fn show(scope: &Scope, name: &str, group: &Group) -> Value {
    let arn = group_arn(scope, name);
    let mut shown = Map::new();
    shown.insert("logGroupName".to_owned(), name.into());
    shown.insert("creationTime".to_owned(), group.created.into());
    if let Some(days) = group.retention_days {
        shown.insert("retentionInDays".to_owned(), days.into());
    }
    shown.insert("metricFilterCount".to_owned(), group.metric_filters.len().into());
    shown.insert("arn".to_owned(), format!("{arn}:*").into());
    shown.insert("storedBytes".to_owned(), group.stored_bytes().into());
    if let Some(key) = &group.kms_key {
        shown.insert("kmsKeyId".to_owned(), key.clone().into());
    }
    shown.insert("logGroupClass".to_owned(), group.class.as_deref().unwrap_or("STANDARD").into());
    shown.insert("logGroupArn".to_owned(), arn.into());
    shown.into()
}

pub(super) fn describe_streams(
    store: &Store,
    scope: &Scope,
    input: &DescribeStreams,
) -> Result<Value, ServiceError> {
    let name = group_of(input.log_group_name.as_deref(), input.log_group_identifier.as_deref())?;
    let group = store.group(scope, &name)?;
    let by_time = match input.order_by.as_deref() {
        None | Some("LogStreamName") => false,
        Some("LastEventTime") if input.log_stream_name_prefix.is_some() => {
            return Err(invalid("Cannot order by LastEventTime with a logStreamNamePrefix."));
        }
        Some("LastEventTime") => true,
        Some(other) => {
            return Err(invalid(format!(
                "1 validation error detected: Value '{other}' at 'orderBy' failed to satisfy constraint: Member must satisfy enum value set: [LogStreamName, LastEventTime]"
            )));
        }
    };
    let prefix = input.log_stream_name_prefix.as_deref().unwrap_or_default();
    let mut wanted: Vec<_> = group.streams.iter().filter(|(name, _)| name.starts_with(prefix)).collect();
    match (by_time, input.descending) {
        (true, false) => wanted.sort_by_key(|(_, stream)| stream.last_event),
        (true, true) => wanted.sort_by_key(|(_, stream)| Reverse(stream.last_event)),
        (false, true) => wanted.reverse(),
        (false, false) => {}
    }
    let cut = page(wanted.into_iter(), input.next_token.as_deref(), input.limit, 50)?;
    let shown = cut.items.into_iter().map(|(stream_name, stream)| {
        let mut shown = json!({
            "logStreamName": stream_name,
            "creationTime": stream.created,
            "arn": format!("{}:log-stream:{stream_name}", group_arn(scope, &name)),
            "storedBytes": 0,
            "uploadSequenceToken": format!("{:056}", group.count),
        });
        let times = [
            ("firstEventTimestamp", stream.first_event),
            ("lastEventTimestamp", stream.last_event),
            ("lastIngestionTime", stream.last_ingestion),
        ];
        for (key, time) in times {
            if let Some(time) = time {
                shown[key] = time.into();
            }
        }
        shown
    });
    let shown: Vec<Value> = shown.collect();
    Ok(with_token(json!({ "logStreams": shown }), cut.next))
}

/// Adds a token to an answer that has more to come.
pub(super) fn with_token(mut answer: Value, next: Option<String>) -> Value {
    if let Some(next) = next {
        answer["nextToken"] = next.into();
    }
    answer
}
