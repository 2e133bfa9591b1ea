use std::collections::{BTreeMap, BTreeSet};

use crate::evaluate::{Outcome, Verdict};
use crate::grade::Graded;

/// What came of looking at a world.
#[derive(Debug, Clone, PartialEq)]
pub enum Sight {
    Graded(Seen),
    /// The cloud does not take such a world, so nobody can build it: the reason.
    Refused(String),
    /// We could not bring it about: the reason.
    BrokenOff(String),
}

/// A grade, as far as a proof needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// The word of each verdict by `task/check`.
    pub verdicts: BTreeMap<String, &'static str>,
    /// Why a check could not be judged, by `task/check`.
    pub troubles: BTreeMap<String, String>,
    /// Points earned for sure, in hundredths of a percent of all.
    pub score: u32,
    /// It was over with the first check that failed.
    pub hunted: bool,
    /// Only some checks were tried, and of the others nothing is said here.
    pub partial: bool,
}

impl Seen {
    pub(super) fn of(graded: &Graded) -> Self {
        let key = |verdict: &Verdict| format!("{}/{}", verdict.task, verdict.check);
        let outcomes: BTreeMap<String, &Outcome> =
            graded.verdicts.iter().map(|verdict| (key(verdict), &verdict.outcome)).collect();
        let mut verdicts = BTreeMap::new();
        let mut troubles = BTreeMap::new();
        for (key, outcome) in &outcomes {
            let outcome = cause(outcome, &outcomes);
            if let Outcome::Undetermined { trouble } = outcome {
                troubles.insert(key.clone(), trouble.message.clone());
            }
            verdicts.insert(key.clone(), outcome.word());
        }
        let card = &graded.scorecard;
        let share = u64::from(card.score.low.0) * 10_000 / u64::from(card.points.0.max(1));
        let score = u32::try_from(share).unwrap_or(u32::MAX);
        Self { verdicts, troubles, score, hunted: false, partial: false }
    }

    /// The same of a grade in which only these checks were tried.
    pub(super) fn of_part(graded: &Graded, tried: &BTreeSet<String>) -> Self {
        let mut seen = Self::of(graded);
        seen.verdicts.retain(|key, _| tried.contains(key));
        seen.troubles.retain(|key, _| tried.contains(key));
        Self { partial: true, ..seen }
    }

    /// Checks that did not pass though we could look: failed, or skipped behind one that failed.
    pub fn failing(&self) -> impl Iterator<Item = &str> {
        let failing = self.verdicts.iter().filter(|(_, word)| matches!(**word, "fail" | "skipped"));
        failing.map(|(key, _)| key.as_str())
    }

    /// Whether every check was tried. A hunt that found nothing has tried all.
    pub(super) fn is_of_all(&self) -> bool {
        !(self.partial || self.hunted && self.failing().next().is_some())
    }

    /// Whether every check that was tried passed.
    pub fn is_whole(&self) -> bool {
        self.verdicts.values().all(|word| *word == "pass")
    }
}

/// Returns the outcome of a check, or, where it was skipped because one could not be looked at or was not tried, the outcome of that one:
/// nobody knows whether it would have failed.
fn cause<'a>(outcome: &'a Outcome, outcomes: &BTreeMap<String, &'a Outcome>) -> &'a Outcome {
    let mut root = outcome;
    // A valid definition has no circles; one that slipped through must not keep us for ever.
    for _ in 0..outcomes.len() {
        let Outcome::Skipped { needs } = root else { break };
        let Some(next) = outcomes.get(needs) else { break };
        root = next;
    }
    if matches!(root, Outcome::Undetermined { .. }) { root } else { outcome }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Trouble, TroubleKind};

    fn word(of: &str, outcomes: &[(&str, Outcome)]) -> &'static str {
        let all = outcomes.iter().map(|(key, outcome)| ((*key).to_owned(), outcome)).collect();
        let (_, outcome) = outcomes.iter().find(|(key, _)| *key == of).unwrap();
        cause(outcome, &all).word()
    }

    fn behind(needs: &str) -> Outcome {
        Outcome::Skipped { needs: needs.to_owned() }
    }

    #[test]
    fn what_is_skipped_behind_what_nobody_looked_at_is_undetermined() {
        let trouble = Trouble { kind: TroubleKind::Internal, message: "not tried".to_owned() };
        let open = ("t/a", Outcome::Undetermined { trouble });
        let chain = [open, ("t/b", behind("t/a")), ("t/c", behind("t/b"))];
        assert_eq!((word("t/b", &chain), word("t/c", &chain)), ("undetermined", "undetermined"));
        let failed = ("t/a", Outcome::Fail { cause: crate::evaluate::Cause::Unanswered });
        let chain = [failed, ("t/b", behind("t/a")), ("t/c", behind("t/b"))];
        assert_eq!((word("t/a", &chain), word("t/c", &chain)), ("fail", "skipped"));
        let circle = [("t/a", behind("t/b")), ("t/b", behind("t/a"))];
        assert_eq!(word("t/a", &circle), "skipped");
        assert_eq!(word("t/a", &[("t/a", behind("t/gone"))]), "skipped");
    }
}
