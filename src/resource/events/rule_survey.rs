use aws_sdk_eventbridge::types::{EventBus, Rule};
use serde_json::Value;

use super::{event_bus, rule, target};
use crate::aws::{Clients, Failure, Outcome};
use crate::resource::pages::pages;
use crate::resource::properties::{Shaped, parsed};
use crate::resource::survey::{Survey, seen, tagged};

/// Every account has this one.
const DEFAULT: &str = "default";

async fn listed(clients: &Clients) -> Result<Vec<EventBus>, Failure> {
    pages(async |token| {
        let output = clients.eventbridge.list_event_buses().set_next_token(token).send().await;
        let output = output.during("events:ListEventBuses")?;
        Ok((output.event_buses, output.next_token))
    })
    .await
}

/// Reads the buses of account and region that somebody made.
pub(super) async fn buses(clients: &Clients) -> Survey {
    let mut survey = Survey::default();
    let kind = event_bus::SCHEMA.kind;
    let found = survey.keep(kind, listed(clients).await).unwrap_or_default();
    for bus in found.iter().filter(|bus| bus.name() != Some(DEFAULT)) {
        let name = bus.name().unwrap_or_default();
        let read = clients.eventbridge.describe_event_bus().name(name).send().await;
        let read = survey.keep(format!("{kind}/{name}"), read.during("events:DescribeEventBus"));
        let failures = read.as_ref().and_then(|bus| bus.dead_letter_config()).and_then(|one| one.arn());
        let properties = Shaped::new()
            .with("Name", name)
            .text("Description", bus.description())
            .maybe("DeadLetterConfig", failures.map(|arn| serde_json::json!({ "Arn": arn })))
            .done();
        let mut resource = seen(&event_bus::SCHEMA, name, name, properties);
        resource.arn = bus.arn().map(str::to_owned);
        resource.attributes["Policy"] = bus.policy().map_or(Value::Null, parsed);
        let tags = tags(clients, &mut survey, &resource.key, bus.arn()).await;
        survey.resources.push(tagged(resource, tags));
    }
    survey
}

/// Reads the rules of every bus with their targets; those that AWS services keep for themselves are left out.
pub(super) async fn rules(clients: &Clients) -> Survey {
    let mut survey = Survey::default();
    let kind = rule::SCHEMA.kind;
    let Some(buses) = survey.keep(kind, listed(clients).await) else { return survey };
    for bus in buses.iter().filter_map(EventBus::name) {
        let listed = pages(async |token| {
            let call = clients.eventbridge.list_rules().event_bus_name(bus).set_next_token(token);
            let output = call.send().await.during("events:ListRules")?;
            Ok((output.rules, output.next_token))
        });
        let found = survey.keep(kind, listed.await).unwrap_or_default();
        for each in found.iter().filter(|rule| rule.managed_by().is_none()) {
            one(clients, &mut survey, bus, each).await;
        }
    }
    survey
}

async fn one(clients: &Clients, survey: &mut Survey, bus: &str, found: &Rule) {
    let name = found.name().unwrap_or_default();
    let (place, id) = match bus {
        DEFAULT => (name.to_owned(), name.to_owned()),
        bus => (format!("{bus}/{name}"), format!("{bus}|{name}")),
    };
    let key = format!("{}/{place}", rule::SCHEMA.kind);
    let listed = pages(async |token| {
        let call = clients.eventbridge.list_targets_by_rule().rule(name).event_bus_name(bus);
        let output = call.set_next_token(token).send().await.during("events:ListTargetsByRule")?;
        Ok((output.targets, output.next_token))
    });
    let targets = survey.keep(&key, listed.await).unwrap_or_default();
    let targets: Vec<Value> = targets.iter().map(target::shape).collect();
    let properties = Shaped::new()
        .with("Name", name)
        .with("EventBusName", bus)
        .text("Description", found.description())
        .maybe("EventPattern", found.event_pattern().map(parsed))
        .text("ScheduleExpression", found.schedule_expression())
        .text("RoleArn", found.role_arn())
        .maybe("State", found.state().map(aws_sdk_eventbridge::types::RuleState::as_str))
        .filled("Targets", targets.into())
        .done();
    let mut resource = seen(&rule::SCHEMA, &place, id, properties);
    resource.arn = found.arn().map(str::to_owned);
    let tags = tags(clients, survey, &key, found.arn()).await;
    survey.resources.push(tagged(resource, tags));
}

async fn tags(clients: &Clients, survey: &mut Survey, key: &str, arn: Option<&str>) -> Vec<(String, String)> {
    let call = clients.eventbridge.list_tags_for_resource().resource_arn(arn.unwrap_or_default());
    let read = survey.keep(key, call.send().await.during("events:ListTagsForResource"));
    let tags = read.and_then(|output| output.tags).unwrap_or_default();
    tags.into_iter().map(|tag| (tag.key, tag.value)).collect()
}
