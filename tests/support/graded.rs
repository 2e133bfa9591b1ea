use std::collections::{BTreeMap, BTreeSet};

use proofmark::evaluate::{Outcome, Verdict};
use proofmark::grade::Graded;

/// A grade, and the questions that tests ask of it.
#[derive(Debug)]
pub(crate) struct Marks(pub(crate) Graded);

impl Marks {
    /// Points earned for sure, in whole percent of all.
    pub(crate) fn percent(&self) -> u32 {
        let card = &self.0.scorecard;
        card.score.low.0 * 100 / card.points.0
    }

    /// Checks with this verdict, as `task/check`.
    pub(crate) fn checks(&self, word: &str) -> BTreeSet<String> {
        let verdicts = self.0.verdicts.iter().filter(|verdict| verdict.outcome.word() == word);
        verdicts.map(|verdict| format!("{}/{}", verdict.task, verdict.check)).collect()
    }

    /// Tasks with a check that failed.
    pub(crate) fn failed_tasks(&self) -> BTreeSet<String> {
        self.checks("fail").iter().filter_map(|key| key.split('/').next()).map(str::to_owned).collect()
    }

    pub(crate) fn outcome(&self, key: &str) -> &Outcome {
        &self.verdict(key).outcome
    }

    /// How often a check was tried.
    pub(crate) fn attempts(&self, key: &str) -> u32 {
        self.verdict(key).attempts
    }

    fn verdict(&self, key: &str) -> &Verdict {
        let mut verdicts = self.0.verdicts.iter();
        let found = verdicts.find(|verdict| format!("{}/{}", verdict.task, verdict.check) == key);
        found.unwrap_or_else(|| panic!("no check {key}"))
    }

    /// What did not pass, for the message of a failed assertion.
    pub(crate) fn trouble(&self) -> String {
        let verdicts = self.0.verdicts.iter().filter(|verdict| verdict.outcome != Outcome::Pass);
        let told: BTreeMap<_, _> = verdicts
            .map(|verdict| {
                let words = serde_json::to_string(&verdict.outcome).unwrap();
                (format!("{}/{}", verdict.task, verdict.check), (words, verdict.how.clone()))
            })
            .collect();
        format!("{told:#?}\ngaps: {:#?}", self.0.evidence.inspection.gaps)
    }
}
