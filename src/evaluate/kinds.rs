//! Tests of groups, questions, and what must be unchanged.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::sample::check;
use super::{Cause, Facts, Outcome, evaluate_check};
use crate::challenge::{Check, GroupKind, Question, Scope, Subject, Unchanged, probe_digest};
use crate::evidence::{Answers, Binding, Gap, Inspection, Observation, Transcript, Trouble, TroubleKind};
use crate::matcher::{Expectation, Selector};

fn facts<'a>(
    inspection: &'a Inspection,
    before: Option<&'a Inspection>,
    transcripts: &'a BTreeMap<String, Transcript>,
    answers: &'a Answers,
    variables: &'a BTreeMap<String, String>,
) -> Facts<'a> {
    Facts { variables, inspection, before, transcripts, answers, audit: None }
}

/// A group of as many requests as there are answers: a status each, or trouble.
fn grouped(kind: GroupKind, answers: &[Option<u16>]) -> Outcome {
    let expect: Expectation = serde_json::from_value(json!({ "status": 200 })).unwrap();
    let members: Vec<Check> = (1..=answers.len())
        .map(|number| Check { id: number.to_string(), expect: expect.clone(), ..check("m", 1, &[]) })
        .collect();
    let transcripts = members.iter().zip(answers).map(|(member, status)| {
        let trouble = Trouble { kind: TroubleKind::Throttled, message: "slow down".to_owned() };
        let transcript = Transcript {
            probe: probe_digest(member, &BTreeMap::new()),
            variables: BTreeMap::new(),
            exchanges: vec![],
            attempts: 1,
            elapsed_ms: 0,
            observation: match status {
                Some(status) => Observation::Seen(json!({ "status": status })),
                None => Observation::Unavailable(trouble),
            },
        };
        (format!("t/c/{}", member.id), transcript)
    });
    let transcripts = transcripts.collect();
    let check = Check { subject: Subject::Group { kind, of: members }, ..check("c", 1, &[]) };
    let (inspection, answers, variables) = (Inspection::default(), Answers::default(), BTreeMap::new());
    evaluate_check("t/c", &check, &facts(&inspection, None, &transcripts, &answers, &variables))
}

#[test]
fn a_group_is_decided_by_what_was_seen_and_open_where_that_is_not_enough() {
    use GroupKind::{All, Any, None as Neither};
    for (kind, statuses, expected) in [
        (Any, vec![Some(500), Some(200)], "pass"),
        (Any, vec![None, Some(200)], "pass"),
        (Any, vec![None, Some(500)], "undetermined"),
        (Any, vec![Some(404), Some(500)], "fail"),
        (All, vec![Some(200), Some(200)], "pass"),
        (All, vec![None, Some(500)], "fail"),
        (All, vec![None, Some(200)], "undetermined"),
        (Neither, vec![Some(404), Some(500)], "pass"),
        (Neither, vec![None, Some(200)], "fail"),
        (Neither, vec![None, Some(500)], "undetermined"),
    ] {
        assert_eq!(grouped(kind, &statuses).word(), expected, "{kind:?} of {statuses:?}");
    }
}

