//! Request and answer of integrations that are not proxies: mapping templates, parameter mapping, selection patterns.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use serde_json::Value;

use super::exchange::Exchange;
use super::refusal::Refusal;
use super::{binary, lambda, mapping};
use crate::sandbox::Response;
use crate::sandbox::apigateway::entity::{Integration, IntegrationResponse};
use crate::sandbox::apigateway::vtl;

/// What goes to a backend.
#[derive(Debug, Clone)]
pub(super) struct Outbound {
    pub body: Bytes,
    pub headers: Vec<(String, String)>,
    /// `$context.responseOverride` as the request template left it.
    pub response_override: Value,
}

/// What came back from a backend.
#[derive(Debug, Clone)]
pub(super) struct Inbound {
    pub body: Bytes,
    pub headers: Vec<(String, String)>,
    /// What selection patterns are held against: a status, or a function's error message.
    pub selection: String,
}

/// Builds the integration request.
pub(super) fn request(exchange: &Exchange, integration: &Integration) -> Result<Outbound, Refusal> {
    let mut headers = vec![];
    for (target, source) in integration.request_parameters.iter().flatten() {
        let Some(name) = target.strip_prefix("integration.request.header.") else { continue };
        if let Some(value) = mapping::request_source(exchange, source) {
            headers.push((name.to_owned(), value));
        }
    }
    let body = convert_request(exchange, integration)?;
    let Some(template) = request_template(exchange, integration)? else {
        return Ok(Outbound { body, headers, response_override: Value::Null });
    };
    let input = vtl::Input::of(&body, mapping::parameters(exchange));
    let rendered = vtl::render(template, &exchange.context(), &exchange.variables, &input)
        .map_err(Refusal::misconfigured)?;
    for (name, value) in rendered.request_override["header"].as_object().into_iter().flatten() {
        headers.retain(|(there, _)| !there.eq_ignore_ascii_case(name));
        headers.push((name.clone(), written(value)));
    }
    Ok(Outbound { body: rendered.text.into(), headers, response_override: rendered.response_override })
}

/// The template for the request's content type; `None` passes the body through.
fn request_template<'a>(
    exchange: &Exchange,
    integration: &'a Integration,
) -> Result<Option<&'a str>, Refusal> {
    let templates = integration.request_templates.as_ref().filter(|templates| !templates.is_empty());
    let content_type = exchange.content_type();
    let found = templates.and_then(|templates| {
        let exact = templates.iter().find(|(kind, _)| kind.eq_ignore_ascii_case(&content_type));
        exact.map(|(_, template)| template).or_else(|| templates.get("$default"))
    });
    match (found, integration.passthrough_behavior.as_str()) {
        (Some(template), _) => Ok(Some(template)),
        (None, "NEVER") => Err(unsupported()),
        (None, "WHEN_NO_TEMPLATES") if templates.is_some() => Err(unsupported()),
        (None, _) => Ok(None),
    }
}

fn unsupported() -> Refusal {
    Refusal::new("UNSUPPORTED_MEDIA_TYPE", "Unsupported Media Type", "no template for the content type")
}

/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html>
fn convert_request(exchange: &Exchange, integration: &Integration) -> Result<Bytes, Refusal> {
    let types = &exchange.frozen.definition().rest_api.binary_media_types;
    let is_binary = exchange.header("content-type").is_some_and(|kind| binary::matches(types, kind));
    match (is_binary, integration.content_handling.as_deref()) {
        (true, Some("CONVERT_TO_TEXT")) => Ok(STANDARD.encode(&exchange.body).into()),
        (false, Some("CONVERT_TO_BINARY")) => decode(&exchange.body),
        _ => Ok(exchange.body.clone()),
    }
}

fn decode(body: &[u8]) -> Result<Bytes, Refusal> {
    STANDARD.decode(body).map(Bytes::from).map_err(|_| Refusal::misconfigured("the body is not base64"))
}

/// Builds the method's answer from the backend's.
pub(super) fn answer(
    exchange: &Exchange,
    integration: &Integration,
    outbound: &Outbound,
    inbound: &Inbound,
) -> Result<Response, Refusal> {
    let response = select(integration, &inbound.selection)?;
    let (kind, template) = response_template(exchange, response);
    let body = convert_response(exchange, response, inbound)?;
    let mut overrides = outbound.response_override.clone();
    let body = match template {
        None => body,
        Some(template) => {
            let input = vtl::Input::of(&body, mapping::parameters(exchange));
            let rendered = vtl::render(template, &exchange.context(), &exchange.variables, &input)
                .map_err(Refusal::misconfigured)?;
            merge(&mut overrides, rendered.response_override);
            rendered.text.into()
        }
    };
    let status = override_status(&overrides["status"]).or_else(|| response.status_code.parse().ok());
    let mut answer = Response::empty(status.unwrap_or(200)).with_header("content-type", kind);
    answer.body = body;
    for (target, source) in response.response_parameters.iter().flatten() {
        let Some(name) = target.strip_prefix("method.response.header.") else { continue };
        let value = mapping::response_source(exchange, &inbound.headers, &inbound.body, source);
        set(&mut answer, name, value);
    }
    for (name, value) in overrides["header"].as_object().into_iter().flatten() {
        set(&mut answer, name, Some(written(value)));
    }
    Ok(answer)
}

