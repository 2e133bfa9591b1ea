use std::sync::Arc;

use serde_json::Value;

use super::directory::TestDirectory;
use super::echo::Echo;
use super::signer::{Draft, now};
use crate::context::{ManualClock, Random};
use crate::sandbox::admin::Admin;
use crate::sandbox::audit::{AuditLog, CloudTrail};
use crate::sandbox::front::Front;
use crate::sandbox::{AccountId, Authority, Protocol, Request, Response, Service};

const LOOK_ONLY: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Sid":"Look","Effect":"Allow","Action":["lambda:Look","lambda:Panic","cloudtrail:*"],"Resource":"*"}]}"#;

fn front(open: bool) -> Arc<Front> {
    let directory = Arc::new(TestDirectory::default());
    directory.add_user("111122223333", "AKIAADA", Some(LOOK_ONLY));
    directory.add_user("444455556666", "AKIABOB", Some(LOOK_ONLY));
    let audit = Arc::new(AuditLog::new());
    let echo = |name, protocol| -> Arc<dyn Service> { Arc::new(Echo { name, protocol }) };
    let authority = Arc::new(Authority::new(directory.clone(), Arc::new(ManualClock::at(now())), open));
    Arc::new(Front {
        services: vec![
            echo("lambda", Protocol::RestJson),
            echo("iam", Protocol::Query),
            echo("dynamodb", Protocol::Json10),
            echo("s3", Protocol::RestXml),
            Arc::new(CloudTrail::new(Arc::clone(&audit))),
        ],
        entrances: vec![],
        authority: authority.clone(),
        audit: Arc::clone(&audit),
        admin: Admin {
            directory,
            audit,
            random: Random::from_seed(1),
            first_account: AccountId::parse("111122223333").unwrap(),
            token: "the-token".to_owned(),
            open,
            authority: authority.clone(),
            keeper: Arc::new(crate::sandbox::keeping::Keeper::in_memory()),
            clock: Arc::new(crate::sandbox::SandboxClock::new(Arc::new(ManualClock::at(now())))),
            activity: Arc::default(),
            lambda: None,
        },
        keeper: Arc::new(crate::sandbox::keeping::Keeper::in_memory()),
    })
}

async fn ask(front: &Arc<Front>, request: Request) -> (u16, Value) {
    let response = Arc::clone(front).answer(request).await;
    (response.status.as_u16(), serde_json::from_slice(&response.body).unwrap_or_default())
}

fn unsigned(method: &str, path: &str, token: Option<&str>) -> Request {
    let mut request = Draft { method, target: path, ..Draft::default() }.sign();
    request.headers.remove("authorization");
    if let Some(token) = token {
        request.headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
    }
    request
}

const LOOKUP: &[(&str, &str)] =
    &[("x-amz-target", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents")];

fn lookup<'a>(key: &'a str, secret: &'a str, body: &'a str) -> Draft<'a> {
    Draft {
        method: "POST",
        target: "/",
        service: "cloudtrail",
        body,
        headers: LOOKUP,
        key,
        secret,
        ..Draft::default()
    }
}

#[tokio::test]
async fn only_an_allowed_call_reaches_its_service() {
    let front = front(false);
    let (status, body) = ask(&front, Draft::default().sign()).await;
    assert_eq!(
        (status, &body["account"], &body["region"]),
        (200, &"111122223333".into(), &"eu-west-1".into())
    );
    let response = Arc::clone(&front).answer(Draft { target: "/Touch", ..Draft::default() }.sign()).await;
    assert_eq!(response.status, 403);
    assert_eq!(response.headers["x-amzn-errortype"], "AccessDeniedException");
    let text = String::from_utf8_lossy(&response.body).into_owned();
    assert!(text.contains("is not authorized to perform: lambda:Touch on resource: arn:aws:echo:::/Touch because no identity-based policy allows the lambda:Touch action"), "{text}");
}

