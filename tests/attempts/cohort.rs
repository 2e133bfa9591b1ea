use super::taker::{Beside, REGION, Taker, wait_for};

const HEADS: usize = 20;

#[test]
fn twenty_attempts_that_end_in_the_same_second_are_all_graded() {
    let taker = Taker::new("90m");
    let names: Vec<String> = (0..HEADS).map(|number| format!("candidate-{number}")).collect();
    let besides: Vec<Beside> = names
        .iter()
        .map(|name| taker.spawn(&["start", "notes", "--region", REGION, "--candidate", name], &[]))
        .collect();
    let ids: Vec<String> = wait_for("all of them run", || {
        let attempts = taker.attempts();
        let running =
            |attempt: &&serde_json::Value| attempt["state"] == "running" && attempt["settled"] == true;
        (attempts.iter().filter(running).count() == HEADS)
            .then(|| attempts.iter().map(|attempt| attempt["attempt"].as_str().unwrap().to_owned()).collect())
    });
    for (number, id) in ids.iter().enumerate() {
        // Every second one does the work.
        if number % 2 == 0 {
            taker.hand(id).solve();
        }
    }
    let handed_in: Vec<Beside> = ids.iter().map(|id| taker.spawn(&["submit", id], &[])).collect();
    for mut beside in besides.into_iter().chain(handed_in) {
        assert!(matches!(beside.code(), Some(0 | 1)), "graded: passed or failed");
    }
    for (number, id) in ids.iter().enumerate() {
        let wanted = if number % 2 == 0 { "passed" } else { "failed" };
        assert_eq!(taker.status(id)["outcome"]["result"], wanted, "{id}");
    }
    taker.run(&["audit", "--all"]).ends_with(0, &["20 ledgers verified, 0 broken"]);
    // The same evidence, the same grade; by another rubric, another one.
    taker.run(&["regrade", "--all"]).ends_with(0, &["20 attempts graded anew, 0 changed"]);
    taker.change("challenge.yaml", "found: true", "found: false");
    let diff = taker.run(&["regrade", "--all", "--diff"]);
    diff.ends_with(
        0,
        &["20 changed", "keep/first-note: pass -> fail", "keep/first-note: fail -> pass", "is to be revoked"],
    );
    taker.run(&["regrade", "--all", "--original"]).ends_with(0, &["0 changed"]);
}
