use schemars::JsonSchema;
use serde::Deserialize;

/// `waivers.yaml`: what is known and accepted, each with its reason.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Waivers")]
pub(in crate::challenge) struct RawWaivers {
    /// Mutants that no check needs to notice.
    #[serde(default)]
    pub(in crate::challenge) mutants: Vec<RawMutantWaiver>,
    /// Warnings of `lint` that are accepted.
    #[serde(default)]
    pub(in crate::challenge) warnings: Vec<RawWarningWaiver>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "MutantWaiver")]
pub(in crate::challenge) struct RawMutantWaiver {
    /// Id of the mutant, as `prove` prints it.
    pub(in crate::challenge) mutant: String,
    /// Why it is as right as the healthy world.
    pub(in crate::challenge) reason: String,
    /// The last day on which the waiver holds, for example `2027-06-30`.
    pub(in crate::challenge) until: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "WarningWaiver")]
pub(in crate::challenge) struct RawWarningWaiver {
    /// The warning's message, as `lint` prints it.
    pub(in crate::challenge) message: String,
    /// The file that it is about.
    pub(in crate::challenge) file: String,
    /// Why it is right here.
    pub(in crate::challenge) reason: String,
    /// The last day on which the waiver holds, for example `2027-06-30`.
    pub(in crate::challenge) until: String,
}
