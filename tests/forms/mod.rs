//! Reports for other programs, as those programs' own people check them: JUnit by the schema of Jenkins, xAPI by a
//! validator, Gradescope by what its documentation says.

use std::path::Path;
use std::process::Command;

use jiff::Timestamp;
use proofmark::report::{Audience, Occasion, gradescope, junit, xapi};
use proofmark::score::{Result as Graded, Scorecard};
use serde_json::Value;

use crate::browser::graded;
use crate::support::{credential_tools, junit_tools};

fn script(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/forms").join(name)
}

/// Runs a validator over files; it prints a JSON array: what it complains about in each.
fn complaints(mut validator: Command, files: &[(&str, String)]) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
        validator.arg(folder.path().join(name));
    }
    let output = validator.output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}{err}", String::from_utf8_lossy(&output.stdout)))
}

#[test]
fn junit_reports_keep_the_schema() {
    let tools = junit_tools();
    let mut python = Command::new(tools.join("bin/python3"));
    python.arg(script("junit.py")).arg(&tools);
    let report = |audience| junit(&graded(), audience);
    let broken = report(Audience::Assessor).replacen("<testcase", "<testcases", 1).replacen(
        "</testcase>",
        "</testcases>",
        1,
    );
    let files = [
        ("candidate.xml", report(Audience::Candidate)),
        ("assessor.xml", report(Audience::Assessor)),
        ("broken.xml", broken),
    ];
    let found = complaints(python, &files);
    assert_eq!(found[..2], [Value::Null, Value::Null]);
    assert!(found[2].is_string(), "the validator takes anything");
}

#[test]
fn gradescope_results_are_what_its_documentation_says() {
    let mut python = Command::new(junit_tools().join("bin/python3"));
    python.arg(script("gradescope.py")).arg(script("gradescope.schema.json"));
    let report = |audience| gradescope(&graded(), audience);
    let mut unknown = report(Audience::Candidate);
    unknown["tests"][0]["passed"] = true.into();
    let mut hidden = report(Audience::Candidate);
    hidden["visibility"] = "secret".into();
    let files = [
        ("candidate.json", report(Audience::Candidate).to_string()),
        ("assessor.json", report(Audience::Assessor).to_string()),
        ("unknown.json", unknown.to_string()),
        ("hidden.json", hidden.to_string()),
        ("empty.json", "{}".to_owned()),
    ];
    let found = complaints(python, &files);
    assert_eq!(found[..2], [serde_json::json!([]), serde_json::json!([])]);
    for complaint in &found[2..] {
        assert_ne!(complaint, &serde_json::json!([]), "the validator takes anything");
    }
}

#[test]
fn xapi_statements_are_valid() {
    let mut node = Command::new(credential_tools().join("node"));
    node.arg(script("xapi.cjs")).arg(credential_tools());
    let occasion = Occasion {
        candidate: "candidate-42".to_owned(),
        home: "https://labs.example.org".to_owned(),
        id: "8d0f3c1e-2f1b-4f57-9f0a-1c7b1e6a5a11".to_owned(),
        started: "2026-01-10T07:12:00Z".parse::<Timestamp>().unwrap(),
        ended: "2026-01-10T08:31:00.123Z".parse::<Timestamp>().unwrap(),
    };
    let statement = |result| xapi(&Scorecard { result, ..graded() }, &occasion);
    let mut broken = statement(Graded::Failed);
    broken["result"]["score"]["scaled"] = 1.5.into();
    let files = [
        ("passed.json", statement(Graded::Passed).to_string()),
        ("failed.json", statement(Graded::Failed).to_string()),
        ("provisional.json", statement(Graded::Provisional).to_string()),
        ("broken.json", broken.to_string()),
    ];
    let found = complaints(node, &files);
    for complaint in &found[..3] {
        assert_eq!(complaint, &serde_json::json!([]));
    }
    assert_ne!(found[3], serde_json::json!([]), "the validator takes anything");
}
