//! What users of other emulators complained about: each must be here as it is on AWS.

use serde_json::json;

use super::world::{ECHO, World, invocation, proxy, text};

#[test]
fn the_event_of_a_greedy_path_is_as_recorded() {
    let world = World::new();
    world.function("echo", ECHO);
    let (api, root) = world.api(&json!({}));
    let files = world.resource(&api, &root, "files");
    let rest = world.resource(&api, &files, "{proxy+}");
    world.method(&api, &rest, "ANY", &proxy("echo"));
    world.deploy(&api);
    let headers = [("x-my-Key", "one"), ("X-MY-KEY", "two"), ("Content-Type", "text/plain")];
    let event = world.call(&api, "PUT", "/files/a/b%20c?q=1&q=2&r=x", &headers, b"hi").json();
    assert_eq!(event["resource"], "/files/{proxy+}");
    assert_eq!(event["path"], "/files/a/b%20c");
    assert_eq!(event["pathParameters"], json!({ "proxy": "a/b%20c" }));
    assert_eq!(event["queryStringParameters"], json!({ "q": "2", "r": "x" }));
    assert_eq!(event["multiValueQueryStringParameters"], json!({ "q": ["1", "2"], "r": ["x"] }));
    assert_eq!(event["headers"]["x-my-Key"], "two", "{}", event["headers"]);
    assert_eq!(event["multiValueHeaders"]["x-my-Key"], json!(["one", "two"]));
    assert_eq!(event["body"], "hi");
    assert_eq!(event["isBase64Encoded"], false);
    assert!(event.get("version").is_none(), "a REST API's event has no version");
    assert_eq!(event["stageVariables"], json!(null));
    let context = &event["requestContext"];
    assert_eq!(context["path"], "/prod/files/a/b%20c");
    assert_eq!(context["resourcePath"], "/files/{proxy+}");
    assert_eq!(text(&context["requestId"]).len(), 36);
    assert_ne!(context["requestId"], context["extendedRequestId"]);
    assert_eq!(context["identity"].as_object().unwrap().len(), 12);
    for name in ["X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto", "X-Amzn-Trace-Id", "Host"] {
        assert!(event["headers"][name].is_string(), "{name}");
    }
}

#[test]
fn header_names_reach_a_function_as_the_client_wrote_them() {
    let world = World::new();
    let shop = world.shop(ECHO);
    let headers = [("accept-language", "de"), ("X-UPPER", "1"), ("user-agent", "mine/1")];
    let event = world.call(&shop.api, "GET", "/orders", &headers, b"").json();
    let names = event["headers"].as_object().unwrap();
    for name in ["accept-language", "X-UPPER", "User-Agent"] {
        assert!(names.contains_key(name), "{name} in {names:?}");
    }
    assert!(!names.contains_key("Connection"), "{names:?}");
}

#[test]
fn an_alias_in_the_integration_s_uri_is_invoked() {
    let world = World::new();
    let shop = world.shop("def handler(e, c): return {'statusCode': 200, 'body': c.invoked_function_arn}\n");
    world.ok("POST", "/2015-03-31/functions/orders/versions", &json!({}));
    let alias = json!({ "Name": "live", "FunctionVersion": "1" });
    world.ok("POST", "/2015-03-31/functions/orders/aliases", &alias);
    let permission = json!({ "StatementId": "gateway", "Action": "lambda:InvokeFunction",
        "Principal": "apigateway.amazonaws.com" });
    world.ok("POST", "/2015-03-31/functions/orders/policy?Qualifier=live", &permission);
    world.patch(&format!("{}/integration", shop.method), &[("replace", "/uri", &invocation("orders:live"))]);
    world.deploy(&shop.api);
    let answer = world.get(&shop.api, "/orders");
    assert!(answer.text().ends_with(":function:orders:live"), "{}", answer.text());
}

#[test]
fn an_authorization_header_does_not_matter_to_an_open_method() {
    let world = World::new();
    let shop = world.shop(ECHO);
    for value in ["Bearer x", "AWS4-HMAC-SHA256 Credential=nonsense", "Basic eA=="] {
        let answer = world.call(&shop.api, "GET", "/orders", &[("Authorization", value)], b"");
        assert_eq!(answer.status, 200, "{value}: {}", answer.text());
    }
}

#[test]
fn options_reach_a_function_behind_any() {
    let world = World::new();
    world.function("echo", ECHO);
    let (api, root) = world.api(&json!({}));
    world.method(&api, &root, "ANY", &proxy("echo"));
    world.deploy(&api);
    assert_eq!(world.call(&api, "OPTIONS", "/", &[], b"").json()["httpMethod"], "OPTIONS");
}

#[test]
fn a_function_without_proxy_is_invoked_with_post_whatever_the_caller_s_verb() {
    let world = World::new();
    world.function("plain", "def handler(event, context): return {'got': event}\n");
    let (api, root) = world.api(&json!({}));
    let integration = json!({ "type": "AWS", "httpMethod": "POST", "uri": invocation("plain"),
        "requestTemplates": { "application/json": "{\"q\": \"$input.params('q')\"}" } });
    let method = world.method(&api, &root, "GET", &integration);
    world.response(&method, "200", &json!({}), &json!({}));
    world.deploy(&api);
    assert_eq!(world.get(&api, "/?q=7").json(), json!({ "got": { "q": "7" } }));
}

#[test]
fn a_proxy_s_response_needs_no_body_and_may_have_a_status_as_text() {
    let world = World::new();
    let source = "def handler(event, context):\n    return {'a': {'statusCode': '201'}, 'b': {'headers': {'x-b': True}}, \
                  'c': {'statusCode': 204, 'headers': None}}[event['queryStringParameters']['k']]\n";
    let shop = world.shop(source);
    assert_eq!(world.get(&shop.api, "/orders?k=a").seen(), (201, String::new()));
    let second = world.get(&shop.api, "/orders?k=b");
    assert_eq!((second.status, second.header("x-b")), (200, Some("true")));
    assert_eq!(world.get(&shop.api, "/orders?k=c").status, 204);
}

