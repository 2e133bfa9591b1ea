use serde::Deserialize;
use serde_json::Value;

use super::Ask;
use super::ask::wire;
use super::page::page;
use super::reference;
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::entity::{GatewayResponse, Map, RESPONSE_TYPES};
use crate::sandbox::apigateway::fault::{bad_request, check_status_code, not_found, not_in_enumeration};
use crate::sandbox::apigateway::patch;
use crate::sandbox::apigateway::state::Region;

/// In the order of AWS's message.
const TYPES: &str = "REQUEST_TOO_LARGE, RESOURCE_NOT_FOUND, AUTHORIZER_CONFIGURATION_ERROR, \
    MISSING_AUTHENTICATION_TOKEN, BAD_REQUEST_BODY, INVALID_SIGNATURE, INVALID_API_KEY, BAD_REQUEST_PARAMETERS, \
    AUTHORIZER_FAILURE, UNAUTHORIZED, INTEGRATION_TIMEOUT, ACCESS_DENIED, DEFAULT_4XX, DEFAULT_5XX, WAF_FILTERED, \
    QUOTA_EXCEEDED, THROTTLED, API_CONFIGURATION_ERROR, UNSUPPORTED_MEDIA_TYPE, INTEGRATION_FAILURE, EXPIRED_TOKEN";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    status_code: Option<String>,
    response_parameters: Option<Map<String>>,
    response_templates: Option<Map<String>>,
}

fn kind<'a>(ask: &'a Ask<'_>) -> Result<&'a str, ServiceError> {
    let kind = ask.path("response_type");
    if RESPONSE_TYPES.iter().any(|(name, _)| *name == kind) {
        return Ok(kind);
    }
    Err(not_in_enumeration(kind, "responseType", TYPES))
}

pub(super) fn put(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let kind = kind(ask)?;
    let input: Input = ask.input()?;
    let api = reference::api_mut(region, ask)?;
    let usual = GatewayResponse::resolve(&Map::new(), kind);
    let response = GatewayResponse {
        response_type: kind.to_owned(),
        status_code: input.status_code.filter(|code| !code.is_empty()).or(usual.status_code),
        response_parameters: input.response_parameters.unwrap_or_default(),
        response_templates: input
            .response_templates
            .filter(|templates| !templates.is_empty())
            .unwrap_or(usual.response_templates),
        default_response: false,
    };
    check(&response)?;
    let body = wire(&response)?;
    api.definition.gateway_responses.insert(kind.to_owned(), response);
    Ok(body)
}

fn check(response: &GatewayResponse) -> Result<(), ServiceError> {
    if let Some(code) = &response.status_code {
        check_status_code(code)?;
    }
    for (target, source) in &response.response_parameters {
        if source.is_empty() {
            return Err(bad_request("Invalid null or empty value in responseParameters"));
        }
        let legal = target.strip_prefix("gatewayresponse.header.").is_some_and(|name| !name.is_empty());
        let quoted = source.len() >= 2 && source.starts_with('\'') && source.ends_with('\'');
        let known = ["method.request.", "context.", "stageVariables."];
        if !legal || !(quoted || known.iter().any(|prefix| source.starts_with(prefix))) {
            let wrong = if legal { source } else { target };
            return Err(bad_request(format!("Invalid mapping expression specified: {wrong}")));
        }
    }
    Ok(())
}

pub(super) fn get(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let kind = kind(ask)?;
    let api = reference::api(region, ask)?;
    wire(&GatewayResponse::resolve(&api.definition.gateway_responses, kind))
}

pub(super) fn list(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let set = &reference::api(region, ask)?.definition.gateway_responses;
    let entries = RESPONSE_TYPES
        .iter()
        .map(|(kind, _)| Ok(((*kind).to_owned(), wire(&GatewayResponse::resolve(set, kind))?)))
        .collect::<Result<_, ServiceError>>()?;
    page(ask, entries)
}

pub(super) fn update(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let kind = kind(ask)?;
    let operations = ask.patches()?;
    let api = reference::api_mut(region, ask)?;
    for operation in &operations {
        let empty = operation.value.as_deref().is_none_or(str::is_empty);
        let member = operation.path.trim_start_matches('/').split('/').next().unwrap_or_default();
        if empty && operation.path.matches('/').count() == 2 && !operation.is_removal() {
            return Err(bad_request(format!("Invalid null or empty value in {member}")));
        }
    }
    let current = GatewayResponse::resolve(&api.definition.gateway_responses, kind);
    let mut changed = patch::apply(&current, &operations, &patch::GATEWAY_RESPONSE)?;
    changed.default_response = false;
    check(&changed)?;
    let body = wire(&changed)?;
    api.definition.gateway_responses.insert(kind.to_owned(), changed);
    Ok(body)
}

pub(super) fn delete(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let kind = kind(ask)?;
    let api = reference::api_mut(region, ask)?;
    let removed = api.definition.gateway_responses.shift_remove(kind);
    removed.map(|_| Value::Null).ok_or_else(|| not_found("Gateway response type not defined on api"))
}
