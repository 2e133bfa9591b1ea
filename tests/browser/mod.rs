//! Pages in a browser: nothing complains, nothing is fetched from elsewhere, and nothing is wider than a phone. Needs Chromium and
//! node; without Chromium these tests say so and look at nothing, unless `PROOFMARK_BROWSER=required`, as `.ci/run` has it.

use std::path::{Path, PathBuf};
use std::process::Command;

use proofmark::challenge::{Challenge, Chart};
use proofmark::evaluate::{Cause, Outcome, Verdict};
use proofmark::evidence::{Inspection, Resource, Trouble, TroubleKind};
use proofmark::report::{
    Audience, Brief, Code, Moment, PageParts, Portfolio, Timeline, TimelineEvent, brief, html_with, portfolio,
};
use proofmark::score::{Scorecard, score};
use proofmark::source::read_folder;
use serde_json::Value;

use crate::credential::Kinds;

/// Returns Chromium, where there is one.
fn chromium() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .flat_map(|folder| ["chromium", "chromium-browser", "google-chrome"].map(|name| folder.join(name)))
        .find(|program| program.is_file());
    let required = std::env::var_os("PROOFMARK_BROWSER").is_some_and(|word| word == "required");
    assert!(found.is_some() || !required, "Chromium is missing: `apt-get install chromium` brings it");
    if found.is_none() {
        eprintln!("skipped: there is no Chromium on this machine");
    }
    found
}

/// Opens pages at 400 and at 1,400 pixels; `None` without a browser.
fn seen(pages: &[PathBuf]) -> Option<Value> {
    let chromium = chromium()?;
    let place = tempfile::tempdir().unwrap();
    let pictures = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pages");
    std::fs::create_dir_all(&pictures).unwrap();
    let output = Command::new("node")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/look.mjs"))
        .arg(chromium)
        .arg(place.path())
        .arg(&pictures)
        .arg("400,1400")
        .args(pages)
        .env("HOME", place.path())
        .output()
        .unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    Some(serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{err}")))
}

#[track_caller]
fn is_well(pages: &Value) {
    for (page, widths) in pages.as_object().unwrap() {
        for (width, seen) in widths.as_object().unwrap() {
            assert_eq!(seen["complaints"], serde_json::json!([]), "{page} at {width}");
            assert_eq!(seen["outside"], serde_json::json!([]), "{page} at {width}");
            assert!(seen["overflow"].as_i64().unwrap() <= 0, "{page} at {width}: {seen}");
            assert!(seen["text"].as_u64().unwrap() > 100, "{page} at {width}: {seen}");
        }
    }
}

/// A grade of the shipped challenge in which every verdict occurs, with words that no line breaks by itself.
pub(crate) fn graded() -> Scorecard {
    let files = read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("challenges/orders-api")).unwrap();
    let challenge = Challenge::load(&files).unwrap();
    let mut verdicts = Vec::new();
    for task in &challenge.tasks {
        for check in &task.checks {
            let outcome = match verdicts.len() % 4 {
                0 => Outcome::Fail {
                    cause: Cause::Permissions {
                        lacks: vec![format!(
                            "may not dynamodb:GetItem on {}",
                            "arn:aws:dynamodb:::table/orders".repeat(6)
                        )],
                        exceeds: vec!["also allows s3:* on <script>alert(1)</script>".to_owned()],
                    },
                },
                1 => Outcome::Pass,
                2 => Outcome::Skipped { needs: format!("{}/{}", task.id, task.checks[0].id) },
                _ => Outcome::Undetermined {
                    trouble: Trouble { kind: TroubleKind::Denied, message: "x".repeat(400) },
                },
            };
            verdicts.push(Verdict {
                task: task.id.clone(),
                check: check.id.clone(),
                outcome,
                how: vec![format!("GET https://{}.example.org/", "a".repeat(120))],
                attempts: 1,
                elapsed_ms: 0,
            });
        }
    }
    score(&challenge, &verdicts)
}

/// The shipped diagram of the flagship, whose parts have other checks than the card: it is wide.
fn chart() -> Chart {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("challenges/orders-api/architecture.mmd");
    Chart::parse(&std::fs::read_to_string(folder).unwrap())
}

