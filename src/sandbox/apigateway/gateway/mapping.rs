//! Where mapped parameters take their values from.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html>

use serde_json::Value;

use super::exchange::Exchange;
use super::refusal::Refusal;
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
    request_values(exchange, source).ok()?.pop()
}

/// Takes the values of a source: none, one, or all that a `multivaluequerystring` has.
pub(super) fn request_values(exchange: &Exchange, source: &str) -> Result<Vec<String>, Refusal> {
    if let Some(common) = common(exchange, source) {
        return Ok(vec![common]);
    }
    let Some(rest) = source.strip_prefix("method.request.") else { return Ok(vec![]) };
    let one = |found: Option<String>| found.into_iter().collect();
    if rest == "body" || rest.starts_with("body.") || rest.starts_with("body[") {
        let invalid = || {
            Refusal::new("BAD_REQUEST_BODY", "Invalid JSON in request body", "Invalid JSON in request body")
        };
        return Ok(one(from_body(&exchange.body, &rest["body".len()..]).map_err(|()| invalid())?));
    }
    let Some((place, name)) = rest.split_once('.') else { return Ok(vec![]) };
    let all = |values: Vec<&str>| Some(values.join(",")).filter(|_| !values.is_empty());
    Ok(match place {
        "header" => one(exchange.header(name).map(str::to_owned)),
        "querystring" => one(exchange.query_value(name).map(str::to_owned)),
        "path" => one(exchange.path_parameters.get(name).cloned()),
        "multivalueheader" => {
            let values = exchange.headers.iter().filter(|(there, _)| there.eq_ignore_ascii_case(name));
            one(all(values.map(|(_, value)| value.as_str()).collect()))
        }
        "multivaluequerystring" => {
            let values = exchange.query.iter().filter(|(there, _)| there == name);
            values.map(|(_, value)| value.clone()).collect()
        }
        _ => vec![],
    })
}

/// Takes a value from the backend's answer, from `$context`, from a stage variable or from a quoted text.
pub(super) fn response_source(
    exchange: &Exchange,
    headers: &[(String, String)],
    body: &[u8],
    source: &str,
) -> Result<Option<String>, Refusal> {
    if let Some(common) = common(exchange, source) {
        return Ok(Some(common));
    }
    let Some(rest) = source.strip_prefix("integration.response.") else { return Ok(None) };
    if rest == "body" || rest.starts_with("body.") || rest.starts_with("body[") {
        let unreadable = || {
            Refusal::server_error(
                "Execution failed: Invalid mapping expression specified: the body is not JSON",
            )
        };
        return from_body(body, &rest["body".len()..]).map_err(|()| unreadable());
    }
    let single = rest.strip_prefix("header.");
    let Some(name) = single.or_else(|| rest.strip_prefix("multivalueheader.")) else { return Ok(None) };
    let found = headers.iter().filter(|(there, _)| there.eq_ignore_ascii_case(name));
    let mut found: Vec<&str> = found.map(|(_, value)| value.as_str()).collect();
    if single.is_some() {
        return Ok(found.pop().map(str::to_owned));
    }
    Ok(Some(found.join(",")).filter(|_| !found.is_empty()))
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

/// Takes the whole body, or what a path names in it. A body is read as JSON only when it begins as JSON does.
fn from_body(body: &[u8], path: &str) -> Result<Option<String>, ()> {
    let whole = String::from_utf8_lossy(body);
    let trimmed = whole.trim();
    let parsed: Value = if trimmed.is_empty() {
        Value::Object(serde_json::Map::new())
    } else if trimmed.starts_with(['{', '[', '"', '\'']) {
        serde_json::from_str(trimmed).map_err(|_| ())?
    } else {
        Value::Null
    };
    if path.is_empty() {
        return Ok(Some(if trimmed.is_empty() { "{}".to_owned() } else { trimmed.to_owned() }));
    }
    Ok(vtl::find(&parsed, &format!("${path}")).and_then(|found| text(&found)))
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
