use serde_json::Value;

use super::overlay::{check_length, merged, overlay};
use super::page::page;
use super::{Ask, ask::wire, deployments, tags, web_socket};
use crate::sandbox::ServiceError;
use crate::sandbox::apigatewayv2::entity::{Api, Map, RouteSettings, Stage};
use crate::sandbox::apigatewayv2::fault::{bad_request, conflict, not_found};
use crate::sandbox::apigatewayv2::state::Region;

const SETTABLE: [&str; 6] = [
    "accessLogSettings",
    "autoDeploy",
    "clientCertificateId",
    "defaultRouteSettings",
    "deploymentId",
    "description",
];

/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages.html>
pub(super) fn create(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = ask.api(region)?;
    let blank = Stage {
        created_date: ask.moment(),
        last_updated_date: ask.moment(),
        default_route_settings: if api.is_web_socket() {
            web_socket::settings()
        } else {
            RouteSettings { detailed_metrics_enabled: Some(false), ..RouteSettings::default() }
        },
        ..Stage::default()
    };
    let mut stage = overlay(&blank, ask.body(), &["stageName", "routeSettings", "stageVariables", "tags"])?;
    stage = overlay(&stage, ask.body(), &SETTABLE)?;
    settle(&mut stage);
    let name = stage.stage_name.clone();
    check_name(&name)?;
    check(api, &stage)?;
    if api.stages.contains_key(&name) {
        return Err(conflict("Stage already exists"));
    }
    if stage.auto_deploy && stage.deployment_id.is_some() {
        return Err(auto_deployed());
    }
    let deploys = stage.auto_deploy;
    api.stages.insert(name.clone(), stage);
    if deploys {
        deployments::deploy_to(api, ask, std::slice::from_ref(&name));
    }
    wire(&api.stages[&name], &[])
}

fn auto_deployed() -> ServiceError {
    bad_request("Deployment ID cannot be set on a stage with auto-deploy enabled")
}

/// `$default`, or up to 128 letters, digits, hyphens and underscores.
/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages.html>, "stageName"
fn check_name(name: &str) -> Result<(), ServiceError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if name == "$default" || (!name.is_empty() && name.len() <= 128 && name.bytes().all(plain)) {
        return Ok(());
    }
    Err(bad_request("Stage name only allows a-zA-Z0-9_-"))
}

/// Settings always tell whether detailed metrics are on.
fn settle(stage: &mut Stage) {
    stage.default_route_settings.detailed_metrics_enabled.get_or_insert(false);
}

fn check(api: &Api, stage: &Stage) -> Result<(), ServiceError> {
    check_length(stage.description.as_deref(), "Description", 1024)?;
    tags::check(&stage.tags)?;
    if !api.is_web_socket() && stage.client_certificate_id.as_deref().is_some_and(|id| !id.is_empty()) {
        // "Supported only for WebSocket APIs."
        return Err(bad_request("Client certificates are not supported on protocolType HTTP"));
    }
    check_settings(api, &stage.default_route_settings)?;
    for (key, settings) in &stage.route_settings {
        if !api.routes.values().any(|route| route.route_key == *key) {
            return Err(not_found(format!(
                "Unable to find Route by key {key} within the provided RouteSettings"
            )));
        }
        check_settings(api, settings)?;
    }
    check_variables(&stage.stage_variables)?;
    if let Some(log) = &stage.access_log_settings {
        check_log(log.destination_arn.as_deref(), log.format.as_deref())?;
    }
    match stage.deployment_id.as_deref() {
        Some(id) if !api.deployments.contains_key(id) => {
            Err(bad_request("Deployment ID does not point to a valid deployment"))
        }
        _ => Ok(()),
    }
}

fn check_log(destination: Option<&str>, format: Option<&str>) -> Result<(), ServiceError> {
    let (Some(destination), Some(format)) = (destination, format) else {
        return Err(bad_request("Access Log value missing. Expected destinationArn and format."));
    };
    if !destination.starts_with("arn:") || !destination.contains(":logs:") {
        return Err(bad_request(
            "Invalid ARN specified in the request. ARNs must be of a CloudWatch Logs log group",
        ));
    }
    if !format.contains("$context.requestId") && !format.contains("$context.extendedRequestId") {
        return Err(bad_request(
            "Access Log format must include either $context.requestId or $context.extendedRequestId",
        ));
    }
    Ok(())
}

