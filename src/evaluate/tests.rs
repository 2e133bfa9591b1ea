#![expect(clippy::needless_pass_by_value, reason = "a borrow at each call would only be noise")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::sample::{challenge, check, task};
use super::*;
use crate::challenge::{Challenge, Check, Credit, Grant, RoleExpectation, Subject, probe_digest};
use crate::evidence::{
    Answers, Audit, Binding, Evidence, Exchange, Gap, Inspection, Observation, Transcript, Trouble,
    TroubleKind,
};
use crate::matcher::Expectation;

const TABLE: &str = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders";

fn trouble() -> Trouble {
    Trouble { kind: TroubleKind::Denied, message: "AccessDeniedException: not you".to_owned() }
}

fn expect(value: Value) -> Expectation {
    serde_json::from_value(value).unwrap()
}

fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// A stage with one route to one function with one role, whose inline policy is given.
fn inspection(policies: Value, boundary: Value) -> Inspection {
    serde_json::from_value(json!({
        "account": "123456789012", "region": "eu-west-1", "gaps": [],
        "resources": [
            { "key": "AWS::ApiGateway::RestApi/a1", "type": "AWS::ApiGateway::RestApi", "id": "a1", "logical_id": "OrdersApi", "properties": {} },
            { "key": "AWS::ApiGateway::Stage/a1/prod", "type": "AWS::ApiGateway::Stage", "id": "prod", "logical_id": "OrdersStage", "properties": {},
              "attributes": { "live": { "routes": [
                { "method": "GET", "path": "/orders/{id}", "integration": { "type": "AWS_PROXY" }, "function": "AWS::Lambda::Function/get" }
            ] } } },
            { "key": "AWS::Lambda::Function/get", "type": "AWS::Lambda::Function", "id": "get", "properties": { "Timeout": 10, "Environment": { "Variables": { "AWS_SECRET_ACCESS_KEY": "hush" } } } },
            { "key": "AWS::IAM::Role/get-role", "type": "AWS::IAM::Role", "id": "get-role", "arn": "arn:aws:iam::123456789012:role/app/get-role",
              "properties": {}, "attributes": { "policies": policies, "boundary": boundary, "RoleId": "AROAEXAMPLE" } },
        ],
        "links": [
            { "from": "AWS::ApiGateway::Stage/a1/prod", "to": "AWS::ApiGateway::RestApi/a1", "kind": "part-of" },
            { "from": "AWS::Lambda::Function/get", "to": "AWS::IAM::Role/get-role", "kind": "execution-role" },
        ],
    }))
    .unwrap()
}

fn inline(statements: Value) -> Value {
    json!({ "name": "orders-table", "source": "inline", "document": { "Version": "2012-10-17", "Statement": statements } })
}

fn behind_get() -> Binding {
    Binding::Route { api: None, method: "GET".to_owned(), path: "/orders/{id}".to_owned() }
}

fn grant(actions: &[&str], resource: &str) -> Grant {
    Grant {
        actions: actions.iter().map(|action| (*action).to_owned()).collect(),
        resources: vec![resource.to_owned()],
    }
}

fn role_check(allows: Vec<Grant>, denies: Vec<Grant>) -> Check {
    Check {
        subject: Subject::Role { of: behind_get() },
        role: Some(RoleExpectation { allows, denies }),
        ..check("role", 1, &[])
    }
}

fn on_inspection(check: &Check, inspection: &Inspection) -> Outcome {
    alone(check, &values(&[("OrdersTableArn", TABLE)]), inspection, None)
}

fn permissions(outcome: Outcome) -> (Vec<String>, Vec<String>) {
    match outcome {
        Outcome::Fail { cause: Cause::Permissions { lacks, exceeds } } => (lacks, exceeds),
        other => panic!("{other:?}"),
    }
}

fn transcript(check: &Check, observation: Observation) -> Transcript {
    Transcript {
        probe: probe_digest(check, &BTreeMap::new()),
        variables: BTreeMap::new(),
        exchanges: vec![],
        attempts: 1,
        elapsed_ms: 0,
        observation,
    }
}

