use serde_json::{Value, json};

use crate::sandbox::apigateway::bench::{ACCOUNT, Behaviour, Bench, REGION, invocation_uri, seen, text};

const SERVER_ERROR: &str = "{\"message\": \"Internal server error\"}";

/// An API with `GET /orders` in front of function `f`, deployed to `prod`.
pub(super) async fn orders(behaviour: Behaviour) -> (Bench, String, String) {
    let bench = Bench::new();
    let (api, resource) = bench.api("orders").await;
    bench.proxy(&api, &resource, "GET", "f").await;
    bench.functions.set("f", behaviour);
    bench.deploy(&api, "prod").await;
    (bench, api, resource)
}

pub(super) async fn get(bench: &Bench, api: &str, path: &str) -> (u16, String) {
    seen(&bench.send("GET", &format!("/_aws/execute-api/{api}/{path}"), &[], "").await)
}

pub(super) fn method(api: &str, resource: &str, verb: &str) -> String {
    format!("/restapis/{api}/resources/{resource}/methods/{verb}")
}

#[tokio::test]
async fn a_missing_permission_or_function_is_500() {
    let (bench, api, _) = orders(Behaviour::Refuses(403, "AccessDeniedException")).await;
    assert_eq!(get(&bench, &api, "prod/orders").await, (500, SERVER_ERROR.to_owned()));
    bench.functions.set("f", Behaviour::Refuses(404, "ResourceNotFoundException"));
    assert_eq!(get(&bench, &api, "prod/orders").await, (500, SERVER_ERROR.to_owned()));
}

#[tokio::test]
async fn what_the_function_does_wrongly_is_502_without_its_text() {
    for behaviour in [
        Behaviour::Raises("the secret reason"),
        Behaviour::Returns(json!({ "statusCode": 200, "body": { "an": "object" } })),
        Behaviour::Returns(json!({ "statusCode": 200, "unknown": 1 })),
        Behaviour::Returns(json!("text")),
    ] {
        let (bench, api, _) = orders(behaviour).await;
        assert_eq!(get(&bench, &api, "prod/orders").await, (502, SERVER_ERROR.to_owned()));
    }
}

#[tokio::test]
async fn an_integration_method_other_than_post_is_500() {
    let (bench, api, resource) = orders(Behaviour::Returns(json!({ "statusCode": 200 }))).await;
    let path = method(&api, &resource, "GET") + "/integration";
    bench.patch(&path, "replace", "/httpMethod", "GET").await.unwrap();
    bench.deploy(&api, "prod").await;
    assert_eq!(get(&bench, &api, "prod/orders").await.0, 500);
}

#[tokio::test]
async fn an_unknown_path_or_verb_lacks_an_authentication_token() {
    let (bench, api, _) = orders(Behaviour::Returns(json!({ "statusCode": 200 }))).await;
    let expected = (403, "{\"message\":\"Missing Authentication Token\"}".to_owned());
    assert_eq!(get(&bench, &api, "prod/nothing").await, expected);
    let response = bench.send("POST", &format!("/_aws/execute-api/{api}/prod/orders"), &[], "").await;
    assert_eq!(seen(&response), expected);
    assert_eq!(response.headers["x-amzn-errortype"], "MissingAuthenticationTokenException");
    assert!(response.headers.contains_key("x-amzn-requestid"));
    assert!(response.headers.contains_key("x-amz-apigw-id"));
}

#[tokio::test]
async fn of_several_slashes_before_a_path_only_the_context_keeps_all() {
    let (bench, api, _) = orders(Behaviour::Echoes).await;
    let sent = [
        ("prod/orders", "/prod/orders"),
        ("prod//orders", "/prod//orders"),
        ("prod/orders/", "/prod/orders/"),
    ];
    for (path, whole) in sent {
        let event: Value = serde_json::from_str(&get(&bench, &api, path).await.1).unwrap();
        assert_eq!(event["requestContext"]["path"], whole);
        assert_eq!(event["path"], format!("/{}", path[4..].trim_start_matches('/')));
        assert_eq!(event["resource"], "/orders");
    }
}

#[tokio::test]
async fn an_unknown_stage_is_forbidden() {
    let (bench, api, _) = orders(Behaviour::Returns(json!({ "statusCode": 200 }))).await;
    assert_eq!(get(&bench, &api, "test/orders").await, (403, "{\"message\":\"Forbidden\"}".to_owned()));
}

