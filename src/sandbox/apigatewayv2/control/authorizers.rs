use serde_json::Value;

use super::overlay::overlay;
use super::page::page;
use super::{Ask, ask::wire, deployments, web_socket};
use crate::sandbox::ServiceError;
use crate::sandbox::apigatewayv2::entity::{Api, Authorizer};
use crate::sandbox::apigatewayv2::fault::{bad_request, conflict, unknown};
use crate::sandbox::apigatewayv2::identifier;
use crate::sandbox::apigatewayv2::state::Region;

const SETTABLE: [&str; 10] = [
    "authorizerCredentialsArn",
    "authorizerPayloadFormatVersion",
    "authorizerResultTtlInSeconds",
    "authorizerType",
    "authorizerUri",
    "enableSimpleResponses",
    "identitySource",
    "identityValidationExpression",
    "jwtConfiguration",
    "name",
];

pub(super) fn create(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = ask.api(region)?;
    let blank = Authorizer { authorizer_id: identifier::short(ask.random), ..Authorizer::default() };
    let authorizer = overlay(&blank, ask.body(), &SETTABLE)?;
    let authorizer = add(api, authorizer)?;
    deployments::changed(api, ask);
    wire(&authorizer, &[])
}

/// Puts an authorizer into an API once it is known to be right, with the defaults of its type.
pub(super) fn add(api: &mut Api, mut authorizer: Authorizer) -> Result<Authorizer, ServiceError> {
    check(api, &authorizer)?;
    if authorizer.authorizer_type == "REQUEST" && !api.is_web_socket() {
        let usual = if authorizer.identity_source.is_empty() { 0 } else { 300 };
        authorizer.authorizer_result_ttl_in_seconds.get_or_insert(usual);
        authorizer.enable_simple_responses.get_or_insert(false);
    }
    let taken =
        |other: &Authorizer| other.authorizer_id != authorizer.authorizer_id && other.name == authorizer.name;
    if api.authorizers.values().any(taken) {
        return Err(conflict(format!(
            "Authorizer name must be unique. Authorizer {} already exists",
            authorizer.name
        )));
    }
    // <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html>
    if !api.authorizers.contains_key(&authorizer.authorizer_id) && api.authorizers.len() >= 10 {
        return Err(ServiceError::new(
            429,
            "LimitExceededException",
            "Maximum number of Authorizers for this API has been reached. Please contact AWS if you need additional \
             Authorizers.",
        ));
    }
    api.authorizers.insert(authorizer.authorizer_id.clone(), authorizer.clone());
    Ok(authorizer)
}

/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-authorizers.html>
fn check(api: &Api, authorizer: &Authorizer) -> Result<(), ServiceError> {
    if authorizer.name.is_empty() || authorizer.name.chars().count() > 128 {
        return Err(bad_request("Invalid authorizer name specified"));
    }
    if api.is_web_socket() {
        return web_socket::check_authorizer(authorizer);
    }
    match authorizer.authorizer_type.as_str() {
        "JWT" => check_jwt(authorizer).and_then(|()| check_sources(authorizer)),
        "REQUEST" => check_request(authorizer).and_then(|()| check_sources(authorizer)),
        other => Err(bad_request(format!(
            "Invalid authorizer type: {other}. Only JWT and REQUEST authorizer types are supported on HTTP protocol \
             Apis."
        ))),
    }
}

fn check_sources(authorizer: &Authorizer) -> Result<(), ServiceError> {
    if let Some(source) = authorizer.identity_source.iter().find(|source| !is_source(source)) {
        return Err(bad_request(format!(
            "Invalid identity source expression: {source}. The source must be a request header, request querystring, \
             stage variable or context parameter"
        )));
    }
    Ok(())
}

fn is_source(source: &str) -> bool {
    ["$request.header.", "$request.querystring.", "$context.", "$stageVariables."].iter().any(|prefix| {
        source
            .strip_prefix(prefix)
            .is_some_and(|name| !name.is_empty() && !name.contains(char::is_whitespace))
    })
}

