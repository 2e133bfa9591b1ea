//! OpenAPI documents: what is exported comes back as it was, and what others wrote is understood.

use serde_json::{Value, json};

use super::world::{ECHO, World, invocation, proxy, text};

fn export(world: &World, api: &str, kind: &str) -> Value {
    let path = format!("/restapis/{api}/stages/prod/exports/{kind}?extensions=apigateway");
    let answer = world.send("GET", &path, &[("Accept", "application/json")], b"");
    assert_eq!(answer.status, 200, "{}", answer.text());
    let mut document = answer.json();
    let members = document.as_object_mut().unwrap();
    // Where the API stands is the API's, not the document's.
    for own in ["servers", "host", "basePath"] {
        members.remove(own);
    }
    members["info"].as_object_mut().unwrap().remove("version");
    document
}

fn import(world: &World, document: &str) -> String {
    let answer = world.send(
        "POST",
        "/restapis?mode=import",
        &[("Content-Type", "application/json")],
        document.as_bytes(),
    );
    assert_eq!(answer.status, 201, "{}", answer.text());
    let api = text(&answer.json()["id"]);
    world.deploy(&api);
    api
}

/// An API with a bit of everything, patched here and there.
fn worked_on(world: &World) -> String {
    let shop = world.shop(ECHO);
    let api = format!("/restapis/{}", shop.api);
    let model = json!({ "name": "Order", "contentType": "application/json",
        "schema": "{\"type\":\"object\",\"required\":[\"sku\"],\"properties\":{\"sku\":{\"type\":\"string\"}}}" });
    world.ok("POST", &format!("{api}/models"), &model);
    let validator = json!({ "name": "body", "validateRequestBody": true, "validateRequestParameters": true });
    let validator = text(&world.ok("POST", &format!("{api}/requestvalidators"), &validator)["id"]);
    let guard = json!({ "name": "guard", "type": "TOKEN", "authorizerUri": invocation("guard"),
        "identitySource": "method.request.header.Authorization", "authorizerResultTtlInSeconds": 60 });
    let guard = text(&world.ok("POST", &format!("{api}/authorizers"), &guard)["id"]);
    let post = world.method(&shop.api, &shop.resource, "POST", &proxy("orders"));
    world.patch(
        &post,
        &[
            ("replace", "/requestValidatorId", &validator),
            ("add", "/requestModels/application~1json", "Order"),
            ("add", "/requestParameters/method.request.querystring.q", "true"),
        ],
    );
    let delete = world.method(&shop.api, &shop.resource, "DELETE", &proxy("orders"));
    world
        .patch(&delete, &[("replace", "/authorizationType", "CUSTOM"), ("replace", "/authorizerId", &guard)]);
    world.patch(&shop.method, &[("add", "/requestParameters/method.request.header.X-Tenant", "false")]);
    world.patch(&format!("{}/integration", shop.method), &[("replace", "/timeoutInMillis", "5000")]);
    let item = world.resource(&shop.api, &shop.resource, "{id}");
    let mock = json!({ "type": "MOCK",
        "requestTemplates": { "application/json": "{\"statusCode\": $input.params('id')}" } });
    let get = world.method(&shop.api, &item, "GET", &mock);
    let header = "method.response.header.X-Stage";
    for (status, pattern) in [("200", ""), ("404", "4\\d\\d")] {
        world.response(
            &get,
            status,
            &json!({ "responseParameters": { header: false } }),
            &json!({ "selectionPattern": pattern, "responseParameters": { header: "context.stage" },
                "responseTemplates": { "application/json": "{\"id\": \"$input.params('id')\"}" } }),
        );
    }
    let denied = json!({ "statusCode": "418", "responseTemplates": { "application/json":
        "{\"why\": $context.error.messageString}" }, "responseParameters": {
        "gatewayresponse.header.X-Why": "'no'" } });
    world.ok("PUT", &format!("{api}/gatewayresponses/MISSING_AUTHENTICATION_TOKEN"), &denied);
    world.patch(&api, &[("add", "/binaryMediaTypes/image~1png", ""), ("replace", "/name", "renamed")]);
    world.deploy(&shop.api);
    shop.api
}

