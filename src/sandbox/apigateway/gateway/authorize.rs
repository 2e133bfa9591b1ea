//! Who may call a method.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use regex::Regex;
use serde_json::{Map as Object, Value, json};

use super::exchange::{Exchange, grouped};
use super::refusal::Refusal;
use super::{ExecuteApi, credentials, lambda, mapping, user_pool};
use crate::policy::{self, Applicable, Context, Effect, Matched, Policy, PolicyKind, Principal};
use crate::sandbox::InvocationType;
use crate::sandbox::apigateway::entity::{Authorizer, Method};

/// Answers that are kept at one time; more are asked for anew.
const MOST_REMEMBERED: usize = 10_000;

/// What an authorizer said beside yes.
#[derive(Debug, Clone, Default)]
pub(super) struct Permit {
    /// `requestContext.authorizer`
    pub context: Object<String, Value>,
    /// The API key to count the request against, where the API takes it from its authorizer.
    pub usage_identifier_key: Option<String>,
}

/// Checks the method's authorization.
pub(super) async fn check(
    execute: &ExecuteApi,
    exchange: &Exchange,
    method: &Method,
) -> Result<Permit, Refusal> {
    match method.authorization_type.as_str() {
        "NONE" => Ok(Permit::default()),
        "CUSTOM" => {
            let definition = exchange.frozen.definition();
            let found = method.authorizer_id.as_ref().and_then(|id| definition.authorizers.get(id));
            let found = found.ok_or_else(|| unusable("the method's authorizer is not there"))?;
            custom(execute, exchange, found).await
        }
        "COGNITO_USER_POOLS" => {
            let definition = exchange.frozen.definition();
            let found = method.authorizer_id.as_ref().and_then(|id| definition.authorizers.get(id));
            let found = found.ok_or_else(|| unusable("the method's authorizer is not there"))?;
            user_pool::check(execute.issuers(), exchange, found, method)
        }
        other => Err(Refusal {
            status: 501,
            ..Refusal::new(
                "DEFAULT_5XX",
                format!("the sandbox does not cover authorization of type {other}"),
                "not covered",
            )
        }),
    }
}

pub(super) fn unauthorized(cause: &str) -> Refusal {
    Refusal::new("UNAUTHORIZED", "Unauthorized", cause)
}

/// The authorizer failed, or answered what cannot be read: 500, whose message is null.
fn unusable(cause: impl Into<String>) -> Refusal {
    Refusal::new("AUTHORIZER_CONFIGURATION_ERROR", "Internal server error", cause)
}

/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html>
async fn custom(
    execute: &ExecuteApi,
    exchange: &Exchange,
    authorizer: &Authorizer,
) -> Result<Permit, Refusal> {
    let method_arn = method_arn(exchange);
    let (event, identity) = event_of(exchange, authorizer)?;
    let ttl = u64::try_from(authorizer.authorizer_result_ttl_in_seconds.unwrap_or(300)).unwrap_or_default();
    let key = (ttl > 0 && !identity.is_empty()).then(|| cache_key(exchange, authorizer, &identity));
    let known = key.as_ref().and_then(|key| remembered(execute, key));
    let began = execute.elapsed();
    let answer = if let Some(answer) = known {
        answer
    } else {
        let answer = ask(execute, exchange, authorizer, &event).await?;
        if let Some(key) = key {
            remember(execute, key, &answer, Duration::from_secs(ttl));
        }
        answer
    };
    let latency = execute.elapsed().saturating_sub(began).as_millis();
    let mut permit = decide(&answer, &method_arn, exchange)?;
    let latency = u64::try_from(latency).unwrap_or(u64::MAX);
    permit.context.insert("integrationLatency".to_owned(), latency.into());
    Ok(permit)
}

/// What the authorizer's function is told, and what it can be remembered by.
pub(super) fn event_of(
    exchange: &Exchange,
    authorizer: &Authorizer,
) -> Result<(Value, Vec<String>), Refusal> {
    let method_arn = method_arn(exchange);
    let sources = authorizer.identity_source.as_deref().unwrap_or_default();
    let mut identity = vec![];
    for source in sources.split(',').map(str::trim).filter(|source| !source.is_empty()) {
        let value = mapping::request_source(exchange, source).filter(|value| !value.is_empty());
        identity.push(value.ok_or_else(|| unauthorized("an identity source is missing"))?);
    }
    let event = if authorizer.kind == "TOKEN" {
        let token = identity.first().cloned().unwrap_or_default();
        let fits =
            |expression: &String| Regex::new(expression).is_ok_and(|expression| expression.is_match(&token));
        if !authorizer.identity_validation_expression.as_ref().is_none_or(fits) {
            return Err(unauthorized("the token does not fit the validation expression"));
        }
        json!({ "type": "TOKEN", "methodArn": method_arn, "authorizationToken": token })
    } else {
        request_event(exchange, &method_arn)
    };
    Ok((event, identity))
}

