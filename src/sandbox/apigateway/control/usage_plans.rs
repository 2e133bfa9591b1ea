use serde::Deserialize;
use serde_json::{Value, json};

use super::Ask;
use super::ask::{wire, wire_with_tags};
use super::page::page;
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::entity::{ApiStage, Map, UsagePlan};
use crate::sandbox::apigateway::fault::{bad_request, conflict, not_found};
use crate::sandbox::apigateway::identifier;
use crate::sandbox::apigateway::patch::{self, PatchOperation};
use crate::sandbox::apigateway::state::Region;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    name: Option<String>,
    description: Option<String>,
    api_stages: Option<Vec<Value>>,
    throttle: Option<Value>,
    quota: Option<Value>,
    tags: Option<Map<String>>,
}

pub(super) fn create(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let input: Input = ask.input()?;
    let name = input.name.unwrap_or_default();
    if name.trim().is_empty() {
        return Err(bad_request("Usage Plan name cannot be blank"));
    }
    let mut api_stages: Vec<ApiStage> = vec![];
    for given in input.api_stages.unwrap_or_default() {
        api_stages.push(typed(given)?);
    }
    let plan = UsagePlan {
        id: identifier::short(ask.random),
        name,
        description: input.description.filter(|text| !text.is_empty()),
        api_stages,
        throttle: input.throttle.filter(|given| !given.is_null()).map(typed).transpose()?,
        quota: input.quota.filter(|given| !given.is_null()).map(typed).transpose()?,
        product_code: None,
        tags: input.tags.unwrap_or_default(),
    };
    check(region, &plan)?;
    let body = wire(&plan)?;
    region.usage_plans.insert(plan.id.clone(), plan);
    Ok(body)
}

fn typed<T: serde::de::DeserializeOwned>(given: Value) -> Result<T, ServiceError> {
    serde_json::from_value(given)
        .map_err(|error| ServiceError::new(400, "SerializationException", error.to_string()))
}

fn check(region: &Region, plan: &UsagePlan) -> Result<(), ServiceError> {
    for stage in &plan.api_stages {
        let api = region.apis.get(&stage.api_id);
        let api =
            api.ok_or_else(|| not_found(format!("Invalid API identifier specified {}", stage.api_id)))?;
        if !api.stages.contains_key(&stage.stage) {
            return Err(not_found(format!("API Stage not found: {}:{}", stage.api_id, stage.stage)));
        }
    }
    if let Some(quota) = &plan.quota {
        let (longest, bounds) = match quota.period.as_str() {
            "DAY" => (0, "zero"),
            "WEEK" => (6, "between zero and six"),
            "MONTH" => (27, "between zero and 27"),
            _ => return Err(bad_request("Usage Plan quota period must be one of DAY, WEEK, MONTH")),
        };
        if !(0..=longest).contains(&quota.offset) {
            let period = &quota.period;
            return Err(bad_request(format!(
                "Usage Plan quota offset must be {bounds} in the {period} period"
            )));
        }
    }
    Ok(())
}

pub(super) fn get(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    wire_with_tags(found(region, ask)?)
}

pub(super) fn list(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let key = ask.query("keyId");
    let holds = |plan: &&UsagePlan| {
        key.as_ref().is_none_or(|key| region.plan_keys.get(&plan.id).is_some_and(|keys| keys.contains(key)))
    };
    let entries = region
        .usage_plans
        .values()
        .filter(holds)
        .map(|plan| Ok((plan.id.clone(), wire(plan)?)))
        .collect::<Result<_, ServiceError>>()?;
    page(ask, entries)
}

/// Stages are added and removed by value (`API:STAGE`), their throttles by a path of their own; the rest is the table's.
pub(super) fn update(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let operations = ask.patches()?;
    let mut plan = found(region, ask)?.clone();
    for operation in &operations {
        plan = if operation.path == "/apiStages" || operation.path.starts_with("/apiStages/") {
            change_stages(plan, operation)?
        } else {
            patch::apply(&plan, std::slice::from_ref(operation), &patch::USAGE_PLAN)?
        };
    }
    check(region, &plan)?;
    let body = wire_with_tags(&plan)?;
    region.usage_plans.insert(plan.id.clone(), plan);
    Ok(body)
}

