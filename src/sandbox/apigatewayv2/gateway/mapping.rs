use http::HeaderName;
use http::HeaderValue;
use serde_json::Value;

use super::super::entity::Map;
use super::context;
use super::exchange::Exchange;
use crate::sandbox::Response;

/// How much of a body is read to find a value in it, in bytes.
const READ: usize = 100 * 1024;

/// Where values come from.
#[derive(Debug, Clone, Copy)]
enum Source<'a> {
    Request(&'a Exchange),
    Response(&'a Exchange, &'a Response),
}

/// Applies an integration's request parameters. A path that is overwritten is returned.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html>
pub(super) fn request(exchange: &mut Exchange, parameters: Option<&Map<String>>) -> Option<String> {
    let before = exchange.clone();
    let mut path = None;
    for (key, expression) in parameters.into_iter().flatten() {
        let Some((action, place)) = key.split_once(':') else { continue };
        let value = evaluate(Source::Request(&before), expression);
        match place.split_once('.') {
            None if place == "path" => path = value,
            Some(("header", name)) => change_header(exchange, action, &name.to_ascii_lowercase(), value),
            Some(("querystring", name)) => change_query(exchange, action, name, value),
            _ => {}
        }
    }
    if exchange.query != before.query {
        let mut written = form_urlencoded::Serializer::new(String::new());
        exchange.raw_query = written.extend_pairs(&exchange.query).finish();
    }
    path
}

fn change_header(exchange: &mut Exchange, action: &str, name: &str, value: Option<String>) {
    match (action, value) {
        ("remove", _) => {
            exchange.headers.shift_remove(name);
        }
        ("append", Some(value)) => match exchange.headers.get_mut(name) {
            Some(there) => *there = format!("{there},{value}"),
            None => {
                exchange.headers.insert(name.to_owned(), value);
            }
        },
        ("overwrite", Some(value)) => {
            exchange.headers.insert(name.to_owned(), value);
        }
        _ => {}
    }
}

fn change_query(exchange: &mut Exchange, action: &str, name: &str, value: Option<String>) {
    if action == "remove" || (action == "overwrite" && value.is_some()) {
        exchange.query.retain(|(there, _)| there != name);
    }
    if let Some(value) = value.filter(|_| action != "remove") {
        exchange.query.push((name.to_owned(), value));
    }
}

/// Applies the response parameters for the answer's status.
pub(super) fn response(
    exchange: &Exchange,
    parameters: Option<&Map<Map<String>>>,
    mut response: Response,
) -> Response {
    let status = response.status.as_u16().to_string();
    let Some(parameters) = parameters.and_then(|all| all.get(&status)) else { return response };
    let before = response.clone();
    for (key, expression) in parameters {
        let Some((action, place)) = key.split_once(':') else { continue };
        let value = evaluate(Source::Response(exchange, &before), expression);
        if place == "statuscode" {
            let status = value.and_then(|text| text.parse::<u16>().ok());
            if let Some(status) = status.and_then(|status| http::StatusCode::from_u16(status).ok()) {
                response.status = status;
            }
            continue;
        }
        let Some(name) = place.strip_prefix("header.") else { continue };
        let Ok(name) = HeaderName::try_from(name.to_ascii_lowercase()) else { continue };
        if action == "remove" {
            response.headers.remove(&name);
            continue;
        }
        let Some(value) = value.and_then(|text| HeaderValue::from_str(&text).ok()) else { continue };
        if action == "append" {
            response.headers.append(name, value);
        } else {
            response.headers.insert(name, value);
        }
    }
    response
}

/// Reads an expression: one variable, or a text with variables in braces. A lone variable without a value gives `None`.
fn evaluate(source: Source<'_>, expression: &str) -> Option<String> {
    if let Some(name) = expression.strip_prefix('$').filter(|name| !name.starts_with('{')) {
        return variable(source, name).or_else(|| (!is_variable(name)).then(|| expression.to_owned()));
    }
    if !expression.contains("${") {
        return Some(expression.to_owned());
    }
    let mut text = String::new();
    let mut found = false;
    let mut rest = expression;
    while let Some(start) = rest.find("${") {
        let Some(length) = rest[start..].find('}') else { break };
        text.push_str(&rest[..start]);
        if let Some(value) = variable(source, &rest[start + 2..start + length]) {
            text.push_str(&value);
            found = true;
        }
        rest = &rest[start + length + 1..];
    }
    let only_variables = text.is_empty() && rest.is_empty();
    text.push_str(rest);
    (found || !only_variables).then_some(text)
}

fn is_variable(name: &str) -> bool {
    ["request.", "response.", "context.", "stageVariables."].iter().any(|prefix| name.starts_with(prefix))
}

fn variable(source: Source<'_>, name: &str) -> Option<String> {
    let exchange = match source {
        Source::Request(exchange) | Source::Response(exchange, _) => exchange,
    };
    if let Some(name) = name.strip_prefix("context.") {
        return context::value(exchange, name);
    }
    if let Some(name) = name.strip_prefix("stageVariables.") {
        return exchange.variables.get(name).cloned();
    }
    match source {
        Source::Request(exchange) => of_request(exchange, name.strip_prefix("request.")?),
        Source::Response(_, response) => of_response(response, name.strip_prefix("response.")?),
    }
}

/// Returns a value of the request by what stands after `$request.`; identity sources are read so, too.
pub(super) fn of_request(exchange: &Exchange, name: &str) -> Option<String> {
    match name.split_once('.') {
        None if name == "path" => Some(exchange.path.clone()),
        None if name == "body" => Some(String::from_utf8_lossy(&exchange.body).into_owned()),
        Some(("header", name)) if name.eq_ignore_ascii_case("cookie") => {
            (!exchange.cookies.is_empty()).then(|| exchange.cookies.join("; "))
        }
        Some(("header", name)) => exchange.header(&name.to_ascii_lowercase()).map(str::to_owned),
        Some(("querystring", name)) => exchange.query_value(name),
        Some(("path", name)) => exchange.path_parameters.get(name).cloned(),
        Some(("body", path)) => of_body(&exchange.body, path),
        _ => None,
    }
}

fn of_response(response: &Response, name: &str) -> Option<String> {
    match name.split_once('.') {
        None if name == "body" => Some(String::from_utf8_lossy(&response.body).into_owned()),
        Some(("header", name)) => {
            let values: Vec<&str> =
                response.headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
            (!values.is_empty()).then(|| values.join(","))
        }
        Some(("body", path)) => of_body(&response.body, path),
        _ => None,
    }
}

/// Follows names and indexes (`a.b[0].c`) into a JSON body.
fn of_body(body: &[u8], path: &str) -> Option<String> {
    let whole: Value = serde_json::from_slice(body.get(..READ.min(body.len()))?).ok()?;
    let mut at = &whole;
    for part in path.split('.') {
        let (name, indexes) = part.split_once('[').map_or((part, ""), |(name, rest)| (name, rest));
        if !name.is_empty() {
            at = at.get(name)?;
        }
        for index in indexes.split('[').filter(|index| !index.is_empty()) {
            let index = index.strip_suffix(']')?.trim_matches('\'');
            at = match index.parse::<usize>() {
                Ok(index) => at.get(index)?,
                Err(_) => at.get(index)?,
            };
        }
    }
    match at {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
