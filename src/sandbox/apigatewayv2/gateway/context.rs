use serde_json::Value;

use super::exchange::{Exchange, Permit};

/// Returns a context variable by its name after `$context.`; `None` for one that has no value.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html>
pub(super) fn value(exchange: &Exchange, name: &str) -> Option<String> {
    let found = match name {
        "accountId" => exchange.account.clone(),
        "apiId" => exchange.api.clone(),
        "customDomain.basePathMatched" => return exchange.base_path.clone(),
        "domainName" => exchange.domain.clone(),
        "domainPrefix" => exchange.domain.split('.').next()?.to_owned(),
        "extendedRequestId" | "requestId" => exchange.request_id.clone(),
        "httpMethod" => exchange.verb.clone(),
        "identity.sourceIp" => exchange.source_ip.clone(),
        "identity.userAgent" => exchange.user_agent().to_owned(),
        "path" => exchange.raw_path.clone(),
        "protocol" => exchange.protocol.to_owned(),
        "requestTime" => exchange.time(),
        "requestTimeEpoch" => exchange.received.as_millisecond().to_string(),
        "routeKey" => exchange.route_key.clone(),
        "stage" => exchange.stage.clone(),
        other => return of_caller(exchange, other),
    };
    Some(found)
}

fn of_caller(exchange: &Exchange, name: &str) -> Option<String> {
    match &exchange.permit {
        Permit::None => None,
        Permit::Iam(caller) => match name {
            "identity.accountId" => caller.principal.account().map(str::to_owned),
            "identity.caller" | "identity.user" => caller.principal.user_id(),
            "identity.userArn" => caller.principal.arn(),
            _ => None,
        },
        Permit::Jwt { claims, .. } => written(claims.get(name.strip_prefix("authorizer.claims.")?)?),
        Permit::Lambda { context, principal_id } => match name.strip_prefix("authorizer.")? {
            "principalId" => principal_id.clone(),
            other => written(context.get(other)?),
        },
    }
}

fn written(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