#[tokio::test]
async fn refusals_have_the_shape_of_the_protocol() {
    let front = front(false);
    let forged = |service| Draft { service, secret: "wrong", ..Draft::default() }.sign();
    let answer = |service| Arc::clone(&front).answer(forged(service));
    let text = |response: &Response| String::from_utf8_lossy(&response.body).into_owned();

    let lambda = answer("lambda").await;
    assert_eq!(
        (lambda.status.as_u16(), &lambda.headers["x-amzn-errortype"]),
        (403, &"InvalidSignatureException".parse().unwrap())
    );
    let iam = answer("iam").await;
    assert_eq!(iam.status, 403);
    assert!(text(&iam).contains("<Code>SignatureDoesNotMatch</Code>"), "{}", text(&iam));
    assert!(text(&iam).contains("<RequestId>7f3c9d2e-"), "{}", text(&iam));
    let dynamodb = answer("dynamodb").await;
    assert_eq!(dynamodb.status, 400);
    assert!(
        text(&dynamodb).starts_with(r#"{"__type":"com.amazon.coral.service#InvalidSignatureException","#)
    );
    let s3 = answer("s3").await;
    assert!(text(&s3).contains("<Error><Code>SignatureDoesNotMatch</Code>"), "{}", text(&s3));
}

#[tokio::test]
async fn a_panic_of_a_service_ends_nothing_but_the_request() {
    let front = front(false);
    let (status, body) = ask(&front, Draft { target: "/Panic", ..Draft::default() }.sign()).await;
    assert_eq!((status, body["message"].as_str()), (500, Some("The sandbox failed to answer this request.")));
    assert_eq!(ask(&front, Draft::default().sign()).await.0, 200);
}

#[tokio::test]
async fn what_is_not_covered_is_named() {
    let front = front(false);
    let (status, body) = ask(&front, Draft { service: "rekognition", ..Draft::default() }.sign()).await;
    assert_eq!(
        (status, body["message"].as_str()),
        (501, Some("the sandbox does not cover the service rekognition"))
    );
    let (status, body) = ask(&front, Draft { target: "/Missing", ..Draft::default() }.sign()).await;
    assert_eq!((status, body["message"].as_str()), (501, Some("the sandbox does not cover lambda:Missing")));
}

#[tokio::test]
async fn admin_calls_want_the_token_and_a_candidates_key_is_none() {
    let front = front(false);
    for path in ["/_proofmark/reset", "/_proofmark/accounts"] {
        assert_eq!(ask(&front, unsigned("POST", path, None)).await.0, 403, "{path}");
        assert_eq!(ask(&front, unsigned("POST", path, Some("the-tokem"))).await.0, 403, "{path}");
        assert_eq!(
            ask(&front, Draft { method: "POST", target: path, ..Draft::default() }.sign()).await.0,
            403
        );
    }
    assert_eq!(ask(&front, unsigned("GET", "/_proofmark/audit", None)).await.0, 403);
    let (status, health) = ask(&front, unsigned("GET", "/_proofmark/health", None)).await;
    assert_eq!((status, health["status"].as_str()), (200, Some("ok")));
    let (status, opened) = ask(&front, unsigned("POST", "/_proofmark/accounts", Some("the-token"))).await;
    assert_eq!(status, 200);
    let (key, secret) =
        (opened["accessKeyId"].as_str().unwrap(), opened["secretAccessKey"].as_str().unwrap());
    let (status, body) = ask(&front, Draft { key, secret, ..Draft::default() }.sign()).await;
    assert_eq!((status, &body["account"]), (200, &opened["account"]));
    assert_eq!(ask(&front, unsigned("GET", "/_proofmark/reset", Some("the-token"))).await.0, 405);
}

#[tokio::test]
async fn an_open_sandbox_resets_without_a_token() {
    assert_eq!(ask(&front(true), unsigned("POST", "/_proofmark/reset", None)).await.0, 200);
}

#[tokio::test]
async fn the_audit_log_says_who_did_what_and_which_statement_allowed_it() {
    let front = front(false);
    ask(&front, Draft::default().sign()).await;
    ask(&front, Draft { target: "/Touch", ..Draft::default() }.sign()).await;
    ask(&front, Draft { key: "AKIABOB", secret: "AKIABOB-secret", ..Draft::default() }.sign()).await;
    let (_, audit) =
        ask(&front, unsigned("GET", "/_proofmark/audit?account=111122223333", Some("the-token"))).await;
    let entries = audit["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[0]["allowedBy"][0]["sid"], "Look");
    assert_eq!(entries[0]["outcome"], "allowed");
    assert_eq!((&entries[1]["operation"], &entries[1]["outcome"]), (&"Touch".into(), &"denied".into()));
    assert!(!audit.to_string().contains("secret"), "{audit}");
}

#[tokio::test]
async fn lookup_events_pages_and_shows_an_account_its_own_calls_only() {
    let front = front(false);
    for _ in 0..3 {
        ask(&front, Draft::default().sign()).await;
    }
    let (key, secret) = ("AKIAADA", "AKIAADA-secret");
    let filter =
        r#"{"LookupAttributes":[{"AttributeKey":"EventName","AttributeValue":"Look"}],"MaxResults":2"#;
    let (status, first) = ask(&front, lookup(key, secret, &format!("{filter}}}")).sign()).await;
    assert_eq!((status, first["Events"].as_array().unwrap().len()), (200, 2), "{first}");
    assert_eq!(first["Events"][0]["Username"], "akiaada");
    let token = first["NextToken"].as_str().unwrap();
    let (_, second) =
        ask(&front, lookup(key, secret, &format!(r#"{filter},"NextToken":"{token}"}}"#)).sign()).await;
    assert_eq!((second["Events"].as_array().unwrap().len(), second.get("NextToken")), (1, None));
    let (_, other) = ask(&front, lookup("AKIABOB", "AKIABOB-secret", "{}").sign()).await;
    assert_eq!(other["Events"], serde_json::json!([]));
    let (status, wrong) = ask(&front, lookup(key, secret, r#"{"MaxResults":51}"#).sign()).await;
    assert_eq!((status, wrong["__type"].as_str()), (400, Some("InvalidMaxResultsException")));
}

#[tokio::test]
async fn a_refused_signature_is_noted_with_the_account_that_it_claims() {
    let front = front(false);
    ask(&front, Draft { secret: "wrong", ..Draft::default() }.sign()).await;
    ask(&front, Draft { key: "AKIANOBODY", ..Draft::default() }.sign()).await;
    let ada = AccountId::parse("111122223333").unwrap();
    let own = front.audit.entries(&ada, |_| true);
    assert_eq!(own.len(), 1);
    assert_eq!(own[0].access_key_id.as_deref(), Some("AKIAADA"));
    assert!(own[0].principal.is_none() && own[0].allowed_by.is_empty());
    assert_eq!(own[0].error_code.as_deref(), Some("InvalidSignatureException"));
    let nobodys = front.audit.nobodys(|_| true);
    assert_eq!(nobodys.len(), 1);
    assert_eq!(nobodys[0].access_key_id.as_deref(), Some("AKIANOBODY"));
    let shown = nobodys[0].to_json().to_string();
    assert!(!shown.contains("Signature="), "{shown}");
}
