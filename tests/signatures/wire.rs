//! The same calls signed by AWS's signer in Rust, the one that its SDK uses; and what no SDK sends.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign};
use aws_sigv4::sign::v4;
use serde_json::{Value, json};

use super::expected;
use crate::coverage::{Answer, Bench, request};
use crate::support::{Keys, Sent};

fn outcome(answer: &Answer) -> String {
    match answer.status {
        200..300 => "200".to_owned(),
        status => format!("{} {status}", answer.code()),
    }
}

/// Presigns as the SDK does, at a moment so many seconds ago.
fn presigned(bench: &Bench, keys: &Keys, life: u64, age: u64) -> Sent {
    let identity = Credentials::new(&keys.id, &keys.secret, keys.token.clone(), None, "test").into();
    let mut settings = SigningSettings::default();
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(Duration::from_secs(life));
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region("eu-west-1")
        .name("sts")
        .time(SystemTime::now() - Duration::from_secs(age))
        .settings(settings)
        .build()
        .unwrap()
        .into();
    let target = "/?Action=GetCallerIdentity&Version=2011-06-15";
    let url = format!("http://{}{target}", bench.address());
    let signable = SignableRequest::new("GET", &url, std::iter::empty(), SignableBody::Bytes(b"")).unwrap();
    let (instructions, _) = sign(signable, &parameters).unwrap().into_parts();
    let mut unsigned = http::Request::builder().uri(&url).body(()).unwrap();
    instructions.apply_to_request_http1x(&mut unsigned);
    Sent::new("GET", unsigned.uri().path_and_query().unwrap().as_str())
}

#[test]
fn the_signer_of_the_sdk_for_rust_is_understood_and_whoever_tampers_with_it_is_not() {
    let bench = Bench::new("iam", "");
    let mut outcomes = BTreeMap::new();
    let mut note = |name: &str, answer: &Answer| outcomes.insert(name.to_owned(), outcome(answer));
    let send = |sent: &Sent| Answer::of(&sent.send(bench.address()));
    let function = format!("arn:aws:lambda:eu-west-1:{}:function:nothing", bench.account);
    let trust = json!({ "Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole"
    } });
    let role = json!({
        "RoleName": "a+=,.@-b", "Description": "ünïcödé ~*'()! &+%", "AssumeRolePolicyDocument": trust.to_string()
    });
    let table = json!({
        "TableName": "orders", "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
        "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
    });
    let api = bench.ask("apigateway", "CreateRestApi", json!({ "name": "a" })).text("/id");
    let patch = json!([{ "op": "replace", "path": "/name", "value": "b" }]);
    let stage = "arn:aws:apigateway:eu-west-1::/restapis/none/stages/a b";
    let calls: Vec<(&str, &str, &str, Value)> = vec![
        ("query", "iam", "ListUsers", json!({})),
        ("query with unicode", "iam", "CreateRole", role),
        ("json 1.0", "dynamodb", "ListTables", json!({})),
        ("json 1.0 with a body", "dynamodb", "CreateTable", table),
        ("json 1.1", "logs", "CreateLogGroup", json!({ "logGroupName": "/a/b" })),
        ("arn in the path", "lambda", "GetFunctionConfiguration", json!({ "FunctionName": function })),
        ("query string", "lambda", "ListFunctions", json!({ "FunctionVersion": "ALL", "MaxItems": 7 })),
        ("patch", "apigateway", "UpdateRestApi", json!({ "restapi_id": api, "patchOperations": patch })),
        (
            "dollar in the path",
            "apigateway",
            "GetStage",
            json!({ "restapi_id": api, "stage_name": "$default" }),
        ),
        ("slashes in a segment", "apigateway", "GetTags", json!({ "resource_arn": stage })),
        (
            "repeated parameter",
            "lambda",
            "UntagResource",
            json!({ "Resource": function, "tagKeys": ["b", "a c", "ü"] }),
        ),
    ];
    for (name, service, operation, input) in calls {
        note(name, &bench.ask(service, operation, input));
    }
    let session = bench.ask("sts", "GetSessionToken", json!({}));
    let session = Keys {
        id: session.text("/Credentials/AccessKeyId"),
        secret: session.text("/Credentials/SecretAccessKey"),
        token: Some(session.text("/Credentials/SessionToken")),
    };
    note("session token", &bench.ask_as(&session, "sts", "GetCallerIdentity", json!({})));
    note("presigned", &send(&presigned(&bench, &bench.keys, 60, 0)));
    note("presigned with a session token", &send(&presigned(&bench, &session, 60, 0)));
    note("presigned and expired", &send(&presigned(&bench, &bench.keys, 1, 5)));

    let wrong = Keys { secret: "not/the/secret".into(), ..bench.keys.clone() };
    note("wrong secret, query", &bench.ask_as(&wrong, "iam", "ListUsers", json!({})));
    note("wrong secret, json", &bench.ask_as(&wrong, "dynamodb", "ListTables", json!({})));
    let unknown = Keys { id: "AKIANOBODYHASTHISKEY".into(), ..bench.keys.clone() };
    note("unknown key", &bench.ask_as(&unknown, "iam", "ListUsers", json!({})));
    let stray = Keys { token: Some("another".into()), ..session };
    note("wrong session token", &bench.ask_as(&stray, "dynamodb", "ListTables", json!({})));
    note("unsigned", &send(&request("iam", "ListUsers", json!({}))));

    let signed = |service: &str, operation: &str, input: Value| {
        request(service, operation, input).signed(bench.address(), &bench.keys, service)
    };
    let mut body = signed("dynamodb", "DescribeTable", json!({ "TableName": "orders" }));
    body.body = json!({ "TableName": "others" }).to_string().into_bytes();
    note("tampered body", &send(&body));
    let mut path = signed("lambda", "GetFunctionConfiguration", json!({ "FunctionName": function }));
    path.target = path.target.replace("nothing", "another");
    note("tampered path", &send(&path));
    let changed = |mut sent: Sent, name: &str, value: String| {
        sent.headers
            .iter_mut()
            .filter(|(known, _)| known == name)
            .for_each(|header| header.1.clone_from(&value));
        sent
    };
    let listing = signed("dynamodb", "ListTables", json!({}));
    note(
        "tampered header",
        &send(&changed(listing, "x-amz-target", "DynamoDB_20120810.DescribeLimits".into())),
    );
    let ago = |minutes: i64| {
        let moment = jiff::Timestamp::now() - jiff::SignedDuration::from_mins(minutes);
        moment.strftime("%Y%m%dT%H%M%SZ").to_string()
    };
    let users = || signed("iam", "ListUsers", json!({}));
    note("tampered date", &send(&changed(users(), "x-amz-date", ago(2))));
    note("half an hour old", &send(&changed(users(), "x-amz-date", ago(30))));

    let mut wanted = expected();
    // Keys of objects are tried by the SDKs that come from outside.
    wanted.retain(|name, _| !name.starts_with("object "));
    assert_eq!(outcomes, wanted);
}