#[test]
fn a_group_names_the_members_that_are_to_blame() {
    let blamed = |kind, statuses: &[Option<u16>]| match grouped(kind, statuses) {
        Outcome::Fail { cause: Cause::Group { members, .. } } => members.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!(blamed(GroupKind::All, &[Some(200), Some(500), Some(404)]), 2);
    assert_eq!(blamed(GroupKind::None, &[Some(200), Some(500)]), 1);
    assert_eq!(blamed(GroupKind::Any, &[Some(404), Some(500)]), 2);
}

#[test]
fn a_member_that_was_not_probed_is_open() {
    let members = vec![Check { id: "1".to_owned(), ..check("m", 1, &[]) }];
    let check = Check { subject: Subject::Group { kind: GroupKind::All, of: members }, ..check("c", 1, &[]) };
    let none = (Inspection::default(), BTreeMap::new(), Answers::default(), BTreeMap::new());
    let outcome = evaluate_check("t/c", &check, &facts(&none.0, None, &none.1, &none.2, &none.3));
    assert_eq!(outcome.word(), "undetermined");
}

#[test]
fn a_question_is_right_wrong_or_not_answered() {
    let question = Question {
        ask: "Which?".to_owned(),
        choices: [("get", "GET /x"), ("post", "POST /x")].map(|(id, text)| (id.into(), text.into())).into(),
        several: false,
        right: vec!["post".to_owned()],
        accept: None,
        wrong: vec![],
        shuffle: true,
    };
    let check = Check { subject: Subject::Question(question), ..check("c", 1, &[]) };
    let (inspection, transcripts, variables) = (Inspection::default(), BTreeMap::new(), BTreeMap::new());
    let answered = |answer: &[&str]| {
        let mut answers = Answers::default();
        answers.give("t/c", answer.iter().map(|text| (*text).to_owned()).collect());
        evaluate_check("t/c", &check, &facts(&inspection, None, &transcripts, &answers, &variables))
    };
    assert_eq!(answered(&["post"]), Outcome::Pass);
    assert_eq!(answered(&[]), Outcome::Fail { cause: Cause::Unanswered });
    let cause = Cause::Answered { given: vec!["GET /x".to_owned()], right: vec!["POST /x".to_owned()] };
    assert_eq!(answered(&["get"]), Outcome::Fail { cause });
}

/// A table, an archive and a function that the start broke.
fn world(table: &Value, extra: &[Value]) -> Inspection {
    let resource = |kind: &str, id: &str, logical: &str, properties: &Value| {
        json!({
            "key": format!("{kind}/{id}"), "type": kind, "id": id, "logical_id": logical,
            "properties": properties, "attributes": { "Arn": format!("arn:{id}") },
        })
    };
    let mut resources = vec![
        resource("AWS::DynamoDB::Table", "orders", "Orders", table),
        resource("AWS::Lambda::Function", "get", "Get", &json!({ "Handler": "gone" })),
        resource("AWS::ApiGateway::Deployment", "d1", "Deployment", &json!({})),
    ];
    resources.extend(extra.iter().cloned());
    serde_json::from_value(json!({
        "account": "1", "region": "eu-west-1", "gaps": [], "links": [], "resources": resources,
    }))
    .unwrap()
}

fn compared(unchanged: &Unchanged, before: Option<&Inspection>, now: &Inspection) -> Outcome {
    let check = Check { subject: Subject::Unchanged(unchanged.clone()), ..check("c", 1, &[]) };
    let (transcripts, answers, variables) = (BTreeMap::new(), Answers::default(), BTreeMap::new());
    evaluate_check("t/c", &check, &facts(now, before, &transcripts, &answers, &variables))
}

fn healthy() -> Unchanged {
    Unchanged {
        of: vec![],
        healthy: vec!["Orders".to_owned(), "Deployment".to_owned()],
        except: vec![],
        compare: vec![Selector::parse("properties").unwrap()],
        ignore: vec![],
    }
}

fn changes(outcome: Outcome) -> Vec<String> {
    match outcome {
        Outcome::Fail { cause: Cause::Changed { changes } } => changes,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_stood_healthy_and_stands_is_unchanged_whatever_else_was_done() {
    let table = json!({ "BillingMode": "PAY_PER_REQUEST" });
    let before = world(&table, &[]);
    let mut now = world(
        &table,
        &[json!({ "key": "AWS::S3::Bucket/new", "type": "AWS::S3::Bucket", "id": "new", "properties": {} })],
    );
    now.resources[1].properties = json!({ "Handler": "app.handler" });
    now.resources[2].key = "AWS::ApiGateway::Deployment/d2".to_owned();
    assert_eq!(compared(&healthy(), Some(&before), &now), Outcome::Pass);
}

#[test]
fn a_difference_is_named_with_what_was_and_what_is() {
    let before = world(&json!({ "BillingMode": "PAY_PER_REQUEST", "Tags": [{ "Key": "a" }] }), &[]);
    let now = world(
        &json!({ "BillingMode": "PROVISIONED", "Stream": { "On": true }, "Tags": [{ "Key": "b" }] }),
        &[],
    );
    assert_eq!(
        changes(compared(&healthy(), Some(&before), &now)),
        [
            "Orders (orders): properties.BillingMode was \"PAY_PER_REQUEST\", and is \"PROVISIONED\"",
            "Orders (orders): properties.Stream was not there, and is {\"On\":true}",
            "Orders (orders): properties.Tags was [{\"Key\":\"a\"}], and is [{\"Key\":\"b\"}]",
        ]
    );
    let ignoring = Unchanged {
        ignore: ["$.properties.BillingMode", "$.properties.Stream", "$.properties.Tags[*].Key"]
            .map(|selector| Selector::parse(selector).unwrap())
            .to_vec(),
        ..healthy()
    };
    assert_eq!(compared(&ignoring, Some(&before), &now), Outcome::Pass);
}

#[test]
fn what_is_gone_or_made_anew_is_harm() {
    let table = json!({});
    let before = world(&table, &[]);
    let mut now = world(&table, &[]);
    now.resources[0].key = "AWS::DynamoDB::Table/orders-2".to_owned();
    now.resources[0].id = "orders-2".to_owned();
    let told = changes(compared(&healthy(), Some(&before), &now));
    assert_eq!(told, ["Orders (orders): is gone, and another stands in its place, orders-2"]);
    now.resources.remove(0);
    assert_eq!(changes(compared(&healthy(), Some(&before), &now)), ["Orders (orders): is gone"]);
}

#[test]
fn scopes_take_in_and_leave_out() {
    let before = world(&json!({ "A": 1 }), &[]);
    let now = world(&json!({ "A": 2 }), &[]);
    let logical = |id: &str| Scope::Of(Binding::Logical(id.to_owned()));
    let of = |of: Vec<Scope>, except: Vec<Scope>| {
        compared(&Unchanged { of, except, ..healthy() }, Some(&before), &now).word()
    };
    assert_eq!(of(vec![logical("Orders")], vec![]), "fail");
    assert_eq!(of(vec![logical("Get")], vec![]), "pass");
    assert_eq!(of(vec![Scope::Type("AWS::DynamoDB::Table".to_owned())], vec![]), "fail");
    assert_eq!(of(vec![], vec![logical("Orders")]), "pass");
    assert_eq!(of(vec![logical("Gone")], vec![]), "undetermined");
}

#[test]
fn where_we_could_not_look_nobody_is_blamed() {
    let table = json!({});
    let before = world(&table, &[]);
    assert_eq!(compared(&healthy(), None, &before).word(), "undetermined");
    let mut now = world(&table, &[]);
    let gap = |what: &str| Gap {
        what: what.to_owned(),
        operation: "dynamodb:DescribeTable".to_owned(),
        trouble: Trouble { kind: TroubleKind::Denied, message: "no".to_owned() },
    };
    now.gaps = vec![gap("AWS::DynamoDB::Table/orders")];
    assert_eq!(compared(&healthy(), Some(&before), &now).word(), "undetermined");
    now.gaps = vec![gap("AWS::DynamoDB::Table")];
    now.resources.remove(0);
    assert_eq!(compared(&healthy(), Some(&before), &now).word(), "undetermined");
}
