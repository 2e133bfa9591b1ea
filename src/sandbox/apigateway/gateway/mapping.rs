//! Where mapped parameters take their values from.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html>

use serde_json::Value;

use super::exchange::Exchange;
use crate::sandbox::apigateway::vtl;

/// The request's parameters as templates see them.
pub(super) fn parameters(exchange: &Exchange) -> vtl::Parameters {
    vtl::Parameters {
        path: exchange.path_parameters.clone(),
        querystring: exchange.query.iter().cloned().collect(),
        header: exchange.headers.iter().cloned().collect(),
    }
}

/// Takes a value from the method request, from `$context`, from a stage variable or from a quoted text.
pub(super) fn request_source(exchange: &Exchange, source: &str) -> Option<String> {
    if let Some(common) = common(exchange, source) {
        return Some(common);
    }
    let rest = source.strip_prefix("method.request.")?;
    if rest == "body" {
        return Some(String::from_utf8_lossy(&exchange.body).into_owned());
    }
    if let Some(path) = rest.strip_prefix("body") {
        return from_body(&exchange.body, path);
    }
    let (place, name) = rest.split_once('.')?;
    match place {
        "header" => exchange.header(name).map(str::to_owned),
        "querystring" => exchange.query_value(name).map(str::to_owned),
        "path" => exchange.path_parameters.get(name).cloned(),
        "multivalueheader" => {
            let values = exchange.headers.iter().filter(|(there, _)| there.eq_ignore_ascii_case(name));
            Some(values.map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(","))
                .filter(|all| !all.is_empty())
        }
        "multivaluequerystring" => {
            let values = exchange.query.iter().filter(|(there, _)| there == name);
            Some(values.map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(","))
                .filter(|all| !all.is_empty())
        }
        _ => None,
    }
}

/// Takes a value from the backend's answer, from `$context`, from a stage variable or from a quoted text.
pub(super) fn response_source(
    exchange: &Exchange,
    headers: &[(String, String)],
    body: &[u8],
    source: &str,
) -> Option<String> {
    if let Some(common) = common(exchange, source) {
        return Some(common);
    }
    let rest = source.strip_prefix("integration.response.")?;
    if rest == "body" {
        return Some(String::from_utf8_lossy(body).into_owned());
    }
    if let Some(path) = rest.strip_prefix("body") {
        return from_body(body, path);
    }
    let name = rest.strip_prefix("header.").or_else(|| rest.strip_prefix("multivalueheader."))?;
    let found = headers.iter().find(|(there, _)| there.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.clone())
}

fn common(exchange: &Exchange, source: &str) -> Option<String> {
    let quoted = source.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    if let Some(text) = quoted {
        return Some(text.to_owned());
    }
    if let Some(name) = source.strip_prefix("stageVariables.") {
        return exchange.variables.get(name).cloned();
    }
    let path = source.strip_prefix("context.")?;
    let context = Value::Object(exchange.context());
    let mut found = &context;
    for name in path.split('.') {
        found = found.get(name)?;
    }
    text(found)
}

fn from_body(body: &[u8], path: &str) -> Option<String> {
    let parsed: Value = serde_json::from_slice(body).ok()?;
    vtl::find(&parsed, &format!("${path}")).and_then(|found| text(&found))
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
