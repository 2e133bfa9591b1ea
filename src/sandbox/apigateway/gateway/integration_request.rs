//! The request that goes to a backend: parameter mapping, mapping templates, overrides.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-override-request-response-parameters.html>

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::Value;

use super::exchange::Exchange;
use super::refusal::Refusal;
use super::{binary, headers, lambda, mapping};
use crate::sandbox::apigateway::entity::Integration;
use crate::sandbox::apigateway::vtl;

/// What goes to a backend.
#[derive(Debug, Clone, Default)]
pub(super) struct Outbound {
    pub verb: String,
    /// With stage variables and path parameters put in.
    pub uri: String,
    /// Not encoded, in the order that they are sent.
    pub query: Vec<(String, String)>,
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
    /// `$context.requestOverride` as the request template left it.
    pub request_override: Value,
    /// `$context.responseOverride` as the request template left it.
    pub response_override: Value,
}

impl Outbound {
    /// Returns a header's value, whatever the case of its name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(there, _)| there.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    fn set_header(&mut self, name: &str, value: String) {
        self.headers.retain(|(there, _)| !there.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value));
    }

    fn set_query(&mut self, name: &str, values: Vec<String>) {
        self.query.retain(|(there, _)| there != name);
        self.query.extend(values.into_iter().map(|value| (name.to_owned(), value)));
    }
}

/// Builds the integration request.
pub(super) fn build(exchange: &Exchange, integration: &Integration) -> Result<Outbound, Refusal> {
    let kind = integration.kind.as_str();
    let mut outbound = Outbound { verb: verb(exchange, integration), ..Outbound::default() };
    let mut path = vec![];
    if kind == "HTTP_PROXY" {
        outbound.query.clone_from(&exchange.query);
        outbound.body = exchange.body.clone();
        let passed = exchange.headers.iter();
        let kept = |name: &str| {
            let lower = name.to_ascii_lowercase();
            // Where the caller's own connection led, and what it was encrypted with, is not the backend's.
            !matches!(lower.as_str(), "host" | "content-encoding" | "x-amzn-trace-id")
                && !lower.starts_with("x-forwarded-")
                && !lower.starts_with("cloudfront-")
        };
        outbound.headers = passed.filter(|(name, _)| kept(name)).cloned().collect();
    }
    for (target, source) in integration.request_parameters.iter().flatten() {
        let Some((place, name)) =
            target.strip_prefix("integration.request.").and_then(|rest| rest.split_once('.'))
        else {
            continue;
        };
        let values = mapping::request_values(exchange, source)?;
        let Some(last) = values.last().cloned() else { continue };
        match place {
            "header" => outbound.set_header(name, last),
            "path" => path.push((name.to_owned(), last)),
            // A proxy keeps what the caller sent, too.
            "querystring" if kind == "HTTP_PROXY" => {
                outbound.query.extend(values.into_iter().map(|value| (name.to_owned(), value)));
            }
            "querystring" => outbound.set_query(name, values),
            _ => {}
        }
        if place == "header" && headers::is_illegal(name, kind) {
            return Err(Refusal::server_error(format!(
                "Execution failed due to configuration error: {name} header already present"
            )));
        }
    }
    if !matches!(kind, "HTTP_PROXY" | "AWS_PROXY") {
        fill(exchange, integration, &mut outbound, &mut path)?;
    }
    outbound.headers.retain(|(name, _)| !headers::is_dropped(name, kind));
    complete_headers(exchange, kind, &mut outbound);
    let uri = integration.uri.as_deref().unwrap_or_default();
    outbound.uri = with_path(&lambda::with_variables(uri, &exchange.variables), &path);
    Ok(outbound)
}

/// The integration's verb; `ANY` passes the caller's on.
fn verb(exchange: &Exchange, integration: &Integration) -> String {
    let own = integration.http_method.as_deref().filter(|verb| !verb.is_empty() && *verb != "ANY");
    own.unwrap_or(&exchange.verb).to_owned()
}

