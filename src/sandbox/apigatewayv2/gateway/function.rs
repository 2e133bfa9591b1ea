//! Functions behind an HTTP API: integrations and authorizers.

use bytes::Bytes;
use serde_json::Value;

use super::super::entity::{Integration, Map};
use super::exchange::Exchange;
use super::refusal::Refusal;
use super::{event_v1, event_v2, reply};
use crate::policy::Principal;
use crate::sandbox::{
    AccountId, Invocation, InvocationOutcome, InvocationType, Invoker, Response, Scope, ServiceError,
};

/// What an answer is taken for that has no content type.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>
const USUAL_TYPE: &str = "text/plain; charset=utf-8";

/// Hands a request to an integration's function and reads the answer.
pub(super) async fn integrate(
    invoker: &dyn Invoker,
    exchange: &Exchange,
    integration: &Integration,
) -> Result<Response, Refusal> {
    let uri = with_variables(integration.integration_uri.as_deref().unwrap_or_default(), &exchange.variables);
    let function =
        function_of(&uri).ok_or_else(|| Refusal::internal(format!("the URI {uri} names no function")))?;
    let first = integration.payload_format_version.as_deref() == Some("1.0");
    let event = if first { event_v1::of(exchange) } else { event_v2::of(exchange) };
    let outcome =
        call(invoker, exchange, &function, &event, exchange.route_arn()).await.map_err(|error| {
            Refusal::internal(format!("the function cannot be invoked: {}: {}", error.code, error.message))
        })?;
    if outcome.function_error.is_some() {
        return Err(Refusal::internal(format!(
            "the function failed: {}",
            error_message(&outcome.payload).unwrap_or_default()
        )));
    }
    if first {
        reply::of_v1(&outcome.payload, USUAL_TYPE)
    } else {
        reply::of_v2(&outcome.payload, USUAL_TYPE)
    }
}

/// Invokes a function as API Gateway.
pub(super) async fn call(
    invoker: &dyn Invoker,
    exchange: &Exchange,
    function: &str,
    event: &Value,
    source_arn: String,
) -> Result<InvocationOutcome, ServiceError> {
    // A function may be in another region or account than its API.
    let mut parts = function.split(':').skip(3);
    let region = parts.next().unwrap_or_default();
    let owner = parts.next().and_then(AccountId::parse);
    let scope = Scope {
        region: if region.is_empty() { exchange.scope.region.clone() } else { region.to_owned() },
        account: owner.unwrap_or_else(|| exchange.scope.account.clone()),
    };
    let invocation = Invocation {
        function_arn: function.to_owned(),
        payload: Bytes::from(event.to_string()),
        kind: InvocationType::RequestResponse,
        principal: Principal::Service { name: "apigateway.amazonaws.com".to_owned() },
        source_arn: Some(source_arn),
        source_account: Some(exchange.scope.account.to_string()),
        trace_id: Some(exchange.trace_id.clone()),
    };
    invoker.invoke(&scope, invocation).await
}

/// Puts stage variables into a text: `${stageVariables.name}`. One that is not set is left empty.
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

/// Reads a function's ARN, or takes it out of an invocation URI:
/// `arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/FUNCTION_ARN/invocations`.
pub(super) fn function_of(uri: &str) -> Option<String> {
    let arn = match uri.split_once(":lambda:path/") {
        Some((_, rest)) => rest.split_once("functions/")?.1.strip_suffix("/invocations")?,
        None => uri,
    };
    let named = arn.starts_with("arn:") && arn.contains(":lambda:") && arn.contains(":function:");
    (named && !arn.ends_with(':')).then(|| arn.to_owned())
}

/// Reads a failed function's `errorMessage`.
pub(super) fn error_message(payload: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(payload).ok()?;
    value.get("errorMessage")?.as_str().map(str::to_owned)
}
