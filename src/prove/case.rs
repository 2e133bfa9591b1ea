use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Drawn;
use crate::challenge::{Script, World};
use crate::evidence::Answers;

/// What a world is there to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// What works is found to work.
    Healthy,
    /// The candidate does not find the work done.
    Start,
    /// The candidate's policy lets everything be repaired.
    Repair,
    /// A fault is found, and taken for no other.
    Fault,
    /// Two faults do not hide each other.
    Pair,
    /// Another way to do it right is right.
    Solution,
    /// What is nearly right is not.
    NearMiss,
    /// A wrong answer to a question is wrong.
    Answer,
    /// Whichever questions are drawn, the pass mark is where it is said to be.
    Variant,
    /// A small change to what works is noticed.
    Mutant,
}

/// One world, and what its grade must show.
#[derive(Debug, Clone)]
pub struct Case {
    pub kind: Kind,
    /// Unique in a plan together with its kind.
    pub id: String,
    pub title: String,
    pub way: Way,
    pub expected: Expected,
    /// The variant that it is looked at in; `None`: what all variants have in common.
    pub drawn: Option<Arc<Drawn>>,
}

impl Case {
    /// The world to which the healthy one can be changed, where it is as good a way there as any: among worlds that follow each other in
    /// one account. It does not matter how a near-miss came about: it is wrong.
    pub(super) fn on_bench(&self) -> Option<&World> {
        match &self.way {
            Way::Altered(world) => Some(world),
            Way::Repaired(world) if self.kind == Kind::NearMiss => Some(world),
            Way::Stand(_) | Way::Repaired(_) | Way::Script(_) | Way::Answered(_) => None,
        }
    }
}

/// How a world comes about.
#[derive(Debug, Clone)]
pub enum Way {
    /// It is provisioned.
    Stand(World),
    /// The healthy world is provisioned and changed to this one. Several such worlds may follow each other in one account.
    Altered(World),
    /// The broken start is brought to it with the candidate's keys.
    Repaired(World),
    /// A script works on the broken start with the candidate's keys.
    Script(Script),
    /// Nothing is put up: these are the answers to the questions.
    Answered(Answers),
}

/// What a grade must come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// Every check passes.
    Whole,
    /// So much of the points, in hundredths of a percent.
    Score(u32),
    /// Less than so much.
    Below(u32),
    /// These tasks fail, those of their checks that are listed, and nothing else.
    Failing(BTreeMap<String, Vec<String>>),
    /// These tasks fail and no others, and each check that fails with one of the faults alone. That one is among `checks`, if the faults
    /// are what they are said to be.
    Together { faults: Vec<String>, tasks: BTreeSet<String>, checks: BTreeSet<String> },
    /// The question with this key, `task/check`, fails, and no other.
    Question(String),
    /// The pass mark is reached.
    Reaches(u32),
    /// Some check fails.
    Noticed,
    /// Nothing is asked; the author says why.
    Waived { reason: String },
}
