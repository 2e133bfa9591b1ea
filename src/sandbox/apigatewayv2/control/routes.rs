use serde_json::Value;

use super::overlay::{check_length, overlay};
use super::page::page;
use super::{Ask, ask::wire, deployments, route_key, web_socket};
use crate::sandbox::ServiceError;
use crate::sandbox::apigatewayv2::entity::{Api, Route};
use crate::sandbox::apigatewayv2::fault::{bad_request, conflict, not_found, unknown};
use crate::sandbox::apigatewayv2::identifier;
use crate::sandbox::apigatewayv2::state::Region;

/// What stands in a route, and is a resource of its own.
const WITHIN: [&str; 1] = ["responses"];

const SETTABLE: [&str; 11] = [
    "apiKeyRequired",
    "authorizationScopes",
    "authorizationType",
    "authorizerId",
    "modelSelectionExpression",
    "operationName",
    "requestModels",
    "requestParameters",
    "routeKey",
    "routeResponseSelectionExpression",
    "target",
];

pub(super) fn create(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = ask.api(region)?;
    let blank = Route {
        route_id: identifier::part(ask.random),
        authorization_type: "NONE".to_owned(),
        ..Route::default()
    };
    let route = overlay(&blank, ask.body(), &SETTABLE)?;
    add(api, route.clone())?;
    deployments::changed(api, ask);
    wire(&route, &WITHIN)
}

/// Puts a route into an API once it is known to be right.
pub(super) fn add(api: &mut Api, route: Route) -> Result<(), ServiceError> {
    check(api, &route)?;
    api.routes.insert(route.route_id.clone(), route);
    Ok(())
}

/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes.html>
fn check(api: &Api, route: &Route) -> Result<(), ServiceError> {
    check_length(route.operation_name.as_deref(), "OperationName", 64)?;
    if api.is_web_socket() {
        web_socket::check_route(api, route)?;
    } else {
        check_of_http(api, route)?;
    }
    let same = api
        .routes
        .values()
        .any(|other| other.route_id != route.route_id && other.route_key == route.route_key);
    if same {
        return Err(conflict(format!("Route with key {} already exists for this API", route.route_key)));
    }
    check_target(api, route)
}

fn check_of_http(api: &Api, route: &Route) -> Result<(), ServiceError> {
    route_key::parse(&route.route_key)?;
    if route.api_key_required {
        return Err(bad_request("ApiKeyRequired is not currently supported for HTTP APIs."));
    }
    if route.request_models.as_ref().is_some_and(|models| !models.is_empty())
        || route.model_selection_expression.is_some()
    {
        return Err(bad_request("Currently, Models are not permitted for APIs with a protocol type of HTTP"));
    }
    if route.route_response_selection_expression.is_some() {
        return Err(bad_request(
            "RouteResponseSelectionExpression is not supported for APIs with a protocol type of HTTP",
        ));
    }
    check_authorization(api, route)
}

fn check_target(api: &Api, route: &Route) -> Result<(), ServiceError> {
    let Some(target) = route.target.as_deref().filter(|target| !target.is_empty()) else { return Ok(()) };
    let malformed =
        "Unexpected or malformed target in route. Correct format should be integrations/<integration_id>.";
    let id = target.strip_prefix("integrations/").filter(|id| !id.is_empty() && !id.contains('/'));
    let id = id.ok_or_else(|| bad_request(malformed))?;
    if api.integrations.contains_key(id) {
        Ok(())
    } else {
        Err(not_found("Invalid Integration identifier specified"))
    }
}

fn check_authorization(api: &Api, route: &Route) -> Result<(), ServiceError> {
    let kind = route.authorization_type.as_str();
    let wanted = match kind {
        "NONE" | "AWS_IAM" => None,
        "JWT" => Some("JWT"),
        "CUSTOM" => Some("REQUEST"),
        _ => {
            return Err(bad_request(
                "Invalid authorization type specified. Must be one of [NONE, AWS_IAM, CUSTOM, JWT]",
            ));
        }
    };
    if kind != "JWT" && route.authorization_scopes.as_ref().is_some_and(|scopes| !scopes.is_empty()) {
        return Err(bad_request(
            "Authorization Scopes are only valid for COGNITO_USER_POOLS and JWT authorization type",
        ));
    }
    let Some(wanted) = wanted else { return Ok(()) };
    let found = route.authorizer_id.as_ref().and_then(|id| api.authorizers.get(id));
    if found.is_some_and(|authorizer| authorizer.authorizer_type == wanted) {
        return Ok(());
    }
    let valid = if kind == "JWT" { "a valid JWT authorizer" } else { "a valid authorizer" };
    Err(bad_request(format!(
        "Invalid authorizer ID specified. Setting the authorization type to {kind} requires {valid}."
    )))
}

fn found<'a>(api: &'a Api, ask: &Ask<'_>) -> Result<&'a Route, ServiceError> {
    let id = ask.path("routeId");
    api.routes.get(id).ok_or_else(|| unknown("Route", id))
}

pub(super) fn get(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    wire(found(ask.api(region)?, ask)?, &WITHIN)
}

pub(super) fn list(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let routes = ask.api(region)?.routes.values();
    let items = routes.map(|route| Ok((route.route_id.clone(), wire(route, &WITHIN)?)));
    page(ask, items.collect::<Result<_, ServiceError>>()?)
}

pub(super) fn update(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = ask.api(region)?;
    let before = found(api, ask)?;
    let mut route = overlay(before, ask.body(), &SETTABLE)?;
    let switched = before.authorization_type != route.authorization_type;
    if switched && ["NONE", "AWS_IAM"].contains(&route.authorization_type.as_str()) {
        // What only another kind of authorization has goes with it.
        route.authorizer_id = None;
        if !ask.body().contains_key("authorizationScopes") {
            route.authorization_scopes = None;
        }
    }
    route.target = route.target.filter(|target| !target.is_empty());
    check(api, &route)?;
    let answer = wire(&route, &WITHIN)?;
    api.routes.insert(route.route_id.clone(), route);
    deployments::changed(api, ask);
    Ok(answer)
}

pub(super) fn delete(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = ask.api(region)?;
    let id = found(api, ask)?.route_id.clone();
    api.routes.shift_remove(&id);
    deployments::changed(api, ask);
    Ok(Value::Null)
}

/// Parameters are kept where a client sets them, and do nothing: only WebSocket APIs heed them.
pub(super) fn delete_parameter(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = ask.api(region)?;
    let id = found(api, ask)?.route_id.clone();
    let key = ask.path("requestParameterKey");
    let parameters = api.routes.get_mut(&id).and_then(|route| route.request_parameters.as_mut());
    match parameters.and_then(|parameters| parameters.shift_remove(key)) {
        Some(_) => Ok(Value::Null),
        None => Err(not_found(format!("Invalid parameter name specified {key}"))),
    }
}
