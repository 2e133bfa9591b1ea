//! Keys, limits, validators, authorizers and policies before the integration; templates behind them.

use serde_json::{Value, json};

use super::tests::{get, method, orders};
use crate::sandbox::apigateway::bench::{ACCOUNT, Behaviour, REGION, invocation_uri, seen, text};

#[tokio::test]
async fn a_missing_or_foreign_api_key_is_forbidden_and_a_good_one_is_counted() {
    let (bench, api, resource) = orders(Behaviour::Returns(json!({ "statusCode": 200 }))).await;
    bench.patch(&method(&api, &resource, "GET"), "replace", "/apiKeyRequired", "true").await.unwrap();
    bench.deploy(&api, "prod").await;
    let key = bench.ok("POST", "/apikeys", json!({ "name": "k", "enabled": true })).await;
    let (id, value) = (text(&key["id"]), text(&key["value"]));
    let path = format!("/_aws/execute-api/{api}/prod/orders");
    let send = async |key: &str| seen(&bench.send("GET", &path, &[("x-api-key", key)], "").await).0;
    let forbidden = (403, "{\"message\":\"Forbidden\"}".to_owned());
    assert_eq!(get(&bench, &api, "prod/orders").await, forbidden);
    assert_eq!(send(&value).await, 403);
    let plan = json!({
        "name": "p", "apiStages": [{ "apiId": api, "stage": "prod" }],
        "quota": { "limit": 2, "period": "DAY" }, "throttle": { "rateLimit": 100.0, "burstLimit": 100 },
    });
    let plan = text(&bench.ok("POST", "/usageplans", plan).await["id"]);
    bench.ok("POST", &format!("/usageplans/{plan}/keys"), json!({ "keyId": id, "keyType": "API_KEY" })).await;
    assert_eq!((send(&value).await, send(&value).await, send(&value).await), (200, 200, 429));
    bench.patch(&format!("/apikeys/{id}"), "replace", "/enabled", "false").await.unwrap();
    assert_eq!(send(&value).await, 403);
}

#[tokio::test]
async fn a_stage_s_rate_limit_refuses_what_is_too_much() {
    let (bench, api, _) = orders(Behaviour::Returns(json!({ "statusCode": 200 }))).await;
    let stage = format!("/restapis/{api}/stages/prod");
    bench.patch(&stage, "replace", "/*/*/throttling/rateLimit", "1").await.unwrap();
    bench.patch(&stage, "replace", "/*/*/throttling/burstLimit", "1").await.unwrap();
    assert_eq!(get(&bench, &api, "prod/orders").await.0, 200);
    assert_eq!(
        get(&bench, &api, "prod/orders").await,
        (429, "{\"message\":\"Too Many Requests\"}".to_owned())
    );
    bench.clock.advance(std::time::Duration::from_secs(1));
    assert_eq!(get(&bench, &api, "prod/orders").await.0, 200);
}