/// What an answer is remembered by: where, who answered, and for whom.
fn cache_key(exchange: &Exchange, authorizer: &Authorizer, identity: &[String]) -> String {
    json!([exchange.api, exchange.stage, exchange.flushes, authorizer.id, identity]).to_string()
}

fn remembered(execute: &ExecuteApi, key: &str) -> Option<Value> {
    let traffic = execute.state().traffic.lock().unwrap_or_else(PoisonError::into_inner);
    let (answer, until) = traffic.authorizations.get(key)?;
    (execute.elapsed() < *until).then(|| answer.clone())
}

fn remember(execute: &ExecuteApi, key: String, answer: &Value, ttl: Duration) {
    let now = execute.elapsed();
    let mut traffic = execute.state().traffic.lock().unwrap_or_else(PoisonError::into_inner);
    if traffic.authorizations.len() >= MOST_REMEMBERED {
        traffic.authorizations.retain(|_, (_, until)| now < *until);
    }
    if traffic.authorizations.len() < MOST_REMEMBERED {
        traffic.authorizations.insert(key, (answer.clone(), now + ttl));
    }
}

/// Invokes the authorizer's function.
pub(super) async fn ask(
    execute: &ExecuteApi,
    exchange: &Exchange,
    authorizer: &Authorizer,
    event: &Value,
) -> Result<Value, Refusal> {
    let uri =
        lambda::with_variables(authorizer.authorizer_uri.as_deref().unwrap_or_default(), &exchange.variables);
    let function =
        lambda::function_of(&uri).ok_or_else(|| unusable("the authorizer's URI names no function"))?;
    let source_arn = format!(
        "arn:aws:execute-api:{}:{}:{}/authorizers/{}",
        exchange.scope.region, exchange.scope.account, exchange.api, authorizer.id
    );
    let role = authorizer.authorizer_credentials.as_deref();
    let caller = credentials::of(execute.authority(), execute.state(), exchange, role, execute.elapsed());
    let caller = caller.map_err(|refusal| unusable(refusal.cause))?;
    let payload = Bytes::from(event.to_string());
    let kind = InvocationType::RequestResponse;
    let outcome =
        lambda::call(execute.invoker(), exchange, &function, payload, kind, source_arn, caller).await;
    let outcome = outcome.map_err(|refusal| unusable(refusal.cause))?;
    if outcome.function_error.is_some() {
        // A function that raises exactly this refuses the caller.
        if lambda::error_message(&outcome.payload).as_deref() == Some("Unauthorized") {
            return Err(unauthorized("the authorizer said Unauthorized"));
        }
        return Err(unusable("the authorizer failed"));
    }
    serde_json::from_slice(&outcome.payload).map_err(|_| unusable("the authorizer's answer is not JSON"))
}

fn request_event(exchange: &Exchange, method_arn: &str) -> Value {
    let (headers, multi_headers) = grouped(&exchange.headers);
    let (query, multi_query) = grouped(&exchange.query);
    json!({
        "type": "REQUEST",
        "methodArn": method_arn,
        "resource": exchange.resource_path(),
        "path": exchange.path,
        "httpMethod": exchange.verb,
        "headers": headers,
        "multiValueHeaders": multi_headers,
        "queryStringParameters": query,
        "multiValueQueryStringParameters": multi_query,
        "pathParameters": exchange.path_parameters,
        "stageVariables": exchange.variables,
        "requestContext": exchange.context(),
    })
}

/// The ARN of the request itself, with the path as it was sent.
pub(super) fn method_arn(exchange: &Exchange) -> String {
    format!(
        "arn:aws:execute-api:{}:{}:{}/{}/{}{}",
        exchange.scope.region,
        exchange.scope.account,
        exchange.api,
        exchange.stage,
        exchange.verb,
        exchange.path
    )
}

