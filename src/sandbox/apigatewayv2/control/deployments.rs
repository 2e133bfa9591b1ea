use std::sync::Arc;

use serde_json::Value;

use super::overlay::{check_length, overlay};
use super::page::page;
use super::{Ask, ask::wire};
use crate::sandbox::ServiceError;
use crate::sandbox::apigatewayv2::entity::{Api, Definition, Deployment};
use crate::sandbox::apigatewayv2::fault::{bad_request, not_found, unknown};
use crate::sandbox::apigatewayv2::identifier;
use crate::sandbox::apigatewayv2::state::Region;

const WITHIN: [&str; 1] = ["definition"];

/// How many deployments that nobody asked for and no stage uses are kept.
const KEPT: usize = 20;

const NO_ROUTES: &str = "Unable to deploy API because no routes exist in this API";

/// Freezes an API as it is.
fn freeze(api: &mut Api, ask: &Ask<'_>, auto_deployed: bool, description: Option<String>) -> String {
    let deployment = Deployment {
        auto_deployed,
        created_date: ask.moment(),
        deployment_id: identifier::short(ask.random),
        deployment_status: "DEPLOYED".to_owned(),
        description,
        definition: Arc::new(Definition::of(api)),
    };
    let id = deployment.deployment_id.clone();
    api.deployments.insert(id.clone(), deployment);
    id
}

/// Deploys an API that changed to the stages that deploy themselves.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-stages.html>
pub(super) fn changed(api: &mut Api, ask: &Ask<'_>) {
    let names = api.stages.values().filter(|stage| stage.auto_deploy).map(|stage| stage.stage_name.clone());
    let names: Vec<String> = names.collect();
    deploy_to(api, ask, &names);
}

/// Deploys an API to some of its stages, on its own account.
pub(super) fn deploy_to(api: &mut Api, ask: &Ask<'_>, stages: &[String]) {
    if stages.is_empty() {
        return;
    }
    let made = if api.routes.is_empty() {
        None
    } else {
        let text = "Automatic deployment triggered by changes to the Api configuration";
        Some(freeze(api, ask, true, Some(text.to_owned())))
    };
    for name in stages {
        let Some(stage) = api.stages.get_mut(name) else { continue };
        match &made {
            Some(id) => {
                stage.deployment_id = Some(id.clone());
                stage.last_deployment_status_message =
                    Some(format!("Successfully deployed stage with deployment ID '{id}'"));
            }
            None => {
                stage.last_deployment_status_message =
                    Some(format!("Deployment attempt failed: {NO_ROUTES}"));
            }
        }
        stage.last_updated_date = ask.moment();
    }
    forget_old(api);
}

fn forget_old(api: &mut Api) {
    let used = |id: &String| api.stages.values().any(|stage| stage.deployment_id.as_ref() == Some(id));
    let idle = api.deployments.values().filter(|one| one.auto_deployed && !used(&one.deployment_id));
    let idle: Vec<String> = idle.map(|one| one.deployment_id.clone()).collect();
    for id in idle.iter().take(idle.len().saturating_sub(KEPT)) {
        api.deployments.shift_remove(id);
    }
}

/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-deployments.html>
pub(super) fn create(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = ask.api(region)?;
    let description = ask.text("description").map(str::to_owned);
    check_length(description.as_deref(), "Description", 1024)?;
    let stage = ask.text("stageName").map(str::to_owned);
    if let Some(name) = &stage {
        let stage = api.stages.get(name).ok_or_else(|| not_found("Invalid stage identifier specified"))?;
        if stage.auto_deploy {
            return Err(bad_request(format!(
                "Deployments to stage {name} are not possible while its auto-deploy is enabled"
            )));
        }
    }
    if api.routes.is_empty() {
        return Err(bad_request(NO_ROUTES));
    }
    let id = freeze(api, ask, false, description);
    if let Some(stage) = stage.and_then(|name| api.stages.get_mut(&name)) {
        stage.deployment_id = Some(id.clone());
        stage.last_updated_date = ask.moment();
    }
    wire(&api.deployments[&id], &WITHIN)
}

fn found<'a>(api: &'a mut Api, ask: &Ask<'_>) -> Result<&'a mut Deployment, ServiceError> {
    let id = ask.path("deploymentId");
    api.deployments.get_mut(id).ok_or_else(|| unknown("Deployment", id))
}

pub(super) fn get(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    wire(found(ask.api(region)?, ask)?, &WITHIN)
}

/// The latest deployment comes first.
pub(super) fn list(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let all = ask.api(region)?.deployments.values().rev();
    let items = all.map(|one| Ok((one.deployment_id.clone(), wire(one, &WITHIN)?)));
    page(ask, items.collect::<Result<_, ServiceError>>()?)
}

pub(super) fn update(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let deployment = found(ask.api(region)?, ask)?;
    let changed: Deployment = overlay(deployment, ask.body(), &["description"])?;
    check_length(changed.description.as_deref(), "Description", 1024)?;
    *deployment = changed;
    wire(deployment, &WITHIN)
}

/// A deployment that a stage uses stays.
pub(super) fn delete(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = ask.api(region)?;
    let id = found(api, ask)?.deployment_id.clone();
    if api.stages.values().any(|stage| stage.deployment_id.as_ref() == Some(&id)) {
        return Err(bad_request("Active stages pointing to this deployment must be moved or deleted"));
    }
    api.deployments.shift_remove(&id);
    Ok(Value::Null)
}
