//! What each mistake looks like to a caller: a challenge's faults must show the symptom that they have on AWS.

use serde_json::json;

use super::world::{ECHO, World, invocation, proxy, text};

const SERVER_ERROR: &str = "{\"message\": \"Internal server error\"}";

/// What a function's source makes of `GET /orders`.
fn symptom(source: &str) -> (u16, String) {
    let world = World::new();
    let shop = world.shop(source);
    world.get(&shop.api, "/orders").seen()
}

#[test]
fn a_missing_permission_is_500() {
    let world = World::new();
    world.hidden_function("orders", ECHO, 3);
    let (api, root) = world.api(&json!({}));
    world.method(&api, &root, "GET", &proxy("orders"));
    world.deploy(&api);
    let answer = world.get(&api, "/");
    assert_eq!(answer.seen(), (500, SERVER_ERROR.to_owned()));
    assert_eq!(answer.header("x-amzn-errortype"), Some("InternalServerErrorException"));
    world.permit("orders");
    assert_eq!(world.get(&api, "/").status, 200);
}

#[test]
fn a_body_that_is_an_object_is_502() {
    let source = "def handler(e, c): return {'statusCode': 200, 'body': {'an': 'object'}}\n";
    assert_eq!(symptom(source), (502, SERVER_ERROR.to_owned()));
}

#[test]
fn an_unknown_member_of_the_response_is_502() {
    let source = "def handler(e, c): return {'statusCode': 200, 'body': 'x', 'extra': 1}\n";
    assert_eq!(symptom(source), (502, SERVER_ERROR.to_owned()));
}

#[test]
fn a_handler_that_raises_is_502_without_its_text() {
    let source = "def handler(e, c): raise Exception('the secret reason')\n";
    assert_eq!(symptom(source), (502, SERVER_ERROR.to_owned()));
}

#[test]
fn a_handler_that_is_not_there_is_502() {
    assert_eq!(symptom("def other(e, c): return {}\n"), (502, SERVER_ERROR.to_owned()));
}

#[test]
fn a_function_that_times_out_is_502() {
    let world = World::new();
    world.hidden_function("slow", "import time\ndef handler(e, c): time.sleep(9)\n", 1);
    world.permit("slow");
    let (api, root) = world.api(&json!({}));
    world.method(&api, &root, "GET", &proxy("slow"));
    world.deploy(&api);
    assert_eq!(world.get(&api, "/").seen(), (502, SERVER_ERROR.to_owned()));
}

#[test]
fn an_integration_with_a_function_that_is_not_there_is_500() {
    let world = World::new();
    let (api, root) = world.api(&json!({}));
    world.method(&api, &root, "GET", &proxy("nobody"));
    world.deploy(&api);
    assert_eq!(world.get(&api, "/").seen(), (500, SERVER_ERROR.to_owned()));
}

#[test]
fn a_function_that_is_invoked_with_get_is_500() {
    let world = World::new();
    let shop = world.shop(ECHO);
    world.patch(&format!("{}/integration", shop.method), &[("replace", "/httpMethod", "GET")]);
    world.deploy(&shop.api);
    assert_eq!(world.get(&shop.api, "/orders").seen(), (500, SERVER_ERROR.to_owned()));
}

#[test]
fn a_missing_api_key_is_403_forbidden() {
    let world = World::new();
    let shop = world.shop(ECHO);
    world.patch(&shop.method, &[("replace", "/apiKeyRequired", "true")]);
    world.deploy(&shop.api);
    let answer = world.get(&shop.api, "/orders");
    assert_eq!(answer.seen(), (403, "{\"message\":\"Forbidden\"}".to_owned()));
    assert_eq!(answer.header("x-amzn-errortype"), Some("ForbiddenException"));
}

