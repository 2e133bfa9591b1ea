//! Methods with `COGNITO_USER_POOLS` authorization.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-integrate-with-cognito.html>

use regex::Regex;
use serde_json::{Map as Object, Value, json};

use super::authorize::{Permit, unauthorized};
use super::exchange::Exchange;
use super::mapping;
use super::refusal::Refusal;
use crate::sandbox::apigateway::entity::{Authorizer, Method};
use crate::sandbox::jwt::{Fault, Issuers, Token, verify};

/// Verifies the token against the pools' keys. A method with scopes wants an access token with one of them, a method
/// without an identity token.
pub(super) fn check(
    issuers: Option<&dyn Issuers>,
    exchange: &Exchange,
    authorizer: &Authorizer,
    method: &Method,
) -> Result<Permit, Refusal> {
    let source = authorizer.identity_source.as_deref().unwrap_or("method.request.header.Authorization");
    let value = mapping::request_source(exchange, source).filter(|value| !value.is_empty());
    let value = value.ok_or_else(|| unauthorized("the request has no token"))?;
    let text = match value.split_once(' ') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer") => rest.trim(),
        _ => value.trim(),
    };
    let refused = |fault: Fault| match fault {
        Fault::Expired => Refusal::new("UNAUTHORIZED", "The incoming token has expired", fault.to_string()),
        other => unauthorized(&other.to_string()),
    };
    let token = Token::parse(text).map_err(refused)?;
    let issuer = token.text("iss").unwrap_or_default();
    let pools = authorizer.provider_arns.iter().flatten();
    if !pools.filter_map(|arn| issuer_of(arn)).any(|known| known == issuer) {
        return Err(refused(Fault::Issuer));
    }
    let keys = issuers.and_then(|issuers| issuers.key_set(issuer));
    let keys = keys.ok_or_else(|| unauthorized("the token's user pool is not there"))?;
    verify(&token, &keys).map_err(refused)?;
    token.check_times(exchange.received.as_second()).map_err(refused)?;
    let kind = token.text("token_use").unwrap_or_default();
    let scopes = method.authorization_scopes.as_deref().unwrap_or_default();
    if scopes.is_empty() {
        if kind != "id" {
            return Err(unauthorized("the token is no identity token"));
        }
        let expression = authorizer.identity_validation_expression.as_ref();
        let audience = token.text("aud").unwrap_or_default();
        let fits = |text: &String| Regex::new(text).is_ok_and(|expression| expression.is_match(audience));
        if !expression.is_none_or(fits) {
            return Err(unauthorized("the token's audience does not fit the validation expression"));
        }
    } else {
        let carried = token.scopes();
        if kind != "access" || !scopes.iter().any(|scope| carried.contains(scope)) {
            return Err(unauthorized("the token has none of the method's scopes"));
        }
    }
    let mut context = Object::new();
    context.insert("claims".to_owned(), json!(written(&token.claims)));
    Ok(Permit { context, usage_identifier_key: None })
}

/// The issuer of the tokens of `arn:aws:cognito-idp:REGION:ACCOUNT:userpool/POOL`.
fn issuer_of(arn: &str) -> Option<String> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", _, "cognito-idp", region, _, pool] = parts.as_slice() else { return None };
    let pool = pool.strip_prefix("userpool/")?;
    Some(format!("https://cognito-idp.{region}.amazonaws.com/{pool}"))
}

/// Claims as a function sees them: all of them text, lists with commas, times written out.
fn written(claims: &Object<String, Value>) -> Object<String, Value> {
    let text = |name: &str, value: &Value| match (name, value) {
        (_, Value::String(text)) => text.clone(),
        ("exp" | "iat", value) => {
            let time = value.as_i64().and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
            time.map_or_else(
                || value.to_string(),
                |time| time.strftime("%a %b %d %H:%M:%S UTC %Y").to_string(),
            )
        }
        (_, Value::Array(entries)) => {
            let entries =
                entries.iter().map(|entry| entry.as_str().map_or_else(|| entry.to_string(), str::to_owned));
            entries.collect::<Vec<_>>().join(",")
        }
        (_, other) => other.to_string(),
    };
    claims.iter().map(|(name, value)| (name.clone(), text(name, value).into())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_s_arn_names_its_issuer() {
        let arn = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_abc";
        assert_eq!(
            issuer_of(arn).as_deref(),
            Some("https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc")
        );
        assert_eq!(issuer_of("arn:aws:iam::123456789012:role/x"), None);
    }

    #[test]
    fn claims_are_text() {
        let claims = json!({ "sub": "s", "exp": 0, "cognito:groups": ["a", "b"], "email_verified": true });
        let expected = json!({ "sub": "s", "exp": "Thu Jan 01 00:00:00 UTC 1970", "cognito:groups": "a,b",
            "email_verified": "true" });
        assert_eq!(Value::Object(written(claims.as_object().unwrap())), expected);
    }
}
