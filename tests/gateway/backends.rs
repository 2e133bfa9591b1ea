//! Integrations with HTTP backends and with other AWS services.

use serde_json::{Value, json};

use super::echo::backend;
use super::world::{ACCOUNT, ECHO, World, invocation, proxy};

#[test]
fn an_http_proxy_passes_request_and_answer_on() {
    let world = World::new();
    let url = backend();
    let (api, root) = world.api(&json!({}));
    let resource = world.resource(&api, &root, "{proxy+}");
    let declared = json!({ "authorizationType": "NONE", "requestParameters": {
        "method.request.path.proxy": true, "method.request.header.X-From": false } });
    let integration = json!({ "type": "HTTP_PROXY", "httpMethod": "ANY", "uri": format!("{url}/base/{{proxy}}"),
        "requestParameters": { "integration.request.path.proxy": "method.request.path.proxy",
            "integration.request.header.X-To": "method.request.header.X-From",
            "integration.request.querystring.stage": "context.stage" } });
    world.method_with(&api, &resource, "ANY", &declared, &integration);
    world.deploy(&api);
    let headers = [("X-From", "here"), ("Content-Type", "application/json"), ("User-Agent", "mine/1")];
    let answer = world.call(&api, "POST", "/a/418?q=1&q=2", &headers, b"{\"n\":1}");
    assert_eq!(answer.status, 418);
    let told = answer.json();
    assert_eq!(told["method"], "POST");
    assert_eq!(told["path"], "/base/a/418?q=1&q=2&stage=prod");
    assert_eq!(told["body"], "{\"n\":1}");
    let sent = &told["headers"];
    assert_eq!((sent["x-to"].as_str(), sent["user-agent"].as_str()), (Some("here"), Some("mine/1")));
    assert_eq!(sent["x-amzn-apigateway-api-id"], api.as_str());
    assert!(url.ends_with(sent["host"].as_str().unwrap()), "{sent}");
    assert_eq!(answer.header("x-mine"), Some("yes"));
    assert_eq!(answer.header("x-amzn-remapped-server"), Some("echo"));
    assert_eq!(answer.header("x-amzn-remapped-connection"), Some("close"));
    assert_eq!(answer.header("location"), Some("/elsewhere"));
}

#[test]
fn an_http_integration_goes_through_templates_and_selection_patterns() {
    let world = World::new();
    let url = backend();
    let (api, root) = world.api(&json!({}));
    let resource = world.resource(&api, &root, "{status}");
    let declared = json!({ "authorizationType": "NONE",
        "requestParameters": { "method.request.path.status": true } });
    let integration = json!({ "type": "HTTP", "httpMethod": "POST", "uri": format!("{url}/status/{{status}}"),
        "requestParameters": { "integration.request.path.status": "method.request.path.status" },
        "requestTemplates": { "application/json": "{\"status\": \"$input.params('status')\"}" } });
    let method = world.method_with(&api, &resource, "GET", &declared, &integration);
    let header = "method.response.header.X-Mine";
    let with = |pattern: &str| {
        let mut mapped = json!({ "responseParameters": { header: "integration.response.header.X-Mine" } });
        if !pattern.is_empty() {
            mapped["selectionPattern"] = pattern.into();
        }
        mapped
    };
    let header = json!({ "responseParameters": { header: false } });
    world.response(&method, "200", &header, &with(""));
    world.response(&method, "400", &header, &with("4\\d{2}"));
    world.deploy(&api);
    let found = world.get(&api, "/201");
    assert_eq!((found.status, found.header("x-mine")), (200, Some("yes")));
    assert_eq!(found.header("server"), None);
    let told = found.json();
    assert_eq!(
        (told["method"].as_str(), told["body"].as_str()),
        (Some("POST"), Some("{\"status\": \"201\"}"))
    );
    assert_eq!(told["headers"]["accept"], "application/json");
    assert_eq!(told["headers"]["user-agent"], format!("AmazonAPIGateway_{api}"));
    assert_eq!(world.get(&api, "/404").status, 400);
}

#[test]
fn a_backend_that_nobody_answers_at_is_504_and_a_name_that_leads_nowhere_500() {
    let world = World::new();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (api, root) = world.api(&json!({}));
    let put = |name: &str, uri: &str| {
        let resource = world.resource(&api, &root, name);
        let integration = json!({ "type": "HTTP_PROXY", "httpMethod": "GET", "uri": uri });
        world.method(&api, &resource, "GET", &integration);
    };
    put("closed", &format!("http://127.0.0.1:{port}/"));
    put("unknown", "http://no-such-name.invalid/");
    world.deploy(&api);
    let closed = (504, "{\"message\": \"Network error communicating with endpoint\"}".to_owned());
    assert_eq!(world.get(&api, "/closed").seen(), closed);
    assert_eq!(world.get(&api, "/unknown").status, 500);
}

#[test]
fn a_mapping_that_sets_what_the_gateway_sets_is_500() {
    let world = World::new();
    let (api, root) = world.api(&json!({}));
    let integration = json!({ "type": "HTTP_PROXY", "httpMethod": "GET", "uri": format!("{}/", backend()),
        "requestParameters": { "integration.request.header.Content-Length": "'3'" } });
    world.method(&api, &root, "GET", &integration);
    world.deploy(&api);
    assert_eq!(world.get(&api, "/").status, 500);
}