/// Takes the body through its template, which may override what was mapped.
fn fill(
    exchange: &Exchange,
    integration: &Integration,
    outbound: &mut Outbound,
    path: &mut Vec<(String, String)>,
) -> Result<(), Refusal> {
    let template = template(exchange, integration)?;
    let (body, is_binary) = converted(exchange, integration)?;
    let Some(template) = template else {
        outbound.body = body;
        return Ok(());
    };
    if is_binary {
        return Err(Refusal::server_error(
            "Execution failed due to configuration error: Unable to transform request",
        ));
    }
    if vtl::is_literal(template) {
        outbound.body = template.to_owned().into();
        return Ok(());
    }
    let input = vtl::Input::of(&body, mapping::parameters(exchange));
    let rendered = vtl::render(template, &exchange.context(), &exchange.variables, &input)
        .map_err(|problem| Refusal::server_error(format!("Execution failed: {problem}")))?;
    let overrides = &rendered.request_override;
    for (name, value) in overrides["header"].as_object().into_iter().flatten() {
        outbound.set_header(name, written(value));
    }
    for (name, value) in overrides["querystring"].as_object().into_iter().flatten() {
        let values = match value {
            Value::Array(values) => values.iter().map(written).collect(),
            value => vec![written(value)],
        };
        outbound.set_query(name, values);
    }
    for (name, value) in overrides["path"].as_object().into_iter().flatten() {
        path.retain(|(there, _)| there != name);
        path.push((name.clone(), written(value)));
    }
    outbound.body = rendered.text.into();
    outbound.request_override = rendered.request_override;
    outbound.response_override = rendered.response_override;
    Ok(())
}

/// Adds what the gateway says of itself.
fn complete_headers(exchange: &Exchange, kind: &str, outbound: &mut Outbound) {
    let mut default = |name: &str, value: String| {
        if outbound.header(name).is_none() {
            outbound.headers.push((name.to_owned(), value));
        }
    };
    default("Accept", "application/json".to_owned());
    default("User-Agent", format!("AmazonAPIGateway_{}", exchange.api));
    if let Some(content_type) = exchange.header("content-type")
        && !matches!(exchange.verb.as_str(), "GET" | "HEAD" | "OPTIONS")
    {
        default("Content-Type", content_type.to_owned());
    }
    outbound.set_header("X-Amzn-Trace-Id", exchange.trace_id.clone());
    if matches!(kind, "HTTP" | "HTTP_PROXY") {
        outbound.set_header("X-Amzn-Apigateway-Api-Id", exchange.api.clone());
    }
}

/// Puts path parameters into a URI: `{name}`, or `{name+}`.
fn with_path(uri: &str, path: &[(String, String)]) -> String {
    let mut filled = uri.to_owned();
    for (name, value) in path {
        filled = filled.replace(&format!("{{{name}}}"), value).replace(&format!("{{{name}+}}"), value);
    }
    filled
}

/// The template for the request's content type; `None` passes the body through.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-passthrough-behaviors.html>
fn template<'a>(exchange: &Exchange, integration: &'a Integration) -> Result<Option<&'a str>, Refusal> {
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

/// The body, and whether it is binary now.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html>
fn converted(exchange: &Exchange, integration: &Integration) -> Result<(Bytes, bool), Refusal> {
    let types = &exchange.frozen.definition().rest_api.binary_media_types;
    // A request that does not say what it holds is taken for JSON.
    let content_type = exchange.header("content-type").unwrap_or("application/json");
    let is_binary = binary::matches(types, content_type);
    match (is_binary, integration.content_handling.as_deref()) {
        (true, Some("CONVERT_TO_TEXT")) => Ok((STANDARD.encode(&exchange.body).into(), false)),
        (false, Some("CONVERT_TO_BINARY")) => {
            let decoded = STANDARD.decode(&exchange.body);
            let decoded = decoded.map_err(|_| {
                Refusal::server_error(
                    "Execution failed due to configuration error: Unable to base64 decode the body.",
                )
            });
            Ok((decoded?.into(), true))
        }
        _ => Ok((exchange.body.clone(), is_binary)),
    }
}

fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
