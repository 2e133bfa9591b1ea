use serde_json::{Map, Value, json};

use super::permission::permit;
use super::queue::dead_letters;
use super::source::Event;
use crate::template::sam::expansion::{Expansion, attribute};
use crate::template::sam::function::Function;
use crate::template::sam::part::{Built, Part};

/// A rule that calls the function by the clock.
pub(super) fn schedule(expansion: &mut Expansion<'_>, function: &Function<'_>, event: &Event<'_>) {
    let properties = &event.properties;
    let known = [
        "DeadLetterConfig",
        "Description",
        "Enabled",
        "Input",
        "Name",
        "RetryPolicy",
        "RoleArn",
        "Schedule",
        "State",
    ];
    expansion.known(properties, &known, "an event of type `Schedule`");
    let mut made = Built::new();
    if let Some(schedule) = expansion.need(properties, "Schedule", "an event of type `Schedule`") {
        made.take("ScheduleExpression", Some(schedule));
    }
    made.take_all(properties, &["Name", "Description", "RoleArn"]);
    state(expansion, properties, &mut made);
    finish(expansion, function, event, made, &["Input"]);
}

/// A rule that calls the function for events that look like a pattern.
pub(super) fn pattern(expansion: &mut Expansion<'_>, function: &Function<'_>, event: &Event<'_>, kind: &str) {
    let properties = &event.properties;
    let known = [
        "DeadLetterConfig",
        "Enabled",
        "EventBusName",
        "Input",
        "InputPath",
        "InputTransformer",
        "Pattern",
        "RetryPolicy",
        "RuleName",
        "State",
        "Target",
    ];
    let of = format!("an event of type `{kind}`");
    expansion.known(properties, &known, &of);
    let mut made = Built::new();
    made.take("EventBusName", properties.get("EventBusName"));
    made.take("Name", properties.get("RuleName"));
    if let Some(pattern) = expansion.need(properties, "Pattern", &of) {
        made.take("EventPattern", Some(pattern));
    }
    state(expansion, properties, &mut made);
    finish(expansion, function, event, made, &["Input", "InputPath", "InputTransformer"]);
}

/// Says whether the rule is on.
pub(in crate::template::sam) fn state(
    expansion: &mut Expansion<'_>,
    properties: &Part<'_>,
    made: &mut Built,
) {
    match (properties.get("State"), properties.get("Enabled")) {
        (Some(_), Some(enabled)) => {
            expansion.refuse_key(&enabled.at, "give either `State` or `Enabled`");
        }
        (Some(state), None) => made.take("State", Some(state)),
        (None, Some(enabled)) => match properties.flag("Enabled") {
            Some(flag) => made.made_of("State", if flag { "ENABLED" } else { "DISABLED" }, &enabled),
            None => {
                expansion.refuse(&enabled.at, "`Enabled` must be true or false");
            }
        },
        (None, None) => {}
    }
}

/// What a rule calls: the id is for a target that is given none.
pub(in crate::template::sam) struct Target {
    pub(in crate::template::sam) arn: Value,
    pub(in crate::template::sam) id: String,
    pub(in crate::template::sam) role: Option<Value>,
}

/// Makes the rule of an event, with its one target: `inputs` are the event's properties that go there.
pub(in crate::template::sam) fn rule(
    expansion: &mut Expansion<'_>,
    event: &Event<'_>,
    mut made: Built,
    to: Target,
    inputs: &[&str],
) {
    let properties = &event.properties;
    let given = properties.get("Target").and_then(|target| target.get("Id").map(|id| id.value.clone()));
    let mut target = Map::new();
    target.insert("Arn".to_owned(), to.arn);
    target.insert("Id".to_owned(), given.unwrap_or_else(|| to.id.into()));
    target.extend(to.role.map(|role| ("RoleArn".to_owned(), role)));
    let mut origins = Vec::new();
    for key in inputs.iter().chain(&["RetryPolicy"]) {
        if let Some(part) = properties.get(key) {
            target.insert((*key).to_owned(), part.value.clone());
            origins.push((format!("/Targets/0/{key}"), part.at));
        }
    }
    if let Some(config) = properties.get("DeadLetterConfig")
        && let Some(queue) = dead_letters(expansion, event, &config)
    {
        target.insert("DeadLetterConfig".to_owned(), queue);
    }
    made.set("Targets", json!([Value::Object(target)]));
    made.origins.extend(origins);
    expansion.put(&event.id, "AWS::Events::Rule", made, &event.inherited);
}

fn finish(
    expansion: &mut Expansion<'_>,
    function: &Function<'_>,
    event: &Event<'_>,
    made: Built,
    inputs: &[&str],
) {
    let to = Target { arn: function.arn(), id: format!("{}LambdaTarget", event.id), role: None };
    rule(expansion, event, made, to, inputs);
    let source = attribute(&event.id, "Arn");
    permit(expansion, function, event, "", "events.amazonaws.com", Some(source));
}
