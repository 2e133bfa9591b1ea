use jiff::SignedDuration;

use super::directory::TestDirectory;
use super::signer::{Draft, now};
use crate::sandbox::front::identity::{address, identify};
use crate::sandbox::front::signature::Refusal;
use crate::sandbox::{AccountId, Authority, Caller, KeyRecord, Protocol, Request, Scope};
use std::sync::Arc;

fn authority(open: bool) -> (Authority, Arc<TestDirectory>) {
    let directory = Arc::new(TestDirectory::default());
    directory.add_user("111122223333", "AKIAADA", None);
    let clock = Arc::new(crate::context::ManualClock::at(now()));
    (Authority::new(directory.clone(), clock, open), directory)
}

fn identified(request: &Request, open: bool) -> Result<(Caller, Scope), Refusal> {
    identify(request, &address(request), &authority(open).0, now())
}

fn refused(request: &Request) -> Refusal {
    identified(request, false).expect_err("the request must be refused")
}

#[test]
fn whatever_the_sdk_signs_is_accepted() {
    let json =
        [("x-amz-target", "Logs_20140328.PutLogEvents"), ("content-type", "application/x-amz-json-1.1")];
    let drafts = [
        Draft::default(),
        Draft {
            method: "POST",
            target: "/",
            service: "logs",
            body: "{}",
            headers: &json,
            ..Draft::default()
        },
        Draft { method: "POST", target: "/", service: "iam", body: "Action=ListUsers", ..Draft::default() },
        Draft {
            target: "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A1%3Afunction%3Af",
            ..Draft::default()
        },
        Draft {
            method: "PATCH",
            target: "/restapis/a/stages/%24default",
            service: "apigateway",
            body: "{}",
            ..Draft::default()
        },
        Draft { target: "/tags/a%2Fb?tagKeys=one&tagKeys=two%20three&x=%C3%BC&empty=", ..Draft::default() },
        Draft { target: "/a//b/../c/", ..Draft::default() },
        Draft { headers: &[("x-amz-meta-spaced", "  a   b  ")], ..Draft::default() },
        Draft {
            method: "PUT",
            service: "s3",
            target: "/bucket/a%20b%2Bc/%C3%BC//d/../e",
            body: "x",
            ..Draft::default()
        },
        Draft { service: "s3", target: "/bucket/key?list-type=2&prefix=a%2F", ..Draft::default() },
        Draft { presigned: Some(300), ..Draft::default() },
        Draft { presigned: Some(604_800), service: "s3", target: "/bucket/a%20b", ..Draft::default() },
        Draft {
            presigned: Some(60),
            service: "sts",
            target: "/?Action=GetCallerIdentity&Version=2011-06-15",
            ..Draft::default()
        },
        Draft { time: now() - SignedDuration::from_mins(14), ..Draft::default() },
        Draft { time: now() + SignedDuration::from_mins(14), ..Draft::default() },
    ];
    for draft in drafts {
        let (caller, scope) = identified(&draft.sign(), false)
            .unwrap_or_else(|refusal| panic!("{}: {refusal:?}", draft.target));
        assert_eq!(caller.principal.arn().unwrap(), "arn:aws:iam::111122223333:user/akiaada");
        assert_eq!((scope.account.as_str(), scope.region.as_str()), ("111122223333", "eu-west-1"));
    }
}

