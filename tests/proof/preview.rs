//! What others will see of a challenge.

use std::fs;

use crate::support::Program;

#[test]
fn a_preview_shows_brief_diagram_tasks_and_both_reports() {
    let program = Program::new();
    let folder = program.home().join("shown");
    let ended = program.run(&["preview", "orders-api", folder.to_str().unwrap(), "--seed", "3"]);
    ended.ends_with(0, &["index.html", "candidate.html", "assessor.html"]);
    let page = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let brief = page("index.html");
    for part in [
        "<h1>Repair the orders service of Harbour Lane Teas</h1>",
        "<code>POST /orders</code>",
        // What the stack is called is filled in.
        "_user_request_",
        "<div class=\"diagram\"",
        "API Gateway: orders, stage live to create_order (POST /orders)",
        "80 % to pass",
    ] {
        assert!(brief.contains(part), "{part}");
    }
    assert!(!brief.contains("{{"), "every name is filled in");
    let (candidate, assessor) = (page("candidate.html"), page("assessor.html"));
    assert!(candidate.contains("Not passed") && assessor.contains("Not passed"));
    assert!(assessor.contains("for the assessor") && !candidate.contains("for the assessor"));
}

#[test]
fn a_preview_of_questions_needs_no_sandbox_and_tells_no_answer() {
    let program = Program::new();
    let folder = program.home().join("shown");
    program
        .run(&["preview", "knowledge-badge", folder.to_str().unwrap(), "--seed", "3"])
        .ends_with(0, &["index.html"]);
    let brief = fs::read_to_string(folder.join("index.html")).unwrap();
    assert_eq!(brief.matches("<ul class=\"choices\">").count(), 50);
    assert!(brief.contains("no limit of time") && !brief.contains("docs.aws.amazon.com"));
}
