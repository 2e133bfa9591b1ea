use serde_json::json;

use super::bench::Bench;
use crate::support::Keys;

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
