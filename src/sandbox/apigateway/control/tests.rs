use serde_json::{Value, json};

use crate::sandbox::Service;
use crate::sandbox::apigateway::bench::{ACCOUNT, Bench, REGION, invocation_uri, request, text};

fn method(api: &str, resource: &str, verb: &str) -> String {
    format!("/restapis/{api}/resources/{resource}/methods/{verb}")
}

async fn error(bench: &Bench, verb: &str, path: &str, body: Value) -> (u16, String, String) {
    let error = bench.call(verb, path, body).await.unwrap_err();
    (error.status, error.code.into_owned(), error.message)
}

#[tokio::test]
async fn a_new_api_has_the_defaults_of_aws() {
    let bench = Bench::new();
    let api = bench.ok("POST", "/restapis", json!({ "name": "shop" })).await;
    let id = text(&api["id"]);
    assert_eq!((id.len(), text(&api["rootResourceId"]).len()), (10, 10));
    assert_eq!(api["endpointConfiguration"], json!({ "types": ["EDGE"], "ipAddressType": "ipv4" }));
    assert_eq!(
        (api["apiKeySource"].as_str(), api["disableExecuteApiEndpoint"].as_bool()),
        (Some("HEADER"), Some(false))
    );
    assert_eq!(api["createdDate"], 1_700_000_000);
    assert_eq!(api.get("tags"), None);
    let again = bench.ok("GET", &format!("/restapis/{id}"), json!({})).await;
    assert_eq!(again["tags"], json!({}));
    let models = bench.ok("GET", &format!("/restapis/{id}/models"), json!({})).await;
    let names: Vec<&str> =
        models["item"].as_array().unwrap().iter().map(|m| m["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Empty", "Error"]);
}

#[tokio::test]
async fn what_is_not_there_is_named_in_aws_s_words() {
    let bench = Bench::new();
    let (api, resource) = bench.api("orders").await;
    let expected = format!("Invalid API identifier specified {ACCOUNT}:nope");
    assert_eq!(
        error(&bench, "GET", "/restapis/nope", json!({})).await,
        (404, "NotFoundException".to_owned(), expected)
    );
    for (path, message) in [
        (format!("/restapis/{api}/resources/nope"), "Invalid Resource identifier specified"),
        (method(&api, &resource, "GET"), "Invalid Method identifier specified"),
        (format!("/restapis/{api}/stages/nope"), "Invalid stage identifier specified"),
        (format!("/restapis/{api}/models/Nope"), "Invalid model name specified: Nope"),
        (format!("/restapis/{api}/deployments/nope"), "Invalid Deployment identifier specified"),
    ] {
        assert_eq!(error(&bench, "GET", &path, json!({})).await.2, message, "{path}");
    }
}

#[tokio::test]
async fn integrations_are_checked_as_aws_checks_them() {
    let bench = Bench::new();
    let (api, resource) = bench.api("orders").await;
    let path = method(&api, &resource, "GET");
    bench.ok("PUT", &path, json!({ "authorizationType": "NONE" })).await;
    let path = format!("{path}/integration");
    let sqs = format!("arn:aws:apigateway:{REGION}:sqs:path/{ACCOUNT}/queue");
    for (body, message) in [
        (
            json!({ "type": "AWS_PROXY", "uri": invocation_uri("f") }),
            "Enumeration value for HttpMethod must be non-empty",
        ),
        (
            json!({ "type": "AWS_PROXY", "httpMethod": "POST", "uri": "http://x" }),
            "Invalid ARN specified in the request",
        ),
        (
            json!({ "type": "AWS", "httpMethod": "POST", "uri": format!("arn:aws:apigateway:{REGION}:lambda:nothing/x") }),
            "AWS ARN for integration must contain path or action",
        ),
        (
            json!({ "type": "AWS", "httpMethod": "POST", "uri": "arn:aws:iam::0000000000:role/service-role/asdf" }),
            "AWS ARN for integration must contain path or action",
        ),
        (
            json!({ "type": "AWS_PROXY", "httpMethod": "POST", "uri": invocation_uri("f").replacen(":lambda:", "::lambda:", 1) }),
            "AWS ARN for integration must contain path or action",
        ),
        (
            json!({ "type": "AWS_PROXY", "httpMethod": "POST", "uri": sqs }),
            "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.",
        ),
        (
            json!({ "type": "AWS", "httpMethod": "POST", "uri": sqs }),
            "Role ARN must be specified for AWS integrations",
        ),
        (
            json!({ "type": "HTTP", "httpMethod": "GET", "uri": "ftp://x" }),
            "Invalid HTTP endpoint specified for URI",
        ),
        (json!({ "type": "MOCK", "timeoutInMillis": 49 }), "Timeout should be between 50 ms and 29000 ms"),
        (
            json!({ "type": "MOCK", "requestParameters": { "integration.request.path.id": "method.request.path.id" } }),
            "Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping \
             expression parameter specified: method.request.path.id]",
        ),
    ] {
        assert_eq!(error(&bench, "PUT", &path, body.clone()).await.2, message, "{body}");
    }
    let other = "arn:aws:iam::999999999999:role/other";
    let body = json!({ "type": "AWS", "httpMethod": "POST", "uri": sqs, "credentials": other });
    assert_eq!(error(&bench, "PUT", &path, body).await.1, "AccessDeniedException");
}

