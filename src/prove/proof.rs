use std::collections::BTreeMap;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Kind, Step, StepTime};

/// What a proof came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Proof {
    /// Format of this record: 1.
    pub version: u32,
    pub challenge: String,
    /// Version of the challenge.
    pub release: String,
    /// Where the worlds stood.
    pub target: String,
    /// What inputs and pairs were drawn from.
    pub seed: u64,
    pub proven: bool,
    /// Why it is not proven, a sentence each.
    pub problems: Vec<String>,
    /// What an author may want to know though nothing is wrong with it.
    pub notes: Vec<String>,
    pub rates: Rates,
    pub mutants: MutantCount,
    /// Pairs of faults that can stand side by side; not all are tried.
    pub pairs: u32,
    /// Ids of the tasks, in order.
    pub tasks: Vec<String>,
    pub worlds: Vec<WorldProof>,
    pub checks: Vec<CheckProof>,
    /// Worlds that stood side by side.
    pub parallel: u32,
    pub elapsed_ms: u64,
    /// Where the time went, over all worlds.
    #[serde(default)]
    pub spent: BTreeMap<Step, StepTime>,
}

/// How often the rubric was wrong, over all worlds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rates {
    /// Verdicts that had to be a pass.
    pub must_pass: u32,
    /// Of these, what was not: right work was rejected.
    pub false_rejects: u32,
    /// Verdicts that had to be a fail.
    pub must_fail: u32,
    /// Of these, what was not: wrong work was accepted.
    pub false_accepts: u32,
    /// Verdicts that could not be reached.
    pub undetermined: u32,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MutantCount {
    pub made: u32,
    /// Some check fails.
    pub noticed: u32,
    /// No check fails, and the author says why.
    pub waived: u32,
    /// No check fails.
    pub unnoticed: u32,
    /// The cloud does not take them, so nobody can build them.
    pub refused: u32,
}

/// One world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WorldProof {
    pub kind: Kind,
    pub id: String,
    pub title: String,
    pub standing: Standing,
    /// Points earned, in hundredths of a percent; absent when there was no grade, or not of every check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<u32>,
    /// The checks that were tried, as `task/check`, where others were left out: in pairs of faults. A mutant that is noticed has neither this nor a score.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tried: Option<Vec<String>>,
    /// Checks that did not pass, as `task/check`.
    pub failing: Vec<String>,
    /// What is wrong, a sentence each; for a waived mutant the reason.
    pub words: Vec<String>,
    pub elapsed_ms: u64,
}

/// How a world stands after its grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// As it must be.
    Right,
    /// A mutant that nobody needs to notice.
    Waived,
    /// A mutant that the cloud does not take.
    Refused,
    /// Not as it must be.
    Wrong,
    /// It could not be seen, or not all of it.
    Unclear,
}

/// One check, and what it can tell apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CheckProof {
    pub task: String,
    pub check: String,
    /// Faults, near-misses and mutants that fail it.
    pub killed_by: Vec<String>,
    /// Worlds that fail this check and no other.
    pub alone_in: Vec<String>,
}

impl Proof {
    /// Returns how the proof stands as a whole.
    pub fn standing(&self) -> Standing {
        if self.proven { Standing::Right } else { Standing::Wrong }
    }

    /// Waived mutants in hundredths of a percent of all that were made.
    pub fn waived_share(&self) -> u32 {
        (self.mutants.waived * 10_000).checked_div(self.mutants.made).unwrap_or_default()
    }
}

/// Returns the JSON Schema (draft 2020-12) of a proof.
pub fn schema() -> Value {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Proof>().to_value()
}
