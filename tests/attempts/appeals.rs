use super::taker::Taker;

#[test]
fn an_assessor_decides_otherwise_and_the_report_says_so() {
    let taker = Taker::new("90m");
    let (mut beside, id) = taker.begin(&[]);
    let hand = taker.hand(&id);
    assert_eq!(hand.note("first"), 200);
    taker.run(&["submit", &id]).ends_with(1, &["NOT PASSED"]);
    beside.code();
    taker
        .run(&["appeal", "keep/on-demnd", &id, "--reason", "x"])
        .ends_with(2, &["no check `keep/on-demnd`", "on-demand"]);
    taker
        .run(&["appeal", "keep/on-demand", &id, "--reason", "the brief did not say so"])
        .ends_with(0, &["noted"]);
    taker
        .run(&["override", "keep/on-demand", "pass", &id, "--reason", "it did not", "--by", "lin"])
        .ends_with(0, &["failed ->", "passed", "is to be issued"]);
    taker.run(&["report", &id]).ends_with(0, &["PASSED", "decided by lin: it did not"]);
    taker.run(&["regrade", &id]).ends_with(0, &["0 changed"]);
    let ledger = taker.audit(&id);
    for word in ["ada  appealed", "lin  overridden", "lin  regraded"] {
        assert!(ledger.contains(word), "{word}:\n{ledger}");
    }
}

#[test]
fn the_same_evidence_comes_to_the_same_bytes_in_another_process_and_place() {
    let taker = Taker::new("90m");
    let (mut beside, id) = taker.begin(&[]);
    taker.run(&["submit", &id]).ends_with(1, &["NOT PASSED"]);
    beside.code();
    taker.run(&["release", &id]).ends_with(0, &[]);
    let write = |name: &str, environment: &[(&str, &str)]| {
        let path = taker.program.home().join(name);
        let argument = format!("json={}", path.display());
        let ended =
            taker.program.run_with(&["report", &id, "--write", &argument, "--for", "assessor"], environment);
        assert_eq!(ended.code, Some(1), "{}", ended.err);
        std::fs::read(path).unwrap()
    };
    let first = write("first.json", &[]);
    taker.run(&["regrade", &id, "--original"]).ends_with(0, &["0 changed"]);
    let again = write(
        "again.json",
        &[("TZ", "Asia/Kathmandu"), ("LC_ALL", "tr_TR.UTF-8"), ("TOKIO_WORKER_THREADS", "1")],
    );
    assert_eq!(first, again);
}
