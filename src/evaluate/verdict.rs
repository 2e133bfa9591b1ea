use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::challenge::GroupKind;
use crate::evidence::Trouble;
use crate::matcher::Mismatch;

/// What became of one check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    pub task: String,
    pub check: String,
    pub outcome: Outcome,
    /// How it was checked: the requests and API calls, a line each.
    pub how: Vec<String>,
    /// Over how many attempts it settled, and after how many milliseconds. 1 and 0 where nothing was tried again.
    pub attempts: u32,
    pub elapsed_ms: u64,
}

/// The four verdicts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "verdict")]
pub enum Outcome {
    Pass,
    Fail {
        cause: Cause,
    },
    /// A prerequisite did not pass: the first such check, as `task/check`.
    Skipped {
        needs: String,
    },
    /// We could not look. Never costs points silently.
    Undetermined {
        trouble: Trouble,
    },
}

/// Why a check failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "cause")]
pub enum Cause {
    /// What was looked for is not there.
    Missing {
        what: String,
    },
    /// It is there, and differs.
    Mismatched {
        mismatches: Vec<Mismatch>,
        seen: Value,
    },
    /// A role may do too little or too much: lines such as "may not dynamodb:PutItem on table orders", and how that was decided.
    Permissions {
        lacks: Vec<String>,
        exceeds: Vec<String>,
    },
    /// Members of a group did not pass and should have; or passed, where `none` should.
    Group {
        group: GroupKind,
        members: Vec<MemberOutcome>,
    },
    Unanswered,
    /// A question was answered wrong. What is right is for the assessor.
    Answered {
        given: Vec<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        right: Vec<String>,
    },
    /// What stood healthy is gone or differs: a line each.
    Changed {
        changes: Vec<String>,
    },
}

/// What became of one member of a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MemberOutcome {
    pub title: String,
    pub outcome: Outcome,
}

impl Outcome {
    pub fn is_fail(&self) -> bool {
        matches!(self, Self::Fail { .. })
    }

    /// Returns the verdict's word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail { .. } => "fail",
            Self::Skipped { .. } => "skipped",
            Self::Undetermined { .. } => "undetermined",
        }
    }
}