#[tokio::test]
async fn a_refused_patch_changes_nothing_and_says_what_is_allowed() {
    let bench = Bench::new();
    let (api, resource) = bench.api("orders").await;
    bench.proxy(&api, &resource, "GET", "f").await;
    bench.deploy(&api, "prod").await;
    let verb = method(&api, &resource, "GET");
    for (path, op, at, message) in [
        (
            format!("/restapis/{api}/resources/{resource}"),
            "replace",
            "/invalid",
            "Invalid patch path  '/invalid' specified for op 'replace'. Must be one of: [/parentId, /pathPart]",
        ),
        (
            format!("/restapis/{api}/resources/{resource}"),
            "remove",
            "/pathPart",
            "Invalid patch path  '/pathPart' specified for op 'remove'. Please choose supported operations",
        ),
        (verb.clone(), "replace", "/httpMethod", "Invalid patch path /httpMethod"),
        (
            verb.clone(),
            "add",
            "/authorizationType",
            "Invalid patch operation specified. Must be one of: [replace]",
        ),
        (
            verb.clone(),
            "replace",
            "/requestModels/application/json",
            "Invalid patch path /requestModels/application/json",
        ),
        (
            verb.clone(),
            "remove",
            "/requestParameters/method.request.header.x",
            "Invalid parameter name specified",
        ),
        (
            format!("/restapis/{api}"),
            "move",
            "/name",
            "Invalid patch operation specified. Must be one of: [replace]",
        ),
    ] {
        let before = bench.ok("GET", &path, json!({})).await;
        assert_eq!(bench.patch(&path, op, at, "x").await.unwrap_err().message, message, "{at}");
        assert_eq!(bench.ok("GET", &path, json!({})).await, before);
    }
    let both = json!({ "patchOperations": [
        { "op": "replace", "path": "/timeoutInMillis", "value": "5000" },
        { "op": "replace", "path": "/nothing", "value": "x" },
    ] });
    let integration = format!("{verb}/integration");
    assert_eq!(error(&bench, "PATCH", &integration, both).await.0, 400);
    assert_eq!(bench.ok("GET", &integration, json!({})).await["timeoutInMillis"], 29_000);
    let wrong = json!({ "patchOperations": [{ "op": "put", "path": "/x" }, { "op": "set", "path": "/y" }] });
    let (status, code, message) =
        error(&bench, "PATCH", &format!("/restapis/{api}/stages/prod"), wrong).await;
    assert_eq!((status, code.as_str()), (400, "ValidationException"));
    assert!(
        message
            .starts_with("2 validation errors detected: Value 'put' at 'updateStageInput.patchOperations.1"),
        "{message}"
    );
}