fn http_check() -> Check {
    Check { expect: expect(json!({ "status": 200 })), ..check("http", 1, &[]) }
}

fn probed(check: &Check, observation: Observation) -> Outcome {
    alone(check, &BTreeMap::new(), &Inspection::default(), Some(&transcript(check, observation)))
}

#[test]
fn a_probe_passes_or_fails_by_what_was_seen() {
    let check = http_check();
    assert_eq!(probed(&check, Observation::Seen(json!({ "status": 200 }))), Outcome::Pass);
    let Outcome::Fail { cause: Cause::Mismatched { mismatches, seen } } =
        probed(&check, Observation::Seen(json!({ "status": 500, "text": "AKIAIOSFODNN7EXAMPLE" })))
    else {
        panic!("passed")
    };
    assert_eq!((mismatches[0].path.as_str(), &mismatches[0].actual), ("$['status']", &Some(json!(500))));
    assert_eq!(seen["text"], "AKIA[redacted]");
}

#[test]
fn missing_fails_and_unavailable_is_undetermined() {
    let missing = Observation::Missing("the order".to_owned());
    let fails = Outcome::Fail { cause: Cause::Missing { what: "the order".to_owned() } };
    assert_eq!(probed(&http_check(), missing), fails);
    let outcome = probed(&http_check(), Observation::Unavailable(trouble()));
    assert_eq!(outcome, Outcome::Undetermined { trouble: trouble() });
}

#[test]
fn a_probe_that_was_not_made_or_that_changed_since_is_undetermined() {
    let check = http_check();
    let outcome = alone(&check, &BTreeMap::new(), &Inspection::default(), None);
    assert_eq!(outcome.word(), "undetermined");
    let old = Transcript {
        probe: "0".repeat(64),
        ..transcript(&check, Observation::Seen(json!({ "status": 200 })))
    };
    let outcome = alone(&check, &BTreeMap::new(), &Inspection::default(), Some(&old));
    let Outcome::Undetermined { trouble } = outcome else { panic!("{outcome:?}") };
    assert_eq!(trouble.message, "the probe of this check changed since the evidence was taken");
}

#[test]
fn what_a_check_drew_and_captured_fills_its_expectation() {
    let check =
        Check { expect: expect(json!({ "id": "{{ order }}", "shop": "{{ Shop }}" })), ..http_check() };
    let seen = Observation::Seen(json!({ "id": "o-17", "shop": "s" }));
    let transcript = Transcript { variables: values(&[("order", "o-17")]), ..transcript(&check, seen) };
    let of =
        |shared: &BTreeMap<String, String>| alone(&check, shared, &Inspection::default(), Some(&transcript));
    assert_eq!(of(&values(&[("Shop", "s")])), Outcome::Pass);
    let Outcome::Undetermined { trouble } = of(&BTreeMap::new()) else { panic!("determined") };
    assert_eq!(trouble.message, "what is expected: nothing is called `Shop` here");
}

#[test]
fn functions_and_routes_are_looked_up_in_the_inspection() {
    let inspection = inspection(json!([]), Value::Null);
    let of = |subject: Subject, expectation: Value| {
        on_inspection(&Check { subject, expect: expect(expectation), ..check("x", 1, &[]) }, &inspection)
    };
    let function = || Subject::Function { of: behind_get() };
    assert_eq!(of(function(), json!({ "$.properties.Timeout": { "ge": 10 } })), Outcome::Pass);
    let Outcome::Fail { cause: Cause::Mismatched { seen, .. } } = of(function(), json!({ "id": "put" }))
    else {
        panic!("passed")
    };
    assert_eq!(seen["properties"]["Environment"]["Variables"]["AWS_SECRET_ACCESS_KEY"], "[redacted]");
    let route = |path: &str| Subject::Route { api: None, method: "GET".to_owned(), path: path.to_owned() };
    assert_eq!(of(route("/orders/{order}"), json!({ "$.integration.type": "AWS_PROXY" })), Outcome::Pass);
    let Outcome::Fail { cause: Cause::Missing { what } } = of(route("/orders"), json!({ "method": "GET" }))
    else {
        panic!("found")
    };
    assert_eq!(what, "a route for GET /orders on the live stage prod (there is: GET /orders/{id})");
    let table =
        Subject::Resource { kind: "AWS::SQS::Queue".to_owned(), of: Binding::Logical("Jobs".to_owned()) };
    assert_eq!(of(table, json!({ "id": "x" })).word(), "fail");
}

