use serde::Deserialize;
use serde_json::Value;

use super::Ask;
use super::ask::wire;
use super::{methods, reference};
use crate::sandbox::apigateway::entity::{Integration, Map, Method};
use crate::sandbox::apigateway::fault::{bad_request, not_in_enumeration};
use crate::sandbox::apigateway::patch;
use crate::sandbox::apigateway::state::Region;
use crate::sandbox::{AccountId, ServiceError};

const KINDS: [&str; 5] = ["HTTP", "MOCK", "AWS_PROXY", "HTTP_PROXY", "AWS"];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    #[serde(rename = "type")]
    kind: Option<String>,
    http_method: Option<String>,
    uri: Option<String>,
    connection_type: Option<String>,
    connection_id: Option<String>,
    credentials: Option<String>,
    request_parameters: Option<Map<String>>,
    request_templates: Option<Map<Option<String>>>,
    passthrough_behavior: Option<String>,
    cache_namespace: Option<String>,
    cache_key_parameters: Option<Vec<String>>,
    content_handling: Option<String>,
    timeout_in_millis: Option<i64>,
    tls_config: Option<Value>,
}

pub(super) fn put(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let input: Input = ask.input()?;
    let kind = input.kind.unwrap_or_default();
    if !KINDS.contains(&kind.as_str()) {
        return Err(not_in_enumeration(&kind, "putIntegrationInput.type", &KINDS.join(", ")));
    }
    let resource = ask.path("resource_id").to_owned();
    let method = reference::method(region, ask)?;
    let templates = input.request_templates.map(|templates| {
        templates.into_iter().map(|(name, template)| (name, template.unwrap_or_default())).collect()
    });
    let tls_config = match input.tls_config {
        None | Some(Value::Null) => None,
        Some(value) => Some(
            serde_json::from_value(value)
                .map_err(|error| ServiceError::new(400, "SerializationException", error.to_string()))?,
        ),
    };
    let mut integration = Integration {
        kind,
        http_method: input.http_method.filter(|verb| !verb.is_empty()),
        uri: input.uri.filter(|uri| !uri.is_empty()),
        connection_type: input.connection_type,
        connection_id: input.connection_id,
        credentials: input.credentials.filter(|role| !role.is_empty()),
        request_parameters: input.request_parameters,
        request_templates: templates,
        passthrough_behavior: input.passthrough_behavior.unwrap_or_else(|| "WHEN_NO_MATCH".to_owned()),
        content_handling: input.content_handling,
        timeout_in_millis: input.timeout_in_millis.unwrap_or(29_000),
        cache_namespace: input.cache_namespace.unwrap_or(resource),
        cache_key_parameters: input.cache_key_parameters.unwrap_or_default(),
        // What was there is gone: putting an integration replaces it whole.
        integration_responses: Map::new(),
        tls_config,
    };
    complete(&mut integration);
    check(method, &integration, &ask.scope.account)?;
    let body = wire(&integration)?;
    method.method_integration = Some(integration);
    Ok(body)
}

/// Whether AWS would take an integration for a method.
/// <https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html>
pub(super) fn check(
    method: &Method,
    integration: &Integration,
    account: &AccountId,
) -> Result<(), ServiceError> {
    let kind = integration.kind.as_str();
    check_credentials(integration.credentials.as_deref(), account)?;
    if kind != "MOCK" {
        match integration.http_method.as_deref() {
            None => return Err(bad_request("Enumeration value for HttpMethod must be non-empty")),
            Some(verb) => methods::check_verb(verb)?,
        }
        let uri = integration.uri.as_deref().unwrap_or_default();
        match kind {
            "HTTP" | "HTTP_PROXY" => check_http_uri(uri)?,
            _ => check_aws_uri(kind, uri, integration.credentials.is_some())?,
        }
    }
    if !matches!(integration.passthrough_behavior.as_str(), "WHEN_NO_MATCH" | "WHEN_NO_TEMPLATES" | "NEVER") {
        return Err(bad_request(
            "Invalid passthrough behavior specified. Valid options are WHEN_NO_MATCH, WHEN_NO_TEMPLATES, NEVER",
        ));
    }
    if !(50..=29_000).contains(&integration.timeout_in_millis) {
        return Err(bad_request("Timeout should be between 50 ms and 29000 ms"));
    }
    for (content_type, _) in integration.request_templates.iter().flatten() {
        check_content_type(content_type)?;
    }
    for (target, source) in integration.request_parameters.iter().flatten() {
        check_request_mapping(method, target, source)?;
    }
    Ok(())
}

/// Sets what follows from the type: HTTP backends are reached over the internet unless a VPC link is named, and a mock
/// has no URI.
pub(super) fn complete(integration: &mut Integration) {
    match integration.kind.as_str() {
        "HTTP" | "HTTP_PROXY" => {
            integration.connection_type.get_or_insert_with(|| "INTERNET".to_owned());
        }
        "MOCK" => integration.uri = None,
        _ => {}
    }
}

