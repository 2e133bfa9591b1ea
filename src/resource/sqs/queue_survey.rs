use std::collections::HashMap;

use aws_sdk_sqs::types::QueueAttributeName;
use serde_json::{Value, json};

use crate::aws::{Clients, Outcome};
use crate::resource::parallel::{READS, each};
use crate::resource::properties::{Shaped, parsed};
use crate::resource::schema::Schema;
use crate::resource::survey::{Survey, seen, tagged};

/// Reads the queues of account and region. How many messages stand in them is a probe's affair.
///
/// `attributes.Policy` is the queue's policy, or null where it has none.
pub(super) async fn survey(clients: &Clients, schema: &'static Schema) -> Survey {
    let mut survey = Survey::default();
    // Without a size there are no pages.
    let listed = clients.sqs.list_queues().max_results(1000).into_paginator().items().send();
    let listed = listed.collect::<Result<Vec<_>, _>>().await.during("sqs:ListQueues");
    let Some(urls) = survey.keep(schema.kind, listed) else { return survey };
    let parts = each(urls, READS, |url| {
        let clients = clients.clone();
        async move { queue(&clients, schema, &url).await }
    })
    .await;
    survey.absorb_all(parts);
    survey
}

async fn queue(clients: &Clients, schema: &Schema, url: &str) -> Survey {
    let mut survey = Survey::default();
    let name = url.rsplit('/').next().unwrap_or_default();
    let key = format!("{}/{name}", schema.kind);
    let read = clients.sqs.get_queue_attributes().queue_url(url).attribute_names(QueueAttributeName::All);
    let read = survey.keep(&key, read.send().await.during("sqs:GetQueueAttributes"));
    let Some(attributes) = read.map(|output| output.attributes.unwrap_or_default()) else { return survey };
    let tags = clients.sqs.list_queue_tags().queue_url(url).send().await.during("sqs:ListQueueTags");
    let tags = survey.keep(&key, tags).and_then(|output| output.tags).unwrap_or_default();

    let mut resource = seen(schema, name, url, shape(name, &attributes));
    resource.arn = attributes.get(&QueueAttributeName::QueueArn).cloned();
    let policy = attributes.get(&QueueAttributeName::Policy).filter(|text| !text.is_empty());
    resource.attributes = json!({ "QueueUrl": url, "Policy": policy.map(|text| parsed(text)) });
    survey.resources.push(tagged(resource, tags));
    survey
}

fn shape(name: &str, attributes: &HashMap<QueueAttributeName, String>) -> Value {
    let text = |name: QueueAttributeName| attributes.get(&name).filter(|text| !text.is_empty());
    let number = |name| text(name).and_then(|text| text.parse::<i64>().ok());
    let flag = |name| text(name).map(|text| text == "true");
    Shaped::new()
        .with("QueueName", name)
        .maybe("FifoQueue", flag(QueueAttributeName::FifoQueue))
        .maybe("ContentBasedDeduplication", flag(QueueAttributeName::ContentBasedDeduplication))
        .maybe("DeduplicationScope", text(QueueAttributeName::DeduplicationScope).cloned())
        .maybe("FifoThroughputLimit", text(QueueAttributeName::FifoThroughputLimit).cloned())
        .maybe("DelaySeconds", number(QueueAttributeName::DelaySeconds))
        .maybe("KmsMasterKeyId", text(QueueAttributeName::KmsMasterKeyId).cloned())
        .maybe("MaximumMessageSize", number(QueueAttributeName::MaximumMessageSize))
        .maybe("MessageRetentionPeriod", number(QueueAttributeName::MessageRetentionPeriod))
        .maybe("ReceiveMessageWaitTimeSeconds", number(QueueAttributeName::ReceiveMessageWaitTimeSeconds))
        .maybe("RedrivePolicy", text(QueueAttributeName::RedrivePolicy).map(|text| redrive(text)))
        .maybe("RedriveAllowPolicy", text(QueueAttributeName::RedriveAllowPolicy).map(|text| parsed(text)))
        .maybe("SqsManagedSseEnabled", flag(QueueAttributeName::SqsManagedSseEnabled))
        .maybe("VisibilityTimeout", number(QueueAttributeName::VisibilityTimeout))
        .done()
}

/// Reads a redrive policy. SQS keeps the count as it was written, as a number or as text.
fn redrive(text: &str) -> Value {
    let mut policy = parsed(text);
    if let Some(count) = policy["maxReceiveCount"].as_str().and_then(|count| count.parse::<i64>().ok()) {
        policy["maxReceiveCount"] = count.into();
    }
    policy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_become_properties_of_their_types() {
        let attributes = HashMap::from([
            (QueueAttributeName::VisibilityTimeout, "30".to_owned()),
            (QueueAttributeName::FifoQueue, "true".to_owned()),
            (QueueAttributeName::Policy, String::new()),
            (
                QueueAttributeName::RedrivePolicy,
                r#"{"deadLetterTargetArn":"arn:x","maxReceiveCount":"3"}"#.to_owned(),
            ),
        ]);
        let expected = json!({"QueueName": "jobs.fifo", "FifoQueue": true,
            "RedrivePolicy": {"deadLetterTargetArn": "arn:x", "maxReceiveCount": 3}, "VisibilityTimeout": 30});
        assert_eq!(shape("jobs.fifo", &attributes), expected);
    }
}