#[test]
fn what_a_stage_serves_is_not_judged_by_a_draft() {
    let mut inspection = inspection(json!([]), Value::Null);
    let route = Subject::Route { api: None, method: "GET".to_owned(), path: "/orders/{id}".to_owned() };
    let check = Check { subject: route, expect: expect(json!({ "method": "GET" })), ..check("x", 1, &[]) };
    assert_eq!(on_inspection(&check, &inspection), Outcome::Pass);
    inspection.resources[1].attributes["live"]["source"] = json!("draft");
    let Outcome::Undetermined { trouble } = on_inspection(&check, &inspection) else { panic!("determined") };
    assert_eq!(trouble.kind, TroubleKind::Unsupported);
}

#[test]
fn a_gap_in_what_a_check_needs_makes_it_undetermined() {
    let mut inspection = inspection(json!([]), Value::Null);
    let check = Check {
        subject: Subject::Function { of: behind_get() },
        expect: expect(json!({ "id": "get" })),
        ..check("x", 1, &[])
    };
    assert_eq!(on_inspection(&check, &inspection), Outcome::Pass);
    let gap = |what: &str| Gap {
        what: what.to_owned(),
        operation: "lambda:GetPolicy".to_owned(),
        trouble: trouble(),
    };
    inspection.gaps = vec![gap("AWS::Lambda::Function/get")];
    let Outcome::Undetermined { trouble } = on_inspection(&check, &inspection) else { panic!("determined") };
    assert_eq!(trouble.message, "lambda:GetPolicy failed: AccessDeniedException: not you");
    inspection.resources.clear();
    inspection.gaps = vec![gap("AWS::ApiGateway")];
    assert_eq!(on_inspection(&check, &inspection).word(), "undetermined");
    inspection.gaps = vec![];
    assert_eq!(on_inspection(&check, &inspection).word(), "fail");
}

#[test]
fn a_role_that_can_just_what_it_should_passes() {
    let check = role_check(
        vec![grant(&["dynamodb:GetItem"], "{{ OrdersTableArn }}")],
        vec![grant(&["dynamodb:PutItem", "dynamodb:DeleteTable"], "{{ OrdersTableArn }}")],
    );
    let statement = json!({ "Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": TABLE });
    let outcome = on_inspection(&check, &inspection(json!([inline(json!([statement]))]), Value::Null));
    assert_eq!(outcome, Outcome::Pass);
}

#[test]
fn what_a_role_lacks_and_what_it_has_too_much_is_named_with_the_statement() {
    let check = role_check(
        vec![
            grant(&["logs:PutLogEvents"], "*"),
            grant(&["dynamodb:Query"], "{{ OrdersTableArn }}/index/by-customer"),
        ],
        vec![
            grant(&["dynamodb:PutItem", "dynamodb:DeleteTable"], "{{ OrdersTableArn }}"),
            grant(&["dynamodb:GetItem"], "{{ OrdersTableArn }}-payroll"),
        ],
    );
    let one = json!([{ "Sid": "Own", "Effect": "Allow", "Action": ["dynamodb:PutItem", "dynamodb:DeleteTable"], "Resource": TABLE }]);
    let (lacks, exceeds) = permissions(on_inspection(&check, &inspection(json!([inline(one)]), Value::Null)));
    assert_eq!(
        lacks,
        [
            "may not logs:PutLogEvents on any resource",
            "may not dynamodb:Query on index by-customer of table orders"
        ]
    );
    assert_eq!(
        exceeds,
        ["also allows dynamodb:PutItem, dynamodb:DeleteTable on table orders (orders-table, statement Own)"]
    );

    let all = json!({ "Effect": "Allow", "Action": "dynamodb:*", "Resource": "*" });
    let (_, exceeds) = permissions(on_inspection(&check, &inspection(json!([inline(all)]), Value::Null)));
    assert_eq!(
        exceeds,
        [
            "also allows dynamodb:PutItem, dynamodb:DeleteTable, dynamodb:GetItem on any table (orders-table, statement 1)"
        ]
    );
}

