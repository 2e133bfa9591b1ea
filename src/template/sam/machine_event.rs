use serde_json::{Map, Value, json};

use super::event::{Event, Starts, Target, machine_route, rule, rule_state};
use super::expansion::{Expansion, attribute};
use super::part::{Built, Part};
use super::python2::ordered;
use super::specification::{EVENTS, MACHINE_EVENTS};
use super::state_machine::{StateMachine, trust};
use crate::text::{did_you_mean, one_of};

/// The longest id of a rule's target.
const LONGEST_TARGET: usize = 64;
const TARGET: &str = "StepFunctionsTarget";

/// Makes what a state machine's events stand for.
pub(super) fn expand(expansion: &mut Expansion<'_>, machine: &StateMachine<'_>) {
    let Some(events) = machine.properties.get("Events") else { return };
    if events.value.as_object().is_none() || events.is_intrinsic() {
        expansion.refuse(&events.at, "`Events` must be a mapping of names to events");
        return;
    }
    let (none, nothing) = (json!({}), Map::new());
    let order = ordered(events.value.as_object().unwrap_or(&nothing));
    for (name, event) in order.into_iter().filter_map(|name| Some((name, events.get(name)?))) {
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            let message = format!("the event's name `{name}` may hold letters and digits only");
            expansion.refuse_key(&event.at, message);
            continue;
        }
        let Some(kind) = event.text("Type") else {
            expansion.refuse_key(&event.at, format!("the event `{name}` has no `Type`"));
            continue;
        };
        expansion.known(&event, &["Type", "Properties"], "an event");
        let properties = event.get("Properties").unwrap_or_else(|| Part::new(&none, &event.at));
        let inherited = machine.inherited.from(&event.at);
        let event = Event { id: format!("{}{name}", machine.id), properties, inherited };
        match kind {
            "Schedule" => schedule(expansion, machine, &event),
            "EventBridgeRule" | "CloudWatchEvent" => pattern(expansion, machine, &event, kind),
            "Api" => {
                let role = role(expansion, machine, &event, "apigateway.amazonaws.com");
                machine_route(expansion, &event, Starts { machine: machine.id.to_owned(), role });
            }
            _ => {
                let at = format!("{}/Type", event.inherited.origin);
                if EVENTS.contains(&kind) || kind == "ScheduleV2" {
                    let message =
                        format!("events of type `{kind}` do not start a state machine in a scenario");
                    expansion.refuse(&at, message);
                } else {
                    let help = did_you_mean(kind, MACHINE_EVENTS);
                    let help = help.unwrap_or_else(|| format!("write {}", one_of(MACHINE_EVENTS)));
                    expansion.refuse(&at, format!("there is no event of type `{kind}`")).help = Some(help);
                }
            }
        }
    }
}

/// A rule that starts the machine by the clock.
fn schedule(expansion: &mut Expansion<'_>, machine: &StateMachine<'_>, event: &Event<'_>) {
    let properties = &event.properties;
    let of = "an event of type `Schedule`";
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
        "Target",
    ];
    expansion.known(properties, &known, of);
    let mut made = Built::new();
    if let Some(schedule) = expansion.need(properties, "Schedule", of) {
        made.take("ScheduleExpression", Some(schedule));
    }
    made.take_all(properties, &["Name", "Description"]);
    rule_state(expansion, properties, &mut made);
    let role = match properties.get("RoleArn") {
        Some(role) => role.value.clone(),
        None => attribute(&role(expansion, machine, event, "events.amazonaws.com"), "Arn"),
    };
    finish(expansion, machine, event, made, role, &["Input"]);
}

/// A rule that starts the machine for events that look like a pattern.
fn pattern(expansion: &mut Expansion<'_>, machine: &StateMachine<'_>, event: &Event<'_>, kind: &str) {
    let properties = &event.properties;
    let of = format!("an event of type `{kind}`");
    let known = [
        "DeadLetterConfig",
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
    expansion.known(properties, &known, &of);
    let mut made = Built::new();
    made.take_all(properties, &["EventBusName"]);
    made.take("Name", properties.get("RuleName"));
    if let Some(pattern) = expansion.need(properties, "Pattern", &of) {
        made.take("EventPattern", Some(pattern));
    }
    made.take("State", properties.get("State"));
    let role = attribute(&role(expansion, machine, event, "events.amazonaws.com"), "Arn");
    finish(expansion, machine, event, made, role, &["Input", "InputPath", "InputTransformer"]);
}

/// The role with which a service starts the machine. Returns its logical id.
fn role(
    expansion: &mut Expansion<'_>,
    machine: &StateMachine<'_>,
    event: &Event<'_>,
    service: &str,
) -> String {
    let id = format!("{}Role", event.id);
    let mut built = Built::new().with("AssumeRolePolicyDocument", trust(service));
    let statement =
        json!({ "Action": "states:StartExecution", "Effect": "Allow", "Resource": { "Ref": machine.id } });
    let document = json!({ "Statement": [statement] });
    let name = format!("{id}StartExecutionPolicy");
    built.set("Policies", json!([{ "PolicyName": name, "PolicyDocument": document }]));
    built.take("PermissionsBoundary", machine.properties.get("PermissionsBoundary"));
    expansion.put(&id, "AWS::IAM::Role", built, &event.inherited);
    id
}

fn finish(
    expansion: &mut Expansion<'_>,
    machine: &StateMachine<'_>,
    event: &Event<'_>,
    made: Built,
    role: Value,
    inputs: &[&str],
) {
    let id: String = event.id.chars().take(LONGEST_TARGET - TARGET.len()).collect();
    let to = Target { arn: json!({ "Ref": machine.id }), id: format!("{id}{TARGET}"), role: Some(role) };
    rule(expansion, event, made, to, inputs);
}