#[tokio::test]
async fn validators_refuse_missing_parameters_and_wrong_bodies() {
    let (bench, api, resource) = orders(Behaviour::Returns(json!({ "statusCode": 200 }))).await;
    let base = format!("/restapis/{api}");
    let all = json!({ "name": "all", "validateRequestBody": true, "validateRequestParameters": true });
    let validator = text(&bench.ok("POST", &format!("{base}/requestvalidators"), all).await["id"]);
    let schema = "{\"type\":\"object\",\"required\":[\"sku\"]}";
    let model = json!({ "name": "Order", "contentType": "application/json", "schema": schema });
    bench.ok("POST", &format!("{base}/models"), model).await;
    let body = json!({
        "authorizationType": "NONE", "requestValidatorId": validator,
        "requestParameters": { "method.request.querystring.q": true, "method.request.header.X-Key": true },
        "requestModels": { "application/json": "Order" },
    });
    let post = method(&api, &resource, "POST");
    bench.ok("PUT", &post, body).await;
    let integration = json!({ "type": "AWS_PROXY", "httpMethod": "POST", "uri": invocation_uri("f") });
    bench.ok("PUT", &format!("{post}/integration"), integration).await;
    bench.deploy(&api, "prod").await;
    let path = format!("/_aws/execute-api/{api}/prod/orders");
    let missing = seen(&bench.send("POST", &path, &[], "{\"sku\":1}").await);
    assert_eq!(
        missing,
        (400, "{\"message\": \"Missing required request parameters: [X-Key, q]\"}".to_owned())
    );
    let path = format!("{path}?q=1");
    let headers = [("x-key", "k"), ("content-type", "application/json; charset=utf-8")];
    let wrong = (400, "{\"message\": \"Invalid request body\"}".to_owned());
    assert_eq!(seen(&bench.send("POST", &path, &headers, "{}").await), wrong);
    assert_eq!(seen(&bench.send("POST", &path, &headers, "").await), wrong);
    assert_eq!(seen(&bench.send("POST", &path, &headers, "{not json").await), wrong);
    assert_eq!(seen(&bench.send("POST", &path, &headers, "{\"sku\":1}").await).0, 200);
    // What is wrong is told to whoever asks for it in a gateway response.
    let told = json!({ "responseTemplates": { "application/json": "$context.error.validationErrorString" } });
    bench.ok("PUT", &format!("{base}/gatewayresponses/BAD_REQUEST_BODY"), told).await;
    bench.deploy(&api, "prod").await;
    let problem = "[object has missing required properties ([\"sku\"])]".to_owned();
    assert_eq!(seen(&bench.send("POST", &path, &headers, "{}").await), (400, problem));
    let problem = "[Unknown error parsing request body]".to_owned();
    assert_eq!(seen(&bench.send("POST", &path, &headers, "{not json").await), (400, problem));
}

#[tokio::test]
async fn a_token_authorizer_refuses_denies_and_allows() {
    let (bench, api, resource) = orders(Behaviour::Echoes).await;
    let authorizer = json!({
        "name": "tokens", "type": "TOKEN", "authorizerUri": invocation_uri("auth"),
        "identitySource": "method.request.header.Authorization",
    });
    let id = text(&bench.ok("POST", &format!("/restapis/{api}/authorizers"), authorizer).await["id"]);
    let operations = json!({ "patchOperations": [
        { "op": "replace", "path": "/authorizationType", "value": "CUSTOM" },
        { "op": "replace", "path": "/authorizerId", "value": id },
    ] });
    bench.ok("PATCH", &method(&api, &resource, "GET"), operations).await;
    bench.deploy(&api, "prod").await;
    let path = format!("/_aws/execute-api/{api}/prod/orders");
    assert_eq!(get(&bench, &api, "prod/orders").await, (401, "{\"message\":\"Unauthorized\"}".to_owned()));
    let answer = |effect: &str| {
        Behaviour::Returns(json!({
            "principalId": "ada",
            "policyDocument": { "Version": "2012-10-17", "Statement": [{
                "Effect": effect, "Action": "execute-api:Invoke",
                "Resource": format!("arn:aws:execute-api:{REGION}:{ACCOUNT}:{api}/prod/GET/*"),
            }] },
            "context": { "tier": 2, "on": true },
        }))
    };
    // What an authorizer said is not remembered.
    let authorizer = format!("/restapis/{api}/authorizers/{id}");
    bench.patch(&authorizer, "replace", "/authorizerResultTtlInSeconds", "0").await.unwrap();
    bench.deploy(&api, "prod").await;
    bench.functions.set("auth", answer("Allow"));
    let response = bench.send("GET", &path, &[("authorization", "t")], "").await;
    let event: Value = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(
        event["requestContext"]["authorizer"],
        json!({ "principalId": "ada", "tier": "2", "on": "true", "integrationLatency": 0 })
    );
    let statuses = [
        (answer("Deny"), 403),
        (Behaviour::Returns(json!({ "principalId": "ada" })), 500),
        (Behaviour::Raises("Unauthorized"), 401),
        (Behaviour::Raises("anything else"), 500),
        (Behaviour::Refuses(403, "AccessDeniedException"), 500),
    ];
    for (behaviour, status) in statuses {
        bench.functions.set("auth", behaviour);
        assert_eq!(bench.send("GET", &path, &[("authorization", "t")], "").await.status.as_u16(), status);
    }
}

