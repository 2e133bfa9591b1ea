use std::collections::{BTreeMap, BTreeSet};

use crate::evaluate::Outcome;
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
        let mut verdicts = BTreeMap::new();
        let mut troubles = BTreeMap::new();
        for verdict in &graded.verdicts {
            let key = format!("{}/{}", verdict.task, verdict.check);
            if let Outcome::Undetermined { trouble } = &verdict.outcome {
                troubles.insert(key.clone(), trouble.message.clone());
            }
            verdicts.insert(key, verdict.outcome.word());
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

    /// Whether every check that was tried passed.
    pub fn is_whole(&self) -> bool {
        self.verdicts.values().all(|word| *word == "pass")
    }
}