fn timeline() -> Timeline {
    let started: jiff::Timestamp = "2026-01-10T07:12:00Z".parse().unwrap();
    let at = |minute: i64| started + jiff::SignedDuration::from_mins(minute);
    let change = |minute: i64, task: &str| Moment {
        at: at(minute),
        event: TimelineEvent::Change {
            call: "lambda UpdateFunctionConfiguration".to_owned(),
            on: format!("function:{}", "a-long-name-".repeat(6)),
            denied: minute % 2 == 0,
            tasks: vec![task.to_owned()],
        },
    };
    let passed = TimelineEvent::Passed { check: "take-an-order/accepts".to_owned() };
    Timeline {
        started,
        ended: at(79),
        moments: vec![
            change(5, "take-an-order"),
            change(8, "take-an-order"),
            Moment { at: at(20), event: passed },
            change(33, "least-privilege"),
            Moment { at: at(79), event: TimelineEvent::Note { words: "handed in".to_owned() } },
        ],
    }
}

#[test]
fn a_portfolio_is_well_at_every_width() {
    let standing = |mode: &str| Inspection {
        resources: vec![Resource {
            key: "AWS::DynamoDB::Table/orders".to_owned(),
            kind: "AWS::DynamoDB::Table".to_owned(),
            id: "orders".to_owned(),
            arn: None,
            logical_id: None,
            properties: serde_json::json!({ "BillingMode": mode, "TableName": "long".repeat(60) }),
            attributes: Value::Null,
            tags: std::collections::BTreeMap::new(),
        }],
        ..Inspection::default()
    };
    let code = |text: &str| {
        Code::from([("CreateOrder".to_owned(), [("app.py".to_owned(), text.to_owned())].into())])
    };
    let line = timeline();
    let files = portfolio(&Portfolio {
        scorecard: &graded(),
        brief: "# The shop",
        standing: "Taken unproctored on an issuer's host.",
        line: Some(&line),
        transcripts: &std::collections::BTreeMap::new(),
        diagram: None,
        chart: &chart(),
        broken: &std::iter::once("take-an-order".to_owned()).collect(),
        before: Some(&standing("PROVISIONED")),
        after: &standing("PAY_PER_REQUEST"),
        code_before: &code("def handler(event, context):\n    return None\n"),
        code_after: &code(&format!(
            "def handler(event, context):\n    return {{'body': '{}'}}\n",
            "wide ".repeat(60)
        )),
        credential: None,
    });
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("portfolio.html");
    std::fs::write(&page, files.get("index.html").unwrap()).unwrap();
    if let Some(pages) = seen(&[page]) {
        is_well(&pages);
    }
}

#[test]
fn the_html_report_is_well_at_every_width() {
    let folder = tempfile::tempdir().unwrap();
    let pages =
        [("candidate", Audience::Candidate), ("assessor", Audience::Assessor)].map(|(name, audience)| {
            let page = folder.path().join(format!("{name}.html"));
            let (chart, line) = (chart(), timeline());
            let parts = PageParts { line: Some(&line), chart: Some(&chart), ..PageParts::default() };
            std::fs::write(&page, html_with(&graded(), audience, parts)).unwrap();
            page
        });
    if let Some(pages) = seen(&pages) {
        is_well(&pages);
    }
}

#[test]
fn briefs_with_tables_diagrams_and_questions_are_well_at_every_width() {
    let folder = tempfile::tempdir().unwrap();
    let pages = ["serverless-challenge", "orders-api", "knowledge-badge"].map(|name| {
        let files =
            read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("challenges").join(name)).unwrap();
        let challenge = Challenge::load(&files).unwrap().variant(1, "browser");
        let page = Brief {
            challenge: &challenge,
            brief: &challenge.brief,
            seed: 1,
            beside: &[("candidate.html", "the candidate's report")],
        };
        let path = folder.path().join(format!("{name}.html"));
        std::fs::write(&path, brief(&page)).unwrap();
        path
    });
    if let Some(pages) = seen(&pages) {
        is_well(&pages);
    }
}

#[test]
fn the_pages_of_credentials_are_well_and_show_each_state() {
    let kinds = Kinds::issued();
    let mut pages = vec![kinds.site().join("index.html"), kinds.site().join("a/orders-api/index.html")];
    let mut expected = Vec::new();
    for entry in std::fs::read_dir(kinds.site().join("p")).unwrap() {
        let folder = entry.unwrap().path();
        for page in [folder.join("index.html"), folder.join("superseded-1/index.html")] {
            if page.exists() {
                pages.push(page);
            }
        }
    }
    let Some(seen) = seen(&pages) else { return };
    is_well(&seen);
    for widths in seen.as_object().unwrap().values() {
        expected.extend(
            widths["400"]["shown"].as_array().unwrap().iter().map(|state| state.as_str().unwrap().to_owned()),
        );
    }
    expected.sort();
    expected.dedup();
    assert_eq!(expected, ["expired", "not-yet-valid", "revoked", "superseded", "unverifiable", "valid"]);
}
