use std::collections::BTreeSet;

use aws_sdk_eventbridge::types::RuleState;

use super::event_bus::{retag, sdk_tags};
use super::rule_survey;
use super::target::{TARGETS, targets};
use crate::aws::{Clients, ErrorClass, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::pages::pages;
use crate::resource::properties::Properties;
use crate::resource::schema::{Name, Property, Schema, Shape, TAGS};
use crate::resource::survey::Survey;

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-events-rule.html>
pub(super) static SCHEMA: Schema = Schema {
    kind: "AWS::Events::Rule",
    properties: &[
        Property::text("Description"),
        Property::text("EventBusName").create_only(),
        Property::new("EventPattern", Shape::Document),
        Property::text("Name").create_only(),
        Property::text("RoleArn"),
        Property::text("ScheduleExpression"),
        Property::new("State", Shape::Choice(&["ENABLED", "DISABLED"])),
        Property::new("Tags", TAGS),
        Property::new("Targets", TARGETS),
    ],
    attributes: &["Arn"],
    name: Some(Name { property: "Name", longest: 64 }),
    part_of: None,
    taggable: true,
};

/// A rule: `Ref` returns its name, behind that of its bus if it is not the default one.
#[derive(Debug)]
pub(crate) struct Rule;

impl ResourceType for Rule {
    fn schema(&self) -> &'static Schema {
        &SCHEMA
    }

    fn create<'a>(
        &'a self,
        clients: &'a Clients,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Incomplete>> {
        Box::pin(async move {
            let name = wanted.name_in("Name");
            let bus = wanted.properties().text("EventBusName");
            let arn = put(clients, &name, wanted, true).await?;
            let id = bus.as_ref().filter(|bus| *bus != "default").map(|bus| {
                let bus = bus.rsplit('/').next().unwrap_or_default();
                format!("{bus}|{name}")
            });
            let made = Made::new(id.unwrap_or_else(|| name.clone())).maybe("Arn", arn.as_deref());
            aim(clients, bus.as_deref(), &name, wanted.properties())
                .await
                .map_err(Incomplete::after(&made))?;
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
            let (before, after) = (standing.properties(), wanted.properties());
            let bus = after.text("EventBusName");
            let name = name_of(&standing.made);
            put(clients, name, wanted, false).await?;
            let ids = |properties: Properties<'_>| -> BTreeSet<String> {
                properties.objects("Targets").into_iter().filter_map(|target| target.text("Id")).collect()
            };
            let gone: Vec<String> = ids(before).difference(&ids(after)).cloned().collect();
            untarget(clients, bus.as_deref(), name, gone).await.found()?;
            aim(clients, bus.as_deref(), name, after).await?;
            let arn = standing.made.attributes.get("Arn").and_then(serde_json::Value::as_str);
            retag(clients, arn.unwrap_or_default(), &standing.tags, &wanted.tags).await?;
            Ok(standing.made.clone())
        })
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            let bus = standing.properties().text("EventBusName");
            delete(clients, bus.as_deref(), name_of(&standing.made)).await
        })
    }

    fn survey<'a>(&'a self, clients: &'a Clients) -> Future<'a, Survey> {
        Box::pin(rule_survey::rules(clients))
    }
}

fn name_of(made: &Made) -> &str {
    made.id.rsplit('|').next().unwrap_or_default()
}

/// Makes a rule, or makes it what is wanted; tags are taken for a new one only.
async fn put(clients: &Clients, name: &str, wanted: &Wanted, new: bool) -> Result<Option<String>, Failure> {
    let properties = wanted.properties();
    let state = properties.text("State").unwrap_or_else(|| "ENABLED".to_owned());
    let tags = if new { Some(sdk_tags(&wanted.tags)?) } else { None };
    let output = clients
        .eventbridge
        .put_rule()
        .name(name)
        .set_event_bus_name(properties.text("EventBusName"))
        .set_description(properties.text("Description"))
        .set_event_pattern(properties.document("EventPattern"))
        .set_role_arn(properties.text("RoleArn"))
        .set_schedule_expression(properties.text("ScheduleExpression"))
        .state(RuleState::from(state.as_str()))
        .set_tags(tags)
        .send()
        .await
        .during("events:PutRule")?;
    Ok(output.rule_arn)
}

/// Gives a rule its targets. The call answers with success when some of them are refused.
async fn aim(
    clients: &Clients,
    bus: Option<&str>,
    name: &str,
    properties: Properties<'_>,
) -> Result<(), Failure> {
    let targets = targets(properties)?;
    if targets.is_empty() {
        return Ok(());
    }
    let call = clients.eventbridge.put_targets().rule(name).set_event_bus_name(bus.map(str::to_owned));
    let output = call.set_targets(Some(targets)).send().await.during("events:PutTargets")?;
    match output.failed_entries().first() {
        None => Ok(()),
        Some(entry) => {
            let target = entry.target_id().unwrap_or_default();
            let words = entry.error_message().unwrap_or("refused");
            let code = entry.error_code().map(str::to_owned);
            let failure =
                Failure::new(ErrorClass::Invalid, "events:PutTargets", format!("target {target}: {words}"));
            Err(Failure { code, ..failure })
        }
    }
}

async fn untarget(clients: &Clients, bus: Option<&str>, name: &str, ids: Vec<String>) -> Result<(), Failure> {
    if ids.is_empty() {
        return Ok(());
    }
    let call = clients.eventbridge.remove_targets().rule(name).set_event_bus_name(bus.map(str::to_owned));
    call.set_ids(Some(ids)).send().await.during("events:RemoveTargets").map(drop)
}

/// Deletes a rule with all its targets, whoever gave it them.
pub(super) async fn delete(clients: &Clients, bus: Option<&str>, name: &str) -> Result<(), Failure> {
    let bus = bus.map(str::to_owned);
    let listed = pages(async |token| {
        let call = clients.eventbridge.list_targets_by_rule().rule(name).set_next_token(token);
        let output = call.set_event_bus_name(bus.clone()).send().await.during("events:ListTargetsByRule")?;
        Ok((output.targets, output.next_token))
    });
    let Some(found) = listed.await.found()? else { return Ok(()) };
    let ids = found.into_iter().map(|target| target.id).collect();
    untarget(clients, bus.as_deref(), name, ids).await.found()?;
    let call = clients.eventbridge.delete_rule().name(name).set_event_bus_name(bus);
    call.send().await.during("events:DeleteRule").found().map(drop)
}
