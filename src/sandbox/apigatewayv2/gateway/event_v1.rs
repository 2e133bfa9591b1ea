use serde_json::{Map as Object, Value, json};

use super::super::entity::Map;
use super::exchange::{Exchange, Permit, body_of};

/// Builds an event of format 1.0, as HTTP APIs send it: members without a value are null.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html#http-api-develop-integrations-lambda.proxy-format>
pub(super) fn of(exchange: &Exchange) -> Value {
    let (body, encoded) = body_of(exchange);
    let mut event = head(exchange);
    event.insert("body".to_owned(), json!(body));
    event.insert("isBase64Encoded".to_owned(), encoded.into());
    Value::Object(event)
}

/// What the events of integrations and of authorizers have in common.
pub(super) fn head(exchange: &Exchange) -> Object<String, Value> {
    let mut headers: Map<String> =
        exchange.headers.iter().map(|(name, value)| (cased(name), value.clone())).collect();
    if !exchange.cookies.is_empty() {
        headers.insert("cookie".to_owned(), exchange.cookies.join("; "));
    }
    let many: Map<Vec<String>> =
        headers.iter().map(|(name, value)| (name.clone(), vec![value.clone()])).collect();
    let mut query: Map<String> = Map::new();
    let mut all: Map<Vec<String>> = Map::new();
    for (name, value) in &exchange.query {
        query.insert(name.clone(), value.clone());
        all.entry(name.clone()).or_default().push(value.clone());
    }
    let event = json!({
        "version": "1.0",
        "resource": exchange.route_path(),
        "path": exchange.raw_path,
        "httpMethod": exchange.verb,
        "headers": headers,
        "multiValueHeaders": many,
        "queryStringParameters": filled(&query),
        "multiValueQueryStringParameters": if all.is_empty() { Value::Null } else { json!(all) },
        "requestContext": request_context(exchange),
        "pathParameters": filled(&exchange.path_parameters),
        "stageVariables": filled(&exchange.variables),
    });
    match event {
        Value::Object(members) => members,
        _ => Object::new(),
    }
}

fn filled(map: &Map<String>) -> Value {
    if map.is_empty() { Value::Null } else { json!(map) }
}

/// The headers that the gateway writes anew come in the case of HTTP/1.1, the caller's as they were sent.
fn cased(name: &str) -> String {
    let known = [
        "Content-Length",
        "Host",
        "User-Agent",
        "X-Amzn-Trace-Id",
        "X-Forwarded-For",
        "X-Forwarded-Port",
        "X-Forwarded-Proto",
    ];
    known
        .iter()
        .find(|known| known.eq_ignore_ascii_case(name))
        .map_or_else(|| name.to_owned(), |known| (*known).to_owned())
}

fn request_context(exchange: &Exchange) -> Value {
    let mut identity = json!({
        "accessKey": null,
        "accountId": null,
        "caller": null,
        "cognitoAmr": null,
        "cognitoAuthenticationProvider": null,
        "cognitoAuthenticationType": null,
        "cognitoIdentityId": null,
        "cognitoIdentityPoolId": null,
        "principalOrgId": null,
        "sourceIp": exchange.source_ip,
        "user": null,
        "userAgent": exchange.user_agent(),
        "userArn": null,
    });
    if let Permit::Iam(caller) = &exchange.permit {
        identity["accessKey"] = json!(caller.access_key_id);
        identity["accountId"] = json!(caller.principal.account());
        identity["caller"] = json!(caller.principal.user_id());
        identity["user"] = json!(caller.principal.user_id());
        identity["userArn"] = json!(caller.principal.arn());
    }
    let mut context = json!({
        "accountId": exchange.account,
        "apiId": exchange.api,
        "domainName": exchange.domain,
        "domainPrefix": exchange.domain.split('.').next(),
        "extendedRequestId": exchange.request_id,
        "httpMethod": exchange.verb,
        "identity": identity,
        "path": exchange.raw_path,
        "protocol": exchange.protocol,
        "requestId": exchange.request_id,
        "requestTime": exchange.time(),
        "requestTimeEpoch": exchange.received.as_millisecond(),
        "resourceId": exchange.route_key,
        "resourcePath": exchange.route_path(),
        "stage": exchange.stage,
    });
    if let Some(authorizer) = authorizer(exchange) {
        context["authorizer"] = authorizer;
    }
    context
}

fn authorizer(exchange: &Exchange) -> Option<Value> {
    match &exchange.permit {
        Permit::None | Permit::Iam(_) => None,
        Permit::Jwt { claims, scopes } => Some(json!({ "claims": claims, "scopes": scopes })),
        Permit::Lambda { context, principal_id } => {
            let mut members = context.clone();
            if let Some(id) = principal_id {
                members.insert("principalId".to_owned(), id.clone().into());
            }
            Some(Value::Object(members))
        }
    }
}
