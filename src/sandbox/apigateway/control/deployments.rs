use serde::Deserialize;
use serde_json::{Map as Object, Value, json};

use super::Ask;
use super::page::page;
use super::{reference, stages};
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::entity::{Api, CanarySettings, Definition, Deployment, Frozen, Map};
use crate::sandbox::apigateway::fault::{bad_request, not_found};
use crate::sandbox::apigateway::state::Region;
use crate::sandbox::apigateway::{identifier, patch};

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    stage_name: Option<String>,
    stage_description: Option<String>,
    description: Option<String>,
    cache_cluster_enabled: Option<bool>,
    cache_cluster_size: Option<String>,
    variables: Option<Map<String>>,
    canary_settings: Option<CanarySettings>,
    tracing_enabled: Option<bool>,
}

/// Freezes the API as it stands, and points the named stage at it.
pub(super) fn create(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let input: Input = ask.input()?;
    stages::check_variables(input.variables.as_ref())?;
    let api = reference::api_mut(region, ask)?;
    check(&api.definition)?;
    let deployment = Deployment {
        id: identifier::short(ask.random),
        description: input.description.filter(|text| !text.is_empty()),
        created_date: ask.now,
        frozen: Frozen::from(api.definition.clone()),
    };
    if let Some(name) = input.stage_name.filter(|name| !name.is_empty()) {
        let change = stages::Release {
            deployment_id: deployment.id.clone(),
            description: input.stage_description,
            variables: input.variables,
            tracing_enabled: input.tracing_enabled,
            cache_cluster_enabled: input.cache_cluster_enabled,
            cache_cluster_size: input.cache_cluster_size,
            canary_settings: input.canary_settings,
        };
        stages::release(api, &name, change, ask.now)?;
    } else if input.canary_settings.is_some() {
        return Err(bad_request(
            "Invalid deployment content specified.Stage name must be provided for canary",
        ));
    }
    let body = shape(&deployment, false);
    api.deployments.insert(deployment.id.clone(), deployment);
    Ok(body)
}

fn check(definition: &Definition) -> Result<(), ServiceError> {
    if definition.methods().next().is_none() {
        return Err(bad_request("The REST API doesn't contain any methods"));
    }
    if definition.methods().any(|(_, method)| method.method_integration.is_none()) {
        return Err(bad_request("No integration defined for method"));
    }
    Ok(())
}

/// `embed=apisummary` lists what the deployment froze.
fn shape(deployment: &Deployment, summary: bool) -> Value {
    let mut body = Object::new();
    body.insert("id".to_owned(), json!(deployment.id));
    if let Some(text) = &deployment.description {
        body.insert("description".to_owned(), json!(text));
    }
    body.insert("createdDate".to_owned(), json!(deployment.created_date.as_second()));
    if summary {
        let mut paths = Object::new();
        for (resource, method) in deployment.frozen.definition().methods() {
            let snapshot = json!({
                "authorizationType": method.authorization_type,
                "apiKeyRequired": method.api_key_required,
            });
            let entry = paths.entry(resource.path.clone()).or_insert_with(|| json!({}));
            entry[method.http_method.as_str()] = snapshot;
        }
        body.insert("apiSummary".to_owned(), Value::Object(paths));
    }
    Value::Object(body)
}

pub(super) fn get(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = reference::api(region, ask)?;
    Ok(shape(found(api, ask.path("deployment_id"))?, ask.embeds("apisummary")))
}

pub(super) fn list(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = reference::api(region, ask)?;
    let entries =
        api.deployments.iter().map(|(id, deployment)| (id.clone(), shape(deployment, false))).collect();
    page(ask, entries)
}

#[derive(Debug, Clone, serde::Serialize, Deserialize)]
struct Described {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

pub(super) fn update(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let operations = ask.patches()?;
    let api = reference::api_mut(region, ask)?;
    let id = ask.path("deployment_id");
    let current = Described { description: found(api, id)?.description.clone() };
    let changed = patch::apply(&current, &operations, &patch::DEPLOYMENT)?;
    let deployment = api.deployments.get_mut(id).ok_or_else(unknown)?;
    deployment.description = changed.description;
    Ok(shape(deployment, false))
}

pub(super) fn delete(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = reference::api_mut(region, ask)?;
    let id = ask.path("deployment_id");
    found(api, id)?;
    let in_use = api.stages.values().any(|stage| {
        let canary = stage.canary_settings.as_ref().and_then(|canary| canary.deployment_id.as_deref());
        stage.deployment_id == id || canary == Some(id)
    });
    if in_use {
        return Err(bad_request("Active stages pointing to this deployment must be moved or deleted"));
    }
    api.deployments.shift_remove(id);
    Ok(Value::Null)
}

fn found<'a>(api: &'a Api, id: &str) -> Result<&'a Deployment, ServiceError> {
    api.deployments.get(id).ok_or_else(unknown)
}

fn unknown() -> ServiceError {
    not_found("Invalid Deployment identifier specified")
}
