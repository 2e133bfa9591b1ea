//! The table of cases, properties, and the comparison with another evaluator.

use std::sync::Arc;

use serde_json::Value;

use super::*;

mod differential;
mod operators;
mod properties;

const CASES: &str = include_str!("../../fixtures/policy/cases.json");
const MALFORMED: &str = include_str!("../../fixtures/policy/malformed.json");

fn rows(text: &str) -> Vec<Value> {
    serde_json::from_str(text).unwrap()
}

/// The people of the table: each case calls one of them by a word.
fn principal(word: &str) -> Principal {
    let account = "111122223333".to_owned();
    let path = "/".to_owned();
    match word {
        "anonymous" => Principal::Anonymous,
        "root" => Principal::Root { account },
        "user" => Principal::User { account, path, name: "ada".into(), id: "AIDAADAADAADAADAADAAD".into() },
        "stranger" => Principal::User {
            account: "444455556666".into(),
            path,
            name: "eve".into(),
            id: "AIDAEVEEVEEVEEVEEVEEV".into(),
        },
        "session" => Principal::Session {
            account,
            path: "/service/".into(),
            role: "app".into(),
            id: "AROAAPPAPPAPPAPPAPPAP".into(),
            session: "run".into(),
        },
        other => match other.strip_prefix("service:") {
            Some(name) => Principal::Service { name: name.to_owned() },
            None => panic!("no such principal: {other}"),
        },
    }
}

fn context(case: &Value) -> Context {
    let mut context = Context::new();
    for (key, values) in case["context"].as_object().into_iter().flatten() {
        let values = values.as_array().unwrap().iter().map(|value| value.as_str().unwrap().to_owned());
        context.set(key, values.collect());
    }
    context
}

fn parsed(name: &str, document: &Value, kind: PolicyKind) -> (String, Arc<Policy>) {
    let policy = Policy::parse(&document.to_string(), kind);
    (name.to_owned(), Arc::new(policy.unwrap_or_else(|error| panic!("{error}: {document}"))))
}

fn all(case: &Value, member: &str) -> Vec<(String, Arc<Policy>)> {
    let documents = case[member].as_array().into_iter().flatten().enumerate();
    documents.map(|(i, document)| parsed(&format!("{member}-{i}"), document, PolicyKind::Identity)).collect()
}

fn request(case: &Value) -> Request {
    Request {
        principal: principal(case["principal"].as_str().unwrap()),
        action: case["action"].as_str().unwrap().to_owned(),
        resource: case["resource"].as_str().unwrap().to_owned(),
        context: context(case),
    }
}

fn decide_case(case: &Value) -> Decision {
    let (identity, session) = (all(case, "identity"), all(case, "session"));
    let one = |member: &str, kind| case.get(member).map(|document| parsed(member, document, kind));
    let boundary = one("boundary", PolicyKind::Managed);
    let resource = one("resource_policy", PolicyKind::Resource).or_else(|| one("trust", PolicyKind::Trust));
    let policies = Applicable {
        identity: &identity,
        boundary: boundary.as_ref(),
        session: &session,
        resource: resource.as_ref(),
        owner: case["owner"].as_str(),
    };
    decide(&request(case), &policies)
}

#[test]
fn every_case_of_the_table_is_decided_as_aws_decides_it() {
    let cases = rows(CASES);
    assert!(cases.len() >= 120, "{} cases", cases.len());
    let mut wrong = vec![];
    for case in &cases {
        let name = case["name"].as_str().unwrap();
        assert!(case["source"].as_str().unwrap().starts_with("https://docs.aws.amazon.com/"), "{name}");
        let decision = decide_case(case);
        let effect = match decision.effect {
            Effect::Allowed => "allowed",
            Effect::ImplicitDeny => "implicitDeny",
            Effect::ExplicitDeny => "explicitDeny",
        };
        let denied_by = decision.denied_by.map(|source| format!("{source:?}"));
        if effect != case["expect"]
            || case.get("denied_by").is_some_and(|expected| denied_by.as_deref() != expected.as_str())
            || case
                .get("missing")
                .is_some_and(|expected| serde_json::json!(decision.missing_keys) != *expected)
        {
            wrong.push(format!("{name}: {decision:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_malformed_document_is_refused_in_the_words_of_iam() {
    let mut wrong = vec![];
    for row in rows(MALFORMED) {
        let kind = match row["kind"].as_str().unwrap() {
            "managed" => PolicyKind::Managed,
            "identity" => PolicyKind::Identity,
            "trust" => PolicyKind::Trust,
            "resource" => PolicyKind::Resource,
            other => panic!("no such kind: {other}"),
        };
        let answer = Policy::parse(row["document"].as_str().unwrap(), kind);
        if answer.as_ref().err().map(|error| error.message.as_str()) != row["message"].as_str() {
            wrong.push(format!("{row}: {answer:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_older_or_missing_version_is_fine_outside_managed_policies() {
    let document = r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;
    assert!(Policy::parse(document, PolicyKind::Identity).is_ok());
    assert!(Policy::parse(document, PolicyKind::Managed).is_err());
}
