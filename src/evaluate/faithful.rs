//! Tests of what a target that is not quite AWS leaves undetermined.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::sample::check;
use super::{Facts, evaluate_check};
use crate::challenge::{Check, HttpRequest, Subject, probe_digest};
use crate::evidence::{Answers, Aspect, Binding, Exchange, Gap, Inspection, Observation, Transcript};
use crate::matcher::Expectation;

const FUNCTION: &str = "arn:aws:lambda:eu-west-1:111122223333:function:taker";

/// A function behind `POST /notes/{id}`, and an `OPTIONS /notes/{id}` that none stands behind.
fn world(policy: &Value, guarded: bool, log_actions: &Value) -> Value {
    let uri = format!("arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/{FUNCTION}/invocations");
    let authorization = if guarded { "AWS_IAM" } else { "NONE" };
    let routes = json!([
        { "method": "POST", "path": "/notes/{id}", "function": "AWS::Lambda::Function/taker", "authorization": authorization,
          "apiKeyRequired": false, "integration": { "type": "AWS_PROXY", "uri": uri } },
        { "method": "OPTIONS", "path": "/notes/{id}", "function": null, "authorization": "NONE", "apiKeyRequired": false,
          "integration": { "type": "MOCK" } },
    ]);
    let role = "AWS::IAM::Role/taker";
    let logs = json!({ "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": log_actions, "Resource": "*" }] });
    json!({
        "account": "111122223333", "region": "eu-west-1", "gaps": [],
        "links": [
            { "from": "AWS::ApiGateway::Stage/a1/live", "to": "AWS::ApiGateway::RestApi/a1", "kind": "part-of" },
            { "from": "AWS::Lambda::Function/taker", "to": role, "kind": "execution-role" },
        ],
        "resources": [
            { "key": "AWS::ApiGateway::RestApi/a1", "type": "AWS::ApiGateway::RestApi", "id": "a1", "properties": {} },
            { "key": "AWS::ApiGateway::Stage/a1/live", "type": "AWS::ApiGateway::Stage", "id": "live", "properties": {},
              "attributes": { "live": { "source": "deployment", "routes": routes } } },
            { "key": "AWS::Lambda::Function/taker", "type": "AWS::Lambda::Function", "id": "taker", "arn": FUNCTION,
              "logical_id": "Taker", "properties": {}, "attributes": { "Policy": policy } },
            { "key": role, "type": "AWS::IAM::Role", "id": "taker", "arn": "arn:aws:iam::111122223333:role/taker",
              "properties": {}, "attributes": { "boundary": null, "policies": [{ "name": "logs", "document": logs }] } },
        ],
    })
}

fn permitted(path: &str) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": { "Service": "apigateway.amazonaws.com" }, "Action": "lambda:InvokeFunction",
        "Resource": FUNCTION,
        "Condition": { "ArnLike": { "AWS:SourceArn": format!("arn:aws:execute-api:eu-west-1:111122223333:a1/*/POST{path}") } },
    }]})
}

fn request(method: &str) -> Subject {
    let Subject::Http(request) = check("c", 1, &[]).subject else { unreachable!("the sample is a request") };
    Subject::Http(HttpRequest { method: method.to_owned(), path: "/notes/n-1".to_owned(), ..request })
}

/// The verdict on a check that expects `status: 200`, of what was seen on a target that lacks these.
fn verdict(subject: Subject, world: &Value, seen: &Value, lacks: &[Aspect]) -> &'static str {
    told(subject, world, seen, lacks, None)
}

