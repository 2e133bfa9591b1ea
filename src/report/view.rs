use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::remedy::steps;
use crate::challenge::Feedback;
use crate::evaluate::{Cause, Outcome};
use crate::evidence::Trouble;
use crate::score::{CheckScore, GateEffect, GateScore, Result, Scorecard};

/// What a hidden check is called before a candidate.
const HIDDEN: &str = "A hidden check";

/// Who reads a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    /// Sees of a hidden check its verdict and its hint, and nothing else.
    Candidate,
    /// Sees everything.
    Assessor,
}

/// A scorecard as its reader may see it. Every form of report is made of this one, so that what is hidden is taken out once.
///
/// Points are in hundredths.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Version of this format.
    pub version: u32,
    pub audience: Audience,
    pub challenge: String,
    pub release: String,
    pub title: String,
    pub result: ReportResult,
    pub points: u32,
    pub score: Range,
    /// What is needed to pass, in hundredths of a percent of the points.
    pub pass_mark: u32,
    pub scaled: Range,
    /// Where the pass mark stands on the scale of 100 to 1,000, on which `scaled` is the score.
    pub scaled_cut: u32,
    /// How well the sandbox inside this program kept functions in; nothing of other targets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub isolation: Option<String>,
    pub domains: Vec<DomainReport>,
    pub tasks: Vec<TaskReport>,
    /// Gates that are shut or may be: why the score is less than what the tasks earned together, or does not count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<GateReport>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateReport {
    /// Title of the task or check that is a gate.
    pub title: String,
    #[serde(flatten)]
    pub effect: GateEffect,
    /// `false`: nobody could look, so it may be shut.
    pub shut: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReportResult {
    Passed,
    Failed,
    /// Something could not be looked at, so points are open.
    Provisional,
}

