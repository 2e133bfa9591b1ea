//! AWS accounts that scenarios may be put up in, as far as a sandbox with several accounts can show it: nobody here has a real one.

use std::time::Duration;

use aws_credential_types::provider::ProvideCredentials as _;
use jiff::{SignedDuration, Timestamp};
use proofmark::aws::{Clients, Endpoint, ErrorClass, Outcome as _, Settling};
use proofmark::disturb::{Disturber, Weather};
use proofmark::exam::leftovers;
use proofmark::target::{
    Bounds, Candidate, GraderRole, Lease, NotPermitted, Permit, Permits, assume_grader, bind,
    freeze_candidate, lease_embedded, make_candidate, remove_boundary, remove_candidate, set_boundary,
};
use serde_json::json;

use crate::support::{Lab, Program};

const REGION: &str = "eu-west-1";
const SENTINEL: &str = "proofmark-scenarios";
const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

/// An account, as an administrator who is a user sees it.
async fn account(lab: &Lab) -> Lease {
    let lease = lease_embedded(&lab.sandbox.endpoint_url(), &lab.sandbox.admin_token, REGION).await.unwrap();
    let admin = make_candidate(&lease.clients, "host", "admin", EVERYTHING).await.unwrap();
    as_user(&lease, &admin)
}

fn as_user(lease: &Lease, user: &Candidate) -> Lease {
    let endpoint = &lease.clients.endpoint;
    let (key, secret) = (&user.access_key_id, &user.secret_access_key);
    let endpoint = Endpoint::with_keys(endpoint.url.as_deref(), REGION, key, secret, Settling::Immediate);
    Lease { clients: Clients::new(&endpoint), ..lease.clone() }
}

async fn role(lease: &Lease, name: &str, trust: &serde_json::Value) -> String {
    let document = json!({ "Version": "2012-10-17", "Statement": [trust] }).to_string();
    let call = lease.clients.iam.create_role().role_name(name).assume_role_policy_document(document);
    call.send().await.unwrap().role.unwrap().arn
}

fn nobody() -> serde_json::Value {
    json!({ "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole" })
}

