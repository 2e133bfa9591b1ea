use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_sns::types::Tag;

use super::topic_survey::survey;
use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::properties::Properties;
use crate::resource::schema::{Name, Property, Schema, Shape, TAGS};
use crate::resource::survey::Survey;
use crate::resource::tags::dropped;

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sns-topic.html>
static SCHEMA: Schema = Schema {
    kind: "AWS::SNS::Topic",
    properties: &[
        Property::new("ContentBasedDeduplication", Shape::Boolean),
        Property::text("DisplayName"),
        Property::new("FifoTopic", Shape::Boolean).create_only(),
        Property::text("KmsMasterKeyId"),
        Property::new(
            "Subscription",
            Shape::List(&Shape::Object(&[
                Property::text("Endpoint").required(),
                Property::text("Protocol").required(),
            ])),
        ),
        Property::new("Tags", TAGS),
        Property::text("TopicName").create_only(),
    ],
    attributes: &["TopicArn", "TopicName"],
    // 256 characters, of which the ending of a FIFO topic's made-up name takes five.
    name: Some(Name { property: "TopicName", longest: 251 }),
    part_of: None,
    taggable: true,
};

/// What can be set, and what counts where it is not said
/// (<https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html>).
const SETTABLE: [(&str, &str); 3] =
    [("ContentBasedDeduplication", "false"), ("DisplayName", ""), ("KmsMasterKeyId", "")];

/// A topic: `Ref` returns its ARN.
#[derive(Debug)]
pub(crate) struct Topic;

impl ResourceType for Topic {
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
            let call = clients.sns.delete_topic().topic_arn(&standing.made.id);
            call.send().await.during("sns:DeleteTopic").found().map(drop)
        })
    }

    fn survey<'a>(&'a self, clients: &'a Clients) -> Future<'a, Survey> {
        Box::pin(survey(clients, &SCHEMA))
    }
}

async fn create(clients: &Clients, wanted: &Wanted) -> Result<Made, Incomplete> {
    let properties = wanted.properties();
    let fifo = properties.flag("FifoTopic") == Some(true);
    let name = properties.text("TopicName");
    let name = name.unwrap_or_else(|| format!("{}{}", wanted.name, if fifo { ".fifo" } else { "" }));
    let given = SETTABLE.iter().filter_map(|(name, _)| Some(((*name).to_owned(), properties.text(name)?)));
    let mut attributes: HashMap<String, String> = given.collect();
    if fifo {
        attributes.insert("FifoTopic".to_owned(), "true".to_owned());
    }
    let output = clients
        .sns
        .create_topic()
        .name(&name)
        .set_attributes(Some(attributes))
        .set_tags(Some(sdk_tags(&wanted.tags)?))
        .send()
        .await
        .during("sns:CreateTopic")?;
    let arn = output.topic_arn().unwrap_or_default();
    let made = Made::new(arn).with("TopicArn", arn).with("TopicName", name);
    for (protocol, endpoint) in subscriptions(properties) {
        subscribe(clients, arn, &protocol, &endpoint).await.map_err(Incomplete::after(&made))?;
    }
    Ok(made)
}

async fn update(clients: &Clients, standing: &Standing, wanted: &Wanted) -> Result<Made, Failure> {
    let (before, after) = (standing.properties(), wanted.properties());
    let arn = &standing.made.id;
    for (name, default) in SETTABLE {
        let (old, new) = (before.text(name), after.text(name));
        if old != new {
            let call = clients.sns.set_topic_attributes().topic_arn(arn).attribute_name(name);
            let call = call.attribute_value(new.unwrap_or_else(|| default.to_owned()));
            call.send().await.during("sns:SetTopicAttributes")?;
        }
    }
    let (old, new) = (subscriptions(before), subscriptions(after));
    if old != new {
        let listed = clients.sns.list_subscriptions_by_topic().topic_arn(arn).into_paginator();
        let listed = listed.items().send().collect::<Result<Vec<_>, _>>().await;
        for found in listed.during("sns:ListSubscriptionsByTopic")? {
            let place = (found.protocol.unwrap_or_default(), found.endpoint.unwrap_or_default());
            let own = found.subscription_arn.filter(|arn| arn.starts_with("arn:"));
            if let Some(own) = own.filter(|_| old.contains(&place) && !new.contains(&place)) {
                let call = clients.sns.unsubscribe().subscription_arn(own);
                call.send().await.during("sns:Unsubscribe").found()?;
            }
        }
        for (protocol, endpoint) in new.difference(&old) {
            subscribe(clients, arn, protocol, endpoint).await?;
        }
    }
    if standing.tags != wanted.tags {
        let call = clients.sns.tag_resource().resource_arn(arn).set_tags(Some(sdk_tags(&wanted.tags)?));
        call.send().await.during("sns:TagResource")?;
        let dropped = dropped(&standing.tags, &wanted.tags);
        if !dropped.is_empty() {
            let call = clients.sns.untag_resource().resource_arn(arn).set_tag_keys(Some(dropped));
            call.send().await.during("sns:UntagResource")?;
        }
    }
    Ok(standing.made.clone())
}

/// Returns protocol and endpoint of each subscription that the topic brings itself.
fn subscriptions(properties: Properties<'_>) -> BTreeSet<(String, String)> {
    let given = properties.objects("Subscription").into_iter();
    given.filter_map(|each| Some((each.text("Protocol")?, each.text("Endpoint")?))).collect()
}

async fn subscribe(clients: &Clients, topic: &str, protocol: &str, endpoint: &str) -> Result<(), Failure> {
    let call = clients.sns.subscribe().topic_arn(topic).protocol(protocol).endpoint(endpoint);
    call.send().await.during("sns:Subscribe").map(drop)
}

fn sdk_tags(tags: &BTreeMap<String, String>) -> Result<Vec<Tag>, Failure> {
    let tags = tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build());
    Ok(tags.collect::<Result<_, _>>()?)
}