fn check_settings(api: &Api, settings: &RouteSettings) -> Result<(), ServiceError> {
    if api.is_web_socket() {
        web_socket::check_settings(settings)?;
    } else if settings.data_trace_enabled == Some(true) || settings.logging_level.is_some() {
        return Err(bad_request("Execution logs are not supported on protocolType HTTP"));
    }
    let negative = settings.throttling_burst_limit.is_some_and(|limit| limit < 0)
        || settings.throttling_rate_limit.is_some_and(|limit| limit < 0.0);
    if negative {
        return Err(bad_request("Invalid throttling limits specified: they must not be negative"));
    }
    Ok(())
}

/// Names have letters, digits and underscores; values `[A-Za-z0-9-._~:/?#&=,]+`.
/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages.html>, "stageVariables"
fn check_variables(variables: &Map<String>) -> Result<(), ServiceError> {
    for (name, value) in variables {
        let named = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !named {
            return Err(bad_request(format!(
                "Stage variable name {name} is invalid. Only alphanumeric characters and '_' are supported"
            )));
        }
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#&=,".contains(&byte);
        if !value.bytes().all(plain) || value.len() > 2048 {
            return Err(bad_request(format!(
                "Stage variable value {value} is invalid. Please use values with alphanumeric characters and the \
                 symbols ' ', -', '.', '_', ':', '/', '?', '&', '=', and ','."
            )));
        }
    }
    Ok(())
}

fn found<'a>(api: &'a mut Api, ask: &Ask<'_>) -> Result<&'a mut Stage, ServiceError> {
    api.stages.get_mut(ask.path("stageName")).ok_or_else(|| not_found("Invalid stage identifier specified"))
}

pub(super) fn get(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    wire(found(ask.api(region)?, ask)?, &[])
}

/// Answers nothing where the stage is there.
pub(super) fn exists(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    found(ask.api(region)?, ask).map(|_| Value::Null)
}

pub(super) fn list(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let all = ask.api(region)?.stages.values();
    let items = all.map(|one| Ok((one.stage_name.clone(), wire(one, &[])?)));
    page(ask, items.collect::<Result<_, ServiceError>>()?)
}

/// Variables and the settings of routes are laid over those that are there; an empty variable goes.
pub(super) fn update(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = ask.api(region)?;
    let before = found(api, ask)?.clone();
    let mut stage = overlay(&before, ask.body(), &SETTABLE)?;
    settle(&mut stage);
    let given = overlay(&Stage::default(), ask.body(), &["routeSettings", "stageVariables"])?;
    stage.stage_variables = merged(&before.stage_variables, given.stage_variables);
    stage.route_settings.extend(given.route_settings);
    check(api, &stage)?;
    let redeployed = ask.text("deploymentId").is_some();
    if redeployed && stage.auto_deploy {
        return Err(auto_deployed());
    }
    stage.last_updated_date = ask.moment();
    let name = stage.stage_name.clone();
    let deploys = stage.auto_deploy && !before.auto_deploy;
    api.stages.insert(name.clone(), stage);
    if deploys {
        deployments::deploy_to(api, ask, std::slice::from_ref(&name));
    }
    wire(&api.stages[&name], &[])
}

pub(super) fn delete(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = ask.api(region)?;
    let name = found(api, ask)?.stage_name.clone();
    let id = api.api_id.clone();
    let leads_here =
        |mapping: &super::super::entity::ApiMapping| mapping.api_id == id && mapping.stage == name;
    if region.domains.values().any(|domain| domain.mappings.values().any(leads_here)) {
        return Err(bad_request(
            "Deleting stage failed. Please remove all base path mappings related to the stage in your domains.",
        ));
    }
    ask.api(region)?.stages.shift_remove(&name);
    Ok(Value::Null)
}

pub(super) fn delete_access_log(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let stage = found(ask.api(region)?, ask)?;
    stage.access_log_settings = None;
    stage.last_updated_date = ask.moment();
    Ok(Value::Null)
}

pub(super) fn delete_route_settings(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let stage = found(ask.api(region)?, ask)?;
    let key = ask.path("routeKey");
    if stage.route_settings.shift_remove(key).is_none() {
        return Err(not_found(format!(
            "Unable to find Route by key {key} within the provided RouteSettings"
        )));
    }
    stage.last_updated_date = ask.moment();
    Ok(Value::Null)
}
