use serde_json::Value;

use super::taker::Taker;
use crate::support::Ended;

/// Somebody who takes the shipped badge of knowledge: fifty questions, and nothing that runs.
fn run(taker: &Taker, arguments: &[&str]) -> Ended {
    taker.program.run_with(arguments, &[("USER", "ada")])
}

#[test]
fn questions_alone_are_an_attempt_that_needs_no_process_and_is_graded() {
    let taker = Taker::new("90m");
    let started = run(&taker, &["start", "knowledge-badge", "--seed", "7"]);
    started.ends_with(0, &["proofmark answer", "functions/"]);
    let listed: Vec<Value> =
        serde_json::from_str(&run(&taker, &["list", "--attempts", "--format", "json"]).out).unwrap();
    let id = listed[0]["attempt"].as_str().unwrap().to_owned();
    let keys: Vec<&str> = started
        .out
        .lines()
        .map(str::trim)
        .filter(|line| {
            ["functions", "apis", "identity", "data", "flow", "operations"]
                .iter()
                .any(|task| line.strip_prefix(task).is_some_and(|rest| rest.starts_with('/')))
        })
        .collect();
    assert_eq!(keys.len(), 50, "{}", started.out);
    run(&taker, &["status", &id]).ends_with(0, &["running, without an end"]);
    run(&taker, &["env", &id]).ends_with(2, &["nothing to work on"]);
    run(&taker, &["answer", "functions/nothing", "x"]).ends_with(2, &["no question `functions/nothing`"]);
    let choices = || started.out.lines().skip_while(|line| line.trim() != keys[0]).skip(1);
    let choice = choices().find_map(|line| line.strip_prefix("      ")?.split_once(": ")).unwrap().0;
    run(&taker, &["answer", keys[0], "no-such-choice"]).ends_with(2, &["has no choice `no-such-choice`"]);
    run(&taker, &["answer", keys[0], choice]).ends_with(0, &["noted"]);
    run(&taker, &["submit", &id]).ends_with(1, &["NOT PASSED", "handed in"]);
    run(&taker, &["report", &id, "--for", "assessor"]).ends_with(1, &["NOT PASSED"]);
    run(&taker, &["regrade", &id]).ends_with(0, &["0 changed"]);
    let ledger = run(&taker, &["audit", &id]);
    ledger.ends_with(0, &["answered", "questions only", "sound"]);
    run(&taker, &["portfolio", &id, "--zip", taker.program.home().join("p.zip").to_str().unwrap()])
        .ends_with(0, &["p.zip"]);
    // A day must pass, however the name is written.
    run(&taker, &["start", "knowledge-badge", "--candidate", " ADA "])
        .ends_with(2, &["the last attempt was failed", "possible from"]);
    run(&taker, &["start", "knowledge-badge", "--candidate", "  "]).ends_with(2, &["a candidate has a name"]);
    run(&taker, &["start", "knowledge-badge", "--candidate", "lin"]).ends_with(0, &["proofmark answer"]);
}
