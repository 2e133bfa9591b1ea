use std::collections::HashMap;

use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::properties::Properties;
use crate::resource::schema::{Property, Schema, Shape};

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sns-subscription.html>
pub(super) static SCHEMA: Schema = Schema {
    kind: "AWS::SNS::Subscription",
    properties: &[
        Property::new("DeliveryPolicy", Shape::Document),
        Property::text("Endpoint").create_only(),
        Property::new("FilterPolicy", Shape::Document),
        Property::new("FilterPolicyScope", Shape::Choice(&["MessageAttributes", "MessageBody"])),
        Property::text("Protocol").required().create_only(),
        Property::new("RawMessageDelivery", Shape::Boolean),
        Property::new("RedrivePolicy", Shape::Document),
        Property::text("TopicArn").required().create_only(),
    ],
    attributes: &["Arn"],
    name: None,
    part_of: Some("TopicArn"),
    taggable: false,
};

/// What can be set, and what takes it away again
/// (<https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html>).
const SETTABLE: [(&str, &str); 5] = [
    ("DeliveryPolicy", ""),
    // Before the policy: what it is held against must be known first.
    ("FilterPolicyScope", "MessageAttributes"),
    ("FilterPolicy", "{}"),
    ("RawMessageDelivery", "false"),
    ("RedrivePolicy", ""),
];

/// Who gets what a topic puts out: `Ref` returns its ARN.
#[derive(Debug)]
pub(crate) struct Subscription;

impl ResourceType for Subscription {
    fn schema(&self) -> &'static Schema {
        &SCHEMA
    }

    fn create<'a>(
        &'a self,
        clients: &'a Clients,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Incomplete>> {
        Box::pin(async move {
            let properties = wanted.properties();
            let given = SETTABLE.iter();
            let given =
                given.filter_map(|(name, _)| Some(((*name).to_owned(), attribute(properties, name)?)));
            let attributes: HashMap<String, String> = given.collect();
            let output = clients
                .sns
                .subscribe()
                .topic_arn(properties.need("TopicArn")?)
                .protocol(properties.need("Protocol")?)
                .set_endpoint(properties.text("Endpoint"))
                .set_attributes((!attributes.is_empty()).then_some(attributes))
                .return_subscription_arn(true)
                .send()
                .await
                .during("sns:Subscribe")?;
            let arn = output.subscription_arn().unwrap_or_default();
            Ok(Made::new(arn).with("Arn", arn))
        })
    }

    fn update<'a>(
        &'a self,
        clients: &'a Clients,
        standing: &'a Standing,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Failure>> {
        Box::pin(async move {
            let (before, after) = (standing.properties(), wanted.properties());
            for (name, none) in SETTABLE {
                let (old, new) = (attribute(before, name), attribute(after, name));
                if old != new {
                    let call = clients.sns.set_subscription_attributes().attribute_name(name);
                    let call = call.subscription_arn(&standing.made.id);
                    let call = call.attribute_value(new.unwrap_or_else(|| none.to_owned()));
                    call.send().await.during("sns:SetSubscriptionAttributes")?;
                }
            }
            Ok(standing.made.clone())
        })
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            let call = clients.sns.unsubscribe().subscription_arn(&standing.made.id);
            call.send().await.during("sns:Unsubscribe").found().map(drop)
        })
    }
}

fn attribute(properties: Properties<'_>, name: &str) -> Option<String> {
    if name.ends_with("Policy") { properties.document(name) } else { properties.text(name) }
}
