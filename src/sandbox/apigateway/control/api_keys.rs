use serde::Deserialize;
use serde_json::Value;

use super::Ask;
use super::ask::{wire, wire_with_tags};
use super::page::page;
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::entity::{ApiKey, Map};
use crate::sandbox::apigateway::fault::{bad_request, conflict, not_found};
use crate::sandbox::apigateway::state::Region;
use crate::sandbox::apigateway::{identifier, patch};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    name: Option<String>,
    description: Option<String>,
    enabled: Option<bool>,
    value: Option<String>,
    stage_keys: Option<Vec<StageKey>>,
    customer_id: Option<String>,
    tags: Option<Map<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StageKey {
    rest_api_id: Option<String>,
    stage_name: Option<String>,
}

pub(super) fn create(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let input: Input = ask.input()?;
    let value = match input.value.filter(|value| !value.is_empty()) {
        Some(value) if value.len() < 20 => {
            return Err(bad_request("API Key value should be at least 20 characters"));
        }
        Some(value) => value,
        None => identifier::key_value(ask.random),
    };
    if region.api_keys.values().any(|key| key.value == value) {
        return Err(conflict("API Key already exists"));
    }
    let mut stage_keys = vec![];
    for key in input.stage_keys.unwrap_or_default() {
        let (api, stage) = (key.rest_api_id.unwrap_or_default(), key.stage_name.unwrap_or_default());
        let there = region.apis.get(&api).is_some_and(|found| found.stages.contains_key(&stage));
        if !there {
            return Err(bad_request("Invalid stage identifier specified"));
        }
        stage_keys.push(format!("{api}/{stage}"));
    }
    let key = ApiKey {
        id: identifier::long(ask.random),
        value,
        name: input.name,
        customer_id: input.customer_id,
        description: input.description,
        enabled: input.enabled.unwrap_or(false),
        created_date: ask.now,
        last_updated_date: ask.now,
        stage_keys,
        tags: input.tags.unwrap_or_default(),
    };
    let body = wire(&key)?;
    region.api_keys.insert(key.id.clone(), key);
    Ok(body)
}

/// Shows a key, its value only when asked for.
fn hide(mut body: Value, show: bool) -> Value {
    if let Some(members) = body.as_object_mut().filter(|_| !show) {
        members.shift_remove("value");
    }
    body
}

fn asked(ask: &Ask<'_>, name: &str) -> bool {
    ask.query(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

pub(super) fn get(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let key = region.api_keys.get(ask.path("api_Key")).ok_or_else(unknown)?;
    Ok(hide(wire_with_tags(key)?, asked(ask, "includeValue")))
}

pub(super) fn list(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let show = asked(ask, "includeValues");
    let (name, customer) = (ask.query("name"), ask.query("customerId"));
    let fits = |key: &&ApiKey| {
        name.as_ref().is_none_or(|name| key.name.as_ref().is_some_and(|there| there.starts_with(name)))
            && customer.as_ref().is_none_or(|customer| key.customer_id.as_ref() == Some(customer))
    };
    let entries = region
        .api_keys
        .values()
        .filter(fits)
        .map(|key| Ok((key.id.clone(), hide(wire(key)?, show))))
        .collect::<Result<_, ServiceError>>()?;
    page(ask, entries)
}

pub(super) fn update(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let operations = ask.patches()?;
    let key = region.api_keys.get_mut(ask.path("api_Key")).ok_or_else(unknown)?;
    let mut changed = patch::apply(key, &operations, &patch::API_KEY)?;
    changed.last_updated_date = ask.now;
    let body = hide(wire_with_tags(&changed)?, false);
    *key = changed;
    Ok(body)
}

pub(super) fn delete(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let id = ask.path("api_Key");
    region.api_keys.shift_remove(id).ok_or_else(unknown)?;
    for keys in region.plan_keys.values_mut() {
        keys.shift_remove(id);
    }
    Ok(Value::Null)
}

fn unknown() -> ServiceError {
    not_found("Invalid API Key identifier specified")
}
