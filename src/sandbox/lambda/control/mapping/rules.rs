use serde_json::{Map, Value, json};

use super::super::constraint::{invalid, missing, number, serialization, violated};
use crate::sandbox::lambda::entity::SourceKind;
use crate::sandbox::{EventPattern, ServiceError};

/// How the name of a first-in-first-out queue ends, in this case only.
const FIFO: &str = ".fifo";

/// Members that only streams have.
const OF_STREAMS: [&str; 7] = [
    "BisectBatchOnFunctionError",
    "DestinationConfig",
    "MaximumRecordAgeInSeconds",
    "MaximumRetryAttempts",
    "ParallelizationFactor",
    "StartingPosition",
    "TumblingWindowInSeconds",
];
/// Members of sources that the sandbox does not have.
const REFUSED: [&str; 9] = [
    "SelfManagedEventSource",
    "SourceAccessConfigurations",
    "Topics",
    "Queues",
    "AmazonManagedKafkaEventSourceConfig",
    "SelfManagedKafkaEventSourceConfig",
    "DocumentDBEventSourceConfig",
    "ProvisionedPollerConfig",
    "KMSKeyArn",
];

/// Says what kind of source an ARN names; a kind that the sandbox does not have is refused by its name.
pub(super) fn kind_of(arn: &str) -> Result<SourceKind, ServiceError> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    match parts[..] {
        ["arn", "aws", "sqs", _, _, queue] if queue.ends_with(FIFO) => Ok(SourceKind::FifoQueue),
        ["arn", "aws", "sqs", ..] if parts.len() == 6 => Ok(SourceKind::Queue),
        ["arn", "aws", "dynamodb", _, _, table] if table.contains("/stream/") => Ok(SourceKind::Stream),
        ["arn", "aws", service @ ("kinesis" | "kafka" | "mq" | "rds"), ..] => {
            Err(ServiceError::not_covered("lambda", &format!("event source mappings of {service}")))
        }
        ["arn", ..] if parts.len() == 6 => Err(invalid("Unrecognized event source.")),
        _ => Err(violated(
            arn,
            "eventSourceArn",
            r"satisfy regular expression pattern: arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)",
        )),
    }
}

