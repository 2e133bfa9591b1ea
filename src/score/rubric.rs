use std::collections::BTreeMap;

use super::credit::{Share, credit, if_all, less};
use super::gates::{Gates, whole};
use super::{CheckScore, DomainScore, Interval, Result, Scorecard, TaskScore};
use crate::challenge::{Challenge, Check, Gate, Points, Task, Visibility};
use crate::evaluate::{Outcome, Verdict};
use crate::evidence::{Trouble, TroubleKind};

/// Turns the verdicts of a challenge into its scorecard. A check without a verdict is undetermined.
pub fn score(challenge: &Challenge, verdicts: &[Verdict]) -> Scorecard {
    score_less_hints(challenge, verdicts, &BTreeMap::new())
}

/// The same, where hints were taken: by `task/check`, what each cost in hundredths of a point. They are charged against their
/// task's points, which never come below zero.
pub fn score_less_hints(
    challenge: &Challenge,
    verdicts: &[Verdict],
    hints: &BTreeMap<String, u32>,
) -> Scorecard {
    let mut shares = Shares::of(challenge, verdicts, hints);
    let tasks: Vec<TaskScore> = challenge.tasks.iter().map(|task| shares.task(task)).collect();
    let domains = challenge.domains.iter().map(|(id, title)| {
        let of_domain = || tasks.iter().filter(|task| task.domain == *id);
        DomainScore {
            id: id.clone(),
            title: title.clone(),
            points: of_domain().map(|task| task.points).sum(),
            score: of_domain().map(|task| task.score).sum(),
        }
    });
    let domains = domains.collect();
    let points: Points = tasks.iter().map(|task| task.points).sum();
    let gates = shares.gates(challenge, &tasks, points);
    let score = gates.capped(tasks.iter().map(|task| task.score).sum());
    Scorecard {
        challenge: challenge.id.clone(),
        release: challenge.release.clone(),
        title: challenge.title.clone(),
        points,
        score,
        pass_mark: challenge.pass,
        feedback: challenge.policies.feedback,
        isolation: None,
        scaled_cut: challenge.scaled_cut,
        result: result(points, score, challenge.pass, &gates),
        domains,
        tasks,
        gates: gates.told,
    }
}

/// Failed when not even the points that are possible reach the mark, or a gate says so; provisional as long as points or such a
/// gate are open; else passed.
fn result(points: Points, score: Interval, pass_mark: u32, gates: &Gates) -> Result {
    let (shut, undecided) = gates.fail();
    let reaches = u64::from(score.high.0) * 10_000 >= u64::from(points.0) * u64::from(pass_mark);
    match (reaches && !shut, score.low == score.high && !undecided) {
        (false, _) => Result::Failed,
        (true, false) => Result::Provisional,
        (true, true) => Result::Passed,
    }
}

/// What each check brings, found by its key, `task/check`.
struct Shares<'a> {
    verdicts: BTreeMap<String, &'a Verdict>,
    checks: BTreeMap<String, (&'a Task, &'a Check)>,
    known: BTreeMap<String, Share>,
    hints: &'a BTreeMap<String, u32>,
}

impl<'a> Shares<'a> {
    fn of(challenge: &'a Challenge, verdicts: &'a [Verdict], hints: &'a BTreeMap<String, u32>) -> Self {
        let checks = challenge
            .tasks
            .iter()
            .flat_map(|task| task.checks.iter().map(move |check| (key(&task.id, &check.id), (task, check))));
        Self {
            verdicts: verdicts.iter().map(|verdict| (key(&verdict.task, &verdict.check), verdict)).collect(),
            checks: checks.collect(),
            known: BTreeMap::new(),
            hints,
        }
    }

