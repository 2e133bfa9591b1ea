use serde_json::{Value, json};

use super::{Housed, is_there, make_places, put_item, write};
use crate::support::{Keys, Sent};

/// A user that may do everything, with its keys.
fn candidate(sandbox: &Housed) -> Keys {
    let ask = |form: &str| {
        let sent =
            Sent::new("POST", "/").header("content-type", "application/x-www-form-urlencoded").body(form);
        let answer = sent.signed(sandbox.address, &sandbox.keys, "iam").send(sandbox.address);
        assert_eq!(answer.status, 200, "{form}");
        String::from_utf8(answer.body).unwrap()
    };
    ask("Action=CreateUser&Version=2010-05-08&UserName=candidate");
    ask(
        "Action=AttachUserPolicy&Version=2010-05-08&UserName=candidate&PolicyArn=arn:aws:iam::aws:policy/AdministratorAccess",
    );
    let made = ask("Action=CreateAccessKey&Version=2010-05-08&UserName=candidate");
    let member = |name: &str| {
        let (_, rest) = made.split_once(&format!("<{name}>")).unwrap();
        rest.split_once('<').unwrap().0.to_owned()
    };
    Keys { id: member("AccessKeyId"), secret: member("SecretAccessKey"), token: None }
}

#[test]
fn a_frozen_sandbox_lets_in_nobody_but_its_administrator_also_after_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Housed::kept_in(folder.path());
    make_places(&sandbox);
    let candidate = candidate(&sandbox);
    assert_eq!(write(sandbox.address, &candidate, "dynamodb", 1), 200);
    assert_eq!(sandbox.admin("POST", "freeze", "").status, 200);
    for service in ["dynamodb", "logs"] {
        assert_eq!(write(sandbox.address, &candidate, service, 2), 400, "{service}");
    }
    for service in ["s3", "iam"] {
        assert_eq!(write(sandbox.address, &candidate, service, 2), 403, "{service}");
    }
    assert!(is_there(&sandbox, "dynamodb", 1));
    sandbox.kill();
    let again = Housed::kept_in(folder.path());
    assert_eq!(write(again.address, &candidate, "dynamodb", 3), 400);
    assert_eq!(again.admin("POST", "freeze", r#"{"state":"running"}"#).status, 200);
    assert_eq!(write(again.address, &candidate, "dynamodb", 3), 200);
}

#[test]
fn an_export_opens_again_as_evidence_that_nobody_changes() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Housed::kept_in(folder.path());
    make_places(&sandbox);
    for service in ["dynamodb", "s3"] {
        assert_eq!(write(sandbox.address, &sandbox.keys, service, 7), 200);
    }
    let export = sandbox.admin("GET", "export", "");
    assert_eq!(export.status, 200);
    let file = folder.path().join("state.zip");
    std::fs::write(&file, &export.body).unwrap();
    sandbox.kill();
    let evidence = Housed::start(&["--evidence", file.to_str().unwrap()]);
    assert!(is_there(&evidence, "dynamodb", 7));
    assert!(is_there(&evidence, "s3", 7));
    let refused = evidence.json("dynamodb", "DynamoDB_20120810.PutItem", &put_item(8));
    assert_eq!(refused.status, 400);
    assert!(String::from_utf8_lossy(&refused.body).contains("evidence"), "{:?}", refused.body);
}

#[test]
fn the_clock_is_advanced_by_its_owner_only_and_stays_so() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Housed::kept_in(folder.path());
    let stranger = Sent::new("POST", "/_proofmark/clock").body(r#"{"advance":60}"#).send(sandbox.address);
    assert_eq!(stranger.status, 403);
    for wrong in [r#"{"advance":-1}"#, r#"{"advance":"1h"}"#, r#"{"advance":1e300}"#] {
        assert_eq!(sandbox.admin("POST", "clock", wrong).status, 400, "{wrong}");
    }
    assert_eq!(sandbox.admin("POST", "clock", r#"{"advance":7200}"#).status, 200);
    // Clients go on to sign by their own clocks.
    make_places(&sandbox);
    sandbox.kill();
    let again = Housed::kept_in(folder.path());
    let shown: Value = serde_json::from_slice(&again.admin("POST", "clock", "").body).unwrap();
    assert_eq!(shown["aheadSeconds"], json!(7200.0));
    assert_eq!(write(again.address, &again.keys, "dynamodb", 1), 200);
}

#[test]
fn what_was_called_is_known_after_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Housed::kept_in(folder.path());
    make_places(&sandbox);
    assert_eq!(write(sandbox.address, &sandbox.keys, "dynamodb", 1), 200);
    let entries = |sandbox: &Housed| {
        let shown: Value = serde_json::from_slice(&sandbox.admin("GET", "audit", "").body).unwrap();
        shown["entries"].as_array().unwrap().clone()
    };
    let before = entries(&sandbox);
    assert!(before.iter().any(|entry| entry["operation"] == "PutItem"));
    sandbox.kill();
    let again = Housed::kept_in(folder.path());
    assert_eq!(entries(&again), before);
    assert_eq!(write(again.address, &again.keys, "dynamodb", 2), 200);
    let after = entries(&again);
    assert_eq!((after.len(), &after[..before.len()]), (before.len() + 1, &before[..]));
}

#[test]
fn a_sandbox_freezes_by_itself_when_its_owner_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Housed::kept_in(folder.path());
    make_places(&sandbox);
    let candidate = candidate(&sandbox);
    let uptime = std::fs::read_to_string("/proc/uptime").unwrap();
    let now: f64 = uptime.split_whitespace().next().unwrap().parse().unwrap();
    let at = |seconds: f64| {
        sandbox.admin("POST", "freeze", &json!({ "state": "running", "at": seconds }).to_string())
    };
    assert_eq!(sandbox.admin("POST", "freeze", r#"{"state":"frozen","at":1}"#).status, 400);
    assert_eq!(at(-1.0).status, 400);
    assert_eq!(at(now + 3_600.0).status, 200);
    assert_eq!(write(sandbox.address, &candidate, "dynamodb", 1), 200);
    assert_eq!(at(now).status, 200);
    assert_eq!(write(sandbox.address, &candidate, "dynamodb", 2), 400);
    // Its administrator is let in, and may move the end.
    assert_eq!(write(sandbox.address, &sandbox.keys, "dynamodb", 3), 200);
    assert_eq!(at(now + 3_600.0).status, 200);
    assert_eq!(write(sandbox.address, &candidate, "dynamodb", 4), 200);
}