/// What callers see of an API that [`worked_on`] made.
fn seen(world: &World, api: &str) -> Vec<(u16, String)> {
    let mut seen = vec![];
    for (verb, path, body) in [
        ("GET", "/orders/200", ""),
        ("GET", "/orders/404", ""),
        ("GET", "/nothing", ""),
        ("POST", "/orders", "{}"),
        ("POST", "/orders?q=1", "{}"),
        ("DELETE", "/orders", ""),
    ] {
        let answer = world.call(api, verb, path, &[("Content-Type", "application/json")], body.as_bytes());
        let extra = answer.header("x-why").or(answer.header("x-stage")).unwrap_or_default().to_owned();
        seen.push((answer.status, format!("{} {extra}", answer.text())));
    }
    let good =
        world.call(api, "POST", "/orders?q=1", &[("Content-Type", "application/json")], b"{\"sku\":\"a\"}");
    seen.push((good.status, good.json()["resource"].to_string()));
    seen
}

#[test]
fn an_exported_api_comes_back_as_it_was_and_answers_the_same() {
    let world = World::new();
    let api = worked_on(&world);
    let before = seen(&world, &api);
    assert_eq!(
        before.iter().map(|(status, _)| *status).collect::<Vec<_>>(),
        [200, 404, 418, 400, 400, 401, 200]
    );
    let documents = ["oas30", "swagger"].map(|kind| (kind, export(&world, &api, kind)));
    world.ok("DELETE", &format!("/restapis/{api}"), &Value::Null);
    for (kind, exported) in documents {
        let again = import(&world, &exported.to_string());
        assert_eq!(export(&world, &again, kind), exported, "{kind}");
        assert_eq!(seen(&world, &again), before, "{kind}");
        world.ok("DELETE", &format!("/restapis/{again}"), &Value::Null);
    }
}

#[test]
fn a_swagger_document_with_a_mock_and_cors_is_understood() {
    let world = World::new();
    let api = import(
        &world,
        r#"{ "swagger": "2.0", "info": { "title": "pets", "version": "2016" }, "schemes": ["https"],
          "paths": { "/pets": {
            "get": { "produces": ["application/json"], "responses": { "200": { "description": "ok",
                "headers": { "Access-Control-Allow-Origin": { "type": "string" } } } },
              "x-amazon-apigateway-integration": { "type": "mock", "passthroughBehavior": "when_no_match",
                "requestTemplates": { "application/json": "{\"statusCode\": 200}" },
                "responses": { "default": { "statusCode": "200",
                  "responseParameters": { "method.response.header.Access-Control-Allow-Origin": "'*'" },
                  "responseTemplates": { "application/json": "[\"rex\"]" } } } } } } } }"#,
    );
    let answer = world.get(&api, "/pets");
    assert_eq!(answer.seen(), (200, "[\"rex\"]".to_owned()));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
}

#[test]
fn an_openapi_document_in_yaml_with_a_greedy_proxy_is_understood() {
    let world = World::new();
    world.function("echo", ECHO);
    let document = format!(
        "openapi: 3.0.1\ninfo:\n  title: greedy\n  version: '1'\npaths:\n  /{{proxy+}}:\n    x-amazon-apigateway-any-method:\n      \
         parameters:\n        - name: proxy\n          in: path\n          required: true\n          schema:\n            type: string\n      \
         responses: {{}}\n      x-amazon-apigateway-integration:\n        type: aws_proxy\n        httpMethod: POST\n        uri: {}\n",
        invocation("echo")
    );
    let api = import(&world, &document);
    let event = world.call(&api, "PATCH", "/a/b", &[], b"").json();
    assert_eq!(
        (event["httpMethod"].as_str(), event["pathParameters"]["proxy"].as_str()),
        (Some("PATCH"), Some("a/b"))
    );
}

