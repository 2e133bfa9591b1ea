//! A challenge without code: what a grade sees of an API that answers by itself, of routes and of roles.

use std::sync::Arc;
use std::time::Duration;

use proofmark::evaluate::{Cause, Outcome};
use proofmark::evidence::TroubleKind;
use proofmark::grade::{Event, Job, Limits, Listener, grade};
use proofmark::score::Result;
use proofmark::source::FileTree;
use serde_json::json;
use tokio::sync::Notify;

use crate::support::{Lab, Marks};

const CHALLENGE: &str = r#"
version: 1
id: front-desk
release: 1.0.0
title: Put the front desk back to work
duration: 30m
pass: 60%
domains: { build: Building, secure: Securing }
candidate: { policy: candidate-policy.json }
inputs: { guest: "guest-{hex 6}" }
start: [wrong-status]
tasks:
  - id: greet
    title: Guests are greeted
    domain: build
    points: 60
    credit: proportional
    checks:
      - id: greets
        title: A guest is greeted by name
        weight: 1
        http: { method: GET, path: "/hello?guest={{ guest }}" }
        expect: { status: 200, $.body.guest: "{{ guest }}" }
        within: 2s
        why: Guests like it.
        hint: Look at the integration response.
      - id: mocked
        title: No function is needed for it
        weight: 1
        needs: [greets]
        route: { route: GET /hello }
        expect: { $.integration.type: MOCK, authorization: NONE }
        within: 2s
        why: It is cheaper.
        hint: MOCK.
  - id: lock
    title: The keys stay where they are
    domain: secure
    points: 40
    credit: all-or-nothing
    checks:
      - id: reads
        title: The clerk may read the guest book only
        weight: 1
        role: { of: ClerkRole }
        expect:
          allows: [{ actions: ["dynamodb:GetItem"], resources: ["arn:aws:dynamodb:eu-west-1:123456789012:table/guests"] }]
          denies: [{ actions: ["dynamodb:DeleteItem"], resources: ["*"] }]
        within: 2s
        why: Guests trust us.
        hint: Look at the policy.
"#;

const TEMPLATE: &str = r#"
Resources:
  ClerkRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{ Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: sts:AssumeRole }]
      Policies:
        - PolicyName: book
          PolicyDocument:
            Version: "2012-10-17"
            Statement: [{ Effect: Allow, Action: dynamodb:GetItem, Resource: "arn:aws:dynamodb:*:*:table/guests" }]
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties: { Name: desk }
  Hello:
    Type: AWS::ApiGateway::Resource
    Properties: { RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: hello }
  GetHello:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Hello
      HttpMethod: GET
      AuthorizationType: NONE
      Integration:
        Type: MOCK
        RequestTemplates: { application/json: '{"statusCode": 200}' }
        IntegrationResponses:
          - StatusCode: "200"
            ResponseTemplates: { application/json: "{\"guest\": \"$input.params('guest')\"}" }
      MethodResponses: [{ StatusCode: "200" }]
  Live:
    Type: AWS::ApiGateway::Deployment
    DependsOn: [GetHello]
    Properties: { RestApiId: !Ref Api }
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties: { RestApiId: !Ref Api, DeploymentId: !Ref Live, StageName: live }
"#;

const FAULT: &str = r#"
id: wrong-status
title: The desk greets everybody by the same name
template:
  Resources:
    GetHello:
      Properties:
        Integration:
          IntegrationResponses:
            - StatusCode: "200"
              ResponseTemplates: { application/json: "{\"guest\": \"you\"}" }
breaks: [greet]
"#;

