use aws_sdk_s3::types::{
    Event, EventBridgeConfiguration, FilterRule, FilterRuleName, LambdaFunctionConfiguration,
    NotificationConfiguration, NotificationConfigurationFilter, QueueConfiguration, S3KeyFilter,
    TopicConfiguration,
};
use serde_json::{Value, json};

use crate::aws::{Clients, Failure, Outcome, Patience, patiently};
use crate::resource::properties::{Properties, Shaped};
use crate::resource::schema::{Property, Shape};

const FILTER: Shape = Shape::Object(&[Property::new(
    "S3Key",
    Shape::Object(&[Property::new(
        "Rules",
        Shape::List(&Shape::Object(&[
            Property::new("Name", Shape::Choice(&["prefix", "suffix", "Prefix", "Suffix"])).required(),
            Property::text("Value").required(),
        ])),
    )
    .required()]),
)
.required()]);

/// What objects tell of, and to whom.
pub(super) const SHAPE: Shape = Shape::Object(&[
    Property::new(
        "EventBridgeConfiguration",
        Shape::Object(&[Property::new("EventBridgeEnabled", Shape::Boolean)]),
    ),
    Property::new(
        "LambdaConfigurations",
        Shape::List(&Shape::Object(&[
            Property::text("Event").required(),
            Property::new("Filter", FILTER),
            Property::text("Function").required(),
        ])),
    ),
    Property::new(
        "QueueConfigurations",
        Shape::List(&Shape::Object(&[
            Property::text("Event").required(),
            Property::new("Filter", FILTER),
            Property::text("Queue").required(),
        ])),
    ),
    Property::new(
        "TopicConfigurations",
        Shape::List(&Shape::Object(&[
            Property::text("Event").required(),
            Property::new("Filter", FILTER),
            Property::text("Topic").required(),
        ])),
    ),
]);

/// Sets whom a bucket tells of its objects. S3 tries each of them at once, and refuses one that it may not call.
pub(super) async fn put(clients: &Clients, bucket: &str, properties: Properties<'_>) -> Result<(), Failure> {
    let nothing = json!({});
    let given = properties.object("NotificationConfiguration").unwrap_or(Properties(&nothing));
    let bridge = given.object("EventBridgeConfiguration");
    let bridge = bridge.filter(|bridge| bridge.flag("EventBridgeEnabled").unwrap_or(true));
    let made = NotificationConfiguration::builder()
        .set_lambda_function_configurations(Some(functions(given)?))
        .set_queue_configurations(Some(queues(given)?))
        .set_topic_configurations(Some(topics(given)?))
        .set_event_bridge_configuration(bridge.map(|_| EventBridgeConfiguration::builder().build()))
        .build();
    let call = clients.s3.put_bucket_notification_configuration().bucket(bucket);
    let call = call.notification_configuration(made);
    // A policy that was just given may not be seen yet.
    let young = |failure: &Failure| clients.eventual() && failure.says("Unable to validate");
    patiently(Patience::SETTLING, young, || async {
        call.clone().send().await.during("s3:PutBucketNotificationConfiguration")
    })
    .await
    .map(drop)
}

fn functions(given: Properties<'_>) -> Result<Vec<LambdaFunctionConfiguration>, Failure> {
    let all = given.objects("LambdaConfigurations").into_iter().map(|each| {
        Ok(LambdaFunctionConfiguration::builder()
            .events(event(each)?)
            .set_filter(filter(each))
            .lambda_function_arn(each.need("Function")?)
            .build()?)
    });
    all.collect()
}

fn queues(given: Properties<'_>) -> Result<Vec<QueueConfiguration>, Failure> {
    let all = given.objects("QueueConfigurations").into_iter().map(|each| {
        Ok(QueueConfiguration::builder()
            .events(event(each)?)
            .set_filter(filter(each))
            .queue_arn(each.need("Queue")?)
            .build()?)
    });
    all.collect()
}

fn topics(given: Properties<'_>) -> Result<Vec<TopicConfiguration>, Failure> {
    let all = given.objects("TopicConfigurations").into_iter().map(|each| {
        Ok(TopicConfiguration::builder()
            .events(event(each)?)
            .set_filter(filter(each))
            .topic_arn(each.need("Topic")?)
            .build()?)
    });
    all.collect()
}

fn event(each: Properties<'_>) -> Result<Event, Failure> {
    Ok(Event::from(each.need("Event")?.as_str()))
}

fn filter(each: Properties<'_>) -> Option<NotificationConfigurationFilter> {
    let rules = each.object("Filter")?.object("S3Key")?.objects("Rules").into_iter().map(|rule| {
        let name = rule.text("Name").map(|name| FilterRuleName::from(name.to_lowercase().as_str()));
        FilterRule::builder().set_name(name).set_value(rule.text("Value")).build()
    });
    let key = S3KeyFilter::builder().set_filter_rules(Some(rules.collect())).build();
    Some(NotificationConfigurationFilter::builder().key(key).build())
}

/// Returns whom a bucket tells, in the shape of a template: one entry an event.
pub(super) fn shape(
    functions: &[LambdaFunctionConfiguration],
    queues: &[QueueConfiguration],
    topics: &[TopicConfiguration],
    bridge: bool,
) -> Value {
    let functions = functions
        .iter()
        .flat_map(|each| entries(each.events(), each.filter(), "Function", each.lambda_function_arn()));
    let queues =
        queues.iter().flat_map(|each| entries(each.events(), each.filter(), "Queue", each.queue_arn()));
    let topics =
        topics.iter().flat_map(|each| entries(each.events(), each.filter(), "Topic", each.topic_arn()));
    Shaped::new()
        .filled("LambdaConfigurations", functions.collect())
        .filled("QueueConfigurations", queues.collect())
        .filled("TopicConfigurations", topics.collect())
        .maybe("EventBridgeConfiguration", bridge.then(|| json!({ "EventBridgeEnabled": true })))
        .done()
}

fn entries(
    events: &[Event],
    filter: Option<&NotificationConfigurationFilter>,
    member: &str,
    arn: &str,
) -> Vec<Value> {
    let rules = filter.and_then(|filter| filter.key()).map(S3KeyFilter::filter_rules).unwrap_or_default();
    let rules: Vec<Value> = rules
        .iter()
        .map(|rule| {
            let name = rule.name().map(|name| name.as_str().to_lowercase());
            json!({ "Name": name, "Value": rule.value() })
        })
        .collect();
    let filter = if rules.is_empty() { Value::Null } else { json!({ "S3Key": { "Rules": rules } }) };
    let entry = |event: &Event| {
        Shaped::new().with("Event", event.as_str()).with(member, arn).filled("Filter", filter.clone()).done()
    };
    events.iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_one_entry_an_event() {
        let given = json!({"LambdaConfigurations": [{"Event": "s3:ObjectCreated:*", "Function": "arn:f",
            "Filter": {"S3Key": {"Rules": [{"Name": "Prefix", "Value": "in/"}]}}}],
            "QueueConfigurations": [{"Event": "s3:ObjectRemoved:*", "Queue": "arn:q"}]});
        let given = Properties(&given);
        let read = shape(&functions(given).unwrap(), &queues(given).unwrap(), &[], false);
        let expected = json!({"LambdaConfigurations": [{"Event": "s3:ObjectCreated:*", "Function": "arn:f",
            "Filter": {"S3Key": {"Rules": [{"Name": "prefix", "Value": "in/"}]}}}],
            "QueueConfigurations": [{"Event": "s3:ObjectRemoved:*", "Queue": "arn:q"}]});
        assert_eq!(read, expected);
    }
}
