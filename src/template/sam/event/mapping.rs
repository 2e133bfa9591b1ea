use serde_json::{Value, json};

use super::source::Event;
use crate::template::sam::expansion::Expansion;
use crate::template::sam::function::Function;
use crate::template::sam::part::Built;

/// Properties that a mapping has under the same name.
const SAME: [&str; 16] = [
    "BatchSize",
    "BisectBatchOnFunctionError",
    "Enabled",
    "FilterCriteria",
    "FunctionResponseTypes",
    "KmsKeyArn",
    "LoggingConfig",
    "MaximumBatchingWindowInSeconds",
    "MaximumRecordAgeInSeconds",
    "MaximumRetryAttempts",
    "MetricsConfig",
    "ParallelizationFactor",
    "ScalingConfig",
    "StartingPosition",
    "StartingPositionTimestamp",
    "TumblingWindowInSeconds",
];

/// A queue or a stream that Lambda polls.
pub(super) fn expand(
    expansion: &mut Expansion<'_>,
    function: &mut Function<'_>,
    event: &Event<'_>,
    kind: &str,
) {
    let properties = &event.properties;
    let (source, managed) = match kind {
        "SQS" => ("Queue", "service-role/AWSLambdaSQSQueueExecutionRole"),
        "DynamoDB" => ("Stream", "service-role/AWSLambdaDynamoDBExecutionRole"),
        _ => ("Stream", "service-role/AWSLambdaKinesisExecutionRole"),
    };
    let mut known: Vec<&str> = SAME.to_vec();
    known.extend([source, "DestinationConfig"]);
    let of = format!("an event of type `{kind}`");
    expansion.known(properties, &known, &of);
    function.event_managed.push(managed);
    let mut made = Built::new();
    if let Some(arn) = expansion.need(properties, source, &of) {
        made.take("EventSourceArn", Some(arn));
    }
    if kind != "SQS" {
        expansion.need(properties, "StartingPosition", &of);
    }
    made.set("FunctionName", function.name());
    made.take_all(properties, &SAME);
    if let Some(destinations) = properties.get("DestinationConfig") {
        let Some(failure) = expansion.need(&destinations, "OnFailure", "`DestinationConfig`") else { return };
        let Some(target) = expansion.need(&failure, "Destination", "`OnFailure`") else { return };
        let mut told = destinations.value.clone();
        if let Some(failure) = told.get_mut("OnFailure").and_then(Value::as_object_mut) {
            failure.shift_remove("Type");
        }
        let policy = match failure.text("Type") {
            Some("SQS") => Some(("SQS", "sqs:SendMessage")),
            Some("SNS") => Some(("SNS", "sns:publish")),
            Some("S3") => {
                expansion.refuse(&failure.at, "failed batches cannot go to S3 in a scenario");
                None
            }
            Some(_) => {
                expansion.refuse(&failure.at, "the `Type` of `OnFailure` is `SQS` or `SNS`");
                None
            }
            None => None,
        };
        if let Some((name, action)) = policy {
            let statement = json!({ "Action": action, "Effect": "Allow", "Resource": target.value });
            function.event_policies.push(json!({
                "PolicyName": format!("{}{name}Policy", event.id),
                "PolicyDocument": { "Statement": [statement] },
            }));
        }
        made.made_of("DestinationConfig", told, &destinations);
    }
    expansion.put(&event.id, "AWS::Lambda::EventSourceMapping", made, &event.inherited);
}