#[tokio::test]
async fn what_an_authorizer_said_holds_for_its_token_until_it_is_old_or_flushed() {
    let (bench, api, resource) = orders(Behaviour::Returns(json!({ "statusCode": 200 }))).await;
    let authorizer = json!({
        "name": "tokens", "type": "TOKEN", "authorizerUri": invocation_uri("auth"),
        "identitySource": "method.request.header.Authorization", "authorizerResultTtlInSeconds": 60,
    });
    let id = text(&bench.ok("POST", &format!("/restapis/{api}/authorizers"), authorizer).await["id"]);
    let operations = json!({ "patchOperations": [
        { "op": "replace", "path": "/authorizationType", "value": "CUSTOM" },
        { "op": "replace", "path": "/authorizerId", "value": id },
    ] });
    bench.ok("PATCH", &method(&api, &resource, "GET"), operations).await;
    bench.deploy(&api, "prod").await;
    let answer = |effect: &str| {
        Behaviour::Returns(json!({ "principalId": "ada", "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{ "Effect": effect, "Action": "execute-api:Invoke", "Resource": "*" }],
        } }))
    };
    let path = format!("/_aws/execute-api/{api}/prod/orders");
    let send =
        async |token: &str| bench.send("GET", &path, &[("authorization", token)], "").await.status.as_u16();
    bench.functions.set("auth", answer("Allow"));
    assert_eq!(send("a").await, 200);
    bench.functions.set("auth", answer("Deny"));
    assert_eq!((send("a").await, send("b").await), (200, 403));
    bench.ok("DELETE", &format!("/restapis/{api}/stages/prod/cache/authorizers"), json!({})).await;
    assert_eq!(send("a").await, 403);
    bench.functions.set("auth", answer("Allow"));
    assert_eq!(send("a").await, 403);
    bench.clock.advance(std::time::Duration::from_secs(61));
    assert_eq!(send("a").await, 200);
}

#[tokio::test]
async fn a_function_without_proxy_is_reached_through_templates_and_selection_patterns() {
    let (bench, api, resource) = orders(Behaviour::Returns(json!({ "n": 7 }))).await;
    let post = method(&api, &resource, "POST");
    bench.ok("PUT", &post, json!({ "authorizationType": "NONE" })).await;
    let template = "{\"who\":$input.json('$.name'),\"stage\":\"$context.stage\"}";
    let integration = json!({
        "type": "AWS", "httpMethod": "POST", "uri": invocation_uri("f"), "passthroughBehavior": "NEVER",
        "requestTemplates": { "application/json": template },
    });
    bench.ok("PUT", &format!("{post}/integration"), integration).await;
    for code in ["200", "404"] {
        let declared = json!({ "responseParameters": { "method.response.header.X-N": false } });
        bench.ok("PUT", &format!("{post}/responses/{code}"), declared).await;
    }
    let found = json!({
        "responseParameters": { "method.response.header.X-N": "integration.response.body.n" },
        "responseTemplates": { "application/json": "<$input.path('$.n')>" },
    });
    bench.ok("PUT", &format!("{post}/integration/responses/200"), found).await;
    bench
        .ok(
            "PUT",
            &format!("{post}/integration/responses/404"),
            json!({ "selectionPattern": ".*not found.*" }),
        )
        .await;
    bench.deploy(&api, "prod").await;
    let path = format!("/_aws/execute-api/{api}/prod/orders");
    let response =
        bench.send("POST", &path, &[("content-type", "application/json")], "{\"name\":\"ada\"}").await;
    assert_eq!(seen(&response), (200, "<7>".to_owned()));
    assert_eq!(response.headers["x-n"], "7");
    assert_eq!(bench.functions.last().payload, "{\"who\":\"ada\",\"stage\":\"prod\"}");
    bench.functions.set("f", Behaviour::Raises("order not found"));
    assert_eq!(bench.send("POST", &path, &[], "{}").await.status.as_u16(), 404);
    bench.functions.set("f", Behaviour::Raises("else"));
    assert_eq!(bench.send("POST", &path, &[], "{}").await.status.as_u16(), 200);
    assert_eq!(bench.send("POST", &path, &[("content-type", "text/csv")], "a,b").await.status.as_u16(), 415);
}