#[tokio::test]
async fn a_change_is_not_seen_before_it_is_deployed() {
    let (bench, api, resource) =
        orders(Behaviour::Returns(json!({ "statusCode": 200, "body": "old" }))).await;
    bench.functions.set("g", Behaviour::Returns(json!({ "statusCode": 200, "body": "new" })));
    let path = method(&api, &resource, "GET") + "/integration";
    bench.patch(&path, "replace", "/uri", &invocation_uri("g")).await.unwrap();
    assert_eq!(get(&bench, &api, "prod/orders").await, (200, "old".to_owned()));
    let first =
        text(&bench.ok("GET", &format!("/restapis/{api}/stages/prod"), json!({})).await["deploymentId"]);
    bench.deploy(&api, "prod").await;
    assert_eq!(get(&bench, &api, "prod/orders").await, (200, "new".to_owned()));
    let stage = format!("/restapis/{api}/stages/prod");
    bench.patch(&stage, "replace", "/deploymentId", &first).await.unwrap();
    assert_eq!(get(&bench, &api, "prod/orders").await, (200, "old".to_owned()));
}

#[tokio::test]
async fn a_stage_variable_chooses_function_and_alias() {
    let (bench, api, resource) = orders(Behaviour::Returns(json!({ "statusCode": 200 }))).await;
    let path = method(&api, &resource, "GET") + "/integration";
    let uri = invocation_uri("${stageVariables.fn}:${stageVariables.alias}");
    bench.patch(&path, "replace", "/uri", &uri).await.unwrap();
    bench.deploy(&api, "prod").await;
    let stage = format!("/restapis/{api}/stages/prod");
    bench.patch(&stage, "replace", "/variables/fn", "f").await.unwrap();
    bench.patch(&stage, "replace", "/variables/alias", "live").await.unwrap();
    assert_eq!(get(&bench, &api, "prod/orders").await.0, 200);
    let expected = format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:f:live");
    assert_eq!(bench.functions.last().function_arn, expected);
}

#[tokio::test]
async fn the_source_arn_names_the_resource_with_stars_for_variables() {
    let bench = Bench::new();
    let (api, orders) = bench.api("orders").await;
    let path = format!("/restapis/{api}/resources/{orders}");
    let item = text(&bench.ok("POST", &path, json!({ "pathPart": "{id}" })).await["id"]);
    let rest = format!("/restapis/{api}/resources/{item}");
    let rest = text(&bench.ok("POST", &rest, json!({ "pathPart": "{proxy+}" })).await["id"]);
    bench.proxy(&api, &item, "GET", "f").await;
    bench.proxy(&api, &rest, "ANY", "f").await;
    bench.functions.set("f", Behaviour::Returns(json!({ "statusCode": 200 })));
    bench.deploy(&api, "prod").await;
    let arn = |rest: &str| Some(format!("arn:aws:execute-api:{REGION}:{ACCOUNT}:{api}/prod/{rest}"));
    get(&bench, &api, "prod/orders/7").await;
    assert_eq!(bench.functions.last().source_arn, arn("GET/orders/*"));
    get(&bench, &api, "prod/orders/7/a/b").await;
    assert_eq!(bench.functions.last().source_arn, arn("*/orders/*/*"));
}

