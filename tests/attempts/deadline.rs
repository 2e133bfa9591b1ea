use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;

use super::taker::{Taker, wait_for};

/// Reads a member of an attempt's archive.
pub(super) fn archived(taker: &Taker, id: &str, member: &str) -> Value {
    let digest = taker.status(id)["archive"].as_str().unwrap().to_owned();
    let bytes = std::fs::read(taker.folder(id).join(format!("archive-{digest}.zip"))).unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let member = zip.by_name(member).unwrap();
    serde_json::from_reader(member).unwrap()
}

#[test]
fn of_a_load_of_writes_across_the_deadline_each_is_on_the_right_side() {
    let taker = Taker::new("10s");
    let (mut beside, id) = taker.begin(&[]);
    let hand = taker.hand(&id);
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let (hand, stop) = (hand.clone(), Arc::clone(&stop));
            std::thread::spawn(move || {
                let (mut taken, mut refused, mut number) = (0_u32, 0_u32, 0);
                while !stop.load(Ordering::Relaxed) && refused < 50 {
                    number += 1;
                    // The sandbox goes away with the end of the attempt.
                    let written = std::panic::catch_unwind(|| hand.note(&format!("n-{writer}-{number}")));
                    let Ok(status) = written else { break };
                    if status == 200 {
                        assert_eq!(refused, 0, "a write was let in after one was refused");
                        taken += 1;
                    } else {
                        refused += 1;
                    }
                }
                taken
            })
        })
        .collect();
    wait_for("the deadline", || (taker.status(&id)["state"] != "running").then_some(()));
    beside.code();
    stop.store(true, Ordering::Relaxed);
    let acknowledged: u32 = writers.into_iter().map(|writer| writer.join().unwrap()).sum();
    assert!(acknowledged > 0);
    // The audit log is the sandbox's own word: what was let in was let in before the end.
    let audit = archived(&taker, &id, "audit.json");
    let deadline = started_at(&taker, &id) + Duration::from_secs(10);
    // Whoever is shut out is not asked what for, so a refused call has no operation.
    let calls = || audit["entries"].as_array().unwrap().iter();
    let let_in: Vec<_> =
        calls().filter(|call| call["operation"] == "PutItem" && call["outcome"] == "allowed").collect();
    let refused: Vec<_> = calls().filter(|call| call["outcome"] == "denied").collect();
    assert_eq!(
        let_in.len(),
        usize::try_from(acknowledged).unwrap(),
        "each acknowledged write is one that was let in"
    );
    assert!(!refused.is_empty(), "there was load after the deadline");
    for call in let_in {
        let time: jiff::Timestamp = call["time"].as_str().unwrap().parse().unwrap();
        // The time of day and the time since the start are read one after the other.
        assert!(time <= deadline + Duration::from_millis(20), "{time} is after {deadline}");
    }
    let ledger = taker.audit(&id);
    assert!(ledger.contains("reason=\"deadline\""), "{ledger}");
}

/// When the clock was started.
fn started_at(taker: &Taker, id: &str) -> jiff::Timestamp {
    let ledger = taker.audit(id);
    let line = ledger.lines().find(|line| line.contains("finished state=\"running\"")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn an_extension_moves_the_end_and_the_end_comes_all_the_same() {
    let taker = Taker::new("14s");
    let (mut beside, id) = taker.begin(&[]);
    taker
        .run(&["extend", "4s", &id, "--reason", "the building was evacuated", "--by", "lin"])
        .ends_with(0, &["4s more"]);
    assert_eq!(taker.status(&id)["secondsInAll"].as_f64(), Some(18.0));
    assert_eq!(beside.code(), Some(1), "nothing was done, so it is failed");
    let ledger = taker.audit(&id);
    assert!(ledger.contains("lin  extended"), "{ledger}");
    taker.run(&["extend", "5m", &id, "--reason", "too late"]).ends_with(2, &["its time is over"]);
    taker.run(&["start", "notes"]).ends_with(2, &["the last attempt was failed", "possible from"]);
}

#[test]
fn what_is_done_shortly_before_the_end_counts() {
    let taker = Taker::new("14s");
    let (mut beside, id) = taker.begin(&[]);
    let hand = taker.hand(&id);
    wait_for("the last seconds", || (taker.status(&id)["secondsLeft"].as_f64()? < 5.0).then_some(()));
    hand.solve();
    assert_eq!(beside.code(), Some(0));
    assert_eq!(taker.status(&id)["outcome"]["result"], "passed");
}
