use serde_json::{Value, json};

use super::source::Event;
use crate::template::sam::expansion::{Expansion, attribute, reference};
use crate::template::sam::part::{Built, Part};

/// Lets a service send to a queue on behalf of one source.
pub(super) fn allow(
    expansion: &mut Expansion<'_>,
    event: &Event<'_>,
    principal: &Value,
    queue: (&Value, &Value),
    source: &Value,
) {
    let (arn, url) = queue;
    let document = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Action": "sqs:SendMessage",
            "Effect": "Allow",
            "Principal": principal,
            "Resource": arn,
            "Condition": { "ArnEquals": { "aws:SourceArn": source } },
        }],
    });
    let made = Built::new().with("PolicyDocument", document).with("Queues", json!([url]));
    expansion.put(&format!("{}QueuePolicy", event.id), "AWS::SQS::QueuePolicy", made, &event.inherited);
}

/// Reads `DeadLetterConfig` of a rule, makes the queue where it asks for one, and returns what the target is to hold.
pub(in crate::template::sam) fn dead_letters(
    expansion: &mut Expansion<'_>,
    event: &Event<'_>,
    config: &Part<'_>,
) -> Option<Value> {
    expansion.known(config, &["Arn", "QueueLogicalId", "Type"], "`DeadLetterConfig`");
    match (config.get("Arn"), config.text("Type")) {
        (Some(arn), None) => Some(json!({ "Arn": arn.value })),
        (None, Some("SQS")) => {
            let id =
                config.text("QueueLogicalId").map_or_else(|| format!("{}Queue", event.id), str::to_owned);
            let inherited = event.inherited.from(&config.at);
            expansion.put(&id, "AWS::SQS::Queue", Built::new(), &inherited);
            let arn = attribute(&id, "Arn");
            let principal = json!({ "Service": "events.amazonaws.com" });
            allow(expansion, event, &principal, (&arn, &reference(&id)), &attribute(&event.id, "Arn"));
            Some(json!({ "Arn": arn }))
        }
        _ => {
            expansion.refuse(&config.at, "`DeadLetterConfig` holds either an `Arn` or the `Type` `SQS`");
            None
        }
    }
}
