use serde_json::Value;

use super::overlay::{check_length, overlay};
use super::page::page;
use super::{Ask, cors, deployments, integrations, route_key, web_socket};
use crate::sandbox::ServiceError;
use crate::sandbox::apigatewayv2::entity::{Api, Integration, Route, RouteSettings, Stage};
use crate::sandbox::apigatewayv2::fault::bad_request;
use crate::sandbox::apigatewayv2::identifier;
use crate::sandbox::apigatewayv2::state::Region;

/// Members of an API that stand in it, and are resources of their own.
const WITHIN: [&str; 6] = ["routes", "integrations", "authorizers", "stages", "deployments", "models"];

const SETTABLE: [&str; 9] = [
    "apiKeySelectionExpression",
    "corsConfiguration",
    "description",
    "disableExecuteApiEndpoint",
    "disableSchemaValidation",
    "ipAddressType",
    "name",
    "routeSelectionExpression",
    "version",
];

/// The default, and the other spelling that AWS takes.
const SELECTIONS: [&str; 2] = ["$request.method $request.path", "${request.method} ${request.path}"];

pub(super) fn wire(api: &Api) -> Result<Value, ServiceError> {
    super::ask::wire(api, &WITHIN)
}

/// Makes an API that has nothing in it yet.
pub(super) fn blank(ask: &Ask<'_>) -> Api {
    let id = identifier::api(ask.random);
    Api {
        api_endpoint: format!("https://{id}.execute-api.{}.amazonaws.com", ask.scope.region),
        api_id: id,
        api_key_selection_expression: "$request.header.x-api-key".to_owned(),
        created_date: ask.moment(),
        ip_address_type: "ipv4".to_owned(),
        protocol_type: "HTTP".to_owned(),
        route_selection_expression: SELECTIONS[0].to_owned(),
        ..Api::default()
    }
}

/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis.html#CreateApi>
pub(super) fn create(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let mut blank = blank(ask);
    match ask.text("protocolType") {
        Some("HTTP") => {}
        Some("WEBSOCKET") => {
            web_socket::admit(ask)?;
            blank.api_endpoint = blank.api_endpoint.replacen("https", "wss", 1);
            "WEBSOCKET".clone_into(&mut blank.protocol_type);
            blank.route_selection_expression.clear();
        }
        _ => return Err(bad_request("Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]")),
    }
    let mut api = overlay(&blank, ask.body(), &SETTABLE)?;
    api = overlay(&api, ask.body(), &["tags"])?;
    check(&api)?;
    let key = ask.text("routeKey");
    if api.is_web_socket() && (key.is_some() || ask.text("target").is_some()) {
        return Err(bad_request("Quick create is only supported for HTTP APIs"));
    }
    match ask.text("target") {
        Some(target) => quick_create(&mut api, ask, key.unwrap_or("$default"), target)?,
        None if key.is_some() || ask.text("credentialsArn").is_some() => {
            return Err(bad_request("RouteKey and CredentialsArn can only be specified with a target"));
        }
        None => {}
    }
    let answer = wire(&api)?;
    region.apis.insert(api.api_id.clone(), api);
    Ok(answer)
}

/// Makes what `target` asks for: an integration, a catch-all route and a default stage that deploys itself.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop.html#http-api-examples>
fn quick_create(api: &mut Api, ask: &Ask<'_>, key: &str, target: &str) -> Result<(), ServiceError> {
    let key = route_key::parse(key)?.text();
    let mut integration = Integration {
        api_gateway_managed: Some(true),
        integration_id: identifier::part(ask.random),
        connection_type: "INTERNET".to_owned(),
        credentials_arn: ask.text("credentialsArn").map(str::to_owned),
        integration_uri: Some(target.to_owned()),
        timeout_in_millis: Some(30_000),
        ..Integration::default()
    };
    if target.starts_with("arn:") {
        "AWS_PROXY".clone_into(&mut integration.integration_type);
        integration.integration_method = Some("POST".to_owned());
        integration.payload_format_version = Some("2.0".to_owned());
    } else {
        "HTTP_PROXY".clone_into(&mut integration.integration_type);
        integration.integration_method = Some("ANY".to_owned());
        integration.payload_format_version = Some("1.0".to_owned());
    }
    integrations::check(&integration)?;
    let route = Route {
        api_gateway_managed: Some(true),
        route_id: identifier::part(ask.random),
        route_key: key,
        authorization_type: "NONE".to_owned(),
        target: Some(format!("integrations/{}", integration.integration_id)),
        ..Route::default()
    };
    let stage = Stage {
        api_gateway_managed: Some(true),
        auto_deploy: true,
        stage_name: "$default".to_owned(),
        created_date: ask.moment(),
        last_updated_date: ask.moment(),
        default_route_settings: RouteSettings {
            detailed_metrics_enabled: Some(false),
            ..RouteSettings::default()
        },
        ..Stage::default()
    };
    api.integrations.insert(integration.integration_id.clone(), integration);
    api.routes.insert(route.route_id.clone(), route);
    api.stages.insert(stage.stage_name.clone(), stage);
    deployments::changed(api, ask);
    Ok(())
}

