use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::view::{Audience, GateReport, Report, TaskReport, VerdictWord, view};
use super::words::{gates, reason};
use crate::score::Scorecard;

/// Returns a scorecard for GitHub Classroom: what its reporter reads of an environment variable, `<RUNNER>_RESULTS`, which is JSON in
/// base64, a test a task.
///
/// <https://github.com/classroom-resources/autograding-grading-reporter>
pub fn classroom(scorecard: &Scorecard, audience: Audience) -> String {
    let report = view(scorecard, audience);
    format!("{}\n", STANDARD.encode(results(&report).to_string()))
}

fn results(report: &Report) -> Value {
    // A gate weighs nothing by itself, and has no place of its own there: it is a test for no points.
    let gate = |(gate, sentence): (&GateReport, String)| {
        let status = if gate.shut { "fail" } else { "pass" };
        json!({ "name": sentence, "status": status, "score": 0, "message": null })
    };
    let tasks = report.tasks.iter().map(|task| test(task, report));
    let tests: Vec<Value> = tasks.chain(report.gates.iter().zip(gates(report)).map(gate)).collect();
    let statuses = || tests.iter().map(|test| &test["status"]);
    let status = if statuses().all(|status| status == "pass") {
        "pass"
    } else if statuses().any(|status| status == "error") {
        "error"
    } else {
        "fail"
    };
    json!({ "version": 1, "status": status, "max_score": number(report.points), "tests": tests })
}

/// A task with something undetermined is an error there: it is not the candidate's.
fn test(task: &TaskReport, report: &Report) -> Value {
    let has = |verdict: VerdictWord| task.checks.iter().any(|check| check.verdict == verdict);
    let passed = task.checks.iter().all(|check| check.verdict == VerdictWord::Pass);
    let status = match (passed, has(VerdictWord::Undetermined)) {
        (true, _) => "pass",
        (false, true) => "error",
        (false, false) => "fail",
    };
    let lines: Vec<String> = task
        .checks
        .iter()
        .filter(|check| check.verdict != VerdictWord::Pass)
        .map(|check| format!("{}: {}", check.title, reason(check, task, report)))
        .collect();
    let message = if lines.is_empty() { Value::Null } else { lines.join("\n").into() };
    json!({ "name": task.title, "status": status, "score": number(task.score.low), "message": message })
}

/// Hundredths as a number, whole where they are.
fn number(hundredths: u32) -> Value {
    if hundredths.is_multiple_of(100) {
        (hundredths / 100).into()
    } else {
        (f64::from(hundredths) / 100.0).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_whole_where_they_are() {
        assert_eq!([number(500), number(1250)], [json!(5), json!(12.5)]);
    }
}
