use serde_json::{Map as Object, Value, json};

use super::super::entity::Map;
use super::exchange::{Exchange, Permit, body_of};

/// Builds an event of format 2.0. Members that have nothing to say are left out.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html#http-api-develop-integrations-lambda.proxy-format>
pub(super) fn of(exchange: &Exchange) -> Value {
    let mut event = head(exchange);
    let (body, encoded) = body_of(exchange);
    if let Some(body) = body {
        event.insert("body".to_owned(), body.into());
    }
    event.insert("isBase64Encoded".to_owned(), encoded.into());
    Value::Object(event)
}

/// What the events of integrations and of authorizers have in common.
pub(super) fn head(exchange: &Exchange) -> Object<String, Value> {
    let mut event = Object::new();
    event.insert("version".to_owned(), "2.0".into());
    event.insert("routeKey".to_owned(), exchange.route_key.clone().into());
    event.insert("rawPath".to_owned(), exchange.raw_path.clone().into());
    event.insert("rawQueryString".to_owned(), exchange.raw_query.clone().into());
    if !exchange.cookies.is_empty() {
        event.insert("cookies".to_owned(), json!(exchange.cookies));
    }
    event.insert("headers".to_owned(), json!(exchange.headers));
    let mut maps = |name: &str, map: &Map<String>| {
        if !map.is_empty() {
            event.insert(name.to_owned(), json!(map));
        }
    };
    maps("queryStringParameters", &joined_query(exchange));
    maps("pathParameters", &exchange.path_parameters);
    maps("stageVariables", &exchange.variables);
    event.insert("requestContext".to_owned(), Value::Object(request_context(exchange)));
    event
}

fn joined_query(exchange: &Exchange) -> Map<String> {
    let mut joined = Map::new();
    for (name, _) in &exchange.query {
        if !joined.contains_key(name) {
            joined.insert(name.clone(), exchange.query_value(name).unwrap_or_default());
        }
    }
    joined.sort_keys();
    joined
}

fn request_context(exchange: &Exchange) -> Object<String, Value> {
    let mut context = Object::new();
    context.insert("accountId".to_owned(), exchange.account.clone().into());
    context.insert("apiId".to_owned(), exchange.api.clone().into());
    if let Some(authorizer) = authorizer(exchange) {
        context.insert("authorizer".to_owned(), authorizer);
    }
    let rest = json!({
        "domainName": exchange.domain,
        "domainPrefix": exchange.domain.split('.').next(),
        "http": {
            "method": exchange.verb,
            "path": exchange.raw_path,
            "protocol": exchange.protocol,
            "sourceIp": exchange.source_ip,
            "userAgent": exchange.user_agent(),
        },
        "requestId": exchange.request_id,
        "routeKey": exchange.route_key,
        "stage": exchange.stage,
        "time": exchange.time(),
        "timeEpoch": exchange.received.as_millisecond(),
    });
    if let Value::Object(rest) = rest {
        context.extend(rest);
    }
    context
}

fn authorizer(exchange: &Exchange) -> Option<Value> {
    match &exchange.permit {
        Permit::None => None,
        Permit::Jwt { claims, scopes } => Some(json!({ "jwt": { "claims": claims, "scopes": scopes } })),
        Permit::Lambda { context, .. } => Some(json!({ "lambda": context })),
        Permit::Iam(caller) => {
            let principal = &caller.principal;
            Some(json!({
                "iam": {
                    "accessKey": caller.access_key_id,
                    "accountId": principal.account(),
                    "callerId": principal.user_id(),
                    "cognitoIdentity": null,
                    "principalOrgId": null,
                    "userArn": principal.arn(),
                    "userId": principal.user_id(),
                },
            }))
        }
    }
}
