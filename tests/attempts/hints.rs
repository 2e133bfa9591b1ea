use super::taker::Taker;

#[test]
fn a_hint_costs_points_of_its_task_once_and_the_report_says_so() {
    let taker = Taker::with(&[("pass: 100%", "pass: 50%")]);
    let (mut beside, id) = taker.begin(&["--practice"]);
    taker.run(&["hint"]).ends_with(0, &["keep/first-note  3 points", "The first note stands in it"]);
    taker
        .run(&["hint", "keep/frist-note"])
        .ends_with(2, &["no hint to `keep/frist-note`", "keep/first-note"]);
    taker.run(&["hint", "keep/no-secret"]).ends_with(2, &["no hint to `keep/no-secret`"]);
    for _ in 0..2 {
        taker
            .run(&["hint", "keep/first-note"])
            .ends_with(0, &["Put an item with the id `first`.", "it cost 3"]);
    }
    taker.run(&["hint"]).ends_with(0, &["(taken)"]);
    taker.hand(&id).solve();
    taker.run(&["check"]).ends_with(0, &["7 of 10"]);
    let page = taker.program.home().join("report.html");
    let write = format!("html={}", page.display());
    taker.run(&["submit", &id]).ends_with(0, &["PASSED", "7 of 10"]);
    beside.code();
    taker.run(&["report", &id, "--write", &write]).ends_with(0, &["7 of 10"]);
    let page = std::fs::read_to_string(page).unwrap();
    for part in [
        "3 points went for hints",
        "a hint was taken: keep/first-note",
        "passed: The first note stands in it",
        "notes table",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert_eq!(taker.audit(&id).matches("hinted").count(), 1);
    // The hints are in the evidence, so a later grade knows them.
    taker.run(&["regrade", &id]).ends_with(0, &["0 changed"]);
}

#[test]
fn in_earnest_there_are_no_hints() {
    let taker = Taker::new("90m");
    let (_beside, id) = taker.begin(&[]);
    taker.run(&["hint", "keep/first-note", "--attempt", &id]).ends_with(2, &["in practice only"]);
}