fn table(world: &World) {
    let table = json!({ "TableName": "orders", "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
        "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }] });
    world.target("DynamoDB_20120810.CreateTable", &table);
}

fn store(world: &World, role: &str) -> String {
    let (api, root) = world.api(&json!({}));
    let put = json!({ "type": "AWS", "httpMethod": "POST", "credentials": role,
        "uri": "arn:aws:apigateway:us-east-1:dynamodb:action/PutItem",
        "requestTemplates": { "application/json":
            "{\"TableName\":\"orders\",\"Item\":{\"id\":{\"S\":\"$input.params('id')\"}}}" } });
    let scan = json!({ "type": "AWS", "httpMethod": "POST", "credentials": role,
        "uri": "arn:aws:apigateway:us-east-1:dynamodb:action/Scan",
        "requestTemplates": { "application/json": "{\"TableName\":\"orders\"}" } });
    for (verb, integration) in [("POST", put), ("GET", scan)] {
        let method = world.method(&api, &root, verb, &integration);
        let template = "#set($items = $input.path('$.Items'))#if($items)[#foreach($i in $items)\"$i.id.S\"\
                        #if($foreach.hasNext),#end#end]#else$input.json('$')#end";
        world.response(
            &method,
            "200",
            &json!({}),
            &json!({ "responseTemplates": { "application/json": template } }),
        );
        world.response(&method, "400", &json!({}), &json!({ "selectionPattern": "4\\d{2}" }));
    }
    world.deploy(&api);
    api
}

#[test]
fn an_api_stores_and_lists_items_of_dynamodb_with_a_role() {
    let world = World::new();
    table(&world);
    let role = world.role("gateway", "apigateway.amazonaws.com", &json!("dynamodb:*"));
    let api = store(&world, &role);
    let put = world.call(&api, "POST", "/?id=one", &[], b"");
    assert_eq!(put.seen(), (200, "{}".to_owned()));
    assert!(put.header("x-amzn-trace-id").is_some());
    assert_eq!(world.get(&api, "/").seen(), (200, "[\"one\"]".to_owned()));
    // What the role may not do, DynamoDB refuses, and the answer is chosen by its status.
    world.allow("gateway", &json!("dynamodb:Scan"));
    let denied = world.call(&api, "POST", "/?id=two", &[], b"");
    assert_eq!(denied.status, 400);
    assert!(denied.text().contains("AccessDeniedException"), "{}", denied.text());
    assert_eq!(world.get(&api, "/").status, 200);
}

#[test]
fn a_role_that_does_not_trust_api_gateway_is_500_and_the_test_log_says_why() {
    let world = World::new();
    table(&world);
    let role = world.role("wrong", "lambda.amazonaws.com", &json!("dynamodb:*"));
    let api = store(&world, &role);
    assert_eq!(world.get(&api, "/").seen(), (500, "{\"message\": \"Internal server error\"}".to_owned()));
    let root = world.ok("GET", &format!("/restapis/{api}"), &Value::Null)["rootResourceId"].clone();
    let path = format!("/restapis/{api}/resources/{}/methods/GET", root.as_str().unwrap());
    let told = world.ok("POST", &path, &json!({}));
    let log = told["log"].as_str().unwrap();
    assert!(log.contains("API Gateway does not have permission to assume the provided role"), "{log}");
}

#[test]
fn a_function_can_be_invoked_with_a_role_instead_of_a_permission() {
    let world = World::new();
    world.hidden_function("echo", ECHO, 3);
    let role = world.role("caller", "apigateway.amazonaws.com", &json!("lambda:InvokeFunction"));
    let (api, root) = world.api(&json!({}));
    let mut integration = proxy("echo");
    integration["credentials"] = role.into();
    world.method(&api, &root, "GET", &integration);
    world.deploy(&api);
    assert_eq!(world.get(&api, "/").status, 200);
    world.allow("caller", &json!("lambda:GetFunction"));
    assert_eq!(world.get(&api, "/").status, 500);
}

#[test]
fn a_service_that_is_not_there_is_named() {
    let world = World::new();
    let role = format!("arn:aws:iam::{ACCOUNT}:role/any");
    world.role("any", "apigateway.amazonaws.com", &json!("*"));
    let (api, root) = world.api(&json!({}));
    let integration = json!({ "type": "AWS", "httpMethod": "POST", "credentials": role,
        "uri": "arn:aws:apigateway:us-east-1:polly:action/SynthesizeSpeech" });
    world.method(&api, &root, "POST", &integration);
    world.deploy(&api);
    let answer = world.call(&api, "POST", "/", &[], b"{}");
    assert_eq!(answer.status, 501);
    assert!(answer.text().contains("AWS with polly"), "{}", answer.text());
}

#[test]
fn a_failing_function_without_proxy_is_chosen_by_its_message() {
    let world = World::new();
    world.function("find", "def handler(event, context): raise Exception('order 7 not found')\n");
    let (api, root) = world.api(&json!({}));
    let integration = json!({ "type": "AWS", "httpMethod": "POST", "uri": invocation("find") });
    let method = world.method(&api, &root, "GET", &integration);
    world.response(&method, "200", &json!({}), &json!({}));
    let template = "{\"message\": $input.json('$.errorMessage')}";
    let mapped =
        json!({ "selectionPattern": ".*not found.*", "responseTemplates": { "application/json": template } });
    world.response(&method, "404", &json!({}), &mapped);
    world.deploy(&api);
    assert_eq!(world.get(&api, "/").seen(), (404, "{\"message\": \"order 7 not found\"}".to_owned()));
}