#[test]
fn an_unsigned_request_to_a_method_that_wants_a_signature_is_403() {
    let world = World::new();
    let shop = world.shop(ECHO);
    world.patch(&shop.method, &[("replace", "/authorizationType", "AWS_IAM")]);
    world.deploy(&shop.api);
    let expected = (403, "{\"message\":\"Missing Authentication Token\"}".to_owned());
    assert_eq!(world.get(&shop.api, "/orders").seen(), expected);
    // A token that is no signature is told so: here, and where no method fits.
    for path in ["/orders", "/nothing"] {
        let answer = world.call(&shop.api, "GET", path, &[("Authorization", "Bearer x")], b"");
        assert_eq!(answer.status, 403);
        assert!(answer.text().contains("missing equal-sign"), "{}", answer.text());
        assert_eq!(answer.header("x-amzn-errortype"), Some("IncompleteSignatureException"));
    }
}

#[test]
fn an_unknown_path_and_a_wrong_verb_lack_an_authentication_token() {
    let world = World::new();
    let shop = world.shop(ECHO);
    let expected = (403, "{\"message\":\"Missing Authentication Token\"}".to_owned());
    assert_eq!(world.get(&shop.api, "/nothing").seen(), expected);
    let answer = world.call(&shop.api, "POST", "/orders", &[], b"{}");
    assert_eq!(answer.seen(), expected);
    assert_eq!(answer.header("x-amzn-errortype"), Some("MissingAuthenticationTokenException"));
}

#[test]
fn an_unknown_stage_is_403_forbidden() {
    let world = World::new();
    let shop = world.shop(ECHO);
    let path = format!("/restapis/{}/test/_user_request_/orders", shop.api);
    let answer = world.send("GET", &path, &[], b"");
    assert_eq!(answer.seen(), (403, "{\"message\":\"Forbidden\"}".to_owned()));
}

#[test]
fn a_change_after_the_last_deployment_is_not_visible() {
    let world = World::new();
    let shop = world.shop("def handler(e, c): return {'statusCode': 200, 'body': 'old'}\n");
    world.function("new", "def handler(e, c): return {'statusCode': 200, 'body': 'new'}\n");
    world.patch(&format!("{}/integration", shop.method), &[("replace", "/uri", &invocation("new"))]);
    let more = world.resource(&shop.api, &shop.root, "more");
    world.method(&shop.api, &more, "GET", &proxy("new"));
    assert_eq!(world.get(&shop.api, "/orders").text(), "old");
    assert_eq!(world.get(&shop.api, "/more").status, 403);
    world.deploy(&shop.api);
    assert_eq!(world.get(&shop.api, "/orders").text(), "new");
    assert_eq!(world.get(&shop.api, "/more").status, 200);
}

#[test]
fn a_stage_variable_names_the_function() {
    let world = World::new();
    let shop = world.shop(ECHO);
    let uri = invocation("${stageVariables.fn}");
    world.patch(&format!("{}/integration", shop.method), &[("replace", "/uri", &uri)]);
    world.deploy(&shop.api);
    assert_eq!(world.get(&shop.api, "/orders").status, 500);
    let stage = format!("/restapis/{}/stages/prod", shop.api);
    world.patch(&stage, &[("replace", "/variables/fn", "orders")]);
    assert_eq!(world.get(&shop.api, "/orders").status, 200);
}

