use std::collections::HashMap;

use aws_sdk_sqs::types::QueueAttributeName;

use super::queue_survey::survey;
use crate::aws::{Clients, Failure, Found, Outcome, Patience, patiently};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::properties::Properties;
use crate::resource::schema::{Name, Property, Schema, Shape, TAGS};
use crate::resource::survey::Survey;
use crate::resource::tags::dropped;

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sqs-queue.html>
static SCHEMA: Schema = Schema {
    kind: "AWS::SQS::Queue",
    properties: &[
        Property::new("ContentBasedDeduplication", Shape::Boolean),
        Property::new("DeduplicationScope", Shape::Choice(&["messageGroup", "queue"])),
        Property::new("DelaySeconds", Shape::Integer),
        Property::new("FifoQueue", Shape::Boolean).create_only(),
        Property::new("FifoThroughputLimit", Shape::Choice(&["perQueue", "perMessageGroupId"])),
        Property::new("KmsDataKeyReusePeriodSeconds", Shape::Integer),
        Property::text("KmsMasterKeyId"),
        Property::new("MaximumMessageSize", Shape::Integer),
        Property::new("MessageRetentionPeriod", Shape::Integer),
        Property::text("QueueName").create_only(),
        Property::new("ReceiveMessageWaitTimeSeconds", Shape::Integer),
        Property::new("RedriveAllowPolicy", Shape::Document),
        Property::new("RedrivePolicy", Shape::Document),
        Property::new("SqsManagedSseEnabled", Shape::Boolean),
        Property::new("Tags", TAGS),
        Property::new("VisibilityTimeout", Shape::Integer),
    ],
    attributes: &["Arn", "QueueName", "QueueUrl"],
    // 80 characters, of which the ending of a FIFO queue's made-up name takes five.
    name: Some(Name { property: "QueueName", longest: 75 }),
    part_of: None,
    taggable: true,
};

/// What can be set, and what counts where it is not said
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html>).
const SETTABLE: [(&str, &str); 13] = [
    ("ContentBasedDeduplication", "false"),
    ("DeduplicationScope", "queue"),
    ("DelaySeconds", "0"),
    ("FifoThroughputLimit", "perQueue"),
    ("KmsDataKeyReusePeriodSeconds", "300"),
    ("KmsMasterKeyId", ""),
    ("MaximumMessageSize", "1048576"),
    ("MessageRetentionPeriod", "345600"),
    ("ReceiveMessageWaitTimeSeconds", "0"),
    ("RedriveAllowPolicy", ""),
    ("RedrivePolicy", ""),
    ("SqsManagedSseEnabled", "true"),
    ("VisibilityTimeout", "30"),
];

/// A queue: `Ref` returns its URL.
#[derive(Debug)]
pub(crate) struct Queue;

impl ResourceType for Queue {
    fn schema(&self) -> &'static Schema {
        &SCHEMA
    }

    fn create<'a>(
        &'a self,
        clients: &'a Clients,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Incomplete>> {
        Box::pin(create(clients, wanted))
    }

    fn update<'a>(
        &'a self,
        clients: &'a Clients,
        standing: &'a Standing,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Failure>> {
        Box::pin(update(clients, standing, wanted))
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            let call = clients.sqs.delete_queue().queue_url(&standing.made.id);
            call.send().await.during("sqs:DeleteQueue").found().map(drop)
        })
    }

    fn survey<'a>(&'a self, clients: &'a Clients) -> Future<'a, Survey> {
        Box::pin(survey(clients, &SCHEMA))
    }
}