/// Reads `principalId`, `policyDocument`, `context` and `usageIdentifierKey`.
fn decide(answer: &Value, method_arn: &str, exchange: &Exchange) -> Result<Permit, Refusal> {
    let principal_id = answer["principalId"].as_str().ok_or_else(|| unusable("principalId is missing"))?;
    let document = answer.get("policyDocument").filter(|document| document.is_object());
    let document = document.ok_or_else(|| unusable("policyDocument is missing"))?;
    let policy = Policy::parse(&document.to_string(), PolicyKind::Identity)
        .map_err(|error| unusable(format!("the policy document is not valid: {error}")))?;
    let mut context = Object::new();
    context.insert("principalId".to_owned(), principal_id.into());
    for (name, value) in answer["context"].as_object().into_iter().flatten() {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            Value::Null => continue,
            _ => return Err(unusable("the authorizer's context holds more than plain values")),
        };
        context.insert(name.clone(), text.into());
    }
    let named = [("authorizer".to_owned(), Arc::new(policy))];
    match evaluate(exchange, method_arn, &Applicable { identity: &named, ..Applicable::default() }) {
        Effect::Allowed => Ok(Permit {
            context,
            usage_identifier_key: answer["usageIdentifierKey"].as_str().map(str::to_owned),
        }),
        Effect::ExplicitDeny => Err(Refusal::new(
            "ACCESS_DENIED",
            "User is not authorized to access this resource with an explicit deny",
            "the authorizer's policy denies it",
        )),
        Effect::ImplicitDeny => Err(Refusal::new(
            "ACCESS_DENIED",
            "User is not authorized to access this resource",
            "the authorizer's policy does not allow it",
        )),
    }
}

fn evaluate(exchange: &Exchange, resource: &str, policies: &Applicable<'_>) -> Effect {
    let account = exchange.scope.account.to_string();
    let request = policy::Request {
        // The authorizer's policy stands for whoever the token belongs to.
        principal: Principal::User {
            account,
            path: "/".to_owned(),
            name: "caller".to_owned(),
            id: "caller".to_owned(),
        },
        action: "execute-api:Invoke".to_owned(),
        resource: resource.to_owned(),
        context: Context::new().with("aws:SourceIp", exchange.source_ip.clone()),
    };
    policy::decide(&request, policies).effect
}

/// Checks the API's own resource policy, where it has one; returns the statements that let the request in.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html>
pub(super) fn resource_policy(exchange: &Exchange) -> Result<Vec<Matched>, Refusal> {
    let Some(text) = &exchange.frozen.definition().rest_api.policy else { return Ok(vec![]) };
    let arn = method_arn(exchange);
    let parsed = parse_resource_policy(exchange, text)?;
    let named = ("resource policy".to_owned(), parsed);
    let request = policy::Request {
        principal: Principal::Anonymous,
        action: "execute-api:Invoke".to_owned(),
        resource: arn.clone(),
        context: Context::new().with("aws:SourceIp", exchange.source_ip.clone()),
    };
    let account = exchange.scope.account.to_string();
    let applicable = Applicable { resource: Some(&named), owner: Some(&account), ..Applicable::default() };
    let decision = policy::decide(&request, &applicable);
    let suffix = match decision.effect {
        Effect::Allowed => return Ok(decision.decided_by),
        Effect::ExplicitDeny => " with an explicit deny",
        Effect::ImplicitDeny => "",
    };
    let text = format!(
        "User: anonymous is not authorized to perform: execute-api:Invoke on resource: {arn}{suffix}"
    );
    Err(denied(exchange, &text))
}

/// A denial as AWS words it to callers: of the account that has the API only the last four digits are shown.
pub(super) fn denied(exchange: &Exchange, text: &str) -> Refusal {
    let account = exchange.scope.account.as_str();
    let (who, what) = text.split_once(" on resource: ").unwrap_or(("", text));
    let what = what.replace(&format!(":{account}:"), &format!(":********{}:", &account[8..]));
    let shown = if who.is_empty() { what } else { format!("{who} on resource: {what}") };
    Refusal::new("ACCESS_DENIED", shown, text)
}

/// Reads an API's resource policy; `execute-api:/stage/verb/path` in it is short for this API's ARN.
pub(super) fn parse_resource_policy(exchange: &Exchange, text: &str) -> Result<Arc<Policy>, Refusal> {
    let whole = format!(
        "\"arn:aws:execute-api:{}:{}:{}/",
        exchange.scope.region, exchange.scope.account, exchange.api
    );
    let text = text.replace("\"execute-api:/", &whole);
    let parsed = Policy::parse(&text, PolicyKind::Resource);
    parsed.map(Arc::new).map_err(|error| Refusal::misconfigured(error.to_string()))
}
