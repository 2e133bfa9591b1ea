use std::collections::BTreeSet;

use serde_json::json;

use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::properties::Properties;
use crate::resource::schema::{Property, Schema, Shape, TEXTS};

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sns-topicpolicy.html>
static SCHEMA: Schema = Schema {
    kind: "AWS::SNS::TopicPolicy",
    properties: &[
        Property::new("PolicyDocument", Shape::Document).required(),
        Property::new("Topics", TEXTS).required(),
    ],
    attributes: &["Id"],
    name: None,
    part_of: None,
    taggable: false,
};

/// What a topic's policy lets its owner do when nobody has given it one
/// (<https://docs.aws.amazon.com/sns/latest/api/API_AddPermission.html>).
const OWNERS: [&str; 8] = [
    "SNS:GetTopicAttributes",
    "SNS:SetTopicAttributes",
    "SNS:AddPermission",
    "SNS:RemovePermission",
    "SNS:DeleteTopic",
    "SNS:Subscribe",
    "SNS:ListSubscriptionsByTopic",
    "SNS:Publish",
];

/// Who may use some topics: `Ref` returns an id that is made up. It is read with its topics, as their `attributes.Policy`.
#[derive(Debug)]
pub(crate) struct TopicPolicy;

impl ResourceType for TopicPolicy {
    fn schema(&self) -> &'static Schema {
        &SCHEMA
    }

    fn create<'a>(
        &'a self,
        clients: &'a Clients,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Incomplete>> {
        Box::pin(async move {
            let made = Made::new(&wanted.name).with("Id", wanted.name.clone());
            put(clients, wanted.properties()).await.map_err(Incomplete::after(&made))?;
            Ok(made)
        })
    }

    fn update<'a>(
        &'a self,
        clients: &'a Clients,
        standing: &'a Standing,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Failure>> {
        Box::pin(async move {
            let after = topics(wanted.properties());
            for left in topics(standing.properties()).difference(&after) {
                set(clients, left, &owners(left)).await.found()?;
            }
            put(clients, wanted.properties()).await?;
            Ok(standing.made.clone())
        })
    }

    /// A topic is never without a policy: the one that it was made with comes back.
    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            for topic in topics(standing.properties()) {
                set(clients, &topic, &owners(&topic)).await.found()?;
            }
            Ok(())
        })
    }
}

fn topics(properties: Properties<'_>) -> BTreeSet<String> {
    properties.texts("Topics").into_iter().collect()
}

async fn put(clients: &Clients, properties: Properties<'_>) -> Result<(), Failure> {
    let policy = properties.document("PolicyDocument").unwrap_or_default();
    for topic in topics(properties) {
        set(clients, &topic, &policy).await?;
    }
    Ok(())
}

async fn set(clients: &Clients, topic: &str, policy: &str) -> Result<(), Failure> {
    let call = clients.sns.set_topic_attributes().topic_arn(topic).attribute_name("Policy");
    call.attribute_value(policy).send().await.during("sns:SetTopicAttributes").map(drop)
}

fn owners(topic: &str) -> String {
    let account = topic.split(':').nth(4).unwrap_or_default();
    json!({
        "Version": "2008-10-17",
        "Id": "__default_policy_ID",
        "Statement": [{
            "Sid": "__default_statement_ID",
            "Effect": "Allow",
            "Principal": { "AWS": "*" },
            "Action": OWNERS,
            "Resource": topic,
            "Condition": { "StringEquals": { "AWS:SourceOwner": account } },
        }],
    })
    .to_string()
}
