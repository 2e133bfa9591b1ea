use bytes::Bytes;
use regex::Regex;

use super::credentials;
use super::exchange::Exchange;
use super::refusal::Refusal;
use crate::policy::Principal;
use crate::sandbox::apigateway::entity::{Integration, Map};
use crate::sandbox::{Caller, Invocation, InvocationOutcome, InvocationType, Invoker, Scope};

/// Puts stage variables into a text: `${stageVariables.name}`. One that is not set is left empty, as AWS does.
pub(super) fn with_variables(text: &str, variables: &Map<String>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("${stageVariables.") {
        let Some(length) = rest[start..].find('}') else { break };
        let name = &rest[start + "${stageVariables.".len()..start + length];
        filled.push_str(&rest[..start]);
        filled.push_str(variables.get(name).map_or("", String::as_str));
        rest = &rest[start + length + 1..];
    }
    filled.push_str(rest);
    filled
}

/// Takes the function's ARN out of an invocation URI:
/// `arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/FUNCTION_ARN/invocations`.
pub(super) fn function_of(uri: &str) -> Option<String> {
    let (_, rest) = uri.split_once(":lambda:path/")?;
    let (_, rest) = rest.split_once("functions/")?;
    let arn = rest.strip_suffix("/invocations")?;
    let named = arn.starts_with("arn:") && arn.contains(":lambda:") && arn.contains(":function:");
    (named && !arn.ends_with(':')).then(|| arn.to_owned())
}

/// The ARN that a function's policy sees: `arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/VERB/PATH`, the path being
/// the resource's, with `*` for each variable.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-policy-language-overview.html>
pub(super) fn source_arn(exchange: &Exchange) -> String {
    let path: Vec<&str> = exchange
        .resource_path()
        .split('/')
        .map(|part| if part.starts_with('{') { "*" } else { part })
        .collect();
    format!(
        "arn:aws:execute-api:{}:{}:{}/{}/{}{}",
        exchange.scope.region,
        exchange.scope.account,
        exchange.api,
        exchange.stage,
        // A method for all verbs shows itself as such.
        if exchange.method == "ANY" { "*" } else { &exchange.verb },
        path.join("/"),
    )
}

/// Says in the execution log what a function is invoked with.
pub(super) fn log_request(exchange: &Exchange, integration: &Integration, payload: &[u8]) {
    if exchange.log.is_kept() {
        let uri = with_variables(integration.uri.as_deref().unwrap_or_default(), &exchange.variables);
        let path = uri.split_once(":lambda:path/").map_or("", |(_, path)| path.trim_start_matches('/'));
        let uri = format!("https://lambda.{}.amazonaws.com/{path}", exchange.scope.region);
        let headers = [
            ("X-Amzn-Trace-Id".to_owned(), exchange.trace_id.clone()),
            ("x-amzn-apigateway-api-id".to_owned(), exchange.api.clone()),
            ("User-Agent".to_owned(), format!("AmazonAPIGateway_{}", exchange.api)),
        ];
        exchange.log.sending_to(&uri, &headers, payload);
    }
}

/// Invokes an integration's function, as `caller` or, without one, as API Gateway itself. What is set up wrongly is 500; what the function does wrongly is the caller's to
/// judge.
pub(super) async fn invoke(
    invoker: &dyn Invoker,
    exchange: &Exchange,
    integration: &Integration,
    payload: Bytes,
    kind: InvocationType,
    caller: Option<Caller>,
) -> Result<InvocationOutcome, Refusal> {
    let uri = with_variables(integration.uri.as_deref().unwrap_or_default(), &exchange.variables);
    if integration.http_method.as_deref() != Some("POST") {
        return Err(Refusal::misconfigured(
            "a Lambda function is invoked with POST, not with another method",
        ));
    }
    let function = function_of(&uri)
        .ok_or_else(|| Refusal::misconfigured(format!("Invalid permissions or function name: {uri}")))?;
    call(invoker, exchange, &function, payload, kind, source_arn(exchange), caller).await
}

/// Invokes a function as API Gateway, for an integration or an authorizer.
pub(super) async fn call(
    invoker: &dyn Invoker,
    exchange: &Exchange,
    function: &str,
    payload: Bytes,
    kind: InvocationType,
    source_arn: String,
    caller: Option<Caller>,
) -> Result<InvocationOutcome, Refusal> {
    // A function may be in another region or account than its API.
    let mut parts = function.split(':').skip(3);
    let region = parts.next().unwrap_or_default();
    let owner = parts.next().and_then(crate::sandbox::AccountId::parse);
    let scope = Scope {
        region: if region.is_empty() { exchange.scope.region.clone() } else { region.to_owned() },
        account: owner.unwrap_or_else(|| exchange.scope.account.clone()),
    };
    let invocation = Invocation {
        function_arn: function.to_owned(),
        payload,
        kind,
        principal: caller.map_or_else(
            || Principal::Service { name: credentials::SERVICE.to_owned() },
            |caller| caller.principal,
        ),
        source_arn: Some(source_arn),
        source_account: Some(exchange.scope.account.to_string()),
        trace_id: Some(exchange.trace_id.clone()),
    };
    invoker.invoke(&scope, invocation).await.map_err(|error| match error.status {
        // Not there, not allowed, or not named as it should be.
        400..=404 => Refusal::misconfigured(
            "Execution failed due to configuration error: Invalid permissions on Lambda function",
        ),
        429 => Refusal { status: 500, ..Refusal::bad_gateway("the function is throttled") },
        _ => Refusal::bad_gateway(format!("{}: {}", error.code, error.message)),
    })
}

/// What selection patterns are held against: a failed function's `errorMessage`.
pub(super) fn error_message(payload: &[u8]) -> Option<String> {
    let value: serde_json::Value = serde_json::from_slice(payload).ok()?;
    value.get("errorMessage")?.as_str().map(str::to_owned)
}

/// Whether a selection pattern fits a whole text, as Java's `matches` does.
pub(super) fn fits(pattern: &str, text: &str) -> bool {
    Regex::new(&format!("(?s)^(?:{pattern})$")).is_ok_and(|pattern| pattern.is_match(text))
}
