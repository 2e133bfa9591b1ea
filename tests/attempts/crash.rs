use super::taker::{Beside, REGION, Taker, wait_for};

const STEPS: [&str; 5] = ["provisioning", "ready", "running", "frozen", "graded"];

/// Each of these as often as `PROOFMARK_DEATHS` asks for: once in every run of the suite.
fn rounds<'a>(points: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    let rounds = std::env::var("PROOFMARK_DEATHS").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    (0..rounds).flat_map(|_: u32| points.iter().copied())
}

/// Waits for a process to die of its failpoint.
fn died(mut beside: Beside) {
    assert_eq!(beside.code(), None, "it dies by a signal");
}

fn only_attempt(taker: &Taker) -> String {
    let attempts = taker.attempts();
    assert_eq!(attempts.len(), 1);
    attempts[0]["attempt"].as_str().unwrap().to_owned()
}

/// Starts an attempt that dies at a point, brings it to its end, and returns its ledger.
fn survive(point: &str) -> String {
    let taker = Taker::new("90m");
    let (when, step) = point.split_once(':').unwrap();
    let late = STEPS.iter().position(|known| *known == step).unwrap() > 2;
    let id = if late {
        // The candidate's work is done before the process dies.
        let beside = taker.spawn(&["start", "notes", "--region", REGION], &[("PROOFMARK_FAILPOINT", point)]);
        let id = wait_for("the attempt runs", || {
            let attempts = taker.attempts();
            let attempt = attempts.first()?;
            (attempt["state"] == "running" && attempt["settled"] == true)
                .then(|| attempt["attempt"].as_str().unwrap().to_owned())
        });
        taker.hand(&id).solve();
        taker.spawn(&["submit", &id], &[]).kill_after(&taker, &id);
        died(beside);
        id
    } else {
        died(taker.spawn(&["start", "notes", "--region", REGION], &[("PROOFMARK_FAILPOINT", point)]));
        only_attempt(&taker)
    };
    let shown = taker.status(&id);
    assert_eq!(shown["driven"], false, "{point}");
    let before = shown["state"].as_str().unwrap().to_owned();
    if late {
        taker.run(&["resume", &id]).ends_with(0, &["PASSED"]);
    } else {
        let detached = taker.run(&["resume", &id, "--detach"]);
        assert_eq!(detached.code, Some(0), "{point}: {}", detached.err);
        taker.hand(&id).solve();
        taker.run(&["submit", &id]).ends_with(0, &["PASSED"]);
    }
    assert_eq!(taker.status(&id)["outcome"]["result"], "passed", "{when} {step}, found {before}");
    taker.run(&["release", &id]).ends_with(0, &["is released"]);
    assert!(!taker.folder(&id).join("sandbox").exists(), "{point}");
    taker.audit(&id)
}

impl Beside {
    /// Lets a process that only asks go, once what it asked for is written.
    fn kill_after(self, taker: &Taker, id: &str) {
        wait_for("it is handed in", || taker.run(&["audit", id]).out.contains("submitted").then_some(()));
        drop(self);
    }
}

#[test]
fn an_attempt_survives_a_death_before_anything_of_a_step_is_done() {
    for step in rounds(&STEPS) {
        let ledger = survive(&format!("begun:{step}"));
        let begun = ledger.matches(&format!("begun state=\"{step}\"")).count();
        // The freeze is decided once, with its reason; the others are begun again.
        assert_eq!(begun, if step == "frozen" { 1 } else { 2 }, "{ledger}");
    }
}

#[test]
fn an_attempt_survives_a_death_between_the_effect_of_a_step_and_its_entry() {
    for step in rounds(&STEPS) {
        let ledger = survive(&format!("effect:{step}"));
        assert_eq!(ledger.matches(&format!("finished state=\"{step}\"")).count(), 1, "{ledger}");
    }
}

#[test]
fn an_attempt_survives_a_death_right_before_and_after_a_step() {
    let points = [
        "before:provisioning",
        "done:provisioning",
        "done:ready",
        "done:running",
        "done:frozen",
        "done:graded",
    ];
    for point in rounds(&points) {
        survive(point);
    }
}

#[test]
fn a_running_attempt_that_is_killed_loses_neither_work_nor_time() {
    let taker = Taker::new("30m");
    let (beside, id) = taker.begin(&[]);
    let hand = taker.hand(&id);
    assert_eq!(hand.note("first"), 200);
    beside.kill();
    std::thread::sleep(std::time::Duration::from_secs(3));
    taker.run(&["resume", &id, "--detach"]).ends_with(0, &["export AWS_ENDPOINT_URL"]);
    let again = taker.hand(&id);
    assert_eq!(again.address, hand.address, "what the candidate's terminal knows is still right");
    wait_for("the sandbox is let run again", || (again.note("first") == 200).then_some(()));
    again.solve();
    assert!(taker.status(&id)["secondsInAll"].as_f64().unwrap() >= 1_803.0);
    let ledger = taker.audit(&id);
    assert!(ledger.contains("credited") && ledger.contains("resumed"), "{ledger}");
    taker.run(&["submit", &id]).ends_with(0, &["PASSED"]);
}

