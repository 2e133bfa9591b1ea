use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::entity::{Named, bus_arn, bus_named, rule_arn};
use super::fault::missing;
use super::service::State;
use crate::sandbox::{Access, Scope, ServiceError};

/// Says what a call needs.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html>
pub(super) fn accesses(
    name: &str,
    body: &Map<String, Value>,
    scope: &Scope,
    state: &State,
) -> Result<Vec<Access>, ServiceError> {
    let action = format!("events:{name}");
    let text = |member: &str| body.get(member).and_then(Value::as_str).filter(|text| !text.is_empty());
    match name {
        "ListEventBuses" | "TestEventPattern" | "ListRuleNamesByTarget" => Ok(vec![Access::new(action, "*")]),
        "CreateEventBus" | "DeleteEventBus" | "UpdateEventBus" => {
            let bus = text("Name").ok_or_else(|| missing("name"))?;
            Ok(vec![Access::new(action, bus_arn(scope, bus))])
        }
        "DescribeEventBus" => Ok(vec![on_bus(&action, body.get("Name"), scope, state)]),
        "PutPermission" | "RemovePermission" => {
            Ok(vec![on_bus(&action, body.get("EventBusName"), scope, state)])
        }
        "PutEvents" => Ok(put_events(&action, body, scope, state)),
        "TagResource" | "UntagResource" | "ListTagsForResource" => {
            let arn = text("ResourceARN").ok_or_else(|| missing("resourceARN"))?;
            Ok(vec![Access::new(action, arn)])
        }
        "ListRules" => Ok(vec![on_bus(&action, body.get("EventBusName"), scope, state)]),
        _ => {
            let rule = text("Name").or_else(|| text("Rule"));
            let rule = rule.ok_or_else(|| missing(if name.contains("Targets") { "rule" } else { "name" }))?;
            let (owner, bus) = bus_named(body.get("EventBusName"), scope);
            let mut access = Access::new(action, rule_arn(&owner, &bus, rule));
            access.resource_policy =
                state.buses.get(&(owner.clone(), bus)).and_then(|bus| bus.parsed.clone());
            access.owner = Some(owner.account);
            let mut all = vec![access];
            all.extend(passed_roles(name, body));
            Ok(all)
        }
    }
}

fn on_bus(action: &str, given: Option<&Value>, scope: &Scope, state: &State) -> Access {
    let (owner, name) = bus_named(given, scope);
    let mut access = Access::new(action, bus_arn(&owner, &name));
    access.resource_policy = state.buses.get(&(owner.clone(), name)).and_then(|bus| bus.parsed.clone());
    access.owner = Some(owner.account);
    access
}

/// Of each bus that an entry is for: whether events of these kinds may be put on it.
fn put_events(action: &str, body: &Map<String, Value>, scope: &Scope, state: &State) -> Vec<Access> {
    let entries: Vec<&Value> = body.get("Entries").and_then(Value::as_array).into_iter().flatten().collect();
    let named =
        |entry: &&Value| entry.get("EventBusName").and_then(Value::as_str).unwrap_or_default().to_owned();
    let buses: BTreeSet<String> = entries.iter().map(named).collect();
    let mut all = Vec::new();
    for bus in buses {
        let own = || entries.iter().filter(|entry| named(entry) == bus);
        let values = |member: &str| -> Vec<String> {
            own().filter_map(|entry| entry.get(member)?.as_str().map(str::to_owned)).collect()
        };
        let mut access = on_bus(action, Some(&bus.clone().into()), scope, state);
        for (key, member) in [("events:source", "Source"), ("events:detail-type", "DetailType")] {
            access.context.set(key, values(member));
        }
        all.push(access);
    }
    if all.is_empty() {
        all.push(on_bus(action, None, scope, state));
    }
    all
}

/// Who hands a role to a target must be allowed to.
fn passed_roles(name: &str, body: &Map<String, Value>) -> Vec<Access> {
    let targets = body.get("Targets").and_then(Value::as_array).filter(|_| name == "PutTargets");
    let own = body.get("RoleArn").filter(|_| name == "PutRule");
    let roles = targets.into_iter().flatten().filter_map(|target| target.get("RoleArn")).chain(own);
    let roles: BTreeSet<&str> = roles.filter_map(Value::as_str).filter(|role| !role.is_empty()).collect();
    roles
        .into_iter()
        .map(|role| {
            let mut access = Access::new("iam:PassRole", role);
            access.context.set("iam:PassedToService", vec!["events.amazonaws.com".to_owned()]);
            access
        })
        .collect()
}

/// What a sender needs that is not a client of its own.
pub(super) fn of_sender(arn: &str, state: &State) -> Option<Access> {
    let Some(Named::Bus(owner, name)) = Named::of(arn) else { return None };
    let mut access = Access::new("events:PutEvents", arn);
    access.resource_policy = state.buses.get(&(owner.clone(), name)).and_then(|bus| bus.parsed.clone());
    access.owner = Some(owner.account);
    Some(access)
}
