use super::taker::{REGION, Taker};

#[test]
fn an_issuers_host_signs_the_ledger_and_audit_and_report_say_so() {
    let taker = Taker::new("90m");
    taker.run(&["issuer", "init", "--name", "Harbour Lane"]).ends_with(0, &["did:key:"]);
    taker.run(&["start", "notes", "--region", REGION, "--detach"]).ends_with(0, &["export"]);
    let id = taker.attempts()[0]["attempt"].as_str().unwrap().to_owned();
    taker.run(&["audit", &id]).ends_with(0, &["not signed up to its end"]);
    let hand = taker.hand(&id);
    hand.solve();
    taker.run(&["submit", &id]).ends_with(0, &["PASSED", "the ledger is kept and signed by did:key:"]);
    taker
        .run(&["audit", &id])
        .ends_with(0, &["signed issuer=", "kept and signed by did:key:", "up to entry"]);
    // What comes after it is signed anew.
    taker
        .run(&["override", "keep/on-demand", "fail", &id, "--reason", "seen otherwise", "--by", "lin"])
        .ends_with(0, &["failed"]);
    taker.run(&["audit", &id]).ends_with(0, &["kept and signed by did:key:"]);
    taker.run(&["report", &id]).ends_with(1, &["decided by lin", "signed by did:key:"]);
    // Another issuer's key is none of this one.
    let folder = taker.state().join("issuer");
    std::fs::rename(&folder, taker.state().join("gone")).unwrap();
    taker.run(&["audit", &id]).ends_with(0, &["the issuer's keys are not at hand"]);
    taker.run(&["issuer", "init", "--name", "Someone else"]).ends_with(0, &["did:key:"]);
    taker.run(&["audit", &id]).ends_with(0, &["the issuer's keys are not at hand"]);
}

#[test]
fn a_cohort_is_a_table_of_the_attempts_that_count() {
    let taker =
        Taker::with(&[("wait_after_fail: 1d, max_attempts: 3, bar_after_pass: 180d", "max_attempts: 3")]);
    let take = |candidate: &str, solves: bool| {
        let (mut beside, id) = taker.begin(&["--candidate", candidate]);
        if solves {
            taker.hand(&id).solve();
        }
        taker.run(&["submit", &id]);
        beside.code();
        id
    };
    let (passed, failed) = (take("Ada", true), take("ada ", false));
    let other = take("lin", false);
    let table = |arguments: &[&str]| {
        let ended = taker.run(&[&["cohort"], arguments].concat());
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        ended.out
    };
    let best = table(&["notes"]);
    assert!(best.contains(&passed) && best.contains(&other) && !best.contains(&failed), "{best}");
    assert!(best.starts_with("candidate,attempt,challenge,"), "{best}");
    let all = table(&["--every"]);
    assert_eq!(all.lines().count(), 4, "{all}");
    assert_eq!(table(&["another"]).lines().count(), 1);
    let file = taker.program.home().join("grades.csv");
    taker.run(&["cohort", "--out", file.to_str().unwrap()]).ends_with(0, &["2 candidates"]);
    assert_eq!(std::fs::read_to_string(file).unwrap(), best);
}

#[test]
fn a_portfolio_tells_what_was_changed() {
    let taker = Taker::new("90m");
    let (mut beside, id) = taker.begin(&[]);
    taker.hand(&id).solve();
    taker.run(&["submit", &id]).ends_with(0, &["PASSED"]);
    beside.code();
    let folder = taker.program.home().join("portfolio");
    taker.run(&["portfolio", &id, "--out", folder.to_str().unwrap()]).ends_with(0, &["files in"]);
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    assert!(read("changes.md").contains("\"BillingMode\": \"PAY_PER_REQUEST\""), "{}", read("changes.md"));
    let (xapi, ags) = (folder.join("xapi.json"), folder.join("ags.json"));
    taker
        .run(&[
            "report",
            &id,
            "--home",
            "https://labs.example.org",
            "--xapi",
            xapi.to_str().unwrap(),
            "--ags",
            ags.to_str().unwrap(),
        ])
        .ends_with(0, &["PASSED"]);
    assert!(
        read("xapi.json").contains("adlnet.gov/expapi/verbs/passed")
            && read("ags.json").contains("FullyGraded")
    );
    let page = read("index.html");
    for part in ["broken at the beginning", "notes table", "What was changed: resources", "PAY_PER_REQUEST"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(read("README.md").contains("What did not work at the beginning"));
}