    fn task(&mut self, task: &Task) -> TaskScore {
        let all: Vec<(&Check, Share)> =
            task.checks.iter().map(|check| (check, self.share(&key(&task.id, &check.id)))).collect();
        let earning = all.iter().filter(|(check, _)| check.deduct.is_none());
        let earning: Vec<(u32, Share)> = earning.map(|(check, share)| (check.weight, *share)).collect();
        let earned = credit(task.points, task.credit, &earning);
        let score = less(earned, all.iter().filter_map(|(check, share)| Some((check.deduct?, *share))));
        let decisive = all.iter().filter(|(check, _)| check.gate == Some(Gate::Task));
        let score = if_all(score, decisive.map(|(_, share)| *share));
        let paid = task.checks.iter().filter_map(|check| self.hints.get(&key(&task.id, &check.id)));
        let hints: Points = paid.map(|cost| Points(*cost)).sum();
        let score = less(score, std::iter::once((hints, Share::Lost)));
        let checks = task.checks.iter().map(|check| CheckScore {
            title: check.title.clone(),
            weight: if check.deduct.is_some() { 0 } else { check.weight },
            deduct: check.deduct,
            decides: check.gate == Some(Gate::Task),
            hidden: check.visibility == Visibility::Hidden,
            hidden_hint: check.hidden_hint.clone(),
            why: check.why.clone(),
            hint: check.hint.clone(),
            verdict: self.verdict(task, check),
        });
        TaskScore {
            id: task.id.clone(),
            title: task.title.clone(),
            domain: task.domain.clone(),
            points: task.points,
            score,
            hints,
            checks: checks.collect(),
        }
    }

    /// Returns the gates that hang over the whole, in the order of the definition.
    fn gates(&mut self, challenge: &Challenge, tasks: &[TaskScore], points: Points) -> Gates {
        let mut gates = Gates { told: vec![] };
        for (task, scored) in challenge.tasks.iter().zip(tasks) {
            if let Some(gate) = task.gate {
                gates.note(task.id.clone(), &task.title, gate, whole(scored), points);
            }
            for check in &task.checks {
                let key = key(&task.id, &check.id);
                if let Some(gate) = check.gate {
                    let share = self.share(&key);
                    gates.note(key, &check.title, gate, share, points);
                }
            }
        }
        gates
    }

    /// A skipped check stays open where none of its prerequisites is lost for good: whatever is undetermined before it may
    /// have kept it from passing.
    fn share(&mut self, key: &str) -> Share {
        if let Some(share) = self.known.get(key) {
            return *share;
        }
        // A circle would lead back here; no valid definition has one.
        self.known.insert(key.to_owned(), Share::Open);
        let share = match self.verdicts.get(key).map(|verdict| &verdict.outcome) {
            Some(Outcome::Pass) => Share::Earned,
            Some(Outcome::Fail { .. }) => Share::Lost,
            Some(Outcome::Undetermined { .. }) | None => Share::Open,
            Some(Outcome::Skipped { .. }) => {
                let needs = self.checks.get(key).map_or_else(Vec::new, |(task, check)| needs(task, check));
                if needs.iter().any(|need| self.share(need) == Share::Lost) {
                    Share::Lost
                } else {
                    Share::Open
                }
            }
        };
        self.known.insert(key.to_owned(), share);
        share
    }

    fn verdict(&self, task: &Task, check: &Check) -> Verdict {
        let verdict = self.verdicts.get(&key(&task.id, &check.id)).map(|verdict| (*verdict).clone());
        verdict.unwrap_or_else(|| Verdict {
            task: task.id.clone(),
            check: check.id.clone(),
            outcome: Outcome::Undetermined {
                trouble: Trouble {
                    kind: TroubleKind::Internal,
                    message: "this check was not evaluated".to_owned(),
                },
            },
            how: vec![],
            attempts: 0,
            elapsed_ms: 0,
        })
    }
}

fn key(task: &str, check: &str) -> String {
    format!("{task}/{check}")
}

/// Returns the keys of what a check needs.
fn needs(task: &Task, check: &Check) -> Vec<String> {
    let absolute = |need: &String| if need.contains('/') { need.clone() } else { key(&task.id, need) };
    check.needs.iter().map(absolute).collect()
}