fn how_of(check: &Check, policies: Value) -> Vec<String> {
    let variables = values(&[("OrdersTableArn", TABLE)]);
    how_looked(check, &variables, &inspection(policies, Value::Null))
}

#[test]
fn what_a_role_can_beyond_its_task_is_listed_as_evidence() {
    let check = role_check(vec![grant(&["dynamodb:GetItem"], "{{ OrdersTableArn }}")], vec![]);
    let just = json!([{ "Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": TABLE }]);
    let lines = how_of(&check, json!([inline(just)]));
    assert_eq!(lines.len(), 2, "{lines:?}");

    let more = json!([{ "Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:DeleteTable"], "Resource": TABLE }]);
    let lines = how_of(&check, json!([inline(more)]));
    assert_eq!(lines[2..], ["also allows dynamodb:DeleteTable on table orders (orders-table, statement 1)"]);

    let wide = json!([{ "Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:DeleteTable"], "Resource": "*" }]);
    let lines = how_of(&check, json!([inline(wide)])).join("\n");
    for expected in [
        "also allows dynamodb:DeleteTable on table orders (orders-table, statement 1)",
        "dynamodb:DeleteTable, dynamodb:GetItem on any table (orders-table, statement 1)",
        "orders-table, statement 1: allows on every resource (*) what can be confined to one",
    ] {
        assert!(lines.contains(expected), "{expected}\n{lines}");
    }

    let all = json!([{ "Effect": "Allow", "Action": "*", "Resource": "*" }]);
    let lines = how_of(&check, json!([inline(all)]));
    assert!(lines.len() <= 15, "{lines:#?}");
    assert!(lines.iter().any(|line| line.contains(" more on table orders")), "{lines:#?}");
}

#[test]
fn a_boundary_and_a_deny_are_told() {
    let check = role_check(vec![grant(&["dynamodb:GetItem"], "{{ OrdersTableArn }}")], vec![]);
    let allow = |resource: &str| json!({ "Effect": "Allow", "Action": "*", "Resource": resource });
    let bounded = inspection(
        json!([inline(allow("*"))]),
        inline(json!([{ "Effect": "Allow", "Action": "s3:*", "Resource": "*" }])),
    );
    let (lacks, _) = permissions(on_inspection(&check, &bounded));
    assert_eq!(
        lacks,
        ["may not dynamodb:GetItem on table orders: its permissions boundary does not allow it"]
    );
    let deny = json!([allow("*"), { "Effect": "Deny", "Action": "dynamodb:*", "Resource": "*" }]);
    let (lacks, _) = permissions(on_inspection(&check, &inspection(json!([inline(deny)]), Value::Null)));
    assert_eq!(lacks, ["may not dynamodb:GetItem on table orders: denied (orders-table, statement 2)"]);
}

#[test]
fn a_role_whose_policies_cannot_be_judged_is_undetermined() {
    let ask = |check: &Check, inspection: &Inspection| match on_inspection(check, inspection) {
        Outcome::Undetermined { trouble } => trouble.message,
        other => panic!("{other:?}"),
    };
    let check = role_check(vec![grant(&["dynamodb:GetItem"], TABLE)], vec![]);
    assert!(ask(&check, &inspection(Value::Null, Value::Null)).ends_with("were not read"));
    let broken = json!([{ "name": "odd", "source": "inline", "document": { "Statement": "x" } }]);
    assert!(ask(&check, &inspection(broken, Value::Null)).starts_with("the policy odd was not understood"));
    let check = role_check(vec![], vec![grant(&["dynamodb:*"], TABLE)]);
    assert!(ask(&check, &inspection(json!([]), Value::Null)).contains("stands for many actions"));
}