#[test]
fn a_token_authorizer_refuses_denies_and_allows() {
    let world = World::new();
    let shop = world.shop(ECHO);
    world.function(
        "guard",
        "def handler(event, context):\n    effect = {'good': 'Allow', 'bad': 'Deny'}.get(event['authorizationToken'])\n    \
         if effect is None:\n        raise Exception('Unauthorized')\n    return {'principalId': 'ada', \
         'context': {'tier': 2}, 'policyDocument': {'Version': '2012-10-17', 'Statement': [{'Effect': effect, \
         'Action': 'execute-api:Invoke', 'Resource': event['methodArn']}]}}\n",
    );
    let authorizer = json!({ "name": "guard", "type": "TOKEN", "authorizerUri": invocation("guard"),
        "identitySource": "method.request.header.Authorization" });
    let id = text(&world.ok("POST", &format!("/restapis/{}/authorizers", shop.api), &authorizer)["id"]);
    world.patch(
        &shop.method,
        &[("replace", "/authorizationType", "CUSTOM"), ("replace", "/authorizerId", &id)],
    );
    world.deploy(&shop.api);
    let send = |token: &str| world.call(&shop.api, "GET", "/orders", &[("authorization", token)], b"");
    let unauthorized = (401, "{\"message\":\"Unauthorized\"}".to_owned());
    assert_eq!(world.get(&shop.api, "/orders").seen(), unauthorized);
    assert_eq!(send("strange").seen(), unauthorized);
    let denied = "{\"Message\":\"User is not authorized to access this resource with an explicit deny\"}";
    assert_eq!(send("bad").seen(), (403, denied.to_owned()));
    let path = format!("/restapis/{}/authorizers/{id}", shop.api);
    let told = world.ok("POST", &path, &json!({ "headers": { "Authorization": "good" } }));
    assert_eq!((told["clientStatus"].as_u64(), told["principalId"].as_str()), (Some(200), Some("ada")));
    let allowed = send("good");
    assert_eq!(allowed.status, 200);
    let expected = json!({ "principalId": "ada", "tier": "2" });
    let mut seen = allowed.json()["requestContext"]["authorizer"].clone();
    seen.as_object_mut().unwrap().remove("integrationLatency");
    assert_eq!(seen, expected);
}

#[test]
fn a_mock_answers_a_preflight_with_the_headers_as_configured() {
    let world = World::new();
    let shop = world.shop(ECHO);
    let integration =
        json!({ "type": "MOCK", "requestTemplates": { "application/json": "{\"statusCode\": 200}" } });
    let options = world.method(&shop.api, &shop.resource, "OPTIONS", &integration);
    let names =
        ["Access-Control-Allow-Origin", "Access-Control-Allow-Headers", "Access-Control-Allow-Methods"];
    let at = |name: &str| format!("method.response.header.{name}");
    world.response(
        &options,
        "200",
        &json!({ "responseParameters": { at(names[0]): false, at(names[1]): false, at(names[2]): false } }),
        &json!({ "responseParameters": {
            at(names[0]): "'*'", at(names[1]): "'Content-Type,X-Api-Key'", at(names[2]): "'GET,OPTIONS'" } }),
    );
    world.deploy(&shop.api);
    let headers = [("Origin", "https://shop.example"), ("Access-Control-Request-Method", "GET")];
    let answer = world.call(&shop.api, "OPTIONS", "/orders", &headers, b"");
    assert_eq!(answer.seen(), (200, String::new()));
    assert_eq!(
        names.map(|name| answer.header(name).unwrap()),
        ["*", "Content-Type,X-Api-Key", "GET,OPTIONS"]
    );
}

#[test]
fn a_function_whose_role_lacks_an_action_meets_a_denial() {
    let world = World::new();
    let source = "import boto3, os\ndef handler(event, context):\n    client = boto3.client('dynamodb')\n    try:\n        \
                  client.put_item(TableName='things', Item={'id': {'S': '1'}})\n    except Exception as error:\n        \
                  return {'statusCode': 500, 'body': error.response['Error']['Code']}\n    \
                  return {'statusCode': 200, 'body': 'kept'}\n";
    let shop = world.shop(source);
    let lambda = "/2015-03-31/functions/orders/configuration";
    world.ok("PUT", lambda, &json!({ "Timeout": 20 }));
    let table = json!({ "TableName": "things", "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
        "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }] });
    world.target("DynamoDB_20120810.CreateTable", &table);
    assert_eq!(world.get(&shop.api, "/orders").seen(), (500, "AccessDeniedException".to_owned()));
    world.allow("orders-role", &json!(["logs:*", "dynamodb:PutItem"]));
    assert_eq!(world.get(&shop.api, "/orders").seen(), (200, "kept".to_owned()));
}
