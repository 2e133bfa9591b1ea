use super::taker::{REGION, Taker};

#[test]
fn an_attempt_is_started_in_the_background_solved_handed_in_and_passed() {
    let taker = Taker::new("90m");
    let started = taker.run(&["start", "notes", "--region", REGION, "--detach", "--extra-time", "25%"]);
    started.ends_with(
        0,
        &[
            "# Keep a note",
            "The table keeps notes",
            "You -- PutItem --> notes table",
            "export AWS_ENDPOINT_URL=",
        ],
    );
    let attempts = taker.attempts();
    let id = attempts[0]["attempt"].as_str().unwrap();
    assert!(
        taker.folder(id).join("brief.md").is_file() && taker.folder(id).join("architecture.mmd").is_file()
    );
    let shown = taker.status(id);
    assert_eq!((shown["secondsInAll"].as_f64(), shown["driven"].as_bool()), (Some(6_750.0), Some(true)));
    taker.run(&["env"]).ends_with(0, &["export AWS_ACCESS_KEY_ID=AKIA"]);
    taker.run(&["resume", id]).ends_with(2, &["another process drives the attempt"]);
    taker.run(&["release", id]).ends_with(2, &["another process drives the attempt"]);
    let hand = taker.hand(id);
    assert_ne!(hand.note("first"), 0);
    taker.run(&["check", id]).ends_with(2, &["in practice only"]);
    hand.solve();
    taker.run(&["submit"]).ends_with(0, &["handed in", "PASSED", "the candidate's own"]);
    taker.run(&["submit", id]).ends_with(0, &["PASSED"]);
    taker.run(&["env"]).ends_with(2, &["nothing to work on"]);
    let ledger = taker.audit(id);
    for step in ["provisioning", "ready", "running", "frozen", "graded"] {
        for word in ["begun", "finished"] {
            assert!(ledger.contains(&format!("host  {word} state=\"{step}\"")), "{word} {step}:\n{ledger}");
        }
    }
    taker.run(&["start", "notes"]).ends_with(2, &["the challenge was passed", "possible from", "--practice"]);
    taker.run(&["release", id]).ends_with(0, &["is released"]);
    assert!(!taker.folder(id).join("sandbox").exists() && !taker.folder(id).join("ground.json").exists());
    taker.run(&["report", id]).ends_with(0, &["PASSED"]);
    taker.run(&["release", id]).ends_with(2, &["cannot become released"]);
    no_secret_is_kept(&taker, id);
}

/// Nothing that stays of an attempt holds the keys that it had.
pub(super) fn no_secret_is_kept(taker: &Taker, id: &str) {
    let key = regex::Regex::new("AKIA[A-Z0-9]{12}").unwrap();
    for entry in std::fs::read_dir(taker.folder(id)).unwrap() {
        let path = entry.unwrap().path();
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let mut texts = vec![bytes.clone()];
        if let Ok(mut zip) = zip::ZipArchive::new(std::io::Cursor::new(bytes)) {
            for index in 0..zip.len() {
                let mut text = Vec::new();
                std::io::Read::read_to_end(&mut zip.by_index(index).unwrap(), &mut text).unwrap();
                texts.push(text);
            }
        }
        for text in texts {
            let text = String::from_utf8_lossy(&text).into_owned();
            assert!(!key.is_match(&text), "{}", path.display());
        }
    }
}

/// Whoever hands in what belongs to somebody else's attempt names that attempt.
fn its_canary_names_it(taker: &Taker, id: &str) {
    let handed_in = taker.program.home().join("handed-in.md");
    let named = handed_in.to_str().unwrap();
    std::fs::write(&handed_in, format!("put `shop {}` into it", proofmark::challenge::canary(id))).unwrap();
    taker.run(&["leaker", named]).ends_with(0, &[id, "notes by ada"]);
    let told = taker.run(&["leaker", named, "--format", "json"]);
    assert!(told.out.contains(&format!("\"attempt\": \"{id}\"")), "{}", told.out);
    std::fs::write(&handed_in, "put `shop k3` into it").unwrap();
    taker.run(&["leaker", named]).ends_with(1, &[]);
    taker.run(&["leaker", "nowhere.md"]).ends_with(2, &["cannot read nowhere.md"]);
}

#[test]
fn practice_can_be_looked_at_as_often_as_one_likes_and_hidden_checks_leave_no_trace() {
    let taker = Taker::new("90m");
    let (_beside, id) = taker.begin(&["--practice"]);
    its_canary_names_it(&taker, &id);
    let looked = taker.run(&["check"]);
    looked.ends_with(0, &["The table keeps notes", "hidden checks were not made"]);
    assert!(!looked.out.contains("hidden"), "{}", looked.out);
    taker.hand(&id).solve();
    taker.run(&["check"]).ends_with(0, &["PASSED"]);
    taker.run(&["submit", &id]).ends_with(0, &["PASSED", "practice"]);
    // Practice does not count.
    taker.run(&["void", &id, "--reason", "only looking"]).ends_with(0, &["does not count"]);
    taker.run(&["report", &id]).ends_with(0, &["PASSED"]);
}

#[test]
fn on_an_issuers_machine_a_pass_earns_a_credential() {
    let taker = Taker::new("90m");
    taker.run(&["issuer", "init", "--name", "Harbour Lane"]).ends_with(0, &["did:key:"]);
    taker
        .run(&["start", "notes", "--region", REGION, "--detach"])
        .ends_with(0, &["export AWS_ENDPOINT_URL="]);
    let id = taker.attempts()[0]["attempt"].as_str().unwrap().to_owned();
    taker.run(&["issue", &id, "--email", "ada@example.org"]).ends_with(2, &["has no result"]);
    taker.hand(&id).solve();
    taker.run(&["submit", &id]).ends_with(0, &["PASSED", "on an issuer's machine"]);
    taker.run(&["issue", &id, "--email", "ada@example.org"]).ends_with(0, &["issued"]);
    taker.run(&["issue", &id, "--email", "ada@example.org"]).ends_with(0, &["unchanged"]);
    let practice =
        taker.run(&["start", "notes", "--region", REGION, "--detach", "--practice", "--candidate", "lin"]);
    assert_eq!(practice.code, Some(0), "{}", practice.err);
    let other = taker.attempts()[1]["attempt"].as_str().unwrap().to_owned();
    taker.hand(&other).solve();
    taker.run(&["submit", &other]).ends_with(0, &["PASSED"]);
    let refused = taker.run(&["issue", &other, "--email", "lin@example.org"]);
    assert!(refused.code != Some(0) && refused.err.contains("practice"), "{}{}", refused.out, refused.err);
}
