use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Policies")]
pub(in crate::challenge) struct RawPolicies {
    pub(in crate::challenge) retake: Option<RawRetake>,
    /// How long a pass is good for, for example `3y` or `90d`. Without it: for good.
    pub(in crate::challenge) validity: Option<String>,
    #[serde(default)]
    pub(in crate::challenge) progress: RawProgress,
    #[serde(default)]
    pub(in crate::challenge) counts: RawCounts,
    #[serde(default)]
    pub(in crate::challenge) feedback: RawFeedback,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Retake")]
pub(in crate::challenge) struct RawRetake {
    /// How long a candidate waits after a fail, for example `1d`.
    pub(in crate::challenge) wait_after_fail: Option<String>,
    /// How many attempts a candidate has in all; void ones do not count.
    pub(in crate::challenge) max_attempts: Option<u32>,
    /// How long nobody tries again who has passed, for example `180d`; or `always`.
    pub(in crate::challenge) bar_after_pass: Option<String>,
}

/// Whether a candidate may have the work looked at before it is handed in.
#[derive(Debug, Default, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Progress")]
pub(in crate::challenge) enum RawProgress {
    #[default]
    PracticeOnly,
    Always,
    Never,
}

/// Which of several attempts counts.
#[derive(Debug, Default, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Counts")]
pub(in crate::challenge) enum RawCounts {
    #[default]
    Best,
    Latest,
}

/// What a candidate's report says of a check that did not pass.
#[derive(Debug, Default, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Feedback")]
pub(in crate::challenge) enum RawFeedback {
    /// What was expected and seen, and the smallest change that would make it pass.
    #[default]
    Difference,
    /// Why it matters and what to do, and not what was expected and seen.
    Hint,
    /// The verdict alone.
    Verdict,
}