#[tokio::test]
async fn an_api_s_resource_policy_is_asked() {
    let (bench, api, _) = orders(Behaviour::Returns(json!({ "statusCode": 200 }))).await;
    let policy = |address: &str| {
        json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke",
            "Resource": "execute-api:/prod/GET/orders",
            "Condition": { "IpAddress": { "aws:SourceIp": address } },
        }] })
        .to_string()
    };
    let path = format!("/restapis/{api}");
    bench.patch(&path, "replace", "/policy", &policy("203.0.113.0/24")).await.unwrap();
    bench.deploy(&api, "prod").await;
    assert_eq!(get(&bench, &api, "prod/orders").await.0, 200);
    bench.patch(&path, "replace", "/policy", &policy("198.51.100.0/24")).await.unwrap();
    bench.deploy(&api, "prod").await;
    let (status, body) = get(&bench, &api, "prod/orders").await;
    assert_eq!(status, 403);
    assert!(
        body.contains("execute-api:Invoke on resource: arn:aws:execute-api:eu-west-1:********9012:"),
        "{body}"
    );
}

#[tokio::test]
async fn a_mock_without_a_status_is_500_and_says_so_in_the_test_log() {
    let (bench, api, resource) = orders(Behaviour::Returns(json!({ "statusCode": 200 }))).await;
    let head = method(&api, &resource, "HEAD");
    bench.ok("PUT", &head, json!({ "authorizationType": "NONE" })).await;
    bench.ok("PUT", &format!("{head}/integration"), json!({ "type": "MOCK" })).await;
    let told = bench.ok("POST", &head, json!({})).await;
    assert_eq!(told["status"], 500);
    assert!(text(&told["log"]).contains("Unable to parse statusCode"), "{told}");
    let told = bench
        .ok("POST", &method(&api, &resource, "GET"), json!({ "pathWithQueryString": "/orders?a=1" }))
        .await;
    assert_eq!(told["status"], 200);
    assert!(text(&told["log"]).contains("Method request query string: {a=1}"), "{told}");
}

#[tokio::test]
async fn an_api_does_not_reach_this_machine() {
    let (bench, api, resource) = orders(Behaviour::Returns(json!({ "statusCode": 200 }))).await;
    let head = method(&api, &resource, "HEAD");
    bench.ok("PUT", &head, json!({ "authorizationType": "NONE" })).await;
    let here = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("http://localhost:{}/", here.local_addr().unwrap().port());
    let integration = json!({ "type": "HTTP_PROXY", "httpMethod": "GET", "uri": uri });
    bench.ok("PUT", &format!("{head}/integration"), integration).await;
    let told = bench.ok("POST", &head, json!({})).await;
    assert_eq!(told["status"], 500);
    assert!(text(&told["log"]).contains("is a private address"), "{told}");
}

#[tokio::test]
async fn a_stage_with_a_cache_answers_from_it_until_it_is_old_or_flushed() {
    let (bench, api, resource) =
        orders(Behaviour::Returns(json!({ "statusCode": 200, "body": "first" }))).await;
    let integration = format!("{}/integration", method(&api, &resource, "GET"));
    bench.patch(&integration, "add", "/cacheKeyParameters/method.request.querystring.q", "").await.unwrap();
    bench.deploy(&api, "prod").await;
    let stage = format!("/restapis/{api}/stages/prod");
    bench.patch(&stage, "replace", "/cacheClusterEnabled", "true").await.unwrap();
    bench.patch(&stage, "replace", "/*/*/caching/enabled", "true").await.unwrap();
    bench.patch(&stage, "replace", "/*/*/caching/ttlInSeconds", "60").await.unwrap();
    let ask = async |query: &str| get(&bench, &api, &format!("prod/orders?{query}")).await.1;
    assert_eq!(ask("q=1").await, "first");
    bench.functions.set("f", Behaviour::Returns(json!({ "statusCode": 200, "body": "second" })));
    // What is no key of the cache makes no difference.
    assert_eq!([ask("q=1").await, ask("q=1&other=2").await, ask("q=2").await], ["first", "first", "second"]);
    bench.ok("DELETE", &format!("{stage}/cache/data"), json!({})).await;
    assert_eq!(ask("q=1").await, "second");
    bench.functions.set("f", Behaviour::Returns(json!({ "statusCode": 200, "body": "third" })));
    bench.clock.advance(std::time::Duration::from_secs(61));
    assert_eq!(ask("q=1").await, "third");
    // An error is not kept.
    bench.functions.set("f", Behaviour::Returns(json!({ "statusCode": 500, "body": "no" })));
    assert_eq!(ask("q=3").await, "no");
    bench.functions.set("f", Behaviour::Returns(json!({ "statusCode": 200, "body": "fourth" })));
    assert_eq!(ask("q=3").await, "fourth");
}