fn change_stages(mut plan: UsagePlan, operation: &PatchOperation) -> Result<UsagePlan, ServiceError> {
    let value = operation.value.clone().unwrap_or_default();
    let rest = operation.path.strip_prefix("/apiStages").unwrap_or_default();
    if rest.is_empty() {
        let (api_id, stage) = value
            .split_once(':')
            .ok_or_else(|| bad_request(format!("Invalid API Stage specified: {value}")))?;
        let there = plan.api_stages.iter().position(|at| at.api_id == api_id && at.stage == stage);
        match (operation.is_removal(), there) {
            (true, Some(position)) => {
                plan.api_stages.remove(position);
            }
            (true, None) => return Err(not_found(format!("API Stage not found: {value}"))),
            (false, Some(_)) => {}
            (false, None) => plan.api_stages.push(ApiStage {
                api_id: api_id.to_owned(),
                stage: stage.to_owned(),
                throttle: Map::new(),
            }),
        }
        return Ok(plan);
    }
    // /apiStages/API:STAGE/throttle/PATH/METHOD/{rateLimit|burstLimit}: some clients escape the slashes of PATH, others do not.
    let unknown = || bad_request(format!("Invalid patch path {}", operation.path));
    let (name, place) = rest.trim_start_matches('/').split_once("/throttle").ok_or_else(unknown)?;
    let limit = ["rateLimit", "burstLimit"].into_iter().find(|limit| place.ends_with(&format!("/{limit}")));
    let method = limit.map_or(place, |limit| &place[..place.len() - limit.len() - 1]);
    let key = format!("/{}", method.replace("~1", "/").trim_start_matches('/'));
    let (api_id, stage) = name.split_once(':').ok_or_else(unknown)?;
    let at = plan.api_stages.iter_mut().find(|at| at.api_id == api_id && at.stage == stage);
    let at = at.ok_or_else(|| not_found(format!("API Stage not found: {name}")))?;
    match (limit, operation.is_removal()) {
        (None, true) if method.is_empty() => at.throttle.clear(),
        (None, true) => {
            at.throttle.shift_remove(&key);
        }
        (Some("rateLimit"), false) if key.len() > 1 => {
            at.throttle.entry(key).or_default().rate_limit = value.parse().map_err(|_| unknown())?;
        }
        (Some("burstLimit"), false) if key.len() > 1 => {
            at.throttle.entry(key).or_default().burst_limit = value.parse().map_err(|_| unknown())?;
        }
        _ => return Err(unknown()),
    }
    Ok(plan)
}

pub(super) fn delete(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let plan = found(region, ask)?;
    if !plan.api_stages.is_empty() {
        return Err(bad_request("Cannot delete Usage Plan because there are associated API stages."));
    }
    let id = plan.id.clone();
    region.usage_plans.shift_remove(&id);
    region.plan_keys.remove(&id);
    Ok(Value::Null)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeyInput {
    key_id: Option<String>,
    key_type: Option<String>,
}

pub(super) fn add_key(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let input: KeyInput = ask.input()?;
    let plan = found(region, ask)?.id.clone();
    let id = input.key_id.unwrap_or_default();
    if input.key_type.as_deref() != Some("API_KEY") {
        return Err(bad_request("Invalid usage plan key type. Must be API_KEY"));
    }
    if !region.api_keys.contains_key(&id) {
        return Err(not_found("Invalid API Key identifier specified"));
    }
    if !region.plan_keys.entry(plan).or_default().insert(id.clone()) {
        return Err(conflict(format!("Usage Plan key {id} already exists")));
    }
    Ok(plan_key(region, &id, true))
}

fn plan_key(region: &Region, id: &str, show: bool) -> Value {
    let mut body = json!({ "id": id, "type": "API_KEY" });
    if let Some(key) = region.api_keys.get(id) {
        if show {
            body["value"] = json!(key.value);
        }
        if let Some(name) = &key.name {
            body["name"] = json!(name);
        }
    }
    body
}

pub(super) fn get_key(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let id = ask.path("keyId");
    if !region.api_keys.contains_key(id) {
        return Err(not_found("Invalid API Key identifier specified"));
    }
    // A key that the plan does not have makes it another plan than the one that was meant.
    let there = region.plan_keys.get(ask.path("usageplanId")).is_some_and(|keys| keys.contains(id));
    if there { Ok(plan_key(region, id, true)) } else { Err(unknown()) }
}

pub(super) fn list_keys(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let plan = found(region, ask)?.id.clone();
    let name = ask.query("name");
    let keys = region.plan_keys.get(&plan).into_iter().flatten();
    let entries = keys
        .map(|id| (id.clone(), plan_key(region, id, true)))
        .filter(|(_, key)| {
            name.as_ref()
                .is_none_or(|name| key["name"].as_str().is_some_and(|there| there.starts_with(name.as_str())))
        })
        .collect();
    page(ask, entries)
}

pub(super) fn remove_key(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let plan = found(region, ask)?.id.clone();
    let removed = region.plan_keys.get_mut(&plan).is_some_and(|keys| keys.shift_remove(ask.path("keyId")));
    if removed { Ok(Value::Null) } else { Err(unknown_key()) }
}

fn unknown_key() -> ServiceError {
    not_found("Invalid Usage Plan Key identifier specified")
}

fn found<'a>(region: &'a Region, ask: &Ask<'_>) -> Result<&'a UsagePlan, ServiceError> {
    region.usage_plans.get(ask.path("usageplanId")).ok_or_else(unknown)
}

fn unknown() -> ServiceError {
    not_found("Invalid Usage Plan ID specified")
}