#[test]
fn a_document_with_validators_and_schemas_that_refer_to_each_other_is_understood() {
    let world = World::new();
    let api = import(
        &world,
        r##"{ "openapi": "3.0.1", "info": { "title": "checked", "version": "1" },
          "x-amazon-apigateway-request-validators": {
            "all": { "validateRequestBody": true, "validateRequestParameters": true } },
          "x-amazon-apigateway-request-validator": "all",
          "paths": { "/orders": { "post": {
            "parameters": [{ "name": "h1", "in": "header", "required": true, "schema": { "type": "string" } }],
            "requestBody": { "required": true,
              "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Order" } } } },
            "responses": { "200": { "description": "ok" } },
            "x-amazon-apigateway-integration": { "type": "mock",
              "requestTemplates": { "application/json": "{\"statusCode\": 200}" },
              "responses": { "default": { "statusCode": "200" } } } } } },
          "components": { "schemas": {
            "Line": { "type": "object", "required": ["sku"], "properties": { "sku": { "type": "string" } } },
            "Order": { "type": "object", "required": ["lines"], "properties": {
              "lines": { "type": "array", "items": { "$ref": "#/components/schemas/Line" } } } } } } }"##,
    );
    let send = |headers: &[(&str, &str)], body: &str| {
        world.call(&api, "POST", "/orders", headers, body.as_bytes()).seen()
    };
    let missing = "{\"message\": \"Missing required request parameters: [h1]\"}";
    assert_eq!(send(&[], "{\"lines\":[]}"), (400, missing.to_owned()));
    let kind = [("h1", "x"), ("Content-Type", "application/json")];
    assert_eq!(send(&kind, "{\"lines\":[{}]}"), (400, "{\"message\": \"Invalid request body\"}".to_owned()));
    assert_eq!(send(&kind, "{\"lines\":[{\"sku\":\"a\"}]}").0, 200);
}

#[test]
fn a_document_with_an_authorizer_and_an_api_key_is_understood() {
    let world = World::new();
    world.function("echo", ECHO);
    world.function(
        "guard",
        "def handler(event, context):\n    return {'principalId': 'ada', 'policyDocument': {'Version': '2012-10-17', \
         'Statement': [{'Effect': 'Allow', 'Action': 'execute-api:Invoke', 'Resource': '*'}]}}\n",
    );
    let secured = |scheme: &str| {
        json!({ "security": [{ scheme: [] }], "responses": { "200": { "description": "ok" } },
            "x-amazon-apigateway-integration": { "type": "aws_proxy", "httpMethod": "POST", "uri": invocation("echo") } })
    };
    let document = json!({ "swagger": "2.0", "info": { "title": "secured", "version": "1" },
        "paths": { "/token": { "get": secured("guard") }, "/key": { "get": secured("api_key") },
            "/signed": { "get": secured("sigv4") } },
        "securityDefinitions": {
            "api_key": { "type": "apiKey", "name": "x-api-key", "in": "header" },
            "sigv4": { "type": "apiKey", "name": "Authorization", "in": "header",
                "x-amazon-apigateway-authtype": "awsSigv4" },
            "guard": { "type": "apiKey", "name": "Authorization", "in": "header",
                "x-amazon-apigateway-authtype": "custom", "x-amazon-apigateway-authorizer": {
                    "type": "token", "authorizerUri": invocation("guard"), "authorizerResultTtlInSeconds": 60 } } } });
    let api = import(&world, &document.to_string());
    assert_eq!(world.get(&api, "/token").status, 401);
    assert_eq!(world.call(&api, "GET", "/token", &[("Authorization", "x")], b"").status, 200);
    assert_eq!(world.get(&api, "/key").seen(), (403, "{\"message\":\"Forbidden\"}".to_owned()));
    assert_eq!(
        world.get(&api, "/signed").seen(),
        (403, "{\"message\":\"Missing Authentication Token\"}".to_owned())
    );
}

#[test]
fn a_document_with_an_http_backend_and_gateway_responses_is_understood() {
    let world = World::new();
    let url = super::echo::backend();
    let document = json!({ "openapi": "3.0.1", "info": { "title": "backed", "version": "1" },
        "x-amazon-apigateway-gateway-responses": { "DEFAULT_4XX": { "statusCode": 404,
            "responseParameters": { "gatewayresponse.header.Access-Control-Allow-Origin": "'*'" },
            "responseTemplates": { "application/json": "{\"told\":$context.error.messageString}" } } },
        "paths": { "/{status}": { "get": {
            "parameters": [{ "name": "status", "in": "path", "required": true, "schema": { "type": "string" } }],
            "responses": { "200": { "description": "ok" } },
            "x-amazon-apigateway-integration": { "type": "http", "httpMethod": "GET", "uri": format!("{url}/{{status}}"),
                "requestParameters": { "integration.request.path.status": "method.request.path.status" },
                "responses": { "default": { "statusCode": "200" } } } } } } });
    let api = import(&world, &document.to_string());
    assert_eq!(world.get(&api, "/201").json()["path"], "/201");
    let refused = world.call(&api, "POST", "/201", &[], b"");
    assert_eq!(refused.seen(), (404, "{\"told\":\"Missing Authentication Token\"}".to_owned()));
    assert_eq!(refused.header("access-control-allow-origin"), Some("*"));
}