#[test]
fn a_deadline_that_passed_while_the_program_was_told_to_end_holds() {
    let taker = Taker::new("15s");
    let (mut beside, id) = taker.begin(&[]);
    let pid = beside.0.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert_eq!(beside.code(), Some(128 + 15));
    wait_for("the time is over", || (taker.status(&id)["secondsLeft"].as_f64()? <= 0.0).then_some(()));
    taker.run(&["resume", &id]).ends_with(1, &["ended by its deadline"]);
    let ledger = taker.audit(&id);
    assert!(ledger.contains("stopped") && !ledger.contains("credited"), "{ledger}");
}

/// Kills at moments that nobody chose. `PROOFMARK_KILLS` asks for more of them than the few that every run of the suite makes.
#[test]
fn an_attempt_survives_being_killed_at_any_moment() {
    let kills: u64 = std::env::var("PROOFMARK_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(6);
    let mut met = std::collections::BTreeMap::new();
    for kill in 0..kills {
        let taker = Taker::new("90m");
        let beside = taker.spawn(&["start", "notes", "--region", REGION], &[]);
        let id = wait_for("the attempt is noted", || {
            taker.attempts().first().map(|attempt| attempt["attempt"].as_str().unwrap().to_owned())
        });
        // Spread over the time that the steps take, early ones more often.
        std::thread::sleep(std::time::Duration::from_millis(kill * kill * 40 / kills.max(1)));
        let submitting = (kill % 2 == 1).then(|| {
            wait_for("the attempt runs", || {
                let shown = taker.status(&id);
                (shown["state"] == "running" && shown["settled"] == true).then_some(())
            });
            taker.hand(&id).solve();
            let submitting = taker.spawn(&["submit", &id], &[]);
            std::thread::sleep(std::time::Duration::from_millis(kill * 60));
            submitting
        });
        beside.kill();
        drop(submitting);
        let shown = taker.status(&id);
        let state = format!(
            "{}{}",
            shown["state"].as_str().unwrap(),
            if shown["settled"] == true { "" } else { ", under way" }
        );
        *met.entry(state).or_insert(0) += 1;
        let resumed = taker.run(&["resume", &id, "--detach"]);
        assert!(matches!(resumed.code, Some(0 | 1)), "{met:?}: {}", resumed.err);
        // One that was handed in goes on to its grade by itself.
        let handed_in = taker.audit(&id).contains("submitted");
        if handed_in {
            wait_for("it is graded", || (taker.status(&id)["outcome"].is_object()).then_some(()));
        } else {
            let hand = taker.hand(&id);
            wait_for("the sandbox is let run again", || (hand.note("first") == 200).then_some(()));
            hand.solve();
            taker.run(&["submit", &id]).ends_with(0, &["PASSED"]);
        }
        assert_eq!(taker.status(&id)["outcome"]["result"], "passed", "{met:?}");
        taker.audit(&id);
    }
    println!("killed in: {met:?}");
}

#[test]
fn a_release_that_is_killed_is_brought_to_its_end() {
    for point in rounds(&["before:released", "begun:released", "effect:released", "done:released"]) {
        let taker = Taker::new("90m");
        let (mut beside, id) = taker.begin(&[]);
        taker.hand(&id).solve();
        taker.run(&["submit", &id]).ends_with(0, &["PASSED"]);
        beside.code();
        died(taker.spawn(&["release", &id], &[("PROOFMARK_FAILPOINT", point)]));
        taker.run(&["resume", &id]).ends_with(0, &["PASSED"]);
        if point == "before:released" {
            taker.run(&["release", &id]).ends_with(0, &["is released"]);
        }
        assert_eq!(taker.status(&id)["state"], "released", "{point}");
        assert!(!taker.folder(&id).join("sandbox").exists(), "{point}");
        taker.audit(&id);
    }
}

#[test]
fn an_attempt_that_was_killed_on_its_way_into_the_void_leaves_nothing_behind() {
    for point in rounds(&["effect:void", "done:void"]) {
        let taker = Taker::new("90m");
        let beside = taker.spawn(&["start", "notes", "--region", REGION], &[("PROOFMARK_FAILPOINT", point)]);
        let id = wait_for("the attempt runs", || {
            let attempts = taker.attempts();
            let attempt = attempts.first()?;
            (attempt["state"] == "running" && attempt["settled"] == true)
                .then(|| attempt["attempt"].as_str().unwrap().to_owned())
        });
        let asking = taker.spawn(&["void", &id, "--reason", "the network was down"], &[]);
        died(beside);
        drop(asking);
        taker.run(&["resume", &id]).ends_with(4, &["is void: the network was down"]);
        assert_eq!(taker.status(&id)["settled"], true, "{point}");
        assert!(!taker.folder(&id).join("sandbox").exists(), "{point}");
        taker.audit(&id);
    }
}
