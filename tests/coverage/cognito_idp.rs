use serde_json::json;

use super::bench::Bench;
use crate::support::Sent;

const MISSING: &str = "ResourceNotFoundException";
const PASSWORD: &str = "Secret-1234";

fn pool(b: &Bench) -> String {
    b.also("CreateUserPool", json!({ "PoolName": "people" })).text("/UserPool/Id")
}

fn client(b: &Bench) -> (String, String) {
    let pool = pool(b);
    let flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
    let input = json!({ "UserPoolId": pool, "ClientName": "web", "ExplicitAuthFlows": flows });
    let client = b.also("CreateUserPoolClient", input).text("/UserPoolClient/ClientId");
    (pool, client)
}

/// A user who can sign in.
fn user(b: &Bench) -> (String, String) {
    let (pool, client) = client(b);
    let input = json!({ "UserPoolId": pool, "Username": "ada", "UserAttributes": [{ "Name": "email", "Value": "ada@example.com" }] });
    b.also("AdminCreateUser", input);
    b.also(
        "AdminSetUserPassword",
        json!({ "UserPoolId": pool, "Username": "ada", "Password": PASSWORD, "Permanent": true }),
    );
    (pool, client)
}

fn group(b: &Bench) -> String {
    let (pool, _) = user(b);
    b.also("CreateGroup", json!({ "UserPoolId": pool, "GroupName": "crew" }));
    pool
}