fn permits(account: &str, regions: &[&str]) -> Permits {
    let regions = regions.iter().map(|region| (*region).to_owned()).collect();
    Permits {
        accounts: vec![Permit {
            id: account.to_owned(),
            sentinel: SENTINEL.to_owned(),
            regions,
            grader: None,
        }],
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_is_used_when_the_list_and_the_account_itself_say_so() {
    let lab = Lab::new();
    let (ours, other) = (account(&lab).await, account(&lab).await);
    let list = permits(&ours.account, &[REGION]);
    assert!(matches!(list.admit(&other).await, Err(NotPermitted::Unlisted { .. })));
    assert!(matches!(list.admit(&ours).await, Err(NotPermitted::NoSentinel { .. })));
    role(&ours, SENTINEL, &nobody()).await;
    assert_eq!(list.admit(&ours).await.unwrap().id, ours.account);
    let elsewhere = permits(&ours.account, &["us-east-1"]);
    assert!(matches!(elsewhere.admit(&ours).await, Err(NotPermitted::Region { .. })));
    let blind = lab_user(&ours, "dynamodb:*").await;
    assert!(
        matches!(list.admit(&blind).await, Err(NotPermitted::Unseen(_))),
        "who cannot look is not let in"
    );
}

async fn lab_user(lease: &Lease, action: &str) -> Lease {
    let policy = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": action, "Resource": "*" }] });
    as_user(lease, &make_candidate(&lease.clients, "host", "limited", &policy.to_string()).await.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grader_looks_with_a_role_that_wants_its_external_id_and_changes_nothing() {
    let lab = Lab::new();
    let lease = account(&lab).await;
    let trust = json!({ "Effect": "Allow", "Principal": { "AWS": lease.account }, "Action": "sts:AssumeRole",
        "Condition": { "StringEquals": { "sts:ExternalId": "a-secret-word" } } });
    let arn = role(&lease, "grader", &trust).await;
    let call = lease.clients.iam.put_role_policy().role_name("grader").policy_name("all");
    call.policy_document(EVERYTHING).send().await.unwrap();

    let wrong = GraderRole { arn: arn.clone(), external_id: "another".to_owned() };
    assert!(assume_grader(&lease, &wrong).await.is_err());
    let grader = GraderRole { arn, external_id: "a-secret-word".to_owned() };
    let grader = assume_grader(&lease, &grader).await.unwrap();
    grader.clients.iam.get_role().role_name("grader").send().await.unwrap();
    grader.clients.dynamodb.list_tables().send().await.unwrap();
    let table = grader.clients.dynamodb.delete_table().table_name("orders").send().await;
    let refusal = table.during("dynamodb:DeleteTable").unwrap_err();
    assert!(refusal.has_code("AccessDeniedException"), "the role may, the session may not: {refusal}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_candidates_rights_end_at_the_deadline_and_do_not_reach_other_services() {
    let lab = Lab::new();
    let lease = account(&lab).await;
    let now = Timestamp::now();
    let later = |minutes| now.checked_add(SignedDuration::from_mins(minutes)).unwrap();
    let bounds = Bounds::of(["AWS::DynamoDB::Table", "AWS::IAM::Role"], later(90));
    let policy = bounds.limit(EVERYTHING).unwrap();
    let user = make_candidate(&lease.clients, "lab", "candidate", &policy).await.unwrap();
    let boundary = set_boundary(&lease.clients, &lease.account, "lab", &bounds).await.unwrap();
    bind(&lease.clients, "candidate", &boundary).await.unwrap();
    let candidate = as_user(&lease, &user).clients;
    candidate.dynamodb.list_tables().send().await.unwrap();
    assert!(candidate.sqs.list_queues().send().await.is_err(), "no type of the challenge is SQS's");
    assert!(
        candidate.iam.create_user().user_name("another").send().await.is_err(),
        "a way out of the boundary"
    );
    assert!(candidate.iam.delete_user_permissions_boundary().user_name("candidate").send().await.is_err());

    // The deadline has passed: the same user, without anybody doing anything to it.
    let over = Bounds { until: later(-1), ..bounds.clone() };
    set_boundary(&lease.clients, &lease.account, "lab", &over).await.unwrap();
    assert!(candidate.dynamodb.list_tables().send().await.is_err());
    // More time is given.
    set_boundary(&lease.clients, &lease.account, "lab", &bounds).await.unwrap();
    candidate.dynamodb.list_tables().send().await.unwrap();

    for _ in 0..2 {
        freeze_candidate(&lease.clients, "candidate", &[], now).await.unwrap();
        assert!(candidate.dynamodb.list_tables().send().await.is_err());
    }
    remove_candidate(&lease.clients, "candidate").await.unwrap();
    for _ in 0..2 {
        remove_boundary(&lease.clients, &lease.account, "lab").await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_candidate_makes_nothing_of_a_type_that_the_challenge_does_not_have() {
    let lab = Lab::new();
    let lease = account(&lab).await;
    let until = Timestamp::now().checked_add(SignedDuration::from_mins(90)).unwrap();
    let bounds = Bounds::of(["AWS::DynamoDB::Table", "AWS::ApiGateway::RestApi", "AWS::SNS::Topic"], until);
    let user = make_candidate(&lease.clients, "lab", "candidate", EVERYTHING).await.unwrap();
    let boundary = set_boundary(&lease.clients, &lease.account, "lab", &bounds).await.unwrap();
    bind(&lease.clients, "candidate", &boundary).await.unwrap();
    let candidate = as_user(&lease, &user).clients;

    let topic = candidate.sns.create_topic().name("orders").send().await.unwrap().topic_arn.unwrap();
    let subscribing = candidate.sns.subscribe().topic_arn(topic).protocol("email").endpoint("a@b.example");
    let refusal = subscribing.send().await.during("sns:Subscribe").unwrap_err();
    assert_eq!(refusal.class, ErrorClass::Denied, "{refusal}");
    candidate.apigateway.create_rest_api().name("orders").send().await.unwrap();
    let key = candidate.apigateway.create_api_key().name("orders").send().await;
    assert_eq!(key.during("apigateway:CreateApiKey").unwrap_err().class, ErrorClass::Denied);
    let plan = candidate.apigateway.create_usage_plan().name("orders").send().await;
    assert_eq!(plan.during("apigateway:CreateUsagePlan").unwrap_err().class, ErrorClass::Denied);
    let api = candidate.apigatewayv2.create_api().name("orders").protocol_type("HTTP".into()).send().await;
    assert_eq!(api.during("apigatewayv2:CreateApi").unwrap_err().class, ErrorClass::Denied);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_of_another_account_is_taken_on_by_every_verb() {
    let lab = Lab::new();
    let (ours, theirs) = (account(&lab).await, account(&lab).await);
    let trust = json!({ "Effect": "Allow", "Principal": { "AWS": ours.account }, "Action": "sts:AssumeRole",
        "Condition": { "StringEquals": { "sts:ExternalId": "a-secret-word" } } });
    let arn = role(&theirs, "host", &trust).await;
    let call = theirs.clients.iam.put_role_policy().role_name("host").policy_name("all");
    call.policy_document(EVERYTHING).send().await.unwrap();

    let keys = ours.clients.endpoint.credentials.provide_credentials().await.unwrap();
    let environment = [
        ("AWS_ACCESS_KEY_ID", keys.access_key_id()),
        ("AWS_SECRET_ACCESS_KEY", keys.secret_access_key()),
        ("AWS_REGION", REGION),
    ];
    let program = Program::new();
    let folder = "fixtures/attempts/notes";
    let url = lab.sandbox.endpoint_url();
    let run = |arguments: &[&str]| program.run_with(arguments, &environment);
    tokio::task::block_in_place(|| {
        let provision = ["provision", folder, "--stack", "notes", "--healthy", "--endpoint-url", &url];
        let with = |rest: &[&'static str]| [&provision[..], rest].concat();
        let role = ["--role-arn", arn.as_str()];
        run(&with(&["--external-id", "a-secret-word"])).ends_with(2, &["--role-arn"]);
        run(&with(&["--role-arn", "host"])).ends_with(2, &["a role's ARN looks like"]);
        run(&[&provision[..], &role].concat()).ends_with(4, &["sts:AssumeRole", "trust policy"]);
        run(&[&provision[..], &role, &["--external-id", "a-secret-word"]].concat())
            .ends_with(0, &["AWS_ACCESS_KEY_ID"]);
    });
    let tables = |lease: &Lease| lease.clients.dynamodb.list_tables().send();
    assert_eq!(tables(&theirs).await.unwrap().table_names().len(), 1, "the role's account has the stack");
    assert!(tables(&ours).await.unwrap().table_names().is_empty());
    tokio::task::block_in_place(|| {
        run(&["grade", folder, "--stack", "notes"]).ends_with(1, &["7.5 of 10"]);
        run(&["teardown", "notes"]).ends_with(0, &["taken down"]);
    });
    assert!(tables(&theirs).await.unwrap().table_names().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_teardown_left_is_found_in_every_region_and_in_bad_weather() {
    let lab = Lab::new();
    let lease = account(&lab).await;
    role(&lease, SENTINEL, &nobody()).await;
    let weather = Weather { percent: 20, seed: 5, longest: Duration::from_millis(20) };
    let url = lab.sandbox.endpoint_url();
    let proxy = Disturber::start(&url, weather, ([127, 0, 0, 1], 0).into()).await.unwrap();
    let endpoint =
        Endpoint { url: Some(proxy.url()), settling: Settling::Eventual, ..lease.clients.endpoint.clone() };
    let disturbed = Lease { clients: Clients::new(&endpoint), ..lease.clone() };
    let regions = [REGION, "us-east-1"].map(str::to_owned);
    let kept = [SENTINEL, "admin"].map(str::to_owned);
    assert_eq!(leftovers(&disturbed, &regions, &kept).await, Vec::<String>::new());

    let there = Endpoint { region: "us-east-1".to_owned(), ..lease.clients.endpoint.clone() };
    let there = Clients::new(&there);
    let log = there.logs.create_log_group().log_group_name("/aws/lambda/forgotten").send().await;
    log.unwrap();
    let left = leftovers(&lease, &regions, &kept).await;
    assert_eq!(left, ["AWS::Logs::LogGroup//aws/lambda/forgotten in us-east-1"]);
    there.logs.delete_log_group().log_group_name("/aws/lambda/forgotten").send().await.unwrap();
    let all = permits(&lease.account, &[REGION]);
    assert!(all.admit(&disturbed).await.is_ok());
    assert!(proxy.counts().1 > 0, "the weather was bad");
}
