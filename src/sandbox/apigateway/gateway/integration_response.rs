//! The method's answer of an integration that is not a proxy: selection patterns, parameter mapping, mapping templates.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use serde_json::Value;

use super::exchange::Exchange;
use super::integration_request::Outbound;
use super::refusal::Refusal;
use super::{binary, headers, lambda, mapping};
use crate::sandbox::Response;
use crate::sandbox::apigateway::entity::{Integration, IntegrationResponse};
use crate::sandbox::apigateway::vtl;

/// What came back from a backend.
#[derive(Debug, Clone)]
pub(super) struct Inbound {
    pub body: Bytes,
    pub headers: Vec<(String, String)>,
    /// What selection patterns are held against: a status, or a function's error message.
    pub selection: String,
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
    let (body, is_binary) = converted(exchange, response, inbound)?;
    let mut overrides = outbound.response_override.clone();
    let body = match template {
        None => body,
        Some(_) if is_binary => {
            return Err(Refusal::server_error(
                "Execution failed due to configuration error: Unable to transform response",
            ));
        }
        Some(template) if vtl::is_literal(template) => template.to_owned().into(),
        Some(template) => {
            let input = vtl::Input::of(&body, mapping::parameters(exchange));
            let mut context = exchange.context();
            for (name, value) in [
                ("requestOverride", &outbound.request_override),
                ("responseOverride", &outbound.response_override),
            ] {
                if value.is_object() {
                    context.insert(name.to_owned(), value.clone());
                }
            }
            let rendered = vtl::render(template, &context, &exchange.variables, &input)
                .map_err(|problem| Refusal::server_error(format!("Execution failed: {problem}")))?;
            overrides = rendered.response_override;
            rendered.text.into()
        }
    };
    let status = override_status(&overrides["status"]).or_else(|| response.status_code.parse().ok());
    let mut answer = Response::empty(status.unwrap_or(200)).with_header("content-type", kind);
    answer.body = body;
    for (target, source) in response.response_parameters.iter().flatten() {
        let Some(name) = target.strip_prefix("method.response.header.") else { continue };
        let value = mapping::response_source(exchange, &inbound.headers, &inbound.body, source)?;
        set(&mut answer, name, value);
    }
    for (name, value) in overrides["header"].as_object().into_iter().flatten() {
        set(&mut answer, name, Some(written(value)));
    }
    Ok(answer)
}

fn set(answer: &mut Response, name: &str, value: Option<String>) {
    let name = headers::on_answer(name).and_then(|name| HeaderName::try_from(name).ok());
    let value = value.and_then(|value| HeaderValue::from_str(&value).ok());
    if let (Some(name), Some(value)) = (name, value) {
        answer.headers.insert(name, value);
    }
}

/// The response whose pattern fits, else the one without a pattern, else 500. Of several that fit, the one for the backend's own
/// status goes first.
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
    let fitting = || responses.values().filter(pattern);
    let own = fitting().find(|response| response.status_code == selection);
    own.or_else(|| fitting().next()).or_else(default).ok_or_else(|| {
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

/// The body, and whether it is binary now.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html>
fn converted(
    exchange: &Exchange,
    response: &IntegrationResponse,
    inbound: &Inbound,
) -> Result<(Bytes, bool), Refusal> {
    let types = &exchange.frozen.definition().rest_api.binary_media_types;
    let accepted = exchange.header("accept").is_some_and(|accept| binary::matches(types, accept));
    let content_type = inbound.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let is_binary = content_type.is_some_and(|(_, kind)| binary::matches(types, kind));
    let wanted = match response.content_handling.as_deref() {
        Some("CONVERT_TO_TEXT") => false,
        Some("CONVERT_TO_BINARY") => true,
        _ => accepted,
    };
    match (is_binary, wanted) {
        (true, false) => Ok((STANDARD.encode(&inbound.body).into(), false)),
        (false, true) => {
            let decoded = STANDARD.decode(&inbound.body);
            let decoded = decoded.map_err(|_| {
                Refusal::server_error(
                    "Execution failed due to configuration error: Unable to base64 decode the body.",
                )
            });
            Ok((decoded?.into(), true))
        }
        _ => Ok((inbound.body.clone(), wanted)),
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

/// Reads the status that a mock integration's request template asks for: any whole number.
pub(super) fn mock_status(body: &[u8]) -> Result<i64, Refusal> {
    let unreadable = || {
        Refusal::server_error(
            "Execution failed due to configuration error: Unable to parse statusCode. It should be an integer that \
             is defined in the request template.",
        )
    };
    let text = std::str::from_utf8(body).map_err(|_| unreadable())?;
    // Templates are often not quite JSON; AWS reads names without quotes, too.
    let number = if let Ok(value) = serde_json::from_str::<Value>(text) {
        value.get("statusCode").and_then(Value::as_i64)
    } else {
        let inner = text.trim().strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        let rest = inner.and_then(|inner| inner.split_once("statusCode"));
        let rest = rest.map(|(_, rest)| rest.trim_start_matches(['"', '\'', ' ']));
        let rest = rest.and_then(|rest| rest.strip_prefix(':')).map(str::trim_start);
        let digits = rest.and_then(|rest| rest.split([',', '}', ' ', '\n', '\r', '\t']).next());
        digits.and_then(|digits| digits.parse().ok())
    };
    number.ok_or_else(unreadable)
}
