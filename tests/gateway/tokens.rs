//! Tokens of a user pool that is there, before a REST API and an HTTP API.

use serde_json::{Value, json};

use super::world::{ACCOUNT, ECHO, REGION, World, proxy, text};

const PASSWORD: &str = "Secret-1234";

/// A pool with one user who has signed in.
struct SignedIn {
    pool: String,
    client: String,
    id: String,
    access: String,
}

fn signed_in(world: &World) -> SignedIn {
    let call = |operation: &str, body: Value| {
        world.target(&format!("AWSCognitoIdentityProviderService.{operation}"), &body)
    };
    let pool = text(&call("CreateUserPool", json!({ "PoolName": "people" }))["UserPool"]["Id"]);
    let flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
    let made = call(
        "CreateUserPoolClient",
        json!({ "UserPoolId": pool, "ClientName": "web", "ExplicitAuthFlows": flows }),
    );
    let client = text(&made["UserPoolClient"]["ClientId"]);
    let email = json!([{ "Name": "email", "Value": "ada@example.com" }]);
    call("AdminCreateUser", json!({ "UserPoolId": pool, "Username": "ada", "UserAttributes": email }));
    call(
        "AdminSetUserPassword",
        json!({ "UserPoolId": pool, "Username": "ada", "Password": PASSWORD, "Permanent": true }),
    );
    let answer = call(
        "InitiateAuth",
        json!({ "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": { "USERNAME": "ada", "PASSWORD": PASSWORD } }),
    );
    let token = |name: &str| text(&answer["AuthenticationResult"][name]);
    SignedIn { id: token("IdToken"), access: token("AccessToken"), pool, client }
}

/// The same token with one letter of its signature changed.
fn forged(token: &str) -> String {
    let at = token.len() - 20;
    let other = if token.as_bytes()[at] == b'A' { "B" } else { "A" };
    format!("{}{other}{}", &token[..at], &token[at + 1..])
}

/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-integrate-with-cognito.html>
#[test]
fn a_rest_api_takes_identity_tokens_and_with_scopes_access_tokens() {
    let world = World::new();
    let SignedIn { pool, id, access, .. } = signed_in(&world);
    world.function("echo", ECHO);
    let (api, root) = world.api(&json!({}));
    let arn = format!("arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool/{pool}");
    let authorizer = json!({ "name": "people", "type": "COGNITO_USER_POOLS", "providerARNs": [arn],
        "identitySource": "method.request.header.Authorization" });
    let authorizer = text(&world.ok("POST", &format!("/restapis/{api}/authorizers"), &authorizer)["id"]);
    let guarded = json!({ "authorizationType": "COGNITO_USER_POOLS", "authorizerId": authorizer });
    let method = world.method_with(&api, &root, "GET", &guarded, &proxy("echo"));
    world.deploy(&api);
    let send = |token: &str| world.call(&api, "GET", "/", &[("Authorization", token)], b"");
    let unauthorized = (401, "{\"message\":\"Unauthorized\"}".to_owned());
    assert_eq!(world.get(&api, "/").seen(), unauthorized);
    for wrong in ["nonsense", &forged(&id), &access] {
        assert_eq!(send(wrong).seen(), unauthorized, "{wrong}");
    }
    for right in [id.clone(), format!("Bearer {id}")] {
        let answer = send(&right);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let claims = &answer.json()["requestContext"]["authorizer"]["claims"];
        assert_eq!((&claims["email"], &claims["token_use"]), (&json!("ada@example.com"), &json!("id")));
    }
    world.patch(&method, &[("add", "/authorizationScopes", "aws.cognito.signin.user.admin")]);
    world.deploy(&api);
    assert_eq!(send(&access).status, 200);
    assert_eq!(send(&id).seen(), unauthorized);
    world.patch(
        &method,
        &[
            ("add", "/authorizationScopes", "shop/read"),
            ("remove", "/authorizationScopes", "aws.cognito.signin.user.admin"),
        ],
    );
    world.deploy(&api);
    assert_eq!(send(&access).seen(), unauthorized);
}

/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html>
#[test]
fn an_http_api_takes_tokens_of_its_issuer_and_audience() {
    let world = World::new();
    let SignedIn { pool, client, id, .. } = signed_in(&world);
    world.function("echo", ECHO);
    let api =
        text(&world.ok("POST", "/v2/apis", &json!({ "name": "shop", "protocolType": "HTTP" }))["apiId"]);
    let within = |what: &str, body: Value| world.ok("POST", &format!("/v2/apis/{api}/{what}"), &body);
    let authorizer = |audience: &str, name: &str| {
        let issuer = format!("https://cognito-idp.{REGION}.amazonaws.com/{pool}");
        let made = json!({ "name": name, "authorizerType": "JWT", "identitySource": ["$request.header.Authorization"],
            "jwtConfiguration": { "issuer": issuer, "audience": [audience] } });
        text(&within("authorizers", made)["authorizerId"])
    };
    let (own, other) = (authorizer(&client, "own"), authorizer("somebody", "other"));
    let integration = json!({ "integrationType": "AWS_PROXY", "payloadFormatVersion": "2.0",
        "integrationUri": format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:echo") });
    let target = format!("integrations/{}", text(&within("integrations", integration)["integrationId"]));
    for (key, authorizer) in [("GET /own", own), ("GET /other", other)] {
        let route = json!({ "routeKey": key, "target": target, "authorizationType": "JWT", "authorizerId": authorizer });
        within("routes", route);
    }
    within("stages", json!({ "stageName": "$default", "autoDeploy": true }));
    let send = |path: &str, headers: &[(&str, &str)]| {
        world.send("GET", &format!("/_aws/execute-api/{api}{path}"), headers, b"")
    };
    let bearer = format!("Bearer {id}");
    let unsigned = send("/own", &[]);
    assert_eq!(unsigned.seen(), (401, "{\"message\":\"Unauthorized\"}".to_owned()));
    assert_eq!(unsigned.header("www-authenticate"), Some("Bearer"));
    assert_eq!(send("/other", &[("Authorization", &bearer)]).status, 401);
    assert_eq!(send("/own", &[("Authorization", &forged(&bearer))]).status, 401);
    let answer = send("/own", &[("Authorization", &bearer)]);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let claims = &answer.json()["requestContext"]["authorizer"]["jwt"]["claims"];
    assert_eq!(claims["email"], "ada@example.com", "{claims}");
}
