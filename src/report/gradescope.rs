use serde_json::{Value, json};

use super::view::{Audience, CheckReport, Report, TaskReport, VerdictWord, view};
use super::words::{findings, gates};
use crate::score::Scorecard;

/// Returns a scorecard as the `results.json` that Gradescope's autograder reads: a test a task, with what failed in its output.
/// Points that are open count as not earned yet; the output says so.
///
/// <https://gradescope-autograders.readthedocs.io/en/latest/specs/>
pub fn gradescope(scorecard: &Scorecard, audience: Audience) -> Value {
    let report = view(scorecard, audience);
    let tests: Vec<Value> = report.tasks.iter().map(|task| test(task, &report)).collect();
    json!({
        "score": points(report.score.low),
        "output": format!("{}\n{}", report.title, summary(&report)),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
    })
}

fn summary(report: &Report) -> String {
    let result = [vec![super::markdown::result(report).to_owned()], gates(report)].concat().join("\n");
    let open = report.score.high - report.score.low;
    if open == 0 {
        return result;
    }
    format!("{result}: {} points are open, since something could not be looked at", points(open))
}

fn test(task: &TaskReport, report: &Report) -> Value {
    let lines: Vec<String> = task.checks.iter().flat_map(|check| told(check, task, report)).collect();
    let passed = task.checks.iter().all(|check| check.verdict == VerdictWord::Pass);
    json!({
        "name": task.title,
        "number": task.id,
        "score": points(task.score.low),
        "max_score": points(task.points),
        "status": if passed { "passed" } else { "failed" },
        "output": lines.join("\n"),
        "output_format": "text",
        "visibility": "visible",
        "tags": [task.domain],
    })
}

fn told(check: &CheckReport, task: &TaskReport, report: &Report) -> Vec<String> {
    let word = match check.verdict {
        VerdictWord::Pass => "passed",
        VerdictWord::Fail => "failed",
        VerdictWord::Skipped => "skipped",
        VerdictWord::Undetermined => "not seen",
    };
    let mut lines = vec![format!("{word}: {}", check.title)];
    lines.extend(findings(check, task, report).iter().map(|(label, words)| format!("    {label}: {words}")));
    if check.verdict == VerdictWord::Fail {
        lines.extend(check.hint.iter().map(|hint| format!("    to do: {hint}")));
    }
    lines
}

/// Hundredths as the number that a grade book holds.
fn points(hundredths: u32) -> Value {
    if hundredths.is_multiple_of(100) {
        json!(hundredths / 100)
    } else {
        json!(f64::from(hundredths) / 100.0)
    }
}