#[test]
fn what_a_role_is_like_counts_after_what_it_may() {
    let check = Check {
        expect: expect(json!({ "id": "other" })),
        ..role_check(vec![], vec![grant(&["s3:GetObject"], "*")])
    };
    let outcome = on_inspection(&check, &inspection(json!([]), Value::Null));
    assert!(matches!(outcome, Outcome::Fail { cause: Cause::Mismatched { .. } }));
}

/// Says how a check that probes nothing was carried out.
fn how_looked(check: &Check, variables: &BTreeMap<String, String>, inspection: &Inspection) -> Vec<String> {
    let facts = Facts {
        variables,
        inspection,
        before: None,
        transcripts: &BTreeMap::new(),
        answers: &Answers::default(),
        audit: None,
    };
    super::how::how("t/c", check, &facts)
}

/// Evaluates a check that is the only one.
fn alone(
    check: &Check,
    variables: &BTreeMap<String, String>,
    inspection: &Inspection,
    transcript: Option<&Transcript>,
) -> Outcome {
    let transcripts =
        transcript.map(|transcript| ("t/c".to_owned(), transcript.clone())).into_iter().collect();
    let facts = Facts {
        variables,
        inspection,
        before: None,
        transcripts: &transcripts,
        answers: &Answers::default(),
        audit: None,
    };
    evaluate_check("t/c", check, &facts)
}

fn evidence(challenge: &Challenge, seen: &[(&str, Observation)]) -> Evidence {
    let find = |key: &str| {
        let (task, id) = key.split_once('/').unwrap();
        let task = challenge.tasks.iter().find(|other| other.id == task).unwrap();
        task.checks.iter().find(|check| check.id == id).unwrap()
    };
    Evidence {
        version: 1,
        challenge: challenge.id.clone(),
        release: challenge.release.clone(),
        target: "embedded".to_owned(),
        isolation: None,
        hints: std::collections::BTreeMap::new(),
        seed: 7,
        variables: BTreeMap::new(),
        inspection: Inspection::default(),
        transcripts: seen
            .iter()
            .map(|(key, observation)| ((*key).to_owned(), transcript(find(key), observation.clone())))
            .collect(),
        audit: Audit::not_kept(),
        before: None,
        answers: Answers::default(),
        variant: None,
    }
}

fn words(verdicts: &[Verdict]) -> Vec<String> {
    let needs = |outcome: &Outcome| match outcome {
        Outcome::Skipped { needs } => format!(" for {needs}"),
        _ => String::new(),
    };
    verdicts
        .iter()
        .map(|verdict| format!("{} {}{}", verdict.check, verdict.outcome.word(), needs(&verdict.outcome)))
        .collect()
}

#[test]
fn what_needs_a_failed_check_is_skipped_wherever_that_stands() {
    let ok = || Observation::Seen(json!({ "status": 200 }));
    let with = |id: &str, needs: &[&str]| Check {
        needs: check(id, 1, needs).needs,
        id: id.to_owned(),
        ..http_check()
    };
    let first = vec![with("a", &["b"]), with("b", &["u/x"]), with("c", &[])];
    let challenge = challenge(vec![
        task("t", "fix", 100, Credit::Proportional, first),
        task("u", "fix", 100, Credit::Proportional, vec![with("x", &[]), with("y", &["x", "t/c"])]),
    ]);
    let seen = |x: Observation, c: Observation| {
        let seen = [("t/a", ok()), ("t/b", ok()), ("t/c", c), ("u/x", x), ("u/y", ok())];
        words(&evaluate(&challenge, &evidence(&challenge, &seen)))
    };
    assert_eq!(seen(ok(), ok()), ["a pass", "b pass", "c pass", "x pass", "y pass"]);
    let missing = || Observation::Missing("it".to_owned());
    assert_eq!(
        seen(missing(), ok()),
        ["a skipped for t/b", "b skipped for u/x", "c pass", "x fail", "y skipped for u/x"]
    );
    assert_eq!(
        seen(ok(), Observation::Unavailable(trouble())),
        ["a pass", "b pass", "c undetermined", "x pass", "y skipped for t/c"]
    );
}