#[tokio::test]
async fn stages_are_patched_by_method_setting_and_variable() {
    let bench = Bench::new();
    let (api, resource) = bench.api("orders").await;
    bench.proxy(&api, &resource, "GET", "f").await;
    let deployment = bench.deploy(&api, "prod").await;
    let stage = format!("/restapis/{api}/stages/prod");
    let body = bench.patch(&stage, "replace", "/~1orders/GET/throttling/rateLimit", "1.5").await.unwrap();
    assert_eq!(body["methodSettings"]["~1orders/GET"]["throttlingRateLimit"], 1.5);
    assert_eq!(body["methodSettings"]["~1orders/GET"]["throttlingBurstLimit"], 5000);
    let body = bench.patch(&stage, "remove", "/~1orders/GET", "").await.unwrap();
    assert_eq!(body["methodSettings"], json!({}));
    let body = bench.patch(&stage, "replace", "/variables/alias", "live").await.unwrap();
    assert_eq!(body["variables"], json!({ "alias": "live" }));
    let body = bench.patch(&stage, "remove", "/variables/alias", "").await.unwrap();
    assert_eq!(body.get("variables"), None);
    assert_eq!(bench.patch(&stage, "replace", "/variables/a", "not legal").await.unwrap_err().status, 400);
    assert_eq!(
        bench.patch(&stage, "replace", "/deploymentId", "nope").await.unwrap_err().message,
        "Deployment id does not exist"
    );
    assert!(
        bench
            .patch(&stage, "replace", "/tags/a", "x")
            .await
            .unwrap_err()
            .message
            .starts_with("Invalid method setting path: /tags/a.")
    );
    let body = bench.patch(&stage, "replace", "/cacheClusterEnabled", "true").await.unwrap();
    assert_eq!(
        (&body["cacheClusterStatus"], &body["cacheClusterSize"]),
        (&json!("AVAILABLE"), &json!("0.5"))
    );
    assert_eq!(bench.patch(&stage, "replace", "/cacheClusterSize", "7").await.unwrap_err().status, 400);
    assert_eq!(bench.patch(&stage, "replace", "/clientCertificateId", "none").await.unwrap_err().status, 400);
    let (_, code, message) =
        error(&bench, "DELETE", &format!("/restapis/{api}/deployments/{deployment}"), json!({})).await;
    assert_eq!(code, "BadRequestException");
    assert_eq!(message, "Active stages pointing to this deployment must be moved or deleted");
}

#[tokio::test]
async fn a_canary_is_promoted_by_copying() {
    let bench = Bench::new();
    let (api, resource) = bench.api("orders").await;
    bench.proxy(&api, &resource, "GET", "f").await;
    let first = bench.deploy(&api, "prod").await;
    let body = json!({ "stageName": "prod", "canarySettings": { "percentTraffic": 10.0, "stageVariableOverrides": { "v": "2" } } });
    let second = text(&bench.ok("POST", &format!("/restapis/{api}/deployments"), body).await["id"]);
    let stage = format!("/restapis/{api}/stages/prod");
    let body = bench.ok("GET", &stage, json!({})).await;
    assert_eq!(
        (text(&body["deploymentId"]), text(&body["canarySettings"]["deploymentId"])),
        (first, second.clone())
    );
    let promote = json!({ "patchOperations": [
        { "op": "copy", "path": "/deploymentId", "from": "/canarySettings/deploymentId" },
        { "op": "copy", "path": "/variables", "from": "/canarySettings/stageVariableOverrides" },
        { "op": "remove", "path": "/canarySettings" },
    ] });
    let body = bench.ok("PATCH", &stage, promote).await;
    assert_eq!(
        (text(&body["deploymentId"]), body["variables"].clone(), body.get("canarySettings")),
        (second, json!({ "v": "2" }), None)
    );
}

#[tokio::test]
async fn a_moved_resource_takes_its_children_along() {
    let bench = Bench::new();
    let (api, orders) = bench.api("orders").await;
    let path = |id: &str| format!("/restapis/{api}/resources/{id}");
    let item = text(&bench.ok("POST", &path(&orders), json!({ "pathPart": "{id}" })).await["id"]);
    bench.patch(&path(&orders), "replace", "/pathPart", "sales").await.unwrap();
    assert_eq!(bench.ok("GET", &path(&item), json!({})).await["path"], "/sales/{id}");
    assert_eq!(
        bench.patch(&path(&orders), "replace", "/parentId", &item).await.unwrap_err().message,
        "Resources cannot be cyclical."
    );
    bench.ok("DELETE", &path(&orders), json!({})).await;
    assert_eq!(bench.call("GET", &path(&item), json!({})).await.unwrap_err().status, 404);
}