/// Points that are sure, and points that would be there if everything undetermined had passed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Range {
    pub low: u32,
    pub high: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DomainReport {
    pub id: String,
    pub title: String,
    pub points: u32,
    pub score: Range,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TaskReport {
    pub id: String,
    pub title: String,
    pub domain: String,
    pub points: u32,
    pub score: Range,
    /// What hints cost that were taken; the score is less by it already.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub hints: u32,
    pub checks: Vec<CheckReport>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CheckReport {
    /// For a candidate, a hidden check goes by its number in the task: `hidden-1`.
    pub id: String,
    pub title: String,
    /// 0 for a check that earns nothing, but takes points off.
    pub weight: u32,
    /// Points that its failure takes off the task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deduct: Option<u32>,
    /// Its failure leaves nothing of the task.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub decides: bool,
    pub hidden: bool,
    pub verdict: VerdictWord,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// The smallest difference to a state in which it passes, a step each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to_pass: Vec<String>,
    /// Why it was skipped: the prerequisite that did not pass, as `task/check`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<String>,
    /// Why it is undetermined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<Trouble>,
    /// How it was checked, a line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub how: Vec<String>,
    pub attempts: u32,
    pub elapsed_ms: u64,
    /// Why it matters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VerdictWord {
    Pass,
    Fail,
    Skipped,
    Undetermined,
}

/// Projects a scorecard to what its reader may see.
pub fn view(scorecard: &Scorecard, audience: Audience) -> Report {
    let names = names(scorecard, audience);
    let range = |score: crate::score::Interval| Range { low: score.low.0, high: score.high.0 };
    let domains = scorecard.domains.iter().map(|domain| DomainReport {
        id: domain.id.clone(),
        title: domain.title.clone(),
        points: domain.points.0,
        score: range(domain.score),
    });
    let tasks = scorecard.tasks.iter().map(|task| TaskReport {
        id: task.id.clone(),
        title: task.title.clone(),
        domain: task.domain.clone(),
        points: task.points.0,
        score: range(task.score),
        hints: task.hints.0,
        checks: task
            .checks
            .iter()
            .map(|check| reduced(check_report(check, audience, &names), scorecard.feedback, audience))
            .collect(),
    });
    Report {
        version: 1,
        audience,
        challenge: scorecard.challenge.clone(),
        release: scorecard.release.clone(),
        title: scorecard.title.clone(),
        result: match scorecard.result {
            Result::Passed => ReportResult::Passed,
            Result::Failed => ReportResult::Failed,
            Result::Provisional => ReportResult::Provisional,
        },
        points: scorecard.points.0,
        score: range(scorecard.score),
        pass_mark: scorecard.pass_mark,
        scaled: {
            let (low, high) = scorecard.scaled();
            Range { low, high }
        },
        scaled_cut: scorecard.scaled_cut,
        isolation: scorecard.isolation.clone(),
        domains: domains.collect(),
        tasks: tasks.collect(),
        gates: scorecard.gates.iter().map(|gate| gate_report(gate, scorecard, audience)).collect(),
    }
}

fn gate_report(gate: &GateScore, scorecard: &Scorecard, audience: Audience) -> GateReport {
    let checks = scorecard.tasks.iter().flat_map(|task| &task.checks);
    let key = |check: &CheckScore| format!("{}/{}", check.verdict.task, check.verdict.check);
    let hidden = checks.into_iter().any(|check| key(check) == gate.key && conceals(check, audience));
    let title = if hidden { HIDDEN.to_owned() } else { gate.title.clone() };
    GateReport { title, effect: gate.effect, shut: gate.shut }
}

/// Returns the ids that checks go by, by their keys `task/check`.
fn names(scorecard: &Scorecard, audience: Audience) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for task in &scorecard.tasks {
        let mut hidden = 0;
        for check in &task.checks {
            let own = &check.verdict.check;
            let shown = if conceals(check, audience) {
                hidden += 1;
                format!("hidden-{hidden}")
            } else {
                own.clone()
            };
            names.insert(format!("{}/{own}", task.id), shown);
        }
    }
    names
}

fn conceals(check: &CheckScore, audience: Audience) -> bool {
    check.hidden && audience == Audience::Candidate
}

fn check_report(check: &CheckScore, audience: Audience, names: &BTreeMap<String, String>) -> CheckReport {
    let verdict = &check.verdict;
    let key = format!("{}/{}", verdict.task, verdict.check);
    let word = match &verdict.outcome {
        Outcome::Pass => VerdictWord::Pass,
        Outcome::Fail { .. } => VerdictWord::Fail,
        Outcome::Skipped { .. } => VerdictWord::Skipped,
        Outcome::Undetermined { .. } => VerdictWord::Undetermined,
    };
    let bare = CheckReport {
        id: names.get(&key).cloned().unwrap_or_default(),
        title: HIDDEN.to_owned(),
        weight: check.weight,
        deduct: check.deduct.map(|points| points.0),
        decides: check.decides,
        hidden: check.hidden,
        verdict: word,
        cause: None,
        to_pass: vec![],
        needs: None,
        trouble: None,
        how: vec![],
        attempts: verdict.attempts,
        elapsed_ms: verdict.elapsed_ms,
        why: None,
        hint: check.hidden_hint.clone().filter(|_| word == VerdictWord::Fail),
    };
    if conceals(check, audience) {
        return bare;
    }
    let (cause, needs, trouble) = match &verdict.outcome {
        Outcome::Pass => (None, None, None),
        Outcome::Fail { cause } => (Some(shown_cause(cause, audience)), None, None),
        Outcome::Skipped { needs } => (None, Some(shown_key(needs, names)), None),
        Outcome::Undetermined { trouble } => (None, None, Some(trouble.clone())),
    };
    CheckReport {
        title: check.title.clone(),
        to_pass: cause.as_ref().map(steps).unwrap_or_default(),
        cause,
        needs,
        trouble,
        how: verdict.how.clone(),
        why: check.why.clone(),
        hint: check.hint.clone(),
        ..bare
    }
}

/// Leaves of a check that did not pass what the challenge lets a candidate know.
fn reduced(check: CheckReport, feedback: Feedback, audience: Audience) -> CheckReport {
    if audience == Audience::Assessor || check.verdict == VerdictWord::Pass {
        return check;
    }
    let bare = |check: CheckReport| CheckReport { cause: None, to_pass: vec![], how: vec![], ..check };
    match feedback {
        Feedback::Difference => check,
        Feedback::Hint => bare(check),
        Feedback::Verdict => CheckReport { why: None, hint: None, ..bare(check) },
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_zero(points: &u32) -> bool {
    *points == 0
}

/// What was the right answer is for the assessor: whoever takes the challenge again is asked again.
fn shown_cause(cause: &Cause, audience: Audience) -> Cause {
    match (cause, audience) {
        (Cause::Answered { given, .. }, Audience::Candidate) => {
            Cause::Answered { given: given.clone(), right: vec![] }
        }
        _ => cause.clone(),
    }
}

/// A prerequisite may itself be hidden.
fn shown_key(key: &str, names: &BTreeMap<String, String>) -> String {
    match (key.split_once('/'), names.get(key)) {
        (Some((task, _)), Some(name)) => format!("{task}/{name}"),
        _ => key.to_owned(),
    }
}
