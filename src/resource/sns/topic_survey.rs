use std::collections::HashMap;

use serde_json::{Value, json};

use super::subscription;
use crate::aws::{Clients, Outcome};
use crate::resource::parallel::{READS, each};
use crate::resource::properties::{Shaped, parsed};
use crate::resource::schema::Schema;
use crate::resource::survey::{Survey, seen, tagged};

/// Reads the topics of account and region with their subscriptions.
///
/// `attributes.Policy` is a topic's policy; a subscription's `attributes.Pending` says that nobody has confirmed it yet.
pub(super) async fn survey(clients: &Clients, schema: &'static Schema) -> Survey {
    let mut survey = Survey::default();
    let listed = clients.sns.list_topics().into_paginator().items().send();
    let listed = listed.collect::<Result<Vec<_>, _>>().await.during("sns:ListTopics");
    let Some(topics) = survey.keep(schema.kind, listed) else { return survey };
    let arns = topics.into_iter().filter_map(|topic| topic.topic_arn).collect();
    let parts = each(arns, READS, |arn: String| {
        let clients = clients.clone();
        async move { topic(&clients, schema, &arn).await }
    })
    .await;
    survey.absorb_all(parts);
    survey
}

async fn topic(clients: &Clients, schema: &Schema, arn: &str) -> Survey {
    let mut survey = Survey::default();
    let name = arn.rsplit(':').next().unwrap_or_default();
    let key = format!("{}/{name}", schema.kind);
    let read = clients.sns.get_topic_attributes().topic_arn(arn).send().await;
    let read = survey.keep(&key, read.during("sns:GetTopicAttributes"));
    let Some(attributes) = read.map(|output| output.attributes.unwrap_or_default()) else { return survey };
    let tags = clients.sns.list_tags_for_resource().resource_arn(arn).send().await;
    let tags = survey.keep(&key, tags.during("sns:ListTagsForResource"));
    let tags = tags.and_then(|output| output.tags).unwrap_or_default();
    let text = |name: &str| attributes.get(name).map(String::as_str);
    let flag = |name: &str| text(name).map(|text| text == "true").filter(|flag| *flag);
    let properties = Shaped::new()
        .with("TopicName", name)
        .text("DisplayName", text("DisplayName"))
        .maybe("FifoTopic", flag("FifoTopic"))
        .maybe("ContentBasedDeduplication", flag("ContentBasedDeduplication"))
        .text("KmsMasterKeyId", text("KmsMasterKeyId"))
        .done();
    let mut resource = seen(schema, name, arn, properties);
    resource.arn = Some(arn.to_owned());
    resource.attributes = json!({ "Policy": text("Policy").map(parsed) });
    survey.resources.push(tagged(resource, tags.into_iter().map(|tag| (tag.key, tag.value))));

    let listed = clients.sns.list_subscriptions_by_topic().topic_arn(arn).into_paginator().items().send();
    let listed = listed.collect::<Result<Vec<_>, _>>().await.during("sns:ListSubscriptionsByTopic");
    let kind = subscription::SCHEMA.kind;
    for found in survey.keep(format!("{kind}/{name}"), listed).unwrap_or_default() {
        let own = found.subscription_arn().unwrap_or_default();
        let (protocol, endpoint) = (found.protocol().unwrap_or_default(), found.endpoint());
        let pending = !own.starts_with("arn:");
        let place = own.rsplit(':').next().unwrap_or_default();
        let place = if pending { endpoint.unwrap_or_default() } else { place };
        let place = format!("{name}/{place}");
        let attributes = if pending {
            HashMap::new()
        } else {
            let read = clients.sns.get_subscription_attributes().subscription_arn(own).send().await;
            let read = survey.keep(format!("{kind}/{place}"), read.during("sns:GetSubscriptionAttributes"));
            read.and_then(|output| output.attributes).unwrap_or_default()
        };
        let mut resource =
            seen(&subscription::SCHEMA, &place, own, shape(arn, protocol, endpoint, &attributes));
        resource.arn = (!pending).then(|| own.to_owned());
        resource.attributes = json!({ "Pending": pending });
        survey.resources.push(resource);
    }
    survey
}

fn shape(topic: &str, protocol: &str, endpoint: Option<&str>, attributes: &HashMap<String, String>) -> Value {
    let text = |name: &str| attributes.get(name).map(String::as_str).filter(|text| !text.is_empty());
    Shaped::new()
        .with("TopicArn", topic)
        .with("Protocol", protocol)
        .maybe("Endpoint", endpoint)
        .maybe("FilterPolicy", text("FilterPolicy").map(parsed))
        .maybe("FilterPolicyScope", text("FilterPolicyScope"))
        .maybe("RawMessageDelivery", text("RawMessageDelivery").map(|text| text == "true"))
        .maybe("RedrivePolicy", text("RedrivePolicy").map(parsed))
        .maybe("DeliveryPolicy", text("DeliveryPolicy").map(parsed))
        .done()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscriptions_attributes_become_properties_of_their_types() {
        let attributes = HashMap::from([
            ("RawMessageDelivery".to_owned(), "true".to_owned()),
            ("FilterPolicy".to_owned(), r#"{"kind":["order"]}"#.to_owned()),
            ("RedrivePolicy".to_owned(), String::new()),
        ]);
        let expected = json!({"TopicArn": "arn:t", "Protocol": "sqs", "Endpoint": "arn:q",
            "FilterPolicy": {"kind": ["order"]}, "RawMessageDelivery": true});
        assert_eq!(shape("arn:t", "sqs", Some("arn:q"), &attributes), expected);
    }
}