#[test]
fn base64_is_undone_for_binary_types_that_the_caller_accepts() {
    let world = World::new();
    let source = "def handler(event, context):\n    if event['isBase64Encoded']:\n        return {'statusCode': 200, 'body': \
                  'in:' + event['body']}\n    return {'statusCode': 200, 'headers': {'Content-Type': 'image/png'}, \
                  'body': '/wD+', 'isBase64Encoded': True}\n";
    let shop = world.shop(source);
    let accept = [("Accept", "image/png")];
    assert_eq!(world.call(&shop.api, "GET", "/orders", &accept, b"").text(), "/wD+");
    let api = format!("/restapis/{}", shop.api);
    world.patch(&api, &[("add", "/binaryMediaTypes/image~1png", "")]);
    world.method(&shop.api, &shop.resource, "POST", &proxy("orders"));
    world.deploy(&shop.api);
    assert_eq!(world.call(&shop.api, "GET", "/orders", &accept, b"").body, [0xff, 0, 0xfe]);
    assert_eq!(world.call(&shop.api, "GET", "/orders", &[], b"").text(), "/wD+");
    let sent = world.call(&shop.api, "POST", "/orders", &[("Content-Type", "image/png")], &[0xff, 0, 0xfe]);
    assert_eq!(sent.text(), "in:/wD+");
}

#[test]
fn a_template_works_through_lists_and_sets_the_answer_s_status_and_headers() {
    let world = World::new();
    let (api, root) = world.api(&json!({}));
    let template = "#set($all = $input.path('$.items'))\n#if($all.size() == 0)\
                    #set($context.responseOverride.header.x-empty = 'yes')#end{\"statusCode\": 200}";
    let integration = json!({ "type": "MOCK", "requestTemplates": { "application/json": template } });
    let method = world.method(&api, &root, "POST", &integration);
    let answer = "#if($context.httpMethod == 'POST')#set($context.responseOverride.status = 202)#end\
                  {\"stage\": \"$context.stage\", \"q\": \"$input.params('q')\"}";
    world.response(
        &method,
        "200",
        &json!({}),
        &json!({ "responseTemplates": { "application/json": answer } }),
    );
    world.deploy(&api);
    let answer = world.call(&api, "POST", "/?q=x", &[], b"{\"items\": []}");
    assert_eq!(answer.seen(), (202, "{\"stage\": \"prod\", \"q\": \"x\"}".to_owned()));
    assert_eq!(answer.header("x-empty"), Some("yes"));
}

#[test]
fn a_resource_policy_is_enforced() {
    let world = World::new();
    let shop = world.shop(ECHO);
    let policy = |address: &str| {
        json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*",
            "Condition": { "IpAddress": { "aws:SourceIp": address } } }] })
        .to_string()
    };
    let api = format!("/restapis/{}", shop.api);
    world.patch(&api, &[("replace", "/policy", &policy("203.0.113.0/24"))]);
    world.deploy(&shop.api);
    let denied = world.get(&shop.api, "/orders");
    assert_eq!(denied.status, 403);
    assert!(
        denied.text().starts_with("{\"Message\":\"User: anonymous is not authorized"),
        "{}",
        denied.text()
    );
    world.patch(&api, &[("replace", "/policy", &policy("127.0.0.0/8"))]);
    world.deploy(&shop.api);
    assert_eq!(world.get(&shop.api, "/orders").status, 200);
}

#[test]
fn new_code_answers_after_an_update() {
    let world = World::new();
    let shop = world.shop("def handler(e, c): return {'statusCode': 200, 'body': 'one'}\n");
    assert_eq!(world.get(&shop.api, "/orders").text(), "one");
    world.update_code("orders", "def handler(e, c): return {'statusCode': 200, 'body': 'two'}\n");
    assert_eq!(world.get(&shop.api, "/orders").text(), "two");
}

#[test]
fn an_api_answers_by_host_by_path_and_by_custom_domain_name() {
    let world = World::new();
    let shop = world.shop(ECHO);
    let api = &shop.api;
    let host = format!("{api}.execute-api.{REGION}.amazonaws.com", REGION = super::world::REGION);
    assert_eq!(world.send("GET", "/prod/orders", &[("Host", &host)], b"").status, 200);
    assert_eq!(world.send("GET", &format!("/_aws/execute-api/{api}/prod/orders"), &[], b"").status, 200);
    let domain = json!({ "domainName": "api.shop.example", "regionalCertificateArn":
        "arn:aws:acm:us-east-1:123456789012:certificate/1", "endpointConfiguration": { "types": ["REGIONAL"] } });
    world.ok("POST", "/domainnames", &domain);
    let mapping = json!({ "basePath": "v1", "restApiId": api, "stage": "prod" });
    world.ok("POST", "/domainnames/api.shop.example/basepathmappings", &mapping);
    let own = [("Host", "api.shop.example")];
    let answer = world.send("GET", "/v1/orders", &own, b"");
    let event = answer.json();
    assert_eq!(event["path"], "/v1/orders");
    assert_eq!(event["resource"], "/orders");
    assert_eq!(event["requestContext"]["path"], "/v1/orders");
    assert_eq!(event["requestContext"]["domainName"], "api.shop.example");
    let nowhere = world.send("GET", "/v2/orders", &own, b"");
    assert_eq!(nowhere.seen(), (403, "{\"message\":\"Forbidden\"}".to_owned()));
}