#[tokio::test]
async fn the_proxy_event_is_of_format_1_0() {
    let bench = Bench::new();
    let (api, resource) = bench.api("{proxy+}").await;
    bench.proxy(&api, &resource, "ANY", "f").await;
    bench.functions.set("f", Behaviour::Echoes);
    let deployment = bench.deploy(&api, "prod").await;
    let host = format!("{api}.execute-api.localhost:4566");
    let request = crate::sandbox::apigateway::bench::request(
        "POST",
        "/prod/a/b%2Bc/?q=1&q=2&e=%20x",
        &[("host", &host), ("user-agent", "tester"), ("x-custom", "A"), ("x-custom", "B")],
        "{\"k\":1}",
    );
    let mut request = request;
    request.headers.insert("host", host.parse().unwrap());
    let response = crate::sandbox::Entrance::serve(bench.gateway.entrance().as_ref(), request).await;
    let event: Value = serde_json::from_slice(&response.body).unwrap();
    let mut names: Vec<&String> = event.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(
        names,
        [
            "body",
            "headers",
            "httpMethod",
            "isBase64Encoded",
            "multiValueHeaders",
            "multiValueQueryStringParameters",
            "path",
            "pathParameters",
            "queryStringParameters",
            "requestContext",
            "resource",
            "stageVariables"
        ]
    );
    assert_eq!(event["path"], "/a/b%2Bc/");
    assert_eq!(event["resource"], "/{proxy+}");
    assert_eq!(event["pathParameters"], json!({ "proxy": "a/b%2Bc" }));
    assert_eq!(event["queryStringParameters"], json!({ "q": "2", "e": " x" }));
    assert_eq!(event["multiValueQueryStringParameters"], json!({ "q": ["1", "2"], "e": [" x"] }));
    assert_eq!(event["stageVariables"], Value::Null);
    assert_eq!(event["headers"]["X-Custom"], "B");
    assert_eq!(event["multiValueHeaders"]["X-Custom"], json!(["A", "B"]));
    assert_eq!(event["headers"]["X-Forwarded-Proto"], "https");
    assert_eq!(event["headers"]["X-Forwarded-For"], "203.0.113.9");
    assert!(text(&event["headers"]["X-Amzn-Trace-Id"]).starts_with("Root=1-6553f100-"));
    assert_eq!(
        (event["body"].as_str(), event["isBase64Encoded"].as_bool()),
        (Some("{\"k\":1}"), Some(false))
    );
    let context = &event["requestContext"];
    let mut names: Vec<&String> = context.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(
        names,
        [
            "accountId",
            "apiId",
            "deploymentId",
            "domainName",
            "domainPrefix",
            "extendedRequestId",
            "httpMethod",
            "identity",
            "path",
            "protocol",
            "requestId",
            "requestTime",
            "requestTimeEpoch",
            "resourceId",
            "resourcePath",
            "stage"
        ]
    );
    assert_eq!(context["identity"].as_object().unwrap().len(), 12);
    assert_eq!(context["path"], "/prod/a/b%2Bc/");
    assert_eq!(context["deploymentId"], *deployment);
    assert_eq!(context["requestTime"], "14/Nov/2023:22:13:20 +0000");
    assert_eq!(context["requestTimeEpoch"], 1_700_000_000_000_i64);
    assert_eq!(context["domainName"], format!("{api}.execute-api.localhost"));
    assert_eq!(context["identity"]["userAgent"], "tester");
    assert_eq!(context["requestId"], response.headers["x-amzn-requestid"].to_str().unwrap());
}

#[tokio::test]
async fn exact_goes_before_variable_before_greedy() {
    let bench = Bench::new();
    let (api, orders) = bench.api("orders").await;
    let root = bench.ok("GET", &format!("/restapis/{api}"), json!({})).await;
    let root = text(&root["rootResourceId"]);
    let child = async |parent: &str, part: &str| {
        let path = format!("/restapis/{api}/resources/{parent}");
        text(&bench.ok("POST", &path, json!({ "pathPart": part })).await["id"])
    };
    let latest = child(&orders, "latest").await;
    let item = child(&orders, "{id}").await;
    let lines = child(&item, "lines").await;
    let rest = child(&root, "{proxy+}").await;
    for (resource, function) in [(&latest, "latest"), (&item, "item"), (&lines, "lines"), (&rest, "rest")] {
        bench.proxy(&api, resource, "GET", function).await;
        bench.functions.set(function, Behaviour::Returns(json!({ "statusCode": 200, "body": function })));
    }
    bench.deploy(&api, "prod").await;
    for (path, function) in [
        ("orders/latest", "latest"),
        ("orders/latest/", "latest"),
        ("orders/l%61test", "latest"),
        ("orders/7", "item"),
        ("orders/7/lines", "lines"),
        ("orders/7/other", "rest"),
        ("orders", "rest"),
        ("x/y/z", "rest"),
    ] {
        assert_eq!(get(&bench, &api, &format!("prod/{path}")).await, (200, function.to_owned()), "{path}");
    }
    assert_eq!(get(&bench, &api, "prod/").await.0, 403);
}

