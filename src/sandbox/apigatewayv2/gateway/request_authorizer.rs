//! Routes with `CUSTOM` authorization: a function decides.

use std::sync::Arc;

use serde_json::{Map as Object, Value, json};

use super::super::entity::Authorizer;
use super::entrance::HttpApis;
use super::exchange::{Exchange, Permit};
use super::refusal::Refusal;
use super::{context, event_v1, event_v2, function, mapping};
use crate::policy::{self, Applicable, Context, Effect, Policy, PolicyKind, Principal};

/// How many answers are remembered at most, over all APIs.
const REMEMBERED: usize = 10_000;

/// Returns the value that an identity source points to; an empty one counts as none.
pub(super) fn identity(exchange: &Exchange, source: &str) -> Option<String> {
    let found = match source.strip_prefix("$request.") {
        Some(name) => mapping::of_request(exchange, name),
        None => match source.strip_prefix("$context.") {
            Some(name) => context::value(exchange, name),
            None => exchange.variables.get(source.strip_prefix("$stageVariables.")?).cloned(),
        },
    };
    found.filter(|value| !value.is_empty())
}

/// Asks the authorizer's function, or remembers what it said.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html>
pub(super) async fn check(
    gateway: &HttpApis,
    exchange: &Exchange,
    authorizer: &Authorizer,
) -> Result<Permit, Refusal> {
    let mut identities = vec![];
    for source in &authorizer.identity_source {
        let value = identity(exchange, source);
        identities.push(value.ok_or_else(|| Refusal::unauthorized(format!("{source} is missing")))?);
    }
    let lifetime = authorizer.authorizer_result_ttl_in_seconds.unwrap_or(0);
    let now = gateway.parts().clock.now().as_second();
    let key =
        format!("{}/{}/{}/{}", exchange.api, exchange.stage, authorizer.authorizer_id, json!(identities));
    let caching = lifetime > 0 && !identities.is_empty();
    let remembered = caching.then(|| gateway.state().traffic().permits.get(&key).cloned()).flatten();
    let answer = if let Some((_, answer)) = remembered.filter(|(end, _)| *end > now) {
        answer
    } else {
        let answer = ask(gateway, exchange, authorizer, &identities).await?;
        if caching {
            let mut traffic = gateway.state().traffic();
            if traffic.permits.len() >= REMEMBERED {
                traffic.permits.retain(|_, (end, _)| *end > now);
            }
            if traffic.permits.len() < REMEMBERED {
                traffic.permits.insert(key, (now + lifetime, answer.clone()));
            }
        }
        answer
    };
    if authorizer.enable_simple_responses == Some(true) {
        simple(&answer)
    } else {
        by_policy(exchange, &answer)
    }
}

async fn ask(
    gateway: &HttpApis,
    exchange: &Exchange,
    authorizer: &Authorizer,
    identities: &[String],
) -> Result<Value, Refusal> {
    let uri = function::with_variables(
        authorizer.authorizer_uri.as_deref().unwrap_or_default(),
        &exchange.variables,
    );
    let function = function::function_of(&uri)
        .ok_or_else(|| Refusal::internal(format!("the authorizer's URI {uri} names no function")))?;
    let arn = exchange.request_arn();
    let first = authorizer.authorizer_payload_format_version.as_deref() == Some("1.0");
    let mut event = Object::new();
    let joined = identities.join(",");
    let (own, head) = if first {
        let own = json!({
            "version": "1.0",
            "type": "REQUEST",
            "methodArn": arn,
            "identitySource": joined,
            "authorizationToken": joined,
        });
        (own, event_v1::head(exchange))
    } else {
        let source = if identities.is_empty() { Value::Null } else { json!(identities) };
        let own = json!({ "version": "2.0", "type": "REQUEST", "routeArn": arn, "identitySource": source });
        (own, event_v2::head(exchange))
    };
    if let Value::Object(own) = own {
        event.extend(own);
    }
    for (name, value) in head {
        event.entry(name).or_insert(value);
    }
    let source_arn = exchange.arn(&format!("authorizers/{}", authorizer.authorizer_id));
    let outcome = function::call(
        gateway.parts().invoker.as_ref(),
        exchange,
        &function,
        &Value::Object(event),
        source_arn,
    )
    .await;
    let outcome = outcome.map_err(|error| {
        Refusal::internal(format!("the authorizer cannot be invoked: {}: {}", error.code, error.message))
    })?;
    if outcome.function_error.is_some() {
        // A function that raises exactly this refuses the caller.
        if function::error_message(&outcome.payload).as_deref() == Some("Unauthorized") {
            return Err(Refusal::unauthorized("the authorizer said Unauthorized"));
        }
        return Err(Refusal::internal("the authorizer failed"));
    }
    serde_json::from_slice(&outcome.payload)
        .map_err(|_| Refusal::internal("the authorizer's answer is not JSON"))
}

/// Reads `{"isAuthorized": ..., "context": {...}}`.
fn simple(answer: &Value) -> Result<Permit, Refusal> {
    match answer["isAuthorized"].as_bool() {
        Some(true) => {
            let context = answer["context"].as_object().cloned().unwrap_or_default();
            Ok(Permit::Lambda { context, principal_id: None })
        }
        Some(false) => Err(Refusal::forbidden("the authorizer refused")),
        None => Err(Refusal::internal("the authorizer's answer has no isAuthorized")),
    }
}

/// Reads `principalId`, `policyDocument` and `context`.
fn by_policy(exchange: &Exchange, answer: &Value) -> Result<Permit, Refusal> {
    let principal_id = answer["principalId"].as_str();
    let principal_id = principal_id.ok_or_else(|| Refusal::internal("principalId is missing"))?;
    let document = answer.get("policyDocument").filter(|document| document.is_object());
    let document = document.ok_or_else(|| Refusal::internal("policyDocument is missing"))?;
    let policy = Policy::parse(&document.to_string(), PolicyKind::Identity)
        .map_err(|error| Refusal::internal(format!("the policy document is not valid: {error}")))?;
    let named = [("authorizer".to_owned(), Arc::new(policy))];
    let request = policy::Request {
        // The authorizer's policy stands for whoever the token belongs to.
        principal: Principal::User {
            account: exchange.scope.account.to_string(),
            path: "/".to_owned(),
            name: "caller".to_owned(),
            id: "caller".to_owned(),
        },
        action: "execute-api:Invoke".to_owned(),
        resource: exchange.request_arn(),
        context: Context::new().with("aws:SourceIp", exchange.source_ip.clone()),
    };
    let applicable = Applicable { identity: &named, ..Applicable::default() };
    if policy::decide(&request, &applicable).effect != Effect::Allowed {
        return Err(Refusal::forbidden("the authorizer's policy does not allow it"));
    }
    let context = answer["context"].as_object().cloned().unwrap_or_default();
    Ok(Permit::Lambda { context, principal_id: Some(principal_id.to_owned()) })
}
