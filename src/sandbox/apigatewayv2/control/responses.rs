//! What WebSocket APIs answer with: integration responses and route responses.

use serde_json::Value;

use super::overlay::{check_choice, overlay};
use super::page::page;
use super::{Ask, ask::wire, deployments, web_socket};
use crate::sandbox::ServiceError;
use crate::sandbox::apigatewayv2::entity::{
    Api, Integration, IntegrationResponse, Map, Route, RouteResponse,
};
use crate::sandbox::apigatewayv2::fault::{bad_request, conflict, unknown};
use crate::sandbox::apigatewayv2::identifier;
use crate::sandbox::apigatewayv2::state::Region;

const OF_INTEGRATION: [&str; 5] = [
    "contentHandlingStrategy",
    "integrationResponseKey",
    "responseParameters",
    "responseTemplates",
    "templateSelectionExpression",
];

const OF_ROUTE: [&str; 4] =
    ["modelSelectionExpression", "responseModels", "responseParameters", "routeResponseKey"];

fn integration<'a>(api: &'a mut Api, ask: &Ask<'_>) -> Result<&'a mut Integration, ServiceError> {
    let id = ask.path("integrationId");
    let web_socket = api.is_web_socket();
    let found = api.integrations.get_mut(id).ok_or_else(|| unknown("Integration", id))?;
    web_socket::need(web_socket, "IntegrationResponses").map(|()| found)
}

fn route<'a>(api: &'a mut Api, ask: &Ask<'_>) -> Result<&'a mut Route, ServiceError> {
    let id = ask.path("routeId");
    let web_socket = api.is_web_socket();
    let found = api.routes.get_mut(id).ok_or_else(|| unknown("Route", id))?;
    web_socket::need(web_socket, "RouteResponses").map(|()| found)
}

/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-integrations-integrationid-integrationresponses.html>
pub(super) fn create_of_integration(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let blank = IntegrationResponse {
        integration_response_id: identifier::part(ask.random),
        ..IntegrationResponse::default()
    };
    put_of_integration(region, ask, &blank)
}

pub(super) fn update_of_integration(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let before = found_of_integration(integration(ask.api(region)?, ask)?, ask)?.clone();
    put_of_integration(region, ask, &before)
}

fn put_of_integration(
    region: &mut Region,
    ask: &Ask<'_>,
    before: &IntegrationResponse,
) -> Result<Value, ServiceError> {
    let api = ask.api(region)?;
    let there = integration(api, ask)?;
    let response = overlay(before, ask.body(), &OF_INTEGRATION)?;
    if let Some(strategy) = response.content_handling_strategy.as_deref() {
        let allowed = ["CONVERT_TO_BINARY", "CONVERT_TO_TEXT"];
        check_choice(strategy, "content handling strategy", &allowed)?;
    }
    check_key(&response.integration_response_key)?;
    let same = |other: &IntegrationResponse| {
        other.integration_response_id != response.integration_response_id
            && other.integration_response_key == response.integration_response_key
    };
    if there.responses.values().any(same) {
        return Err(conflict(format!(
            "IntegrationResponse with key {} already exists",
            response.integration_response_key
        )));
    }
    let answer = wire(&response, &[])?;
    there.responses.insert(response.integration_response_id.clone(), response);
    deployments::changed(api, ask);
    Ok(answer)
}

/// `$default`, or a pattern between slashes that status codes are held against.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-responses.html>
fn check_key(key: &str) -> Result<(), ServiceError> {
    let pattern = key.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
    if key == "$default" || pattern.is_some_and(|pattern| !pattern.is_empty()) {
        return Ok(());
    }
    Err(bad_request(format!("Invalid integration response key specified: {key}")))
}

fn found_of_integration<'a>(
    integration: &'a Integration,
    ask: &Ask<'_>,
) -> Result<&'a IntegrationResponse, ServiceError> {
    let id = ask.path("integrationResponseId");
    integration.responses.get(id).ok_or_else(|| unknown("IntegrationResponse", id))
}

pub(super) fn get_of_integration(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    wire(found_of_integration(integration(ask.api(region)?, ask)?, ask)?, &[])
}

pub(super) fn list_of_integration(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let all = integration(ask.api(region)?, ask)?.responses.values();
    let items = all.map(|one| Ok((one.integration_response_id.clone(), wire(one, &[])?)));
    page(ask, items.collect::<Result<_, ServiceError>>()?)
}

pub(super) fn delete_of_integration(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = ask.api(region)?;
    let there = integration(api, ask)?;
    let id = found_of_integration(there, ask)?.integration_response_id.clone();
    there.responses.shift_remove(&id);
    deployments::changed(api, ask);
    Ok(Value::Null)
}

/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes-routeid-routeresponses.html>
pub(super) fn create_of_route(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let blank = RouteResponse { route_response_id: identifier::part(ask.random), ..RouteResponse::default() };
    put_of_route(region, ask, &blank)
}

pub(super) fn update_of_route(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let before = found_of_route(route(ask.api(region)?, ask)?, ask)?.clone();
    put_of_route(region, ask, &before)
}

fn put_of_route(region: &mut Region, ask: &Ask<'_>, before: &RouteResponse) -> Result<Value, ServiceError> {
    let api = ask.api(region)?;
    let response = overlay(before, ask.body(), &OF_ROUTE)?;
    route(api, ask)?;
    web_socket::check_models(api, response.response_models.as_ref())?;
    // "Currently, only $default is supported": the page on two-way communication,
    // <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-response.html>
    if response.route_response_key != "$default" {
        let key = &response.route_response_key;
        return Err(bad_request(format!("Invalid route response key specified: {key}. Must be $default")));
    }
    let there: &mut Map<RouteResponse> = &mut route(api, ask)?.responses;
    if there.values().any(|other| other.route_response_id != response.route_response_id) {
        return Err(conflict("RouteResponse with key $default already exists"));
    }
    let answer = wire(&response, &[])?;
    there.insert(response.route_response_id.clone(), response);
    deployments::changed(api, ask);
    Ok(answer)
}

fn found_of_route<'a>(route: &'a Route, ask: &Ask<'_>) -> Result<&'a RouteResponse, ServiceError> {
    let id = ask.path("routeResponseId");
    route.responses.get(id).ok_or_else(|| unknown("RouteResponse", id))
}

pub(super) fn get_of_route(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    wire(found_of_route(route(ask.api(region)?, ask)?, ask)?, &[])
}

pub(super) fn list_of_route(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let all = route(ask.api(region)?, ask)?.responses.values();
    let items = all.map(|one| Ok((one.route_response_id.clone(), wire(one, &[])?)));
    page(ask, items.collect::<Result<_, ServiceError>>()?)
}

pub(super) fn delete_of_route(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = ask.api(region)?;
    let there = route(api, ask)?;
    let id = found_of_route(there, ask)?.route_response_id.clone();
    there.responses.shift_remove(&id);
    deployments::changed(api, ask);
    Ok(Value::Null)
}
