use aws_sdk_eventbridge::types::{DeadLetterConfig, InputTransformer, RetryPolicy, SqsParameters, Target};
use serde_json::{Value, json};

use crate::aws::Failure;
use crate::resource::properties::{Properties, Shaped, sorted};
use crate::resource::schema::{Property, Shape, TEXT_MAP};

/// What a rule passes events on to, and as what.
pub(super) const TARGETS: Shape = Shape::List(&Shape::Object(&[
    Property::text("Arn").required(),
    Property::new("DeadLetterConfig", Shape::Object(&[Property::text("Arn")])),
    Property::text("Id").required(),
    Property::text("Input"),
    Property::text("InputPath"),
    Property::new(
        "InputTransformer",
        Shape::Object(&[
            Property::new("InputPathsMap", TEXT_MAP),
            Property::text("InputTemplate").required(),
        ]),
    ),
    Property::new(
        "RetryPolicy",
        Shape::Object(&[
            Property::new("MaximumEventAgeInSeconds", Shape::Integer),
            Property::new("MaximumRetryAttempts", Shape::Integer),
        ]),
    ),
    Property::text("RoleArn"),
    Property::new("SqsParameters", Shape::Object(&[Property::text("MessageGroupId").required()])),
]));

pub(super) fn targets(properties: Properties<'_>) -> Result<Vec<Target>, Failure> {
    properties.objects("Targets").into_iter().map(target).collect()
}

fn target(given: Properties<'_>) -> Result<Target, Failure> {
    let transformer = given.object("InputTransformer").map(|transformer| {
        InputTransformer::builder()
            .set_input_paths_map(transformer.text_map("InputPathsMap"))
            .set_input_template(transformer.text("InputTemplate"))
            .build()
    });
    let failures = given.object("DeadLetterConfig");
    let failures = failures.map(|failures| DeadLetterConfig::builder().set_arn(failures.text("Arn")).build());
    let again = given.object("RetryPolicy").map(|again| {
        RetryPolicy::builder()
            .set_maximum_event_age_in_seconds(again.integer("MaximumEventAgeInSeconds"))
            .set_maximum_retry_attempts(again.integer("MaximumRetryAttempts"))
            .build()
    });
    let queue = given.object("SqsParameters");
    let queue = queue
        .map(|queue| SqsParameters::builder().set_message_group_id(queue.text("MessageGroupId")).build());
    Ok(Target::builder()
        .id(given.need("Id")?)
        .arn(given.need("Arn")?)
        .set_role_arn(given.text("RoleArn"))
        .set_input(given.text("Input"))
        .set_input_path(given.text("InputPath"))
        .set_input_transformer(transformer.transpose()?)
        .set_dead_letter_config(failures)
        .set_retry_policy(again)
        .set_sqs_parameters(queue)
        .build()?)
}

pub(super) fn shape(target: &Target) -> Value {
    let transformer = target.input_transformer().map(|transformer| {
        Shaped::new()
            .filled("InputPathsMap", sorted(transformer.input_paths_map()))
            .with("InputTemplate", transformer.input_template())
            .done()
    });
    let again = target.retry_policy().map(|again| {
        Shaped::new()
            .maybe("MaximumEventAgeInSeconds", again.maximum_event_age_in_seconds())
            .maybe("MaximumRetryAttempts", again.maximum_retry_attempts())
            .done()
    });
    let failures = target.dead_letter_config().and_then(|failures| failures.arn());
    let group = target.sqs_parameters().and_then(|queue| queue.message_group_id());
    Shaped::new()
        .with("Id", target.id())
        .with("Arn", target.arn())
        .maybe("RoleArn", target.role_arn())
        .maybe("Input", target.input())
        .maybe("InputPath", target.input_path())
        .maybe("InputTransformer", transformer)
        .maybe("DeadLetterConfig", failures.map(|arn| json!({ "Arn": arn })))
        .maybe("RetryPolicy", again)
        .maybe("SqsParameters", group.map(|group| json!({ "MessageGroupId": group })))
        .done()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_read_back_as_it_is_written() {
        let given = json!({"Targets": [{"Id": "worker", "Arn": "arn:f", "InputPath": "$.detail",
            "DeadLetterConfig": {"Arn": "arn:q"}, "RetryPolicy": {"MaximumRetryAttempts": 3}},
            {"Id": "mail", "Arn": "arn:g", "InputTransformer": {"InputPathsMap": {"who": "$.detail.who"},
            "InputTemplate": "\"for <who>\""}}]});
        let targets = targets(Properties(&given)).unwrap();
        let read: Vec<Value> = targets.iter().map(shape).collect();
        assert_eq!(Value::from(read), given["Targets"]);
    }
}
