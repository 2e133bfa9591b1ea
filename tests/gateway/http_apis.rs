//! What users of other emulators complained about in HTTP APIs: each must be here as it is on AWS.

use serde_json::{Value, json};

use super::world::{ACCOUNT, ECHO, REGION, World, invocation, text};

fn arn(function: &str) -> String {
    format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function}")
}

/// An API made in one go for a function that tells the event.
fn quick(world: &World) -> String {
    world.function("echo", ECHO);
    let made = json!({ "name": "quick", "protocolType": "HTTP", "target": arn("echo") });
    text(&world.ok("POST", "/v2/apis", &made)["apiId"])
}

fn host(api: &str) -> String {
    format!("{api}.execute-api.{REGION}.amazonaws.com")
}

fn event(world: &World, api: &str, path: &str) -> Value {
    let answer = world.send("GET", path, &[("Host", &host(api))], b"");
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()
}

/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>
#[test]
fn an_http_api_sends_events_of_its_own_form() {
    let world = World::new();
    let api = quick(&world);
    let headers = [("Host", host(&api)), ("X-Mixed-Case", "1".to_owned()), ("Cookie", "a=1; b=2".to_owned())];
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let event = world.send("POST", "/orders/a%20b?q=1&q=2&r=x", &headers, b"hi").json();
    assert_eq!((&event["version"], &event["routeKey"]), (&json!("2.0"), &json!("$default")));
    // Paths come decoded, queries do not.
    assert_eq!(event["rawPath"], "/orders/a b");
    assert_eq!(event["requestContext"]["http"]["path"], "/orders/a b");
    assert_eq!(event["rawQueryString"], "q=1&q=2&r=x");
    assert_eq!(event["queryStringParameters"], json!({ "q": "1,2", "r": "x" }));
    assert_eq!(event["headers"]["x-mixed-case"], "1");
    assert_eq!(event["cookies"], json!(["a=1", "b=2"]));
    assert_eq!(event["requestContext"]["http"]["method"], "POST");
    assert_eq!(event["requestContext"]["stage"], "$default");
    for name in ["httpMethod", "path", "resource", "multiValueHeaders"] {
        assert!(event.get(name).is_none(), "{name} is of format 1.0");
    }
}

#[test]
fn the_default_stage_takes_nothing_of_the_path() {
    let world = World::new();
    let api = quick(&world);
    for path in ["/orders/7", "/prod/orders"] {
        assert_eq!(event(&world, &api, path)["rawPath"], path);
    }
    // A path that spells the stage out, encoded or not, leads to it.
    for stage in ["$default", "%24default"] {
        let answer = world.send("GET", &format!("/_aws/execute-api/{api}/{stage}/orders"), &[], b"");
        assert_eq!(answer.json()["rawPath"], "/orders", "{stage}");
    }
    world.ok("POST", &format!("/v2/apis/{api}/stages"), &json!({ "stageName": "dev", "autoDeploy": true }));
    let event = event(&world, &api, "/dev/orders");
    assert_eq!(
        (&event["rawPath"], &event["requestContext"]["stage"]),
        (&json!("/dev/orders"), &json!("dev"))
    );
}

#[test]
fn both_forms_of_a_function_s_uri_and_an_alias_are_invoked() {
    let world = World::new();
    world.function("echo", ECHO);
    world.ok("POST", "/2015-03-31/functions/echo/versions", &json!({}));
    world.ok(
        "POST",
        "/2015-03-31/functions/echo/aliases",
        &json!({ "Name": "live", "FunctionVersion": "1" }),
    );
    let permission = json!({ "StatementId": "gateway", "Action": "lambda:InvokeFunction",
        "Principal": "apigateway.amazonaws.com" });
    world.ok("POST", "/2015-03-31/functions/echo/policy?Qualifier=live", &permission);
    for uri in [arn("echo"), arn("echo:live"), invocation("echo"), invocation("echo:live")] {
        let made = json!({ "name": "quick", "protocolType": "HTTP", "target": uri });
        let api = text(&world.ok("POST", "/v2/apis", &made)["apiId"]);
        assert_eq!(event(&world, &api, "/")["version"], "2.0", "{uri}");
    }
}

#[test]
fn without_a_configuration_of_its_own_preflights_reach_the_function() {
    let world = World::new();
    let api = quick(&world);
    let asks = [
        ("Host", host(&api)),
        ("Origin", "https://shop.example".to_owned()),
        ("Access-Control-Request-Method", "GET".to_owned()),
    ];
    let asks: Vec<(&str, &str)> = asks.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = world.send("OPTIONS", "/orders", &asks, b"");
    assert_eq!(answer.json()["requestContext"]["http"]["method"], "OPTIONS");
    let cors =
        json!({ "corsConfiguration": { "allowOrigins": ["https://shop.example"], "allowMethods": ["GET"] } });
    world.ok("PATCH", &format!("/v2/apis/{api}"), &cors);
    let answer = world.send("OPTIONS", "/orders", &asks, b"");
    assert_eq!(answer.seen(), (204, String::new()));
    assert_eq!(answer.header("access-control-allow-origin"), Some("https://shop.example"));
}

#[test]
fn an_authorization_header_does_not_matter_to_an_open_route() {
    let world = World::new();
    let api = quick(&world);
    for value in ["Bearer x", "AWS4-HMAC-SHA256 Credential=nonsense", "Basic eA=="] {
        let answer = world.send("GET", "/", &[("Host", &host(&api)), ("Authorization", value)], b"");
        assert_eq!(answer.status, 200, "{value}: {}", answer.text());
    }
}

/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html>
#[test]
fn a_function_as_authorizer_is_asked_and_heeded() {
    let world = World::new();
    let api = quick(&world);
    world.function(
        "guard",
        "def handler(event, context):\n    return {'isAuthorized': event['identitySource'] == ['good'], 'context': {'who': 'ada'}}\n",
    );
    let authorizer = json!({ "name": "guard", "authorizerType": "REQUEST", "authorizerUri": invocation("guard"),
        "authorizerPayloadFormatVersion": "2.0", "enableSimpleResponses": true, "authorizerResultTtlInSeconds": 0,
        "identitySource": ["$request.header.Authorization"] });
    let id = text(&world.ok("POST", &format!("/v2/apis/{api}/authorizers"), &authorizer)["authorizerId"]);
    let routes = world.ok("GET", &format!("/v2/apis/{api}/routes"), &Value::Null);
    let route = text(&routes["items"][0]["routeId"]);
    let guarded = json!({ "authorizationType": "CUSTOM", "authorizerId": id });
    world.ok("PATCH", &format!("/v2/apis/{api}/routes/{route}"), &guarded);
    let own = host(&api);
    let send = |token: &str| world.send("GET", "/", &[("Host", &own), ("Authorization", token)], b"");
    let without = world.send("GET", "/", &[("Host", &own)], b"");
    assert_eq!(without.seen(), (401, "{\"message\":\"Unauthorized\"}".to_owned()));
    assert_eq!(send("bad").seen(), (403, "{\"message\":\"Forbidden\"}".to_owned()));
    let allowed = send("good");
    assert_eq!(allowed.status, 200, "{}", allowed.text());
    assert_eq!(allowed.json()["requestContext"]["authorizer"]["lambda"]["who"], "ada");
}