/// A change to a request that was signed, and its name.
type Change = (&'static str, fn(&mut Request));

#[test]
fn a_changed_request_is_refused() {
    let draft = Draft {
        method: "POST",
        target: "/a/b?c=d",
        body: "{}",
        headers: &[("x-amz-date-of-birth", "1815")],
        ..Draft::default()
    };
    let changes: [Change; 6] = [
        ("body", |request| request.body = "{ }".into()),
        ("path", |request| request.raw_path = "/a/c".to_owned()),
        ("query", |request| request.raw_query = "c=e".to_owned()),
        ("method", |request| request.method = http::Method::PUT),
        ("signed header", |request| {
            request.headers.insert("x-amz-date-of-birth", "1816".parse().unwrap());
        }),
        ("date", |request| {
            request.headers.insert("x-amz-date", "20260304T050608Z".parse().unwrap());
        }),
    ];
    for (what, change) in changes {
        let mut request = draft.sign();
        change(&mut request);
        assert_eq!(refused(&request), Refusal::Mismatch, "{what}");
    }
    assert_eq!(refused(&Draft { secret: "another", ..draft }.sign()), Refusal::Mismatch);
    assert_eq!(
        refused(&Draft { secret: "another", presigned: Some(60), ..Draft::default() }.sign()),
        Refusal::Mismatch
    );
}

#[test]
fn a_stated_body_digest_counts_only_when_it_is_right() {
    let digest = hex::encode([7; 32]);
    let headers = [("x-amz-content-sha256", digest.as_str())];
    assert_eq!(
        refused(&Draft { body: "x", headers: &headers, ..Draft::default() }.sign()),
        Refusal::WrongBody
    );
    let unsigned = [("x-amz-content-sha256", "UNSIGNED-PAYLOAD")];
    assert_eq!(refused(&Draft { headers: &unsigned, ..Draft::default() }.sign()), Refusal::WrongBody);
}

#[test]
fn a_signature_has_its_time() {
    let old = Draft { time: now() - SignedDuration::from_mins(16), ..Draft::default() }.sign();
    let Refusal::Skewed { .. } = refused(&old) else { panic!("{:?}", refused(&old)) };
    assert_eq!(
        refused(&old).to_error(Protocol::Json11).message,
        "Signature expired: 20260304T045007Z is now earlier than 20260304T045107Z (20260304T050607Z - 15 min.)"
    );
    let early = Draft { time: now() + SignedDuration::from_mins(16), ..Draft::default() }.sign();
    assert!(refused(&early).to_error(Protocol::Query).message.starts_with("Signature not yet current: "));
    let outlived =
        Draft { time: now() - SignedDuration::from_secs(61), presigned: Some(60), ..Draft::default() };
    assert!(matches!(refused(&outlived.sign()), Refusal::Outlived { .. }));
    let mut endless = Draft { presigned: Some(60), ..Draft::default() }.sign();
    endless.raw_query = endless.raw_query.replace("X-Amz-Expires=60", "X-Amz-Expires=604801");
    assert!(matches!(refused(&endless), Refusal::BadQuery(_)));
}

#[test]
fn keys_must_be_known_active_whole_and_in_time() {
    let (authority, directory) = authority(false);
    let session = |expires: i64, active: bool| KeyRecord {
        account: AccountId::fallback(),
        principal: crate::policy::Principal::Root { account: "123456789012".to_owned() },
        secret: "s".to_owned(),
        session_token: Some("token".to_owned()),
        expires: Some(now() + SignedDuration::from_secs(expires)),
        active,
    };
    directory.add_key("ASIAGOOD", session(1, true));
    directory.add_key("ASIAOVER", session(0, true));
    directory.add_key("ASIAOFF", session(1, false));
    let outcome = |key: &str, token: Option<&str>| {
        let request = Draft { key, secret: "s", token, ..Draft::default() }.sign();
        identify(&request, &address(&request), &authority, now()).map(|_| ())
    };
    assert_eq!(outcome("ASIAGOOD", Some("token")), Ok(()));
    assert_eq!(outcome("ASIAGOOD", Some("tokem")), Err(Refusal::WrongToken));
    assert_eq!(outcome("ASIAGOOD", None), Err(Refusal::WrongToken));
    assert_eq!(outcome("ASIAOVER", Some("token")), Err(Refusal::SessionExpired));
    assert_eq!(outcome("ASIAOFF", Some("token")), Err(Refusal::UnknownKey));
    assert_eq!(outcome("ASIANONE", None), Err(Refusal::UnknownKey));
}

#[test]
fn a_half_signature_says_what_is_missing() {
    let mut request = Draft::default().sign();
    request
        .headers
        .insert("authorization", "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request".parse().unwrap());
    let Refusal::Incomplete(text) = refused(&request) else { panic!("{:?}", refused(&request)) };
    assert!(text.starts_with(
        "Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. (Hashed"
    ), "{text}");
    request.headers.remove("authorization");
    assert_eq!(refused(&request), Refusal::Unsigned);
}

#[test]
fn the_header_that_names_the_operation_must_be_signed() {
    let mut request = Draft { method: "POST", target: "/", service: "dynamodb", ..Draft::default() }.sign();
    request.headers.insert("x-amz-target", "DynamoDB_20120810.DeleteTable".parse().unwrap());
    assert!(matches!(refused(&request), Refusal::NotSigned(_)));
}

#[test]
fn an_open_sandbox_takes_foreign_keys_as_root_but_verifies_its_own() {
    let root =
        |request: &Request| identified(request, true).map(|(caller, _)| caller.principal.arn().unwrap());
    let foreign = Draft { key: "whatever", secret: "x", ..Draft::default() }.sign();
    assert_eq!(root(&foreign).unwrap(), "arn:aws:iam::123456789012:root");
    let named = Draft { key: "000000000042", secret: "x", ..Draft::default() }.sign();
    assert_eq!(root(&named).unwrap(), "arn:aws:iam::000000000042:root");
    let forged = Draft { secret: "x", ..Draft::default() }.sign();
    assert_eq!(root(&forged), Err(Refusal::Mismatch));
    let mut unsigned = Draft::default().sign();
    unsigned.headers.remove("authorization");
    assert_eq!(root(&unsigned).unwrap(), "arn:aws:iam::123456789012:root");
}
