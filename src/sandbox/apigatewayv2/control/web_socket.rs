//! What WebSocket APIs have otherwise than HTTP APIs. They are defined and shown; nobody can connect to them.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api.html>

use super::Ask;
use super::overlay::check_choice;
use crate::sandbox::ServiceError;
use crate::sandbox::apigatewayv2::entity::{Api, Authorizer, Integration, Map, Route, RouteSettings};
use crate::sandbox::apigatewayv2::fault::{bad_request, not_found};

/// Refuses a WebSocket API by name, unless the sandbox was told to take definitions of them.
pub(super) fn admit(ask: &Ask<'_>) -> Result<(), ServiceError> {
    if ask.web_sockets {
        return Ok(());
    }
    let text = "the sandbox does not cover apigatewayv2:CreateApi with ProtocolType WEBSOCKET";
    Err(ServiceError::new(501, "NotImplemented", text))
}

/// Fails in AWS's words where something that only WebSocket APIs have is asked of an HTTP API.
pub(super) fn need(web_socket: bool, what: &str) -> Result<(), ServiceError> {
    if web_socket {
        return Ok(());
    }
    Err(bad_request(format!("{what} are currently not supported for this API protocol type.")))
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-model.html>
pub(super) fn need_for_models(api: &Api) -> Result<(), ServiceError> {
    if api.is_web_socket() {
        return Ok(());
    }
    Err(bad_request("Currently, Models are not permitted for APIs with a protocol type of HTTP"))
}

/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid.html>
pub(super) fn check_api(api: &Api) -> Result<(), ServiceError> {
    let expression = &api.route_selection_expression;
    if !expression.contains("$request.") && !expression.contains("${request.") {
        return Err(bad_request(
            "RouteSelectionExpression is a required parameter for WEBSOCKET APIs, for example $request.body.action",
        ));
    }
    if api.cors_configuration.is_some() {
        return Err(bad_request("CorsConfiguration is only supported for HTTP APIs"));
    }
    Ok(())
}

/// What a new stage of a WebSocket API is set to.
pub(super) fn settings() -> RouteSettings {
    RouteSettings {
        data_trace_enabled: Some(false),
        detailed_metrics_enabled: Some(false),
        logging_level: Some("OFF".to_owned()),
        ..RouteSettings::default()
    }
}

pub(super) fn check_settings(settings: &RouteSettings) -> Result<(), ServiceError> {
    let level = settings.logging_level.as_deref().unwrap_or("OFF");
    check_choice(level, "logging level", &["ERROR", "INFO", "OFF"])
}

/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes.html>
pub(super) fn check_route(api: &Api, route: &Route) -> Result<(), ServiceError> {
    if route.route_key.is_empty() {
        return Err(bad_request("The provided route key must not be empty"));
    }
    match route.authorization_type.as_str() {
        "AWS_IAM" | "CUSTOM" if route.route_key != "$connect" => {
            return Err(bad_request("Authorization is only supported on the $connect route"));
        }
        "NONE" | "AWS_IAM" => {}
        "CUSTOM" => {
            if !route.authorizer_id.as_ref().is_some_and(|id| api.authorizers.contains_key(id)) {
                return Err(bad_request(
                    "Invalid authorizer ID specified. Setting the authorization type to CUSTOM requires a valid \
                     authorizer.",
                ));
            }
        }
        _ => {
            return Err(bad_request(
                "Invalid authorization type specified. Must be one of [NONE, AWS_IAM, CUSTOM]",
            ));
        }
    }
    check_models(api, route.request_models.as_ref())
}

/// Whether the models that content types or messages map to are there.
pub(super) fn check_models(api: &Api, models: Option<&Map<String>>) -> Result<(), ServiceError> {
    for (_, name) in models.into_iter().flatten() {
        if !api.models.values().any(|model| model.name == *name) {
            return Err(not_found(format!("Invalid Model name specified {name}")));
        }
    }
    Ok(())
}

/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-integrations.html>
pub(super) fn check_integration(integration: &Integration) -> Result<(), ServiceError> {
    let kinds = ["AWS", "AWS_PROXY", "HTTP", "HTTP_PROXY", "MOCK"];
    check_choice(&integration.integration_type, "integration type", &kinds)?;
    check_choice(&integration.connection_type, "connection type", &["INTERNET", "VPC_LINK"])?;
    if let Some(strategy) = integration.content_handling_strategy.as_deref() {
        let allowed = ["CONVERT_TO_BINARY", "CONVERT_TO_TEXT"];
        check_choice(strategy, "content handling strategy", &allowed)?;
    }
    if let Some(behavior) = integration.passthrough_behavior.as_deref() {
        let allowed = ["WHEN_NO_MATCH", "NEVER", "WHEN_NO_TEMPLATES"];
        check_choice(behavior, "passthrough behavior", &allowed)?;
    }
    if integration.timeout_in_millis.is_some_and(|time| !(50..=29_000).contains(&time)) {
        return Err(bad_request("Timeout should be between 50 ms and 29000 ms"));
    }
    if integration.integration_subtype.is_some() || integration.response_parameters.is_some() {
        return Err(bad_request(
            "IntegrationSubtype and ResponseParameters are only supported for HTTP APIs",
        ));
    }
    if integration.payload_format_version.as_deref().is_some_and(|version| version != "1.0") {
        return Err(bad_request(
            "PayloadFormatVersion must be 1.0 for APIs with a protocol type of WEBSOCKET",
        ));
    }
    let mock = integration.integration_type == "MOCK";
    let uri = integration.integration_uri.as_deref().unwrap_or_default();
    let fits = match integration.integration_type.as_str() {
        "MOCK" => true,
        "AWS" | "AWS_PROXY" => uri.starts_with("arn:"),
        _ => {
            uri.starts_with("http://") || uri.starts_with("https://") || uri.starts_with("${stageVariables.")
        }
    };
    if !fits {
        return Err(bad_request(format!("Invalid integration URI specified: {uri}")));
    }
    if !mock && integration.integration_method.as_deref().is_none_or(str::is_empty) {
        return Err(bad_request("HttpMethod must be specified for the integration"));
    }
    Ok(())
}

/// Fills in what AWS gives an integration of a WebSocket API.
pub(super) fn complete_integration(integration: &mut Integration) {
    integration.payload_format_version.get_or_insert_with(|| "1.0".to_owned());
    integration.timeout_in_millis = integration.timeout_in_millis.map(|time| time.min(29_000));
    if integration.integration_type.ends_with("_PROXY") {
        return;
    }
    integration
        .integration_response_selection_expression
        .get_or_insert_with(|| "${integration.response.statuscode}".to_owned());
    integration.passthrough_behavior.get_or_insert_with(|| "WHEN_NO_MATCH".to_owned());
}

/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-authorizers.html>
pub(super) fn check_authorizer(authorizer: &Authorizer) -> Result<(), ServiceError> {
    if authorizer.authorizer_type != "REQUEST" {
        return Err(bad_request("Only REQUEST authorizer type is supported on WEBSOCKET protocol Apis."));
    }
    let places = ["route.request.header.", "route.request.querystring.", "context.", "stageVariables."];
    let known = |source: &String| places.iter().any(|place| source.starts_with(place));
    if let Some(source) = authorizer.identity_source.iter().find(|source| !known(source)) {
        return Err(bad_request(format!("Invalid identity source expression: {source}")));
    }
    if authorizer.jwt_configuration.is_some() || authorizer.authorizer_payload_format_version.is_some() {
        return Err(bad_request(
            "JwtConfiguration and AuthorizerPayloadFormatVersion are only supported for HTTP APIs",
        ));
    }
    if !authorizer.authorizer_uri.as_deref().is_some_and(|uri| uri.contains(":lambda:path/")) {
        return Err(bad_request("AuthorizerUri is a required field in an Authorizer"));
    }
    Ok(())
}