#[tokio::test]
async fn pages_go_on_where_the_last_one_ended_even_when_it_is_deleted() {
    let bench = Bench::new();
    for number in 0..30 {
        bench.ok("POST", "/restapis", json!({ "name": format!("a{number}") })).await;
    }
    let first = bench.ok("GET", "/restapis", json!({})).await;
    let listed = first["item"].as_array().unwrap().clone();
    assert_eq!(listed.len(), 25);
    for api in &listed {
        bench.ok("DELETE", &format!("/restapis/{}", text(&api["id"])), json!({})).await;
    }
    let position = form_urlencoded::byte_serialize(text(&first["position"]).as_bytes()).collect::<String>();
    let second = bench.ok("GET", &format!("/restapis?position={position}"), json!({})).await;
    assert_eq!((second["item"].as_array().unwrap().len(), second.get("position")), (5, None));
    assert_eq!(bench.call("GET", "/restapis?position=zzz", json!({})).await.unwrap_err().status, 400);
}

#[tokio::test]
async fn what_is_exported_is_what_is_deployed() {
    let bench = Bench::new();
    let (api, resource) = bench.api("orders").await;
    bench.proxy(&api, &resource, "GET", "live").await;
    bench.deploy(&api, "prod").await;
    let integration = method(&api, &resource, "GET") + "/integration";
    bench.patch(&integration, "replace", "/uri", &invocation_uri("edited")).await.unwrap();
    let export = format!("/restapis/{api}/stages/prod/exports/oas30?extensions=integrations");
    let response = bench.call_raw("GET", &export, "").await.unwrap();
    assert_eq!(response.headers["content-type"], "application/octet-stream");
    let document: Value = serde_json::from_slice(&response.body).unwrap();
    let found = &document["paths"]["/orders"]["get"]["x-amazon-apigateway-integration"];
    assert_eq!(found["uri"], invocation_uri("live"));
    assert_eq!((found["type"].as_str(), found["httpMethod"].as_str()), (Some("aws_proxy"), Some("POST")));
}

#[tokio::test]
async fn an_exported_api_can_be_imported_and_exported_the_same() {
    let bench = Bench::new();
    let document = json!({
        "openapi": "3.0.1",
        "info": { "title": "shop", "version": "7" },
        "paths": {
            "/orders/{id}": {
                "get": {
                    "operationId": "readOrder",
                    "parameters": [
                        { "name": "id", "in": "path", "required": true, "schema": { "type": "string" } },
                        { "name": "verbose", "in": "query", "required": false, "schema": { "type": "string" } },
                    ],
                    "responses": { "200": { "description": "200 response", "content": {
                        "application/json": { "schema": { "$ref": "#/components/schemas/Order" } } } } },
                    "security": [{ "tokens": [] }, { "api_key": [] }],
                    "x-amazon-apigateway-request-validator": "all",
                    "x-amazon-apigateway-integration": {
                        "type": "aws_proxy", "httpMethod": "POST", "uri": invocation_uri("f"),
                        "passthroughBehavior": "when_no_match",
                    },
                },
                "x-amazon-apigateway-any-method": {
                    "responses": { "200": { "description": "200 response" } },
                    "x-amazon-apigateway-integration": {
                        "type": "mock",
                        "requestTemplates": { "application/json": "{\"statusCode\":200}" },
                        "responses": { "default": { "statusCode": "200" }, "5\\d\\d": { "statusCode": "500" } },
                        "passthroughBehavior": "when_no_templates",
                    },
                },
            },
        },
        "components": {
            "schemas": { "Order": { "type": "object", "properties": { "id": { "type": "string" } } } },
            "securitySchemes": {
                "api_key": { "type": "apiKey", "name": "x-api-key", "in": "header" },
                "tokens": {
                    "type": "apiKey", "name": "Authorization", "in": "header",
                    "x-amazon-apigateway-authtype": "custom",
                    "x-amazon-apigateway-authorizer": {
                        "type": "token", "authorizerUri": invocation_uri("auth"), "authorizerResultTtlInSeconds": 60,
                    },
                },
            },
        },
        "x-amazon-apigateway-request-validators": {
            "all": { "validateRequestBody": true, "validateRequestParameters": true },
        },
        "x-amazon-apigateway-binary-media-types": ["image/png"],
        "x-amazon-apigateway-gateway-responses": {
            "DEFAULT_4XX": { "responseParameters": { "gatewayresponse.header.Access-Control-Allow-Origin": "'*'" } },
        },
    });
    let first = round(&bench, &document.to_string()).await;
    let second = round(&bench, &first.to_string()).await;
    assert_eq!(first, second);
    let get = &first["paths"]["/orders/{id}"]["get"];
    let given = &document["paths"]["/orders/{id}"]["get"];
    for member in ["operationId", "parameters", "responses", "security", "x-amazon-apigateway-integration"] {
        assert_eq!(get[member], given[member], "{member}");
    }
    let any = "x-amazon-apigateway-any-method";
    let any =
        |document: &Value| document["paths"]["/orders/{id}"][any]["x-amazon-apigateway-integration"].clone();
    assert_eq!(any(&first), any(&document));
    assert_eq!(first["components"], document["components"]);
    assert_eq!(first["info"], document["info"]);
}

