use serde_json::{Value, json};

use super::permission::permit;
use super::queue::allow;
use super::source::Event;
use crate::template::sam::expansion::{Expansion, attribute, reference};
use crate::template::sam::function::Function;
use crate::template::sam::part::Built;

/// A topic that calls the function, or that fills a queue which Lambda polls.
pub(super) fn expand(expansion: &mut Expansion<'_>, function: &mut Function<'_>, event: &Event<'_>) {
    let properties = &event.properties;
    let of = "an event of type `SNS`";
    let same = ["FilterPolicy", "FilterPolicyScope", "RedrivePolicy", "Region"];
    let known: Vec<&str> = same.into_iter().chain(["SqsSubscription", "Topic"]).collect();
    expansion.known(properties, &known, of);
    let Some(topic) = expansion.need(properties, "Topic", of) else { return };
    let queue = properties.get("SqsSubscription").filter(|queue| queue.value != &Value::Bool(false));
    let mut made = Built::new();
    let Some(queue) = queue else {
        made.set("Endpoint", function.arn());
        made.set("Protocol", "lambda");
        made.take("TopicArn", Some(topic.clone()));
        made.take_all(properties, &same);
        expansion.put(&event.id, "AWS::SNS::Subscription", made, &event.inherited);
        permit(expansion, function, event, "", "sns.amazonaws.com", Some(topic.value.clone()));
        return;
    };
    let inherited = event.inherited.from(&queue.at);
    let own = queue.value.is_object();
    let (arn, url) = if own {
        let known = ["BatchSize", "Enabled", "QueueArn", "QueuePolicyLogicalId", "QueueUrl"];
        expansion.known(&queue, &known, "`SqsSubscription`");
        expansion.not_carried_out(&queue, &["QueuePolicyLogicalId"], "`SqsSubscription`");
        let arn = expansion.need(&queue, "QueueArn", "`SqsSubscription`");
        let url = expansion.need(&queue, "QueueUrl", "`SqsSubscription`");
        let (Some(arn), Some(url)) = (arn, url) else { return };
        (arn.value.clone(), url.value.clone())
    } else {
        let id = format!("{}Queue", event.id);
        expansion.put(&id, "AWS::SQS::Queue", Built::new(), &inherited);
        (attribute(&id, "Arn"), reference(&id))
    };
    allow(expansion, event, &json!("*"), (&arn, &url), topic.value);
    made.set("Endpoint", arn.clone());
    made.set("Protocol", "sqs");
    made.take("TopicArn", Some(topic));
    made.take_all(properties, &same);
    expansion.put(&event.id, "AWS::SNS::Subscription", made, &event.inherited);
    let mut mapping = Built::new().with("EventSourceArn", arn).with("FunctionName", function.name());
    match queue.get("BatchSize") {
        Some(size) => mapping.take("BatchSize", Some(size)),
        None => mapping.set("BatchSize", 10),
    }
    mapping.set("Enabled", true);
    let id = format!("{}EventSourceMapping", event.id);
    expansion.put(&id, "AWS::Lambda::EventSourceMapping", mapping, &inherited);
    function.event_managed.push("service-role/AWSLambdaSQSQueueExecutionRole");
}