/// Checks what an API's members must be.
pub(super) fn check(api: &Api) -> Result<(), ServiceError> {
    if api.name.is_empty() || api.name.chars().count() > 128 {
        return Err(bad_request("Invalid API name specified"));
    }
    check_length(api.description.as_deref(), "Description", 1024)?;
    check_length(api.version.as_deref(), "Version", 64)?;
    if api.is_web_socket() {
        web_socket::check_api(api)?;
    } else if !SELECTIONS.contains(&api.route_selection_expression.as_str()) {
        return Err(bad_request(
            "Route selection expression is currently limited to \"${request.method} ${request.path}\"",
        ));
    }
    if !["ipv4", "dualstack"].contains(&api.ip_address_type.as_str()) {
        return Err(bad_request("Invalid IP address type specified. Must be one of [ipv4, dualstack]"));
    }
    super::tags::check(&api.tags)?;
    api.cors_configuration.as_ref().map_or(Ok(()), cors::check)
}

pub(super) fn get(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    wire(ask.api(region)?)
}

pub(super) fn list(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let items = region.apis.values().map(|api| Ok((api.api_id.clone(), wire(api)?)));
    page(ask, items.collect::<Result<_, ServiceError>>()?)
}

/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid.html#UpdateApi>
pub(super) fn update(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = ask.api(region)?;
    let mut changed = overlay(api, ask.body(), &SETTABLE)?;
    check(&changed)?;
    if ["target", "routeKey", "credentialsArn"].iter().any(|name| ask.text(name).is_some()) {
        retarget(&mut changed, ask)?;
    }
    *api = changed;
    deployments::changed(api, ask);
    wire(api)
}

/// Changes what quick create made; nothing else can be changed this way.
fn retarget(api: &mut Api, ask: &Ask<'_>) -> Result<(), ServiceError> {
    let managed = api.routes.values_mut().find(|route| route.api_gateway_managed == Some(true));
    let not_quick = || {
        bad_request(
            "Target, RouteKey and CredentialsArn can only be updated for an API made with quick create",
        )
    };
    let route = managed.ok_or_else(not_quick)?;
    if let Some(key) = ask.text("routeKey") {
        route.route_key = route_key::parse(key)?.text();
    }
    let id = route.integration_id().map(str::to_owned).ok_or_else(not_quick)?;
    let integration = api.integrations.get_mut(&id).ok_or_else(not_quick)?;
    if let Some(target) = ask.text("target") {
        integration.integration_uri = Some(target.to_owned());
    }
    if let Some(arn) = ask.text("credentialsArn") {
        integration.credentials_arn = Some(arn.to_owned());
    }
    integrations::check(integration)
}

/// Deletes an API; one that a custom domain leads to stays.
pub(super) fn delete(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let id = ask.api(region)?.api_id.clone();
    let mapped = |mapping: &super::super::entity::ApiMapping| mapping.api_id == id;
    if region.domains.values().any(|domain| domain.mappings.values().any(mapped)) {
        return Err(bad_request(
            "Deleting API failed. Please remove all base path mappings related to the API in your domains or the \
             related domain resources.",
        ));
    }
    region.apis.shift_remove(&id);
    Ok(Value::Null)
}
