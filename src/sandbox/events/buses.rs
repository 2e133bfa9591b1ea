use serde_json::{Map, Value, json};

use super::entity::{Bus, DEFAULT, bus_named};
use super::fault::{no_bus, validation, violated};
use super::page::cut;
use super::service::Desk;
use super::tags;
use crate::sandbox::ServiceError;

/// What a bus is set to, besides name and policy.
const SETTINGS: [&str; 4] = ["Description", "KmsKeyIdentifier", "DeadLetterConfig", "LogConfig"];

pub(super) fn create(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let name = desk.required("Name")?;
    if desk.body.contains_key("EventSourceName") {
        return Err(ServiceError::not_covered("events", "CreateEventBus for a partner's events"));
    }
    if name.contains('/') {
        return Err(validation("Event bus name must not contain '/'."));
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if !(1..=256).contains(&name.len()) || !name.bytes().all(plain) {
        return Err(violated(&name, "name", "satisfy regular expression pattern: [/\\.\\-_A-Za-z0-9]+"));
    }
    let key = (desk.scope.clone(), name.clone());
    if name == DEFAULT || desk.state.buses.contains_key(&key) {
        return Err(ServiceError::new(
            400,
            "ResourceAlreadyExistsException",
            format!("Event bus {name} already exists."),
        ));
    }
    let mut bus = Bus::new(desk.scope, &name, desk.now);
    bus.tags = tags::read(desk.body.get("Tags"))?;
    set(&mut bus, desk.body);
    let mut answer = json!({ "EventBusArn": bus.arn() });
    show_settings(&bus, &mut answer);
    desk.state.buses.insert(key, bus);
    Ok(answer)
}

fn set(bus: &mut Bus, body: &Map<String, Value>) {
    for name in SETTINGS {
        if let Some(value) = body.get(name).filter(|value| !value.is_null()) {
            bus.settings.insert(name.to_owned(), value.clone());
        }
    }
}

fn show_settings(bus: &Bus, answer: &mut Value) {
    for (name, value) in &bus.settings {
        answer[name] = value.clone();
    }
}

pub(super) fn update(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let (scope, name) = bus_named(desk.body.get("Name"), desk.scope);
    let (now, body) = (desk.now, desk.body);
    let bus = desk.state.bus(&scope, &name, now)?;
    set(bus, body);
    bus.modified = now;
    let mut answer = json!({ "Arn": bus.arn(), "Name": bus.name });
    show_settings(bus, &mut answer);
    Ok(answer)
}

pub(super) fn delete(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let name = desk.required("Name")?;
    if name == DEFAULT {
        return Err(validation("Cannot delete event bus default."));
    }
    let key = (desk.scope.clone(), name.clone());
    if desk.state.buses.get(&key).is_some_and(|bus| !bus.rules.is_empty()) {
        return Err(validation(format!("Event bus {name} can't be deleted since it has rules.")));
    }
    desk.state.buses.remove(&key);
    Ok(Value::Null)
}

pub(super) fn describe(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let (scope, name) = bus_named(desk.body.get("Name"), desk.scope);
    let now = desk.now;
    let bus = desk.state.bus(&scope, &name, now)?;
    let mut answer = show(bus);
    show_settings(bus, &mut answer);
    Ok(answer)
}

fn show(bus: &Bus) -> Value {
    let mut shown = json!({
        "Name": bus.name, "Arn": bus.arn(),
        "CreationTime": bus.created / 1000, "LastModifiedTime": bus.modified / 1000,
    });
    if let Some(policy) = &bus.policy {
        shown["Policy"] = policy.to_string().into();
    }
    if let Some(description) = bus.settings.get("Description") {
        shown["Description"] = description.clone();
    }
    shown
}

pub(super) fn list(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let now = desk.now;
    desk.state.bus(desk.scope, DEFAULT, now).map_err(|_| no_bus(DEFAULT))?;
    let prefix = desk.text("NamePrefix").unwrap_or_default();
    let own =
        desk.state.buses.iter().filter(|((scope, name), _)| scope == desk.scope && name.starts_with(prefix));
    let (buses, next) = cut(own.map(|((_, name), bus)| (name.as_str(), show(bus))), desk.body)?;
    let mut answer = json!({ "EventBuses": buses });
    if let Some(next) = next {
        answer["NextToken"] = next.into();
    }
    Ok(answer)
}
