use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Ask;
use super::ask::wire;
use super::{cache_cluster, client_certificates, reference};
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::entity::{Api, CanarySettings, Map, Stage};
use crate::sandbox::apigateway::fault::{bad_request, conflict, not_found};
use crate::sandbox::apigateway::patch;
use crate::sandbox::apigateway::state::Region;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    stage_name: Option<String>,
    deployment_id: Option<String>,
    description: Option<String>,
    cache_cluster_enabled: Option<bool>,
    cache_cluster_size: Option<String>,
    variables: Option<Map<String>>,
    documentation_version: Option<String>,
    canary_settings: Option<CanarySettings>,
    tracing_enabled: Option<bool>,
    tags: Option<Map<String>>,
}

pub(super) fn create(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let input: Input = ask.input()?;
    let name = input.stage_name.unwrap_or_default();
    check_name(&name)?;
    check_variables(input.variables.as_ref())?;
    let api = reference::api_mut(region, ask)?;
    let deployment_id = input.deployment_id.unwrap_or_default();
    check_deployment(api, &deployment_id)?;
    if api.stages.contains_key(&name) {
        return Err(conflict("Stage already exists"));
    }
    let mut stage = blank(&name, deployment_id, ask.now);
    stage.description = input.description.filter(|text| !text.is_empty());
    stage.variables = input.variables.unwrap_or_default();
    stage.documentation_version = input.documentation_version.filter(|version| !version.is_empty());
    check_documentation(api, stage.documentation_version.as_deref())?;
    stage.tracing_enabled = input.tracing_enabled.unwrap_or(false);
    stage.tags = input.tags.unwrap_or_default();
    stage.canary_settings = input.canary_settings;
    stage.cache_cluster_enabled = input.cache_cluster_enabled.unwrap_or(false);
    stage.cache_cluster_size = input.cache_cluster_size.filter(|size| !size.is_empty());
    cache_cluster::settle(&mut stage)?;
    settle_canary(api, &mut stage)?;
    let body = wire(&stage)?;
    api.stages.insert(name, stage);
    Ok(body)
}

fn blank(name: &str, deployment_id: String, now: Timestamp) -> Stage {
    Stage {
        deployment_id,
        client_certificate_id: None,
        stage_name: name.to_owned(),
        description: None,
        cache_cluster_enabled: false,
        cache_cluster_size: None,
        cache_cluster_status: "NOT_AVAILABLE".to_owned(),
        method_settings: Map::new(),
        variables: Map::new(),
        documentation_version: None,
        access_log_settings: None,
        canary_settings: None,
        tracing_enabled: false,
        tags: Map::new(),
        created_date: now,
        last_updated_date: now,
    }
}

/// What a new deployment changes on the stage that it names.
pub(super) struct Release {
    pub deployment_id: String,
    pub description: Option<String>,
    pub variables: Option<Map<String>>,
    pub tracing_enabled: Option<bool>,
    pub cache_cluster_enabled: Option<bool>,
    pub cache_cluster_size: Option<String>,
    pub canary_settings: Option<CanarySettings>,
}

/// Points a stage at a new deployment, making the stage when it is not there. With canary settings the stage keeps its
/// deployment, and the new one takes the canary's share of the traffic.
pub(super) fn release(
    api: &mut Api,
    name: &str,
    change: Release,
    now: Timestamp,
) -> Result<(), ServiceError> {
    check_name(name)?;
    let mut stage = match api.stages.get(name) {
        Some(stage) => stage.clone(),
        None if change.canary_settings.is_some() => {
            return Err(bad_request(
                "Invalid Stage identifier specified: a canary needs a stage that is there",
            ));
        }
        None => blank(name, change.deployment_id.clone(), now),
    };
    if let Some(canary) = change.canary_settings {
        stage.canary_settings = Some(CanarySettings { deployment_id: Some(change.deployment_id), ..canary });
    } else {
        stage.deployment_id = change.deployment_id;
    }
    if let Some(text) = change.description {
        stage.description = Some(text).filter(|text| !text.is_empty());
    }
    if let Some(variables) = change.variables {
        stage.variables = variables;
    }
    if let Some(tracing) = change.tracing_enabled {
        stage.tracing_enabled = tracing;
    }
    if let Some(enabled) = change.cache_cluster_enabled {
        stage.cache_cluster_enabled = enabled;
    }
    stage.cache_cluster_size =
        change.cache_cluster_size.filter(|size| !size.is_empty()).or(stage.cache_cluster_size);
    cache_cluster::settle(&mut stage)?;
    stage.last_updated_date = now;
    api.stages.insert(name.to_owned(), stage);
    Ok(())
}

