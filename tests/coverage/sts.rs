use serde_json::json;

use super::bench::Bench;
use crate::support::Keys;

/// A role for users of a pool, and the token of one of them.
fn web_identity(b: &Bench) -> (String, String) {
    let pools = |operation: &str, input| b.of("cognito-idp", operation, input);
    let pool = pools("CreateUserPool", json!({ "PoolName": "people" })).text("/UserPool/Id");
    let input = json!({ "UserPoolId": pool, "ClientName": "web", "ExplicitAuthFlows": ["ALLOW_ADMIN_USER_PASSWORD_AUTH"] });
    let client = pools("CreateUserPoolClient", input).text("/UserPoolClient/ClientId");
    pools("AdminCreateUser", json!({ "UserPoolId": pool, "Username": "ada" }));
    let password =
        json!({ "UserPoolId": pool, "Username": "ada", "Password": "Secret-1234", "Permanent": true });
    pools("AdminSetUserPassword", password);
    let parameters = json!({ "USERNAME": "ada", "PASSWORD": "Secret-1234" });
    let input = json!({ "UserPoolId": pool, "ClientId": client, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": parameters });
    let token = pools("AdminInitiateAuth", input).text("/AuthenticationResult/IdToken");
    let place = format!("cognito-idp.eu-west-1.amazonaws.com/{pool}");
    let provider = json!({ "Url": format!("https://{place}"), "ClientIDList": [client] });
    let provider = b.of("iam", "CreateOpenIDConnectProvider", provider).text("/OpenIDConnectProviderArn");
    let trust = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": { "Federated": provider }, "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": { "StringEquals": { format!("{place}:aud"): client } },
    }] });
    let role = json!({ "RoleName": "visitor", "AssumeRolePolicyDocument": trust.to_string() });
    (b.of("iam", "CreateRole", role).text("/Role/Arn"), token)
}

operations! { "sts";
    get_caller_identity:
        |b: &Bench| { b.call(json!({})).has("/Account", b.account.as_str()); },
        |b: &Bench| b.refused_as(&Keys { secret: "wrong".into(), ..b.keys.clone() }, json!({}), 403, "SignatureDoesNotMatch");
    assume_role:
        |b: &Bench| {
            let trust = json!({ "Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Principal": { "AWS": b.account }, "Action": "sts:AssumeRole"
            }] });
            let role = json!({ "RoleName": "worker", "AssumeRolePolicyDocument": trust.to_string() });
            let role = b.of("iam", "CreateRole", role).text("/Role/Arn");
            let session = b.call(json!({ "RoleArn": role, "RoleSessionName": "shift" }));
            session.has("/AssumedRoleUser/Arn", format!("arn:aws:sts::{}:assumed-role/worker/shift", b.account));
        },
        |b: &Bench| {
            let role = b.role("lambda.amazonaws.com");
            b.refused(json!({ "RoleArn": role, "RoleSessionName": "shift" }), 403, "AccessDenied")
        };
    assume_role_with_web_identity:
        |b: &Bench| {
            let (role, token) = web_identity(b);
            let session = b.call(json!({ "RoleArn": role, "RoleSessionName": "shift", "WebIdentityToken": token }));
            session.has("/AssumedRoleUser/Arn", format!("arn:aws:sts::{}:assumed-role/visitor/shift", b.account));
        },
        |b: &Bench| {
            let (role, token) = web_identity(b);
            let ask = |role: &str, token: &str| json!({ "RoleArn": role, "RoleSessionName": "shift", "WebIdentityToken": token });
            b.refused(ask(&role, "????"), 400, "InvalidIdentityToken");
            // Signed by nobody who counts.
            let (claims, _) = token.rsplit_once('.').unwrap();
            b.refused(ask(&role, &format!("{claims}.c2lnbmVk")), 400, "InvalidIdentityToken");
            // A role that trusts somebody else.
            let other = b.role("lambda.amazonaws.com");
            b.refused(ask(&other, &token), 403, "AccessDenied");
        };
    get_session_token:
        |b: &Bench| {
            let session = b.call(json!({ "DurationSeconds": "900" }));
            assert!(session.text("/Credentials/AccessKeyId").starts_with("ASIA"), "{session:?}");
        },
        |b: &Bench| b.refused(json!({ "DurationSeconds": "60" }), 400, "ValidationError");
    get_federation_token:
        |b: &Bench| {
            let session = b.call(json!({ "Name": "bob", "DurationSeconds": "900" }));
            session.has("/FederatedUser/Arn", format!("arn:aws:sts::{}:federated-user/bob", b.account));
        },
        |b: &Bench| b.refused(json!({ "Name": "b" }), 400, "ValidationError");
    get_access_key_info:
        |b: &Bench| { b.call(json!({ "AccessKeyId": b.keys.id })).has("/Account", b.account.as_str()); },
        |b: &Bench| b.refused(json!({}), 400, "ValidationError");
}