#[test]
fn circles_and_unknown_prerequisites_end() {
    let with = |id: &str, needs: &[&str]| Check {
        needs: check(id, 1, needs).needs,
        id: id.to_owned(),
        ..http_check()
    };
    let checks = vec![with("a", &["b"]), with("b", &["a"]), with("c", &["gone"])];
    let challenge = challenge(vec![task("t", "fix", 100, Credit::Proportional, checks)]);
    let verdicts = evaluate(&challenge, &evidence(&challenge, &[]));
    assert_eq!(verdicts.len(), 3);
    assert!(verdicts.iter().all(|verdict| verdict.outcome != Outcome::Pass), "{:?}", words(&verdicts));
    assert_eq!(verdicts[2].outcome.word(), "undetermined");
}

#[test]
fn a_verdict_tells_how_its_last_attempt_went() {
    let challenge = challenge(vec![task("t", "fix", 100, Credit::Proportional, vec![http_check()])]);
    let mut evidence = evidence(&challenge, &[("t/http", Observation::Seen(json!({ "status": 200 })))]);
    let exchange = |request: &str, received: Value, attempt: u32| Exchange {
        request: request.to_owned(),
        sent: Value::Null,
        received,
        attempt,
    };
    let transcript = evidence.transcripts.get_mut("t/http").unwrap();
    transcript.attempts = 2;
    transcript.elapsed_ms = 4100;
    transcript.exchanges = vec![
        exchange("GET https://x/", json!({ "status": 500 }), 1),
        exchange("GET https://x/?X-Amz-Signature=abc", json!({ "status": 200 }), 2),
        exchange("dynamodb:GetItem orders", json!({ "Item": null }), 2),
    ];
    let verdict = evaluate(&challenge, &evidence).remove(0);
    assert_eq!(verdict.how, ["GET https://x/?X-Amz-Signature=[redacted] → 200", "dynamodb:GetItem orders"]);
    assert_eq!((verdict.attempts, verdict.elapsed_ms), (2, 4100));
}

#[test]
fn a_role_check_tells_whose_role_it_asked() {
    let check = role_check(vec![grant(&["dynamodb:GetItem"], TABLE)], vec![grant(&["s3:GetObject"], "*")]);
    let lines = how_looked(&check, &values(&[]), &inspection(json!([inline(json!([]))]), Value::Null));
    assert_eq!(
        lines,
        [
            "looked up the role of the function behind GET /orders/{id}: get-role",
            "2 requests decided by 1 policy of get-role"
        ]
    );
}

fn statements() -> impl Strategy<Value = Vec<Value>> {
    let action =
        prop_oneof![Just("dynamodb:*"), Just("dynamodb:GetItem"), Just("dynamodb:Put*"), Just("s3:*")];
    let resource = prop_oneof![Just("*"), Just(TABLE), Just("arn:aws:dynamodb:*:*:table/other")];
    let statement = (any::<bool>(), action, resource).prop_map(|(allow, action, resource)| {
        json!({ "Effect": if allow { "Allow" } else { "Deny" }, "Action": action, "Resource": resource })
    });
    prop::collection::vec(statement, 1..6)
}

proptest! {
    #[test]
    fn only_the_effect_of_policies_counts_not_how_they_are_split(mut statements in statements(), at in any::<prop::sample::Index>()) {
        let check = role_check(
            vec![grant(&["dynamodb:GetItem"], TABLE)],
            vec![grant(&["dynamodb:PutItem", "dynamodb:DeleteTable", "s3:GetObject"], "*")],
        );
        let together = on_inspection(&check, &inspection(json!([inline(json!(statements))]), Value::Null));
        let at = at.index(statements.len());
        statements.rotate_left(at);
        let split: Vec<Value> = statements.into_iter().map(|statement| inline(json!([statement]))).collect();
        let apart = on_inspection(&check, &inspection(json!(split), Value::Null));
        prop_assert_eq!(together.word(), apart.word());
        if let (Outcome::Fail { cause: Cause::Permissions { lacks: a, .. } }, Outcome::Fail { cause: Cause::Permissions { lacks: b, .. } }) = (together, apart) {
            prop_assert_eq!(a.len(), b.len());
        }
    }
}
