use std::collections::BTreeMap;

use super::credit::{Share, credit};
use super::{CheckScore, DomainScore, Interval, Result, Scorecard, TaskScore};
use crate::challenge::{Challenge, Check, Points, Task, Visibility};
use crate::evaluate::{Outcome, Verdict};
use crate::evidence::{Trouble, TroubleKind};

/// Turns the verdicts of a challenge into its scorecard. A check without a verdict is undetermined.
pub fn score(challenge: &Challenge, verdicts: &[Verdict]) -> Scorecard {
    let mut shares = Shares::of(challenge, verdicts);
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
    let points: Points = tasks.iter().map(|task| task.points).sum();
    let score: Interval = tasks.iter().map(|task| task.score).sum();
    Scorecard {
        challenge: challenge.id.clone(),
        release: challenge.release.clone(),
        title: challenge.title.clone(),
        points,
        score,
        pass_mark: challenge.pass,
        isolation: None,
        scaled_cut: challenge.scaled_cut,
        result: result(points, score, challenge.pass),
        domains: domains.collect(),
        tasks,
    }
}

/// Failed when not even the points that are possible reach the mark; provisional as long as points are open; else passed.
fn result(points: Points, score: Interval, pass_mark: u32) -> Result {
    let reaches = u64::from(score.high.0) * 10_000 >= u64::from(points.0) * u64::from(pass_mark);
    match (reaches, score.low == score.high) {
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
}

impl<'a> Shares<'a> {
    fn of(challenge: &'a Challenge, verdicts: &'a [Verdict]) -> Self {
        let checks = challenge
            .tasks
            .iter()
            .flat_map(|task| task.checks.iter().map(move |check| (key(&task.id, &check.id), (task, check))));
        Self {
            verdicts: verdicts.iter().map(|verdict| (key(&verdict.task, &verdict.check), verdict)).collect(),
            checks: checks.collect(),
            known: BTreeMap::new(),
        }
    }

    fn task(&mut self, task: &Task) -> TaskScore {
        let shares: Vec<(u32, Share)> =
            task.checks.iter().map(|check| (check.weight, self.share(&key(&task.id, &check.id)))).collect();
        let checks = task.checks.iter().map(|check| CheckScore {
            title: check.title.clone(),
            weight: check.weight,
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
            score: credit(task.points, task.credit, &shares),
            checks: checks.collect(),
        }
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