fn check_http_uri(uri: &str) -> Result<(), ServiceError> {
    let rest = uri.strip_prefix("http://").or_else(|| uri.strip_prefix("https://"));
    let variable = uri.starts_with("${stageVariables.");
    if variable || rest.is_some_and(|rest| !rest.is_empty()) {
        return Ok(());
    }
    Err(bad_request("Invalid HTTP endpoint specified for URI"))
}

/// `arn:PARTITION:apigateway:REGION:SERVICE:{path|action}/...`
fn check_aws_uri(kind: &str, uri: &str, credentials: bool) -> Result<(), ServiceError> {
    let parts: Vec<&str> = uri.splitn(6, ':').collect();
    let [arn, _, gateway, region, service, target] = parts.as_slice() else {
        return Err(bad_request("Invalid ARN specified in the request"));
    };
    if *arn != "arn" {
        return Err(bad_request("Invalid ARN specified in the request"));
    }
    // An ARN of anything else, and one with a colon too many, is told that it lacks path and action.
    if !target.starts_with("path/") && !target.starts_with("action/") {
        return Err(bad_request("AWS ARN for integration must contain path or action"));
    }
    if *gateway != "apigateway" || region.is_empty() || service.is_empty() {
        return Err(bad_request("Invalid ARN specified in the request"));
    }
    let service = service.rsplit('.').next().unwrap_or(service);
    if kind == "AWS_PROXY" && !matches!(service, "lambda" | "firehose") {
        return Err(bad_request(
            "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream \
             invocations.",
        ));
    }
    if service != "lambda" && !credentials {
        return Err(bad_request("Role ARN must be specified for AWS integrations"));
    }
    Ok(())
}

/// A role of the own account, or `arn:aws:iam::*:user/*` for the caller's own credentials.
fn check_credentials(credentials: Option<&str>, account: &AccountId) -> Result<(), ServiceError> {
    let Some(arn) = credentials else { return Ok(()) };
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [_, _, "iam", "", owner, name] = parts.as_slice() else {
        return Err(bad_request("Invalid ARN specified in the request"));
    };
    if *owner == "*" && name.starts_with("user/") || name.starts_with("role/") && *owner == account.as_str() {
        return Ok(());
    }
    if name.starts_with("role/") && AccountId::parse(owner).is_some() {
        return Err(ServiceError::new(
            403,
            "AccessDeniedException",
            "Cross-account pass role is not allowed.",
        ));
    }
    Err(bad_request("Invalid ARN specified in the request"))
}

pub(super) fn check_content_type(content_type: &str) -> Result<(), ServiceError> {
    let legal = content_type == "$default"
        || content_type.split_once('/').is_some_and(|(kind, rest)| !kind.is_empty() && !rest.is_empty());
    if legal {
        return Ok(());
    }
    Err(bad_request(format!(
        "Validation Result: warnings : [], errors : [Invalid content type specified: {content_type}]"
    )))
}

/// A mapping that cannot be read (`expression`), or that names what the method does not declare (`parameter`).
pub(super) fn no_mapping(what: &str, text: &str) -> ServiceError {
    bad_request(format!(
        "Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping \
         expression {what}specified: {text}]"
    ))
}

/// Whether a text is `'static'`, `context.x` or `stageVariables.x`, which mappings of both directions may use.
pub(super) fn is_common_source(source: &str) -> bool {
    let quoted = source.len() >= 2 && source.starts_with('\'') && source.ends_with('\'');
    quoted || source.starts_with("context.") || source.starts_with("stageVariables.")
}

fn check_request_mapping(method: &Method, target: &str, source: &str) -> Result<(), ServiceError> {
    let places = ["header.", "querystring.", "path."];
    let legal = target.strip_prefix("integration.request.").is_some_and(|rest| {
        places.iter().any(|place| rest.strip_prefix(place).is_some_and(|name| !name.is_empty()))
    });
    if !legal {
        return Err(no_mapping("", target));
    }
    if is_common_source(source) || source == "method.request.body" {
        return Ok(());
    }
    let Some(rest) = source.strip_prefix("method.request.") else {
        return Err(no_mapping("", source));
    };
    if rest.starts_with("body.") || rest.starts_with("body[") {
        return Ok(());
    }
    let declared = method.request_parameters.as_ref().is_some_and(|declared| {
        let single = rest.strip_prefix("multivalue").unwrap_or(rest);
        declared.contains_key(source) || declared.contains_key(&format!("method.request.{single}"))
    });
    if declared { Ok(()) } else { Err(no_mapping("parameter ", source)) }
}

pub(super) fn get(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    wire(reference::integration(region, ask)?)
}

pub(super) fn update(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let operations = ask.patches()?;
    let current = reference::integration(region, ask)?.clone();
    let changed = patch::apply(&current, &operations, &patch::INTEGRATION)?;
    let method = reference::method(region, ask)?;
    check(method, &changed, &ask.scope.account)?;
    let body = wire(&changed)?;
    method.method_integration = Some(changed);
    Ok(body)
}

pub(super) fn delete(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let method = reference::method(region, ask)?;
    method.method_integration.take().map(|_| Value::Null).ok_or_else(reference::no_integration)
}
