//! The plain types of what was seen. Pure.
//!
//! [`Inspection`]: what the AWS APIs said, as resources linked into a graph. [`Transcript`]: what a probe did and what
//! came back. Together with seed and variables they are the [`Evidence`] that a grade is computed from, now or in ten years.

mod answers;
mod audit;
mod bind;
mod binding;
mod digest;
mod inspection;
mod logging;
mod redact;
mod route;
#[cfg(test)]
mod tests;
mod transcript;
mod way;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use answers::Answers;
pub use audit::{Audit, AuditCall, AuditLog, AuditStatement};
pub use bind::Unbound;
pub use binding::{Binding, Way};
pub use digest::{canonical, digest};
pub use inspection::{Aspect, Gap, Inspection, Link, LinkKind, Resource, Trouble, TroubleKind};
pub use redact::{redact, redact_text};
pub use route::LiveRoute;
pub use transcript::{Exchange, Observation, Transcript};

/// What a variant of a challenge is drawn from: with it a regrade finds the same questions, faults and values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    pub seed: u64,
    /// Id of the attempt, which makes its canary.
    pub attempt: String,
}

/// Everything that a grade is computed from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Format of this record.
    pub version: u32,
    pub challenge: String,
    pub release: String,
    /// Where the scenario ran: `embedded`, an endpoint's URL, an account.
    pub target: String,
    /// How well the sandbox inside this program kept functions in, in its own words; nothing of other targets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub isolation: Option<String>,
    /// What the randomised inputs were drawn from.
    pub seed: u64,
    /// What `{{ name }}` stood for: outputs of the stack, parameters, drawn inputs.
    pub variables: BTreeMap<String, String>,
    pub inspection: Inspection,
    /// By `task/check`, and `task/check/1` for the members of a group. Checks on the inspection alone have none.
    pub transcripts: BTreeMap<String, Transcript>,
    /// Who called what, read when all checks were done.
    #[serde(default = "Audit::not_kept", skip_serializing_if = "Audit::is_not_kept")]
    pub audit: Audit,
    /// What stood when the candidate began, labelled as the inspection is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Inspection>,
    #[serde(default, skip_serializing_if = "Answers::is_empty")]
    pub answers: Answers,
    /// Hints that the candidate took, by `task/check`: what each costs, in hundredths of a point.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hints: BTreeMap<String, u32>,
    /// What the candidate's variant of the challenge was drawn from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<Variant>,
}