#[tokio::test]
async fn a_function_that_takes_longer_than_the_integration_is_504() {
    let (bench, api, resource) = orders(Behaviour::Sleeps(5_000)).await;
    let path = method(&api, &resource, "GET") + "/integration";
    bench.patch(&path, "replace", "/timeoutInMillis", "50").await.unwrap();
    bench.deploy(&api, "prod").await;
    let expected = (504, "{\"message\": \"Endpoint request timed out\"}".to_owned());
    assert_eq!(get(&bench, &api, "prod/orders").await, expected);
}

#[tokio::test]
async fn an_unsigned_request_to_an_iam_method_lacks_a_token() {
    let (bench, api, resource) = orders(Behaviour::Returns(json!({ "statusCode": 200 }))).await;
    bench.patch(&method(&api, &resource, "GET"), "replace", "/authorizationType", "AWS_IAM").await.unwrap();
    bench.deploy(&api, "prod").await;
    let expected = (403, "{\"message\":\"Missing Authentication Token\"}".to_owned());
    assert_eq!(get(&bench, &api, "prod/orders").await, expected);
}

#[tokio::test]
async fn a_mock_answers_a_preflight_with_the_headers_that_are_configured() {
    let (bench, api, resource) = orders(Behaviour::Returns(json!({ "statusCode": 200 }))).await;
    let options = method(&api, &resource, "OPTIONS");
    bench.ok("PUT", &options, json!({ "authorizationType": "NONE" })).await;
    let mock = json!({ "type": "MOCK", "requestTemplates": { "application/json": "{\"statusCode\": 200}" } });
    bench.ok("PUT", &format!("{options}/integration"), mock).await;
    let names = ["Origin", "Methods", "Headers"]
        .map(|name| format!("method.response.header.Access-Control-Allow-{name}"));
    let declared: serde_json::Map<String, Value> =
        names.iter().map(|name| (name.clone(), json!(false))).collect();
    bench.ok("PUT", &format!("{options}/responses/200"), json!({ "responseParameters": declared })).await;
    let values = ["'https://shop.example'", "'GET,OPTIONS'", "'Content-Type'"];
    let mapped: serde_json::Map<String, Value> =
        names.iter().zip(values).map(|(name, value)| (name.clone(), json!(value))).collect();
    let body = json!({ "responseParameters": mapped, "responseTemplates": { "application/json": "" } });
    bench.ok("PUT", &format!("{options}/integration/responses/200"), body).await;
    bench.deploy(&api, "prod").await;
    let headers = [("origin", "https://shop.example"), ("access-control-request-method", "GET")];
    let response =
        bench.send("OPTIONS", &format!("/restapis/{api}/prod/_user_request_/orders"), &headers, "").await;
    assert_eq!(seen(&response), (200, String::new()));
    assert_eq!(response.headers["access-control-allow-origin"], "https://shop.example");
    assert_eq!(response.headers["access-control-allow-methods"], "GET,OPTIONS");
    assert_eq!(response.headers["access-control-allow-headers"], "Content-Type");
}

#[tokio::test]
async fn gateway_responses_shape_what_the_gateway_says_itself() {
    let (bench, api, _) = orders(Behaviour::Raises("boom")).await;
    let responses = format!("/restapis/{api}/gatewayresponses");
    let body = json!({
        "responseParameters": { "gatewayresponse.header.Access-Control-Allow-Origin": "'*'" },
        "responseTemplates": { "application/json": "{\"why\":$context.error.messageString,\"at\":\"$context.stage\"}" },
    });
    bench.ok("PUT", &format!("{responses}/DEFAULT_5XX"), body).await;
    bench
        .ok("PUT", &format!("{responses}/MISSING_AUTHENTICATION_TOKEN"), json!({ "statusCode": "404" }))
        .await;
    bench.deploy(&api, "prod").await;
    let response = bench.send("GET", &format!("/_aws/execute-api/{api}/prod/orders"), &[], "").await;
    assert_eq!(seen(&response), (502, "{\"why\":\"Internal server error\",\"at\":\"prod\"}".to_owned()));
    assert_eq!(response.headers["access-control-allow-origin"], "*");
    assert_eq!(get(&bench, &api, "prod/none").await.0, 404);
}
