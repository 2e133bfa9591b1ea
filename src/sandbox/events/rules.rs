use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::entity::{Bus, DEFAULT, Rule, rule_arn};
use super::fault::{bad_pattern, limit, no_rule, validation, violated};
use super::page::cut;
use super::schedule::Schedule;
use super::service::Desk;
use super::tags;
use crate::sandbox::{EventPattern, ServiceError};

/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html>
const MOST_RULES: usize = 300;
/// Of a pattern, in characters; more on request.
const LONGEST_PATTERN: usize = 2048;

const STATES: [&str; 3] = ["ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"];

/// Makes a rule, or changes the one that is there: what the call does not name is gone then, but for targets and tags.
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html>
pub(super) fn put(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let name = desk.required("Name")?;
    check_name(&name, "name")?;
    let own = |member: &str| desk.text(member).filter(|text| !text.is_empty()).map(str::to_owned);
    let (pattern, schedule) = (own("EventPattern"), own("ScheduleExpression"));
    let (description, role) = (own("Description"), own("RoleArn"));
    let state = own("State").unwrap_or_else(|| "ENABLED".to_owned());
    if !STATES.contains(&state.as_str()) {
        return Err(violated(&state, "state", &format!("satisfy enum value set: [{}]", STATES.join(", "))));
    }
    if pattern.is_none() && schedule.is_none() {
        return Err(validation("Parameter(s) EventPattern or ScheduleExpression must be specified."));
    }
    if let Some(pattern) = &pattern {
        if pattern.chars().count() > LONGEST_PATTERN {
            return Err(limit());
        }
        EventPattern::parse(pattern).map_err(|reason| bad_pattern(&reason))?;
    }
    if schedule.as_deref().is_some_and(|text| Schedule::parse(text).is_none()) {
        return Err(validation("Parameter ScheduleExpression is not valid."));
    }
    let tags = tags::read(desk.body.get("Tags"))?;
    let now = desk.now;
    let bus = desk.bus()?;
    if schedule.is_some() && bus.name != DEFAULT {
        return Err(validation("ScheduleExpression is supported only on the default event bus."));
    }
    if bus.rules.len() >= MOST_RULES && !bus.rules.contains_key(&name) {
        return Err(limit());
    }
    let before = bus.rules.remove(&name);
    let mut rule = Rule {
        name: name.clone(),
        pattern,
        schedule,
        state,
        description,
        role,
        tags,
        targets: BTreeMap::new(),
        anchor: now,
        seen: Some(now),
        parsed: None,
        times: None,
    };
    if let Some(before) = before {
        // The same schedule goes on as it was.
        if before.schedule == rule.schedule && before.is_enabled() == rule.is_enabled() {
            (rule.anchor, rule.seen) = (before.anchor, before.seen);
        }
        rule.targets = before.targets;
        rule.tags = before.tags;
    }
    rule.parse();
    bus.rules.insert(name.clone(), rule);
    Ok(json!({ "RuleArn": rule_arn(&bus.scope, &bus.name, &name) }))
}

pub(super) fn check_name(name: &str, at: &str) -> Result<(), ServiceError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if name.is_empty() || !name.bytes().all(plain) {
        return Err(violated(name, at, "satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+"));
    }
    if name.len() > 64 {
        return Err(violated(name, at, "have length less than or equal to 64"));
    }
    Ok(())
}

/// A rule that is there.
pub(super) fn find<'a>(bus: &'a mut Bus, name: &str) -> Result<&'a mut Rule, ServiceError> {
    let place = bus.name.clone();
    bus.rules.get_mut(name).ok_or_else(|| no_rule(name, &place))
}

pub(super) fn delete(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let name = desk.required("Name")?;
    let bus = desk.bus()?;
    if bus.rules.get(&name).is_some_and(|rule| !rule.targets.is_empty()) {
        return Err(validation("Rule can't be deleted since it has targets."));
    }
    bus.rules.remove(&name);
    Ok(Value::Null)
}

pub(super) fn describe(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let name = desk.required("Name")?;
    let bus = desk.bus()?;
    let rule = find(bus, &name)?.clone();
    let mut shown = show(bus, rule);
    shown["CreatedBy"] = bus.scope.account.to_string().into();
    Ok(shown)
}

fn show(bus: &Bus, rule: Rule) -> Value {
    let mut shown = json!({
        "Name": rule.name,
        "Arn": rule_arn(&bus.scope, &bus.name, &rule.name),
        "State": rule.state,
        "EventBusName": bus.name,
    });
    let members = [
        ("EventPattern", rule.pattern),
        ("ScheduleExpression", rule.schedule),
        ("Description", rule.description),
        ("RoleArn", rule.role),
    ];
    for (member, value) in members {
        if let Some(value) = value {
            shown[member] = value.into();
        }
    }
    shown
}

pub(super) fn switch(desk: &mut Desk<'_>, state: &str) -> Result<Value, ServiceError> {
    let (name, now) = (desk.required("Name")?, desk.now);
    let rule = find(desk.bus()?, &name)?;
    if rule.state != state {
        state.clone_into(&mut rule.state);
        rule.anchor = now;
        rule.seen = Some(now);
    }
    Ok(Value::Null)
}

pub(super) fn list(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let prefix = desk.text("NamePrefix").unwrap_or_default().to_owned();
    let body = desk.body;
    let bus = desk.bus()?;
    let own = bus.rules.iter().filter(|(name, _)| name.starts_with(&prefix));
    let (rules, next) = cut(own.map(|(name, rule)| (name.as_str(), show(bus, rule.clone()))), body)?;
    let mut answer = json!({ "Rules": rules });
    if let Some(next) = next {
        answer["NextToken"] = next.into();
    }
    Ok(answer)
}

/// What an event to try a pattern on must have.
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TestEventPattern.html>
const MANDATORY: [&str; 6] = ["id", "account", "source", "time", "region", "detail-type"];

pub(super) fn test_pattern(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let (pattern, event) = (desk.required("EventPattern")?, desk.required("Event")?);
    let pattern = EventPattern::parse(&pattern).map_err(|reason| bad_pattern(&reason))?;
    let event: Value = serde_json::from_str(&event)
        .map_err(|_| validation("Parameter Event is not valid. Reason: it is not JSON."))?;
    if let Some(lacking) = MANDATORY.iter().find(|member| event.get(**member).is_none()) {
        return Err(validation(format!("Parameter Event is not valid. Reason: it has no {lacking}.")));
    }
    Ok(json!({ "Result": pattern.matches(&event) }))
}
