use std::collections::BTreeMap;

use super::check::{evaluate_check, undetermined};
use super::how::how;
use super::{Facts, Outcome, Verdict};
use crate::challenge::{Challenge, Check, Task};
use crate::evidence::{Evidence, TroubleKind};

/// Evaluates every check of a challenge, in the order of the definition.
///
/// A check whose prerequisites did not all pass is skipped, whatever was seen of it; prerequisites may stand anywhere in the
/// definition.
pub fn evaluate(challenge: &Challenge, evidence: &Evidence) -> Vec<Verdict> {
    let rubric = Rubric::of(challenge, evidence);
    let mut outcomes = BTreeMap::new();
    rubric.order.iter().for_each(|key| {
        rubric.settle(key, &mut outcomes, &mut vec![]);
    });
    let verdicts = rubric.order.iter().filter_map(|key| {
        let (task, check) = rubric.checks.get(key)?;
        let outcome = outcomes.remove(key)?;
        // What was seen of a check that is skipped in the end says nothing.
        let skipped = matches!(outcome, Outcome::Skipped { .. });
        let transcripts = check.probes(key).into_iter().filter_map(|(key, _)| evidence.transcripts.get(&key));
        let transcripts: Vec<_> = transcripts.collect();
        Some(Verdict {
            task: task.id.clone(),
            check: check.id.clone(),
            how: if skipped { vec![] } else { how(key, check, &Facts::of(evidence)) },
            attempts: transcripts.iter().map(|transcript| transcript.attempts).max().unwrap_or(1),
            elapsed_ms: transcripts.iter().map(|transcript| transcript.elapsed_ms).max().unwrap_or(0),
            outcome,
        })
    });
    verdicts.collect()
}

struct Rubric<'a> {
    /// Keys, `task/check`, in the order of the definition.
    order: Vec<String>,
    checks: BTreeMap<String, (&'a Task, &'a Check)>,
    evidence: &'a Evidence,
}

impl<'a> Rubric<'a> {
    fn of(challenge: &'a Challenge, evidence: &'a Evidence) -> Self {
        let checks = challenge.tasks.iter().flat_map(|task| {
            task.checks.iter().map(move |check| (format!("{}/{}", task.id, check.id), (task, check)))
        });
        let checks: Vec<_> = checks.collect();
        Self {
            order: checks.iter().map(|(key, _)| key.clone()).collect(),
            checks: checks.into_iter().collect(),
            evidence,
        }
    }

    /// Returns a check's outcome, after those of its prerequisites. `path` leads from the first check asked to this one.
    fn settle(&self, key: &str, outcomes: &mut BTreeMap<String, Outcome>, path: &mut Vec<String>) -> Outcome {
        if let Some(outcome) = outcomes.get(key) {
            return outcome.clone();
        }
        let Some(&(task, check)) = self.checks.get(key) else {
            return undetermined(TroubleKind::Internal, &format!("the challenge has no check {key}"));
        };
        if path.iter().any(|before| before == key) {
            // A valid definition has no circles; one that slipped through must not keep us for ever.
            return undetermined(TroubleKind::Internal, &format!("{key} needs itself"));
        }
        path.push(key.to_owned());
        let unmet = check.needs.iter().map(|need| task.key_of(need)).find_map(|need| {
            match self.settle(&need, outcomes, path) {
                Outcome::Pass => None,
                _ if !self.checks.contains_key(&need) => Some(undetermined(
                    TroubleKind::Internal,
                    &format!("needs {need}, which the challenge does not have"),
                )),
                _ => Some(Outcome::Skipped { needs: need }),
            }
        });
        path.pop();
        let outcome = unmet.unwrap_or_else(|| evaluate_check(key, check, &Facts::of(self.evidence)));
        outcomes.insert(key.to_owned(), outcome.clone());
        outcome
    }
}