fn front_desk() -> FileTree {
    let mut files = FileTree::new();
    let policy = r#"{ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "apigateway:*", "Resource": "*" }] }"#;
    for (path, text) in [
        ("challenge.yaml", CHALLENGE),
        ("brief.md", "Put the desk back to work."),
        ("candidate-policy.json", policy),
        ("scenario/template.yaml", TEMPLATE),
        ("faults/wrong-status.yaml", FAULT),
    ] {
        files.insert(path, text.as_bytes().to_vec());
    }
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_as_it_should_earns_every_point() {
    let lab = Lab::new();
    let marks = lab.definition(&front_desk()).provision().await.grade().await;
    assert_eq!(marks.percent(), 100, "{}", marks.trouble());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_answer_fails_with_what_was_seen_and_skips_what_needs_it() {
    let lab = Lab::new();
    let marks = lab.definition(&front_desk()).broken_start().provision().await.grade().await;
    let Outcome::Fail { cause: Cause::Mismatched { mismatches, .. } } = marks.outcome("greet/greets") else {
        panic!("{}", marks.trouble())
    };
    assert_eq!((mismatches.len(), &mismatches[0].actual), (1, &Some(json!("you"))));
    assert_eq!(*marks.outcome("greet/mocked"), Outcome::Skipped { needs: "greet/greets".to_owned() });
    assert_eq!(*marks.outcome("lock/reads"), Outcome::Pass, "{}", marks.trouble());
    assert_eq!((marks.percent(), marks.0.scorecard.result), (40, Result::Failed));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_without_a_stage_is_missing_not_undetermined() {
    let lab = Lab::new();
    let standing = lab.definition(&front_desk()).provision().await;
    let gateway = &standing.lease.clients.apigateway;
    let api = standing.stack.physical_id("Api").unwrap();
    gateway.delete_stage().rest_api_id(api).stage_name("live").send().await.unwrap();
    let marks = standing.grade().await;
    assert!(
        matches!(marks.outcome("greet/greets"), Outcome::Fail { cause: Cause::Missing { what } } if what.contains("stage")),
        "{}",
        marks.trouble()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_grader_may_not_read_is_undetermined() {
    let lab = Lab::new();
    let mut standing = lab.definition(&front_desk()).provision().await;
    standing.lease = lab.limited_to(&standing, "apigateway:*").await;
    let marks = standing.grade().await;
    assert_eq!(*marks.outcome("greet/greets"), Outcome::Pass, "{}", marks.trouble());
    assert!(matches!(marks.outcome("lock/reads"), Outcome::Undetermined { .. }), "{}", marks.trouble());
    assert_eq!(marks.percent(), 60);
    assert_eq!(marks.0.scorecard.result, Result::Provisional, "the other 40 points are open");
}

/// Tells when the greeting is looked at again.
#[derive(Debug, Default)]
struct Looked {
    twice: Notify,
}

impl Listener for Looked {
    fn hear(&self, event: &Event) {
        if matches!(event, Event::Settling { check, .. } if check == "greet/greets") {
            self.twice.notify_one();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_takes_its_time_has_it() {
    let lab = Lab::new();
    let mut standing = lab.definition(&front_desk()).broken_start().provision().await.eventual();
    let looked = Arc::new(Looked::default());
    let job = Job { listener: Arc::<Looked>::clone(&looked), ..standing.job(Limits::default()) };
    let grading = tokio::spawn(grade(job));
    // The repair begins when the check has seen what is broken, however busy the machine is.
    looked.twice.notified().await;
    standing.repair_all_but(&[]).await;
    let marks = Marks(grading.await.unwrap());
    assert_eq!(marks.percent(), 100, "{}", marks.trouble());
    assert!(marks.attempts("greet/greets") > 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn time_to_settle_is_given_where_things_settle_and_what_was_seen_last_is_told() {
    let lab = Lab::new();
    let standing = lab.definition(&front_desk()).broken_start().provision().await;
    let at_once = standing.grade().await;
    let in_time = standing.eventual().grade().await;
    for marks in [&at_once, &in_time] {
        let outcome = marks.outcome("greet/greets");
        assert!(matches!(outcome, Outcome::Fail { cause: Cause::Mismatched { .. } }), "{}", marks.trouble());
    }
    assert_eq!(at_once.attempts("greet/greets"), 1);
    assert!(in_time.attempts("greet/greets") > 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_does_not_answer_leaves_every_check_undetermined() {
    let lab = Lab::new();
    let job = lab.definition(&front_desk()).broken_start().provision().await.job(Limits::default());
    lab.sandbox.stop();
    let marks = Marks(grade(job).await);
    assert_eq!((marks.checks("fail").len(), marks.checks("pass").len()), (0, 0), "{}", marks.trouble());
    let Outcome::Undetermined { trouble } = marks.outcome("greet/greets") else { panic!() };
    assert_eq!(trouble.kind, TroubleKind::Unreachable);
    assert_eq!(marks.0.scorecard.result, Result::Provisional);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_dies_on_the_way_fails_nobody() {
    let lab = Lab::new();
    let standing = lab.definition(&front_desk()).broken_start().provision().await.eventual();
    let grading = tokio::spawn(grade(standing.job(Limits::default())));
    tokio::time::sleep(Duration::from_millis(300)).await;
    drop(standing);
    lab.sandbox.stop();
    let marks = Marks(grading.await.unwrap());
    let outcome = marks.outcome("greet/greets");
    assert!(matches!(outcome, Outcome::Undetermined { .. }), "{}", marks.trouble());
}