/// The same, where the function's log was looked into besides.
fn told(subject: Subject, world: &Value, seen: &Value, lacks: &[Aspect], log: Option<Value>) -> &'static str {
    let mut inspection: Inspection = serde_json::from_value(world.clone()).unwrap();
    inspection.lacks = lacks.iter().map(|aspect| (*aspect, "is another".to_owned())).collect();
    let expect: Expectation = match &subject {
        Subject::Log { .. } => serde_json::from_value(json!({ "$.events": { "len": 1 } })).unwrap(),
        _ => serde_json::from_value(json!({ "status": 200 })).unwrap(),
    };
    let check = Check { subject, expect, ..check("c", 1, &[]) };
    let exchange =
        |received| Exchange { request: "POST".to_owned(), sent: Value::Null, received, attempt: 1 };
    let transcript = Transcript {
        probe: probe_digest(&check, &BTreeMap::new()),
        variables: BTreeMap::new(),
        exchanges: std::iter::once(seen.clone()).chain(log).map(exchange).collect(),
        attempts: 1,
        elapsed_ms: 0,
        observation: Observation::Seen(seen.clone()),
    };
    let transcripts = BTreeMap::from([("t/c".to_owned(), transcript)]);
    let (variables, answers) = (BTreeMap::new(), Answers::default());
    let facts = Facts {
        variables: &variables,
        inspection: &inspection,
        before: None,
        transcripts: &transcripts,
        answers: &answers,
        audit: None,
    };
    evaluate_check("t/c", &check, &facts).word()
}

fn of(method: &str, status: u16, lacks: &[Aspect]) -> &'static str {
    verdict(
        request(method),
        &world(&permitted("/notes/*"), false, &json!([])),
        &json!({ "status": status }),
        lacks,
    )
}

#[test]
fn where_a_target_does_as_aws_does_nothing_is_doubted() {
    assert_eq!((of("POST", 200, &[]), of("POST", 404, &[])), ("pass", "fail"));
}

#[test]
fn what_hangs_on_a_function_is_open_where_none_runs() {
    assert_eq!(of("POST", 200, &[Aspect::Functions]), "undetermined");
    assert_eq!(of("POST", 500, &[Aspect::Functions]), "undetermined");
    assert_eq!(
        of("OPTIONS", 200, &[Aspect::Functions, Aspect::Roles]),
        "pass",
        "no function stands behind it"
    );
}

#[test]
fn a_function_with_rights_that_it_would_not_have_proves_nothing_but_by_breaking_down() {
    assert_eq!(of("POST", 200, &[Aspect::Roles]), "undetermined");
    assert_eq!(of("POST", 404, &[Aspect::Roles]), "undetermined");
    assert_eq!(of("POST", 502, &[Aspect::Roles]), "fail");
}

#[test]
fn a_gateway_that_has_troubles_of_its_own_is_believed_when_the_function_ran() {
    let broke = |log: Option<Value>| {
        let world = world(&permitted("/notes/*"), false, &json!([]));
        told(request("POST"), &world, &json!({ "status": 502 }), &[Aspect::Breakdowns], log)
    };
    assert_eq!(broke(None), "undetermined");
    assert_eq!(broke(Some(json!({ "ran": false, "log": [] }))), "undetermined");
    assert_eq!(broke(Some(json!({ "ran": true, "log": ["REPORT RequestId: 1"] }))), "fail");
    assert_eq!(of("OPTIONS", 502, &[Aspect::Breakdowns]), "fail", "no function stands behind it");
    assert_eq!(of("POST", 404, &[Aspect::Breakdowns]), "fail", "the function answered");
}