fn set(answer: &mut Response, name: &str, value: Option<String>) {
    let value = value.and_then(|value| HeaderValue::from_str(&value).ok());
    if let (Ok(name), Some(value)) = (HeaderName::try_from(name.to_ascii_lowercase()), value) {
        answer.headers.insert(name, value);
    }
}

/// The response whose pattern fits, else the one without a pattern, else 500.
fn select<'a>(integration: &'a Integration, selection: &str) -> Result<&'a IntegrationResponse, Refusal> {
    let pattern = |response: &&IntegrationResponse| {
        response
            .selection_pattern
            .as_deref()
            .is_some_and(|pattern| !pattern.is_empty() && lambda::fits(pattern, selection))
    };
    let responses = &integration.integration_responses;
    let default =
        || responses.values().find(|found| found.selection_pattern.as_deref().is_none_or(str::is_empty));
    responses.values().find(pattern).or_else(default).ok_or_else(|| {
        Refusal::misconfigured(format!(
            "Execution failed due to configuration error: No match for output mapping and no default output mapping \
             configured. Endpoint Response Status Code: {selection}"
        ))
    })
}

/// The template for what the caller accepts; else the one for JSON; else the first. An empty one is none.
fn response_template<'a>(
    exchange: &Exchange,
    response: &'a IntegrationResponse,
) -> (&'a str, Option<&'a str>) {
    let Some(templates) = response.response_templates.as_ref().filter(|found| !found.is_empty()) else {
        return ("application/json", None);
    };
    let accept = exchange.header("accept").unwrap_or_default();
    let wanted = accept.split(',').map(|kind| kind.split(';').next().unwrap_or_default().trim());
    let chosen = wanted.into_iter().find_map(|kind| templates.get_key_value(kind));
    let chosen = chosen.or_else(|| templates.get_key_value("application/json")).or_else(|| templates.first());
    chosen.map_or(("application/json", None), |(kind, template)| (kind.as_str(), template.as_deref()))
}

fn convert_response(
    exchange: &Exchange,
    response: &IntegrationResponse,
    inbound: &Inbound,
) -> Result<Bytes, Refusal> {
    let types = &exchange.frozen.definition().rest_api.binary_media_types;
    let wanted = exchange.header("accept").is_some_and(|accept| binary::matches(types, accept));
    match response.content_handling.as_deref() {
        Some("CONVERT_TO_BINARY") => decode(&inbound.body),
        None if wanted && !inbound.body.is_empty() => {
            decode(&inbound.body).or_else(|_| Ok(inbound.body.clone()))
        }
        _ => Ok(inbound.body.clone()),
    }
}

fn merge(overrides: &mut Value, later: Value) {
    let Value::Object(later) = later else { return };
    if !overrides.is_object() {
        *overrides = Value::Object(serde_json::Map::new());
    }
    for (name, value) in later {
        match (overrides.get_mut(&name), value) {
            (Some(Value::Object(there)), Value::Object(more)) => there.extend(more),
            (_, value) => overrides[name] = value,
        }
    }
}

/// AWS takes no notice of a status that is not a number from 100 to 599.
fn override_status(value: &Value) -> Option<u16> {
    let number = value.as_u64().or_else(|| value.as_str().and_then(|text| text.parse().ok()))?;
    u16::try_from(number).ok().filter(|status| (100..=599).contains(status))
}

fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Reads the status that a mock integration's request template asks for.
pub(super) fn mock_status(body: &[u8]) -> Result<u16, Refusal> {
    let unreadable = || {
        Refusal::misconfigured(
            "Execution failed due to configuration error: Unable to parse statusCode. It should be an integer that \
             is defined in the request template.",
        )
    };
    let text = std::str::from_utf8(body).map_err(|_| unreadable())?;
    // Templates are often not quite JSON; AWS reads names without quotes, too.
    let number = if let Ok(value) = serde_json::from_str::<Value>(text) {
        value.get("statusCode").and_then(Value::as_u64)
    } else {
        let rest = text.split_once("statusCode").map(|(_, rest)| rest.trim_start_matches(['"', '\'', ' ']));
        let rest = rest.and_then(|rest| rest.strip_prefix(':')).map(str::trim_start);
        let digits = rest.and_then(|rest| rest.split(|letter: char| !letter.is_ascii_digit()).next());
        digits.and_then(|digits| digits.parse().ok())
    };
    number.and_then(|number| u16::try_from(number).ok()).ok_or_else(unreadable)
}