/// Imports, deploys and exports; what names the API itself is taken out.
async fn round(bench: &Bench, document: &str) -> Value {
    let made = bench.call_raw("POST", "/restapis?mode=import", document).await.unwrap();
    let made: Value = serde_json::from_slice(&made.body).unwrap();
    let api = text(&made["id"]);
    bench.deploy(&api, "prod").await;
    let path = format!("/restapis/{api}/stages/prod/exports/oas30?extensions=apigateway");
    let exported = bench.call_raw("GET", &path, "").await.unwrap();
    let mut document: Value = serde_json::from_slice(&exported.body).unwrap();
    document.as_object_mut().unwrap().shift_remove("servers");
    document
}

#[tokio::test]
async fn yaml_is_imported_and_nonsense_is_refused_whole() {
    let bench = Bench::new();
    let yaml = "openapi: 3.0.1\ninfo:\n  title: yaml shop\n  version: '1'\npaths:\n  /a/{b+}:\n    get:\n      responses:\n        200:\n          description: ok\n      x-amazon-apigateway-integration:\n        type: mock\n";
    let made = bench.call_raw("POST", "/restapis?mode=import", yaml).await.unwrap();
    let made: Value = serde_json::from_slice(&made.body).unwrap();
    let resources = bench.ok("GET", &format!("/restapis/{}/resources", text(&made["id"])), json!({})).await;
    let paths: Vec<&str> =
        resources["item"].as_array().unwrap().iter().map(|r| r["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["/", "/a", "/a/{b+}"]);
    for wrong in ["{bad", "[]", "{\"openapi\":\"9\"}", "", "openapi: 3.0.1\npaths: [", "\u{0}"] {
        assert_eq!(
            bench.call_raw("POST", "/restapis?mode=import", wrong).await.unwrap_err().status,
            400,
            "{wrong:?}"
        );
    }
    let bad = json!({ "openapi": "3.0.1", "info": { "title": "b", "version": "1" }, "paths": { "/a": { "get": {
        "x-amazon-apigateway-integration": { "type": "aws_proxy", "httpMethod": "POST", "uri": "nonsense" } } } } });
    let error = bench.call_raw("POST", "/restapis?mode=import", &bad.to_string()).await.unwrap_err();
    assert!(error.message.contains("Invalid ARN specified in the request"), "{}", error.message);
    assert_eq!(bench.ok("GET", "/restapis", json!({})).await["item"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_plan_s_limit_for_a_method_is_found_with_the_slashes_of_its_path_escaped_or_not() {
    let bench = Bench::new();
    let (api, resource) = bench.api("orders").await;
    bench.proxy(&api, &resource, "GET", "f").await;
    bench.deploy(&api, "prod").await;
    let stages = json!([{ "apiId": api, "stage": "prod" }]);
    let plan = bench.ok("POST", "/usageplans", json!({ "name": "p", "apiStages": stages })).await;
    let plan = format!("/usageplans/{}", text(&plan["id"]));
    let throttle = format!("/apiStages/{api}:prod/throttle");
    bench.patch(&plan, "replace", &format!("{throttle}/~1orders~1{{id}}/GET/rateLimit"), "5").await.unwrap();
    bench.patch(&plan, "replace", &format!("{throttle}//orders/{{id}}/GET/burstLimit"), "6").await.unwrap();
    let shown = bench.ok("GET", &plan, json!({})).await;
    let limits = json!({ "/orders/{id}/GET": { "rateLimit": 5.0, "burstLimit": 6 } });
    assert_eq!(shown["apiStages"][0]["throttle"], limits);
    for wrong in [format!("{throttle}/rateLimit"), format!("/apiStages/{api}:prod/other")] {
        assert_eq!(bench.patch(&plan, "replace", &wrong, "1").await.unwrap_err().code, "BadRequestException");
    }
    bench.patch(&plan, "remove", &format!("{throttle}//orders/{{id}}/GET"), "").await.unwrap();
    assert_eq!(bench.ok("GET", &plan, json!({})).await["apiStages"][0].get("throttle"), None);
}

#[tokio::test]
async fn a_document_s_base_path_goes_before_its_paths_where_that_is_asked_for() {
    let bench = Bench::new();
    let document =
        json!({ "swagger": "2.0", "basePath": "/a/b", "info": { "title": "based", "version": "1" },
        "paths": { "/e": {} } })
        .to_string();
    let expected: [(&str, &[&str]); 4] = [
        ("", &["/", "/e"]),
        ("&basepath=ignore", &["/", "/e"]),
        ("&basepath=prepend", &["/", "/a", "/a/b", "/a/b/e"]),
        ("&basepath=split", &["/", "/b", "/b/e"]),
    ];
    for (asked, paths) in expected {
        let made = bench.call_raw("POST", &format!("/restapis?mode=import{asked}"), &document).await.unwrap();
        let made: Value = serde_json::from_slice(&made.body).unwrap();
        let made = bench.ok("GET", &format!("/restapis/{}/resources", text(&made["id"])), json!({})).await;
        let made = made["item"].as_array().unwrap().iter();
        assert_eq!(
            made.map(|resource| resource["path"].as_str().unwrap()).collect::<Vec<_>>(),
            paths,
            "{asked}"
        );
    }
}

#[tokio::test]
async fn a_call_needs_the_permission_for_its_path_and_for_the_role_that_it_passes() {
    let bench = Bench::new();
    let body = json!({ "type": "AWS", "credentials": "arn:aws:iam::123456789012:role/invoke" }).to_string();
    let put = request("PUT", "/restapis/a/resources/b/methods/GET/integration", &[], &body);
    let operation = bench.gateway.resolve(&put, &bench.scope).unwrap();
    let needed: Vec<(&str, &str)> =
        operation.accesses.iter().map(|access| (access.action.as_str(), access.resource.as_str())).collect();
    let path = format!("arn:aws:apigateway:{REGION}::/restapis/a/resources/b/methods/GET/integration");
    assert_eq!(
        needed,
        [("apigateway:PUT", path.as_str()), ("iam:PassRole", "arn:aws:iam::123456789012:role/invoke")]
    );
    assert_eq!(operation.name, "PutIntegration");
}

#[tokio::test]
async fn what_is_not_covered_says_so_by_name() {
    let bench = Bench::new();
    let (status, _, message) = error(&bench, "GET", "/sdktypes", json!({})).await;
    assert_eq!((status, message.as_str()), (501, "the sandbox does not cover apigateway:GetSdkTypes"));
}

#[tokio::test]
async fn a_body_that_is_not_of_the_operation_s_shape_is_refused() {
    let bench = Bench::new();
    for body in ["[", "[]", "{\"name\": 7}", "{\"name\": {}}"] {
        assert_eq!(
            bench.call_raw("POST", "/restapis", body).await.unwrap_err().code,
            "SerializationException",
            "{body}"
        );
    }
}
