use std::collections::BTreeMap;

use aws_sdk_eventbridge::types::{DeadLetterConfig, Tag};

use super::{rule, rule_survey};
use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::pages::pages;
use crate::resource::properties::Properties;
use crate::resource::schema::{Property, Schema, Shape, TAGS};
use crate::resource::survey::Survey;
use crate::resource::tags::dropped;

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-events-eventbus.html>
pub(super) static SCHEMA: Schema = Schema {
    kind: "AWS::Events::EventBus",
    properties: &[
        Property::new("DeadLetterConfig", Shape::Object(&[Property::text("Arn")])),
        Property::text("Description"),
        Property::text("Name").required().create_only(),
        Property::new("Tags", TAGS),
    ],
    attributes: &["Arn", "Name"],
    name: None,
    part_of: None,
    taggable: true,
};

/// A bus of one's own: `Ref` returns its name.
#[derive(Debug)]
pub(crate) struct EventBus;

impl ResourceType for EventBus {
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
            let name = properties.need("Name")?;
            let call = clients.eventbridge.create_event_bus().name(&name);
            let call = call.set_description(properties.text("Description"));
            let call = call.set_dead_letter_config(dead_letters(properties));
            let call = call.set_tags(Some(sdk_tags(&wanted.tags)?));
            let output = call.send().await.during("events:CreateEventBus")?;
            Ok(Made::new(&name).with("Name", name.clone()).maybe("Arn", output.event_bus_arn()))
        })
    }

    fn update<'a>(
        &'a self,
        clients: &'a Clients,
        standing: &'a Standing,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Failure>> {
        Box::pin(async move {
            let after = wanted.properties();
            let none = DeadLetterConfig::builder().build();
            let call = clients.eventbridge.update_event_bus().name(&standing.made.id);
            let call = call.description(after.text("Description").unwrap_or_default());
            let call = call.dead_letter_config(dead_letters(after).unwrap_or(none));
            call.send().await.during("events:UpdateEventBus")?;
            let arn = standing.made.attributes.get("Arn").and_then(serde_json::Value::as_str);
            retag(clients, arn.unwrap_or_default(), &standing.tags, &wanted.tags).await?;
            Ok(standing.made.clone())
        })
    }

    /// A bus that has rules cannot be deleted: they go first, whoever made them.
    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            let bus = &standing.made.id;
            let listed = pages(async |token| {
                let call = clients.eventbridge.list_rules().event_bus_name(bus).set_next_token(token);
                let output = call.send().await.during("events:ListRules")?;
                Ok((output.rules, output.next_token))
            });
            for found in listed.await.found()?.unwrap_or_default() {
                rule::delete(clients, Some(bus), found.name().unwrap_or_default()).await?;
            }
            let call = clients.eventbridge.delete_event_bus().name(bus);
            call.send().await.during("events:DeleteEventBus").found().map(drop)
        })
    }

    fn survey<'a>(&'a self, clients: &'a Clients) -> Future<'a, Survey> {
        Box::pin(rule_survey::buses(clients))
    }
}

fn dead_letters(properties: Properties<'_>) -> Option<DeadLetterConfig> {
    let arn = properties.object("DeadLetterConfig")?.text("Arn");
    Some(DeadLetterConfig::builder().set_arn(arn).build())
}

pub(super) fn sdk_tags(tags: &BTreeMap<String, String>) -> Result<Vec<Tag>, Failure> {
    let tags = tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build());
    Ok(tags.collect::<Result<_, _>>()?)
}

pub(super) async fn retag(
    clients: &Clients,
    arn: &str,
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
) -> Result<(), Failure> {
    if before == after {
        return Ok(());
    }
    let call = clients.eventbridge.tag_resource().resource_arn(arn).set_tags(Some(sdk_tags(after)?));
    call.send().await.during("events:TagResource")?;
    let dropped = dropped(before, after);
    if !dropped.is_empty() {
        let call = clients.eventbridge.untag_resource().resource_arn(arn).set_tag_keys(Some(dropped));
        call.send().await.during("events:UntagResource")?;
    }
    Ok(())
}
