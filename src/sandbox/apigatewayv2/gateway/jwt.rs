//! Routes with `JWT` authorization.

use serde_json::{Map as Object, Value};

use super::super::entity::Authorizer;
use super::entrance::HttpApis;
use super::exchange::{Exchange, Permit};
use super::refusal::Refusal;
use super::request_authorizer::identity;
use crate::sandbox::jwt::{Fault, Token, verify};

/// Verifies the token: signature, issuer, audience, times, and one of the route's scopes.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html>
pub(super) async fn check(
    gateway: &HttpApis,
    exchange: &Exchange,
    authorizer: &Authorizer,
    wanted: &[String],
) -> Result<Permit, Refusal> {
    let source = authorizer.identity_source.first().map(String::as_str).unwrap_or_default();
    let Some(value) = identity(exchange, source) else {
        return Err(Refusal {
            challenge: Some("Bearer".to_owned()),
            ..Refusal::unauthorized("the request has no token")
        });
    };
    let text = match value.split_once(' ') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer") => rest.trim(),
        _ => value.trim(),
    };
    let token = verified(gateway, exchange, authorizer, text).await.map_err(|fault| Refusal {
        challenge: Some(challenge("invalid_token", &fault)),
        ..Refusal::unauthorized(fault)
    })?;
    if !wanted.is_empty() {
        let scopes = token.scopes();
        if !wanted.iter().any(|scope| scopes.contains(scope)) {
            let text = "the token has none of the route's scopes";
            let challenge = format!(
                "Bearer scope=\"{}\" error=\"insufficient_scope\" error_description=\"{text}\"",
                wanted.join(" ")
            );
            return Err(Refusal { challenge: Some(challenge), ..Refusal::forbidden(text) });
        }
    }
    let scopes = (!wanted.is_empty()).then(|| wanted.to_vec());
    Ok(Permit::Jwt { claims: written(&token.claims), scopes })
}

fn challenge(error: &str, description: &str) -> String {
    format!("Bearer scope=\"\" error=\"{error}\" error_description=\"{description}\"")
}

async fn verified(
    gateway: &HttpApis,
    exchange: &Exchange,
    authorizer: &Authorizer,
    text: &str,
) -> Result<Token, String> {
    let told = |fault: Fault| fault.to_string();
    let configuration = authorizer.jwt_configuration.clone().unwrap_or_default();
    let issuer = configuration.issuer.unwrap_or_default();
    let token = Token::parse(text).map_err(told)?;
    if token.text("iss") != Some(issuer.as_str()) {
        return Err(Fault::Issuer.to_string());
    }
    let keys = gateway.key_set(&issuer).await?;
    verify(&token, &keys).map_err(told)?;
    token.check_times(exchange.received.as_second()).map_err(told)?;
    token.check_audience(&configuration.audience.unwrap_or_default()).map_err(told)?;
    Ok(token)
}

/// Claims as a function sees them: all of them text, and a list in brackets.
fn written(claims: &Object<String, Value>) -> Object<String, Value> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    claims
        .iter()
        .map(|(name, value)| {
            let written = match value {
                Value::Array(list) => format!("[{}]", list.iter().map(text).collect::<Vec<_>>().join(" ")),
                other => text(other),
            };
            (name.clone(), written.into())
        })
        .collect()
}