fn check_name(name: &str) -> Result<(), ServiceError> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !name.is_empty() && name.len() <= 128 && name.bytes().all(legal) {
        return Ok(());
    }
    Err(bad_request("Stage name only allows a-zA-Z0-9_-"))
}

/// Names and values as <https://docs.aws.amazon.com/apigateway/latest/api/API_CreateStage.html> allows them.
pub(super) fn check_variables(variables: Option<&Map<String>>) -> Result<(), ServiceError> {
    for (name, value) in variables.into_iter().flatten() {
        let legal_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if name.is_empty() || !name.bytes().all(legal_name) {
            return Err(bad_request(format!(
                "Invalid stage variable name: {name}. Please use alphanumeric characters and underscores."
            )));
        }
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#&=,".contains(&byte);
        if !value.bytes().all(legal) {
            return Err(bad_request(format!(
                "Invalid stage variable value: {value}. Please use values with alphanumeric characters and the \
                 symbols - . _ ~ : / ? # & = , only."
            )));
        }
    }
    Ok(())
}

fn check_deployment(api: &Api, id: &str) -> Result<(), ServiceError> {
    if api.deployments.contains_key(id) {
        return Ok(());
    }
    Err(bad_request("Deployment id does not exist"))
}

/// A stage shows a version of the documentation that is there.
fn check_documentation(api: &Api, version: Option<&str>) -> Result<(), ServiceError> {
    match version {
        Some(version) if !api.documentation_versions.contains_key(version) => {
            Err(bad_request("Invalid Documentation version specified"))
        }
        _ => Ok(()),
    }
}

/// A canary without a deployment runs the stage's own.
fn settle_canary(api: &Api, stage: &mut Stage) -> Result<(), ServiceError> {
    let Some(canary) = &mut stage.canary_settings else { return Ok(()) };
    if !(0.0..=100.0).contains(&canary.percent_traffic) {
        return Err(bad_request("Percent traffic must be between 0.0 and 100.0"));
    }
    let deployment = canary.deployment_id.get_or_insert_with(|| stage.deployment_id.clone());
    check_deployment(api, deployment)?;
    check_variables(Some(&canary.stage_variable_overrides))
}

pub(super) fn get(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = reference::api(region, ask)?;
    wire(found(api, ask.path("stage_name"))?)
}

pub(super) fn list(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let deployment = ask.query("deploymentId").filter(|id| !id.is_empty());
    let api = reference::api(region, ask)?;
    let stages = api
        .stages
        .values()
        .filter(|stage| deployment.as_ref().is_none_or(|id| stage.deployment_id == *id))
        .map(wire)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(json!({ "item": stages }))
}

pub(super) fn update(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let operations = ask.patches()?;
    let name = ask.path("stage_name");
    let current = found(reference::api(region, ask)?, name)?;
    let mut changed = patch::apply(current, &operations, &patch::STAGE)?;
    client_certificates::check(&region.client_certificates, changed.client_certificate_id.as_deref())?;
    let api = reference::api_mut(region, ask)?;
    cache_cluster::settle(&mut changed)?;
    check_documentation(api, changed.documentation_version.as_deref())?;
    check_deployment(api, &changed.deployment_id)?;
    check_variables(Some(&changed.variables))?;
    for setting in changed.method_settings.values() {
        if !matches!(setting.logging_level.as_deref(), None | Some("OFF" | "ERROR" | "INFO")) {
            return Err(bad_request("Invalid logging level. Must be one of: [OFF, ERROR, INFO]"));
        }
    }
    settle_canary(api, &mut changed)?;
    changed.last_updated_date = ask.now;
    let body = wire(&changed)?;
    api.stages.insert(name.to_owned(), changed);
    Ok(body)
}

pub(super) fn delete(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = reference::api_mut(region, ask)?;
    let (id, name) = (api.definition.rest_api.id.clone(), ask.path("stage_name"));
    found(api, name)?;
    let mut mappings = region.domain_names.values().flat_map(|domain| domain.mappings.values());
    if mappings.any(|mapping| mapping.rest_api_id == id && mapping.stage.as_deref() == Some(name)) {
        return Err(bad_request(
            "Please remove all base path mappings related to the stage in your account before deleting the stage.",
        ));
    }
    reference::api_mut(region, ask)?.stages.shift_remove(name);
    for plan in region.usage_plans.values_mut() {
        plan.api_stages.retain(|stage| stage.api_id != id || stage.stage != name);
    }
    Ok(Value::Null)
}

fn found<'a>(api: &'a Api, name: &str) -> Result<&'a Stage, ServiceError> {
    api.stages.get(name).ok_or_else(|| not_found("Invalid stage identifier specified"))
}