async fn create(clients: &Clients, wanted: &Wanted) -> Result<Made, Incomplete> {
    let properties = wanted.properties();
    let name = name(wanted);
    let mut attributes: HashMap<QueueAttributeName, String> = SETTABLE
        .iter()
        .filter_map(|(attribute, _)| {
            Some((QueueAttributeName::from(*attribute), attribute_of(properties, attribute)?))
        })
        .collect();
    // `false` is told by leaving it out.
    if properties.flag("FifoQueue") == Some(true) {
        attributes.insert(QueueAttributeName::FifoQueue, "true".to_owned());
    }
    let call = clients
        .sqs
        .create_queue()
        .queue_name(&name)
        .set_attributes(Some(attributes))
        .set_tags(Some(wanted.tags.clone().into_iter().collect()));
    // A name is free again a minute after its queue was deleted.
    let patience = Patience { limit: std::time::Duration::from_mins(2), ..Patience::SETTLING };
    let recent = |failure: &Failure| clients.eventual() && failure.says("wait 60 seconds");
    let output =
        patiently(patience, recent, || async { call.clone().send().await.during("sqs:CreateQueue") });
    let output = output.await?;
    let url = output.queue_url().unwrap_or_default();
    let made = Made::new(url).with("QueueUrl", url).with("QueueName", name);
    let arn = arn(clients, url).await.map_err(Incomplete::after(&made))?;
    Ok(made.with("Arn", arn))
}

/// Returns the given name, or the made-up one with the ending that a FIFO queue's name must have.
fn name(wanted: &Wanted) -> String {
    let properties = wanted.properties();
    match properties.text("QueueName") {
        Some(name) => name,
        None if properties.flag("FifoQueue") == Some(true) => format!("{}.fifo", wanted.name),
        None => wanted.name.clone(),
    }
}

async fn arn(clients: &Clients, url: &str) -> Result<String, Failure> {
    let call = clients.sqs.get_queue_attributes().queue_url(url);
    let output = call.attribute_names(QueueAttributeName::QueueArn).send().await;
    let attributes = output.during("sqs:GetQueueAttributes")?.attributes.unwrap_or_default();
    Ok(attributes.get(&QueueAttributeName::QueueArn).cloned().unwrap_or_default())
}

async fn update(clients: &Clients, standing: &Standing, wanted: &Wanted) -> Result<Made, Failure> {
    let (before, after) = (standing.properties(), wanted.properties());
    let url = &standing.made.id;
    let mut changed = HashMap::new();
    for (attribute, default) in SETTABLE {
        let (old, new) = (attribute_of(before, attribute), attribute_of(after, attribute));
        if old != new {
            changed.insert(attribute.into(), new.unwrap_or_else(|| default.to_owned()));
        }
    }
    if !changed.is_empty() {
        let call = clients.sqs.set_queue_attributes().queue_url(url).set_attributes(Some(changed));
        call.send().await.during("sqs:SetQueueAttributes")?;
    }
    if standing.tags != wanted.tags {
        let call = clients.sqs.tag_queue().queue_url(url);
        let call = call.set_tags(Some(wanted.tags.clone().into_iter().collect()));
        call.send().await.during("sqs:TagQueue")?;
        let dropped = dropped(&standing.tags, &wanted.tags);
        if !dropped.is_empty() {
            let call = clients.sqs.untag_queue().queue_url(url).set_tag_keys(Some(dropped));
            call.send().await.during("sqs:UntagQueue")?;
        }
    }
    Ok(standing.made.clone())
}

fn attribute_of(properties: Properties<'_>, attribute: &str) -> Option<String> {
    if attribute.starts_with("Redrive") { properties.document(attribute) } else { properties.text(attribute) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use serde_json::{Value, json};

    use super::*;

    fn wanted(properties: Value) -> Wanted {
        let (logical_id, name) = ("Jobs".to_owned(), "shop-Jobs-1".to_owned());
        Wanted { logical_id, name, properties, tags: BTreeMap::new(), files: Arc::default() }
    }

    #[test]
    fn a_made_up_name_of_a_fifo_queue_has_its_ending() {
        assert_eq!(name(&wanted(json!({"FifoQueue": "true"}))), "shop-Jobs-1.fifo");
        assert_eq!(name(&wanted(json!({"FifoQueue": false}))), "shop-Jobs-1");
        assert_eq!(name(&wanted(json!({"FifoQueue": true, "QueueName": "a.fifo"}))), "a.fifo");
    }

    #[test]
    fn whatever_can_be_set_is_a_property() {
        for (attribute, _) in SETTABLE {
            assert!(SCHEMA.property(attribute).is_some(), "{attribute}");
        }
    }
}