fn check_jwt(authorizer: &Authorizer) -> Result<(), ServiceError> {
    let configuration = authorizer.jwt_configuration.as_ref();
    let configuration =
        configuration.ok_or_else(|| bad_request("JwtConfiguration must not be null for JWT Authorizer"))?;
    let issuer = configuration.issuer.as_deref().unwrap_or_default();
    let host = issuer.strip_prefix("https://").map(|rest| rest.split('/').next().unwrap_or_default());
    if host.is_none_or(|host| host.is_empty() || host.contains([' ', '@', '?', '#'])) {
        return Err(bad_request("Invalid issuer: Issuer is not a valid URL for JWT Authorizer"));
    }
    if configuration.audience.as_ref().is_none_or(|list| list.iter().all(String::is_empty)) {
        return Err(bad_request("JwtConfiguration must have at least one audience for JWT Authorizer"));
    }
    if authorizer.identity_source.len() != 1 {
        return Err(bad_request("Exactly one identity source must be specified for JWT Authorizer"));
    }
    if authorizer.authorizer_uri.is_some() || authorizer.authorizer_payload_format_version.is_some() {
        return Err(bad_request(
            "AuthorizerUri and AuthorizerPayloadFormatVersion are not supported for JWT Authorizer",
        ));
    }
    Ok(())
}

fn check_request(authorizer: &Authorizer) -> Result<(), ServiceError> {
    let version = authorizer.authorizer_payload_format_version.as_deref().unwrap_or_default();
    if version.is_empty() {
        return Err(bad_request(
            "AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizer",
        ));
    }
    if !["1.0", "2.0"].contains(&version) {
        return Err(bad_request(format!("Unsupported AuthorizerPayloadFormatVersion: {version}")));
    }
    if version != "2.0" && authorizer.enable_simple_responses == Some(true) {
        return Err(bad_request(
            "EnableSimpleResponses can only be set for AuthorizerPayloadFormatVersion \"2.0\".",
        ));
    }
    let time = authorizer.authorizer_result_ttl_in_seconds;
    if time.is_some_and(|seconds| !(0..=3600).contains(&seconds)) {
        return Err(bad_request(
            "Authorizer result TTL outside allowable range. TTL must be between 0 and 3600 seconds.",
        ));
    }
    if time.is_some_and(|seconds| seconds > 0) && authorizer.identity_source.is_empty() {
        return Err(bad_request(
            "Identity source must be set if authorizer caching is enabled (TTL is greater than 0)",
        ));
    }
    let uri = authorizer.authorizer_uri.as_deref().unwrap_or_default();
    if uri.is_empty() {
        return Err(bad_request("AuthorizerUri is a required field in an Authorizer"));
    }
    if !uri.contains(":lambda:path/2015-03-31/functions/") || !uri.ends_with("/invocations") {
        return Err(bad_request(format!(
            "Invalid Authorizer URI: {uri}. Authorizer URI should be a valid API Gateway ARN that represents a Lambda function invocation."
        )));
    }
    if authorizer.jwt_configuration.is_some() {
        return Err(bad_request("JwtConfiguration is not supported for REQUEST authorizer"));
    }
    Ok(())
}

fn found<'a>(api: &'a Api, ask: &Ask<'_>) -> Result<&'a Authorizer, ServiceError> {
    let id = ask.path("authorizerId");
    api.authorizers.get(id).ok_or_else(|| unknown("Authorizer", id))
}

pub(super) fn get(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    wire(found(ask.api(region)?, ask)?, &[])
}

pub(super) fn list(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let all = ask.api(region)?.authorizers.values();
    let items = all.map(|one| Ok((one.authorizer_id.clone(), wire(one, &[])?)));
    page(ask, items.collect::<Result<_, ServiceError>>()?)
}

pub(super) fn update(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = ask.api(region)?;
    let mut authorizer = overlay(found(api, ask)?, ask.body(), &SETTABLE)?;
    authorizer.authorizer_credentials_arn =
        authorizer.authorizer_credentials_arn.filter(|arn| !arn.is_empty());
    let authorizer = add(api, authorizer)?;
    deployments::changed(api, ask);
    wire(&authorizer, &[])
}

/// An authorizer that a route asks stays.
pub(super) fn delete(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = ask.api(region)?;
    let id = found(api, ask)?.authorizer_id.clone();
    let routes = api.routes.values().filter(|route| route.authorizer_id.as_ref() == Some(&id));
    let routes: Vec<&str> = routes.map(|route| route.route_id.as_str()).collect();
    if !routes.is_empty() {
        return Err(conflict(format!(
            "Cannot delete Authorizer because it is referenced by the following Routes with Ids: [{}]",
            routes.join(", ")
        )));
    }
    api.authorizers.shift_remove(&id);
    deployments::changed(api, ask);
    Ok(Value::Null)
}