/// What a new mapping has where its maker says nothing.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html>
pub(super) fn defaults(kind: SourceKind) -> Map<String, Value> {
    let value = if kind.is_queue() {
        json!({ "BatchSize": 10, "MaximumBatchingWindowInSeconds": 0, "FunctionResponseTypes": [] })
    } else {
        json!({
            "BatchSize": 100,
            "MaximumBatchingWindowInSeconds": 0,
            "ParallelizationFactor": 1,
            "DestinationConfig": { "OnFailure": {} },
            "MaximumRecordAgeInSeconds": -1,
            "MaximumRetryAttempts": -1,
            "BisectBatchOnFunctionError": false,
            "TumblingWindowInSeconds": 0,
            "FunctionResponseTypes": [],
        })
    };
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// Takes over what a request says, member by member.
pub(super) fn merge(
    settings: &mut Map<String, Value>,
    kind: SourceKind,
    body: &Map<String, Value>,
) -> Result<(), ServiceError> {
    let given = |key: &str| body.get(key).filter(|value| !value.is_null());
    for refused in REFUSED {
        if given(refused).is_some() {
            return Err(ServiceError::not_covered(
                "lambda",
                &format!("event source mappings with {refused}"),
            ));
        }
    }
    if kind.is_queue()
        && let Some(member) = OF_STREAMS.iter().find(|member| given(member).is_some())
    {
        return Err(invalid(if *member == "StartingPosition" {
            "StartingPosition is not valid for SQS event sources.".to_owned()
        } else {
            format!("Unsupported {member} parameter for given event source mapping type.")
        }));
    }
    for (key, member, least, most) in [
        ("BatchSize", "batchSize", 1, 10_000),
        ("MaximumBatchingWindowInSeconds", "maximumBatchingWindowInSeconds", 0, 300),
        ("ParallelizationFactor", "parallelizationFactor", 1, 10),
        ("TumblingWindowInSeconds", "tumblingWindowInSeconds", 0, 900),
    ] {
        if let Some(value) = given(key) {
            settings.insert(key.to_owned(), json!(number(value, member, least, most)?));
        }
    }
    for (key, member, most) in [
        ("MaximumRetryAttempts", "maximumRetryAttempts", 10_000),
        ("MaximumRecordAgeInSeconds", "maximumRecordAgeInSeconds", 604_800),
    ] {
        if let Some(value) = given(key) {
            // -1 is for ever.
            let kept =
                if value.as_i64() == Some(-1) { json!(-1) } else { json!(number(value, member, 0, most)?) };
            settings.insert(key.to_owned(), kept);
        }
    }
    if let Some(value) = given("MaximumRecordAgeInSeconds").and_then(Value::as_i64)
        && (0..60).contains(&value)
    {
        return Err(invalid(format!(
            "MaximumRecordAgeInSeconds must be -1 or between 60 and 604800, and not {value}"
        )));
    }
    if let Some(value) = given("BisectBatchOnFunctionError") {
        let bisect = value.as_bool().ok_or_else(|| serialization(value, "a boolean"))?;
        settings.insert("BisectBatchOnFunctionError".to_owned(), json!(bisect));
    }
    if let Some(value) = given("FunctionResponseTypes") {
        let list = value.as_array().ok_or_else(|| serialization(value, "a list"))?;
        if list.len() > 1 || list.iter().any(|kind| kind.as_str() != Some("ReportBatchItemFailures")) {
            return Err(violated(
                &value.to_string(),
                "functionResponseTypes",
                "satisfy constraint: [Member must satisfy enum value set: [ReportBatchItemFailures], Member must not be null]",
            ));
        }
        settings.insert("FunctionResponseTypes".to_owned(), value.clone());
    }
    if let Some(config) = given("DestinationConfig") {
        if config.get("OnSuccess").is_some_and(|success| !success.is_null() && *success != json!({})) {
            return Err(invalid(
                "Unsupported DestinationConfig parameter for given event source mapping type.",
            ));
        }
        let failure = config.get("OnFailure").cloned().unwrap_or_else(|| json!({}));
        settings.insert("DestinationConfig".to_owned(), json!({ "OnFailure": failure }));
    }
    if let Some(config) = given("ScalingConfig") {
        match config.get("MaximumConcurrency").filter(|value| !value.is_null()) {
            Some(value) => {
                let most = number(value, "scalingConfig.maximumConcurrency", 2, 1000)?;
                settings.insert("ScalingConfig".to_owned(), json!({ "MaximumConcurrency": most }));
            }
            None => drop(settings.remove("ScalingConfig")),
        }
    }
    if let Some(criteria) = given("FilterCriteria") {
        match filters(criteria)? {
            Some(filters) => drop(settings.insert("FilterCriteria".to_owned(), filters)),
            None => drop(settings.remove("FilterCriteria")),
        }
    }
    if kind == SourceKind::Stream && settings.get("StartingPosition").is_none() {
        let position = given("StartingPosition").ok_or_else(|| missing("startingPosition"))?;
        settings.insert("StartingPosition".to_owned(), json!(starting_position(position)?));
    }
    check_whole(settings, kind)
}

fn starting_position(value: &Value) -> Result<&str, ServiceError> {
    let position = value.as_str().ok_or_else(|| serialization(value, "a string"))?;
    match position {
        "TRIM_HORIZON" | "LATEST" => Ok(position),
        "AT_TIMESTAMP" => Err(invalid("Unsupported starting position for arn type: dynamodb")),
        other => Err(violated(
            other,
            "startingPosition",
            "satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]",
        )),
    }
}

/// Reads `FilterCriteria`; `None` where it holds no filter.
fn filters(criteria: &Value) -> Result<Option<Value>, ServiceError> {
    let Some(list) = criteria.get("Filters").filter(|filters| !filters.is_null()) else { return Ok(None) };
    let list = list.as_array().ok_or_else(|| serialization(list, "a list"))?;
    if list.len() > 5 {
        return Err(invalid("Number of filters cannot exceed 5."));
    }
    for filter in list {
        let pattern = filter.get("Pattern").and_then(Value::as_str).unwrap_or_default();
        if EventPattern::parse(pattern).is_err() {
            return Err(invalid("Invalid filter pattern definition."));
        }
    }
    Ok((!list.is_empty()).then(|| json!({ "Filters": list })))
}

fn check_whole(settings: &Map<String, Value>, kind: SourceKind) -> Result<(), ServiceError> {
    let read = |key: &str| settings.get(key).and_then(Value::as_i64).unwrap_or(0);
    let (size, window) = (read("BatchSize"), read("MaximumBatchingWindowInSeconds"));
    if kind == SourceKind::FifoQueue {
        if size > 10 {
            return Err(invalid(format!("BatchSize {size} exceeds the max of 10")));
        }
        if window > 0 {
            return Err(invalid("Batching window is not supported for FIFO queues"));
        }
    }
    if kind == SourceKind::Queue && size > 10 && window == 0 {
        return Err(invalid(
            "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(kind: SourceKind, body: &Value) -> Result<Map<String, Value>, ServiceError> {
        let mut settings = defaults(kind);
        merge(&mut settings, kind, body.as_object().unwrap())?;
        Ok(settings)
    }

    #[test]
    fn a_large_batch_of_a_queue_needs_a_window() {
        let error = merged(SourceKind::Queue, &json!({ "BatchSize": 11 })).unwrap_err();
        assert!(error.message.starts_with("Maximum batch window"), "{}", error.message);
        let both = json!({ "BatchSize": 11, "MaximumBatchingWindowInSeconds": 1 });
        assert_eq!(merged(SourceKind::Queue, &both).unwrap()["BatchSize"], 11);
        assert!(merged(SourceKind::FifoQueue, &both).is_err());
    }

    #[test]
    fn a_stream_needs_a_position_and_a_queue_takes_none() {
        assert!(merged(SourceKind::Stream, &json!({})).unwrap_err().message.contains("startingPosition"));
        let latest = json!({ "StartingPosition": "LATEST" });
        assert!(merged(SourceKind::Stream, &latest).is_ok());
        assert!(merged(SourceKind::Queue, &latest).is_err());
    }

    #[test]
    fn a_filter_must_be_a_pattern() {
        let with = |pattern: &str| json!({ "FilterCriteria": { "Filters": [{ "Pattern": pattern }] } });
        assert!(merged(SourceKind::Queue, &with(r#"{"body":{"a":["b"]}}"#)).is_ok());
        assert!(merged(SourceKind::Queue, &with(r#"{"body":"b"}"#)).is_err());
        let emptied = merged(SourceKind::Queue, &json!({ "FilterCriteria": {} })).unwrap();
        assert!(!emptied.contains_key("FilterCriteria"));
    }
}