/// Sends a request with this `Authorization` header, and returns status, code and message.
fn told(bench: &Bench, service: &str, operation: &str, header: &str) -> (u16, String, String) {
    let input = if service == "lambda" { json!({ "FunctionName": "f" }) } else { json!({}) };
    let sent = request(service, operation, input).header("authorization", header);
    let answer = Answer::of(&sent.send(bench.address()));
    (answer.status, answer.code(), answer.message())
}

#[test]
fn an_authorization_header_that_is_no_signature_is_told_by_its_digest_only() {
    let bench = Bench::new("iam", "");
    let no_pair = "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with \
                   Base64): 'v/3iBBM0e3oA4TY94/l8pp5BncCupV9KSnUBj6s6Do4='.";
    for (service, operation, status, code) in [
        ("lambda", "GetFunction", 403, "IncompleteSignatureException"),
        ("dynamodb", "ListTables", 400, "IncompleteSignatureException"),
        ("iam", "ListUsers", 400, "IncompleteSignature"),
    ] {
        let (got, said, message) = told(&bench, service, operation, "Bearer secret");
        assert_eq!((got, said.as_str()), (status, code), "{service}: {message}");
        assert_eq!(message, no_pair);
        let (_, said, message) = told(&bench, service, operation, "AWS4-HMAC-SHA256 Credential=a/b/c");
        assert_eq!(said, code);
        let parts = [
            "Authorization header requires 'Signature' parameter.",
            "Authorization header requires 'SignedHeaders' parameter.",
            "requires existence of either a 'X-Amz-Date' or a 'Date' header.",
            "(Hashed with SHA-256 and encoded with Base64) Authorization=",
        ];
        assert!(parts.iter().all(|part| message.contains(part)), "{message}");
        assert!(!message.contains("'Credential' parameter"), "{message}");
    }
}

#[test]
fn a_body_that_is_not_signed_counts_for_objects_only() {
    let bench = Bench::new("dynamodb", "");
    let sent =
        request("dynamodb", "ListTables", json!({})).header("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
    let answer = Answer::of(&sent.signed(bench.address(), &bench.keys, "dynamodb").send(bench.address()));
    assert_eq!((answer.status, answer.code().as_str()), (400, "InvalidSignatureException"), "{answer:?}");
}
