use super::appeal::apply;
use crate::attempt::{Archive, Attempt};
use crate::challenge::Challenge;
use crate::evaluate::{Verdict, evaluate};
use crate::score::{Scorecard, score_less_hints};

/// What came of grading kept evidence anew.
#[derive(Debug, Clone, PartialEq)]
pub struct Regrade {
    pub verdicts: Vec<Verdict>,
    pub scorecard: Scorecard,
    /// The checks whose verdicts are others than before.
    pub flips: Vec<Flip>,
}

/// A check whose verdict changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flip {
    /// `task/check`.
    pub check: String,
    /// The verdicts' words; `None` where one of the two rubrics has no such check.
    pub was: Option<&'static str>,
    pub is: Option<&'static str>,
}

/// Grades kept evidence by a challenge, which may be another release of the one that it was first graded by. Looks at nothing else.
pub fn regrade(archive: &Archive, attempt: &Attempt, challenge: &Challenge) -> Regrade {
    let challenge = &challenge.variant_of(archive.evidence.variant.as_ref());
    let verdicts = apply(evaluate(challenge, &archive.evidence), &attempt.overrides);
    let scorecard = score_less_hints(challenge, &verdicts, &archive.evidence.hints);
    let before = apply(archive.verdicts.clone(), &attempt.overrides);
    let key = |verdict: &Verdict| format!("{}/{}", verdict.task, verdict.check);
    let word = |verdicts: &[Verdict], wanted: &str| {
        verdicts.iter().find(|verdict| key(verdict) == wanted).map(|verdict| verdict.outcome.word())
    };
    let mut checks: Vec<String> = before.iter().chain(&verdicts).map(key).collect();
    let mut seen = std::collections::BTreeSet::new();
    checks.retain(|check| seen.insert(check.clone()));
    let flips = checks.into_iter().filter_map(|check| {
        let (was, is) = (word(&before, &check), word(&verdicts, &check));
        (was != is).then_some(Flip { check, was, is })
    });
    Regrade { flips: flips.collect(), verdicts, scorecard }
}