operations! { "cognito-idp";
    create_user_pool:
        |b: &Bench| { assert!(b.call(json!({ "PoolName": "people" })).text("/UserPool/Id").starts_with("eu-west-1_")); },
        |b: &Bench| { b.refused(json!({}), 400, "InvalidParameterException"); };
    describe_user_pool:
        |b: &Bench| { let pool = pool(b); b.call(json!({ "UserPoolId": pool })).has("/UserPool/Policies/PasswordPolicy/MinimumLength", 8); },
        |b: &Bench| { b.refused(json!({ "UserPoolId": "eu-west-1_none" }), 400, MISSING); };
    list_user_pools:
        |b: &Bench| { let pool = pool(b); b.call(json!({ "MaxResults": 10 })).has("/UserPools/0/Id", pool); },
        |b: &Bench| { b.refused(json!({ "MaxResults": 61 }), 400, "InvalidParameterException"); };
    delete_user_pool:
        |b: &Bench| { let pool = pool(b); b.call(json!({ "UserPoolId": pool })); b.also("ListUserPools", json!({ "MaxResults": 1 })).lacks("/UserPools"); },
        |b: &Bench| { b.refused(json!({ "UserPoolId": "eu-west-1_none" }), 400, MISSING); };
    create_user_pool_client:
        |b: &Bench| { let pool = pool(b); assert_eq!(b.call(json!({ "UserPoolId": pool, "ClientName": "web", "GenerateSecret": true })).text("/UserPoolClient/ClientId").len(), 26); },
        |b: &Bench| { let pool = pool(b); b.refused(json!({ "UserPoolId": pool, "ClientName": "web", "ExplicitAuthFlows": ["ANY"] }), 400, "InvalidParameterException"); };
    describe_user_pool_client:
        |b: &Bench| { let (pool, client) = client(b); b.call(json!({ "UserPoolId": pool, "ClientId": client })).has("/UserPoolClient/ClientName", "web"); },
        |b: &Bench| { let pool = pool(b); b.refused(json!({ "UserPoolId": pool, "ClientId": "none" }), 400, MISSING); };
    list_user_pool_clients:
        |b: &Bench| { let (pool, client) = client(b); b.call(json!({ "UserPoolId": pool })).has("/UserPoolClients/0/ClientId", client); },
        |b: &Bench| { b.refused(json!({ "UserPoolId": "eu-west-1_none" }), 400, MISSING); };
    delete_user_pool_client:
        |b: &Bench| { let (pool, client) = client(b); b.call(json!({ "UserPoolId": pool, "ClientId": client })); b.also("ListUserPoolClients", json!({ "UserPoolId": pool })).lacks("/UserPoolClients"); },
        |b: &Bench| { let pool = pool(b); b.refused(json!({ "UserPoolId": pool, "ClientId": "none" }), 400, MISSING); };
    admin_create_user:
        |b: &Bench| { let pool = pool(b); b.call(json!({ "UserPoolId": pool, "Username": "ada" })).has("/User/UserStatus", "FORCE_CHANGE_PASSWORD"); },
        |b: &Bench| { let (pool, _) = user(b); b.refused(json!({ "UserPoolId": pool, "Username": "ADA" }), 400, "UsernameExistsException"); };
    admin_get_user:
        |b: &Bench| { let (pool, _) = user(b); b.call(json!({ "UserPoolId": pool, "Username": "ada" })).has("/UserStatus", "CONFIRMED").has("/UserAttributes/1/Value", "ada@example.com"); },
        |b: &Bench| { let pool = pool(b); b.refused(json!({ "UserPoolId": pool, "Username": "ada" }), 400, "UserNotFoundException"); };
    admin_delete_user:
        |b: &Bench| { let (pool, _) = user(b); b.call(json!({ "UserPoolId": pool, "Username": "ada" })); b.also("ListUsers", json!({ "UserPoolId": pool })).lacks("/Users"); },
        |b: &Bench| { let pool = pool(b); b.refused(json!({ "UserPoolId": pool, "Username": "ada" }), 400, "UserNotFoundException"); };
    admin_set_user_password:
        |b: &Bench| { let (pool, _) = user(b); b.call(json!({ "UserPoolId": pool, "Username": "ada", "Password": "Other-5678" })); b.also("AdminGetUser", json!({ "UserPoolId": pool, "Username": "ada" })).has("/UserStatus", "FORCE_CHANGE_PASSWORD"); },
        |b: &Bench| { let (pool, _) = user(b); b.refused(json!({ "UserPoolId": pool, "Username": "ada", "Password": "short" }), 400, "InvalidPasswordException"); };
    admin_confirm_sign_up:
        |b: &Bench| { let (pool, client) = client(b); b.also("SignUp", json!({ "ClientId": client, "Username": "bob", "Password": PASSWORD })); b.call(json!({ "UserPoolId": pool, "Username": "bob" })); b.also("AdminGetUser", json!({ "UserPoolId": pool, "Username": "bob" })).has("/UserStatus", "CONFIRMED"); },
        |b: &Bench| { let (pool, _) = user(b); b.refused(json!({ "UserPoolId": pool, "Username": "ada" }), 400, "NotAuthorizedException"); };
    list_users:
        |b: &Bench| { let (pool, _) = user(b); b.call(json!({ "UserPoolId": pool, "Filter": "email ^= \"ada@\"" })).has("/Users/0/Username", "ada"); },
        |b: &Bench| { let pool = pool(b); b.refused(json!({ "UserPoolId": pool, "Filter": "email" }), 400, "InvalidParameterException"); };
    sign_up:
        |b: &Bench| { let (_, client) = client(b); b.call(json!({ "ClientId": client, "Username": "bob", "Password": PASSWORD })).has("/UserConfirmed", false); },
        |b: &Bench| { let (_, client) = client(b); b.refused(json!({ "ClientId": client, "Username": "bob", "Password": "weak" }), 400, "InvalidPasswordException"); };
    create_group:
        |b: &Bench| { let pool = pool(b); b.call(json!({ "UserPoolId": pool, "GroupName": "crew" })).has("/Group/GroupName", "crew"); },
        |b: &Bench| { let pool = group(b); b.refused(json!({ "UserPoolId": pool, "GroupName": "crew" }), 400, "GroupExistsException"); };
    admin_add_user_to_group:
        |b: &Bench| { let pool = group(b); b.call(json!({ "UserPoolId": pool, "GroupName": "crew", "Username": "ada" })); b.also("AdminListGroupsForUser", json!({ "UserPoolId": pool, "Username": "ada" })).has("/Groups/0/GroupName", "crew"); },
        |b: &Bench| { let pool = group(b); b.refused(json!({ "UserPoolId": pool, "GroupName": "none", "Username": "ada" }), 400, MISSING); };
    admin_list_groups_for_user:
        |b: &Bench| { let (pool, _) = user(b); b.call(json!({ "UserPoolId": pool, "Username": "ada" })).lacks("/Groups"); },
        |b: &Bench| { let pool = pool(b); b.refused(json!({ "UserPoolId": pool, "Username": "ada" }), 400, "UserNotFoundException"); };
    initiate_auth:
        |b: &Bench| { let (_, client) = user(b);
            let signed_in = b.call(json!({ "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": { "USERNAME": "ada", "PASSWORD": PASSWORD } }));
            let token = signed_in.text("/AuthenticationResult/RefreshToken");
            let again = b.call(json!({ "ClientId": client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": { "REFRESH_TOKEN": token } }));
            again.has("/AuthenticationResult/TokenType", "Bearer").lacks("/AuthenticationResult/RefreshToken"); },
        |b: &Bench| { let (_, client) = user(b); b.refused(json!({ "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": { "USERNAME": "ada", "PASSWORD": "wrong" } }), 400, "NotAuthorizedException"); };
    admin_initiate_auth:
        |b: &Bench| { let (pool, client) = user(b); b.call(json!({ "UserPoolId": pool, "ClientId": client, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": { "USERNAME": "ada", "PASSWORD": PASSWORD } })).has("/AuthenticationResult/ExpiresIn", 3600); },
        |b: &Bench| { let (pool, client) = user(b); b.refused(json!({ "UserPoolId": pool, "ClientId": client, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": { "USERNAME": "bob", "PASSWORD": PASSWORD } }), 400, "UserNotFoundException"); };
}

#[test]
fn anybody_may_fetch_the_keys_of_a_pool() {
    let b = Bench::new("cognito-idp", "CreateUserPool");
    let pool = pool(&b);
    let keys = Sent::new("GET", &format!("/{pool}/.well-known/jwks.json")).send(b.address());
    let keys: serde_json::Value = serde_json::from_slice(&keys.body).unwrap();
    assert_eq!(keys["keys"][0]["alg"], "RS256", "{keys}");
    let told = Sent::new("GET", &format!("/{pool}/.well-known/openid-configuration")).send(b.address());
    let told: serde_json::Value = serde_json::from_slice(&told.body).unwrap();
    assert_eq!(told["issuer"], format!("https://cognito-idp.eu-west-1.amazonaws.com/{pool}"));
}
