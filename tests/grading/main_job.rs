//! The main job, end to end: a real app in the sandbox, broken and whole, graded through the AWS API.

use std::collections::BTreeSet;
use std::time::Duration;

use proofmark::evaluate::{Cause, Outcome};
use proofmark::grade::Limits;
use proofmark::score::Result;

use crate::support::{Lab, Marks};

const ORDERS: &str = "orders-api";

fn set<S: Into<String>>(words: impl IntoIterator<Item = S>) -> BTreeSet<String> {
    words.into_iter().map(Into::into).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_healthy_world_earns_every_point() {
    let lab = Lab::new();
    let marks = lab.challenge(ORDERS).provision().await.grade().await;
    assert!(marks.checks("pass").len() >= 18, "{}", marks.trouble());
    assert_eq!((marks.percent(), marks.0.scorecard.result), (100, Result::Passed), "{}", marks.trouble());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_broken_start_is_below_40_percent_half_a_repair_in_between_and_a_whole_one_at_100() {
    let lab = Lab::new();
    let mut standing = lab.challenge(ORDERS).broken_start().provision().await;
    let broken = standing.grade().await;
    assert!(broken.percent() < 40, "{} %: {}", broken.percent(), broken.trouble());
    assert_eq!(broken.0.scorecard.result, Result::Failed);

    let start = standing.challenge.start.clone();
    let half: Vec<&str> = start.iter().skip(start.len() / 2).map(String::as_str).collect();
    standing.repair_all_but(&half).await;
    let in_between = standing.grade().await;
    assert!(
        broken.percent() < in_between.percent() && in_between.percent() < 100,
        "{} %: {}",
        in_between.percent(),
        in_between.trouble()
    );

    standing.repair_all_but(&[]).await;
    let repaired = standing.grade().await;
    assert_eq!(repaired.percent(), 100, "{}", repaired.trouble());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_alone_costs_exactly_its_tasks() {
    let lab = Lab::new();
    let challenge = lab.challenge(ORDERS).challenge;
    let mut wrong = Vec::new();
    for fault in &challenge.faults {
        let marks = lab.challenge(ORDERS).faults([fault.id.clone()]).provision().await.grade().await;
        let expected = set(fault.breaks.keys().cloned());
        if marks.failed_tasks() != expected || !marks.checks("undetermined").is_empty() {
            wrong.push(format!("{} should fail {expected:?}: {}", fault.id, marks.trouble()));
        }
        for (task, checks) in &fault.breaks {
            let named = set(checks.iter().map(|check| format!("{task}/{check}")));
            let prefix = format!("{task}/");
            let of_task = set(marks.checks("fail").into_iter().filter(|key| key.starts_with(&prefix)));
            if !named.is_empty() && named != of_task {
                wrong.push(format!("{} should fail {named:?}: {}", fault.id, marks.trouble()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_behind_one_that_failed_is_skipped_and_not_tried() {
    let lab = Lab::new();
    let scenario = lab.challenge(ORDERS).faults(["no-invoke-permission"]);
    let scenario = scenario.check("read-an-order", "unknown-is-404", |check| {
        check.needs = vec!["returns-it".to_owned()];
    });
    let marks = scenario.provision().await.grade().await;
    let skipped = Outcome::Skipped { needs: "read-an-order/returns-it".to_owned() };
    assert_eq!(*marks.outcome("read-an-order/unknown-is-404"), skipped, "{}", marks.trouble());
    assert!(!marks.0.evidence.transcripts.contains_key("read-an-order/unknown-is-404"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_without_end_costs_its_checks_and_nothing_else() {
    let lab = Lab::new();
    let endless = "def handler(event, context):\n    while True:\n        pass\n";
    assert_only_reading_fails(lab.challenge(ORDERS).code("get_order", endless).property(
        "GetOrderFunction",
        "Timeout",
        2,
    ))
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_eats_memory_costs_its_checks_and_nothing_else() {
    let lab = Lab::new();
    let hungry = "def handler(event, context):\n    held = []\n    while True:\n        held.append(bytearray(16 << 20))\n";
    assert_only_reading_fails(lab.challenge(ORDERS).code("get_order", hungry).property(
        "GetOrderFunction",
        "Timeout",
        5,
    ))
    .await;
}

async fn assert_only_reading_fails(scenario: crate::support::Scenario<'_>) {
    let marks = scenario.provision().await.grade().await;
    let expected = set(["read-an-order/returns-it", "read-an-order/unknown-is-404"]);
    assert_eq!(marks.checks("fail"), expected, "{}", marks.trouble());
    assert!(marks.checks("undetermined").is_empty(), "{}", marks.trouble());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grade_ends_when_its_time_is_over() {
    let lab = Lab::new();
    let slow = "import time\ndef handler(event, context):\n    time.sleep(25)\n";
    let scenario = lab.challenge(ORDERS).code("get_order", slow).property("GetOrderFunction", "Timeout", 30);
    let standing = scenario.provision().await;
    let limits = Limits { time: Duration::from_secs(8), ..Limits::default() };
    let started = std::time::Instant::now();
    let marks = standing.grade_within(limits).await;
    assert!(started.elapsed() < Duration::from_secs(15));
    let Outcome::Undetermined { trouble } = marks.outcome("read-an-order/returns-it") else {
        panic!("{}", marks.trouble())
    };
    assert!(trouble.message.contains("time"), "{trouble:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_gone_is_missing() {
    let lab = Lab::new();
    let standing = lab.challenge(ORDERS).provision().await;
    let table = standing.stack.physical_id("OrdersTable").unwrap();
    standing.lease.clients.dynamodb.delete_table().table_name(table).send().await.unwrap();
    let marks = standing.grade().await;
    let outcome = marks.outcome("take-an-order/stored");
    assert!(matches!(outcome, Outcome::Fail { cause: Cause::Missing { .. } }), "{}", marks.trouble());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_candidates_in_one_sandbox_see_nothing_of_each_other() {
    let lab = Lab::new();
    let ada = lab.challenge(ORDERS).provision().await;
    let bob = lab.challenge(ORDERS).broken_start().provision().await;
    let (whole, broken) = tokio::join!(ada.grade(), bob.grade());
    assert_eq!(whole.percent(), 100, "{}", whole.trouble());
    assert!(broken.percent() < 40, "{}", broken.trouble());

    let ids = |marks: &Marks| -> BTreeSet<String> {
        let resources = marks.0.evidence.inspection.resources.iter();
        resources.filter_map(|resource| resource.arn.clone()).collect()
    };
    let shared: Vec<_> = ids(&whole).intersection(&ids(&broken)).cloned().collect();
    assert!(shared.is_empty(), "{shared:?}");

    let theirs = ada.stack.physical_id("OrdersTable").unwrap();
    let looked = bob.lease.clients.dynamodb.describe_table().table_name(theirs).send().await;
    assert!(looked.unwrap_err().into_service_error().is_resource_not_found_exception());
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_gives_the_same_grade_again_without_the_cloud() {
    let lab = Lab::new();
    let standing = lab.challenge(ORDERS).faults(["stale-deployment"]).provision().await;
    let marks = standing.grade().await;
    let challenge = standing.challenge.clone();
    drop(standing);
    drop(lab);
    let kept = serde_json::to_string(&marks.0.evidence).unwrap();
    let evidence = serde_json::from_str(&kept).unwrap();
    assert_eq!(proofmark::evaluate::evaluate(&challenge, &evidence), marks.0.verdicts);
}