#[test]
fn a_function_that_may_call_what_the_target_lacks_proves_nothing_unless_it_was_never_loaded() {
    let mut world = world(&permitted("/notes/*"), false, &json!([]));
    world["gaps"] = json!([Gap::left_out("AWS::DynamoDB::Table", "there is none")]);
    let seen = |status: u16, log: &str| {
        let log = json!({ "ran": true, "log": [log, "REPORT RequestId: 1"] });
        told(request("POST"), &world, &json!({ "status": status }), &[], Some(log))
    };
    assert_eq!(seen(502, "[ERROR] EndpointConnectionError"), "undetermined");
    assert_eq!(seen(200, ""), "undetermined");
    assert_eq!(seen(502, "[ERROR] Runtime.HandlerNotFound: Handler 'x' missing on module 'app'"), "fail");
    let invoked = |kind: &str| {
        let subject = Subject::Invoke { function: Binding::Logical("Taker".to_owned()), payload: json!({}) };
        let seen = json!({ "status": 502, "error": "Unhandled", "payload": { "errorType": kind } });
        verdict(subject, &world, &seen, &[])
    };
    assert_eq!(invoked("Sandbox.Timedout"), "undetermined");
    assert_eq!(invoked("Runtime.ImportModuleError"), "fail");
    let mut world = world.clone();
    world["gaps"] = json!([Gap::left_out("AWS::ApiGatewayV2::Api", "there is none")]);
    assert_eq!(verdict(request("POST"), &world, &json!({ "status": 502 }), &[]), "fail", "nobody calls that");
}

#[test]
fn an_invocation_counts_where_the_functions_policy_would_have_let_it_be() {
    let through = |policy: Value| {
        let world = world(&policy, false, &json!([]));
        verdict(request("POST"), &world, &json!({ "status": 200 }), &[Aspect::InvokePermissions])
    };
    assert_eq!(through(permitted("/notes/*")), "pass");
    assert_eq!(through(permitted("/other")), "undetermined");
    assert_eq!(through(Value::Null), "undetermined");
    assert_eq!(of("POST", 404, &[Aspect::InvokePermissions]), "fail");
}

#[test]
fn a_draft_says_nothing_either_way() {
    for status in [200, 404] {
        assert_eq!(of("POST", status, &[Aspect::Deployments]), "undetermined");
        assert_eq!(of("POST", status, &[Aspect::RestApis]), "undetermined");
        assert_ne!(of("POST", status, &[Aspect::HttpApis]), "undetermined", "it is a REST API");
    }
}

#[test]
fn a_guarded_route_is_open_where_nobody_guards() {
    let guarded = |guarded| {
        let world = world(&permitted("/notes/*"), guarded, &json!([]));
        verdict(request("POST"), &world, &json!({ "status": 200 }), &[Aspect::Authorizers])
    };
    assert_eq!((guarded(true), guarded(false)), ("undetermined", "pass"));
}

#[test]
fn a_log_counts_where_the_role_may_write_it() {
    let logged = |actions: Value, lacks: &[Aspect]| {
        let subject = Subject::Log { of: Binding::Logical("Taker".to_owned()), filter: None };
        verdict(subject, &world(&Value::Null, false, &actions), &json!({ "events": [{}] }), lacks)
    };
    let may = json!(["logs:CreateLogStream", "logs:PutLogEvents"]);
    assert_eq!(logged(may.clone(), &[Aspect::LogRights]), "pass");
    assert_eq!(logged(json!(["logs:CreateLogStream"]), &[Aspect::LogRights]), "undetermined");
    assert_eq!(logged(may, &[Aspect::Logs]), "undetermined");
}

#[test]
fn a_log_counts_where_the_role_may_write_the_group_that_the_function_names() {
    let logged = |group: &str| {
        let may = json!(["logs:CreateLogStream", "logs:PutLogEvents"]);
        let mut world = world(&Value::Null, false, &may);
        world["resources"][2]["properties"] = json!({ "LoggingConfig": { "LogGroup": "shop" } });
        let statement = &mut world["resources"][3]["attributes"]["policies"][0]["document"]["Statement"][0];
        statement["Resource"] = format!("arn:aws:logs:eu-west-1:111122223333:log-group:{group}:*").into();
        let subject = Subject::Log { of: Binding::Logical("Taker".to_owned()), filter: None };
        verdict(subject, &world, &json!({ "events": [{}] }), &[Aspect::LogRights])
    };
    assert_eq!((logged("shop"), logged("/aws/lambda/taker")), ("pass", "undetermined"));
}