#[tokio::test]
async fn a_fresh_answer_is_for_those_who_may_ask_for_one() {
    let (bench, api, _) = orders(Behaviour::Returns(json!({ "statusCode": 200, "body": "first" }))).await;
    let stage = format!("/restapis/{api}/stages/prod");
    bench.patch(&stage, "replace", "/cacheClusterEnabled", "true").await.unwrap();
    bench.patch(&stage, "replace", "/*/*/caching/enabled", "true").await.unwrap();
    let path = format!("/_aws/execute-api/{api}/prod/orders");
    let ask = async || bench.send("GET", &path, &[("cache-control", "max-age=0")], "").await;
    assert_eq!(seen(&ask().await).1, "first");
    bench.functions.set("f", Behaviour::Returns(json!({ "statusCode": 200, "body": "second" })));
    // Nobody signed: the caller is told, and answered from the cache.
    let told = ask().await;
    assert_eq!(seen(&told).1, "first");
    assert!(told.headers["warning"].to_str().unwrap().starts_with("199 "), "{told:?}");
    let strategy = "/*/*/caching/unauthorizedCacheControlHeaderStrategy";
    bench.patch(&stage, "replace", strategy, "FAIL_WITH_403").await.unwrap();
    assert_eq!(ask().await.status.as_u16(), 403);
    bench
        .patch(&stage, "replace", "/*/*/caching/requireAuthorizationForCacheControl", "false")
        .await
        .unwrap();
    assert_eq!(seen(&ask().await).1, "second");
}

#[tokio::test]
async fn usage_is_told_by_day_and_what_is_granted_can_be_used() {
    let (bench, api, resource) = orders(Behaviour::Returns(json!({ "statusCode": 200 }))).await;
    bench.patch(&method(&api, &resource, "GET"), "replace", "/apiKeyRequired", "true").await.unwrap();
    bench.deploy(&api, "prod").await;
    let key = bench.ok("POST", "/apikeys", json!({ "name": "k", "enabled": true })).await;
    let (id, value) = (text(&key["id"]), text(&key["value"]));
    let plan = json!({
        "name": "p", "apiStages": [{ "apiId": api, "stage": "prod" }], "quota": { "limit": 2, "period": "MONTH" },
    });
    let plan = text(&bench.ok("POST", "/usageplans", plan).await["id"]);
    bench.ok("POST", &format!("/usageplans/{plan}/keys"), json!({ "keyId": id, "keyType": "API_KEY" })).await;
    let path = format!("/_aws/execute-api/{api}/prod/orders");
    let send = async || bench.send("GET", &path, &[("x-api-key", &value)], "").await.status.as_u16();
    assert_eq!([send().await, send().await, send().await], [200, 200, 429]);
    let now = crate::context::Clock::now(bench.clock.as_ref());
    let today = now.strftime("%Y-%m-%d").to_string();
    let usage = format!("/usageplans/{plan}/usage?startDate={today}&endDate={today}");
    let told = bench.ok("GET", &usage, json!({})).await;
    assert_eq!(told["values"], json!({ &id: [[2, 0]] }));
    let granted =
        bench.patch(&format!("/usageplans/{plan}/keys/{id}/usage"), "replace", "/remaining", "1").await;
    assert_eq!(granted.unwrap()["values"], json!({ &id: [[2, 1]] }));
    assert_eq!([send().await, send().await], [200, 429]);
    let wrong = bench.patch(&format!("/usageplans/{plan}/keys/{id}/usage"), "add", "/remaining", "1").await;
    assert_eq!(wrong.unwrap_err().status, 400);
}
