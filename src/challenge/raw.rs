//! The files of a challenge as they are written. Every type refuses unknown keys.
//!
//! No `flatten`, no `untagged` and no tagged enum: with them serde buffers what it reads, and an error can only be placed at the
//! whole. So a verb is an `Option` among others, and that there is exactly one is found after reading.

use std::fmt;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{
    Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer,
};
use serde_json::{Map, Value};

use super::expect::RawExpectation;
use crate::text::one_of;

/// `challenge.yaml`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Challenge")]
pub(super) struct RawChallenge {
    /// Version of this file's format: 1.
    pub(super) version: u32,
    /// Name of the challenge's folder, for example `orders-api`.
    pub(super) id: String,
    /// Version of the challenge itself, for example `1.0.0`.
    pub(super) release: String,
    pub(super) title: String,
    /// How long a candidate has, for example `90m`.
    pub(super) duration: String,
    /// The pass mark, for example `80%`.
    pub(super) pass: String,
    /// Where reports on the scale of 100 to 1,000 place the pass mark: 101 to 1,000. Without it: 750.
    pub(super) scaled_cut: Option<u32>,
    /// Id and title of each domain, in the order shown.
    pub(super) domains: IndexMap<String, String>,
    pub(super) candidate: RawCandidate,
    /// Inputs that are drawn anew for each grade: name and pattern, for example `order: "o-{hex 10}"`.
    #[serde(default)]
    pub(super) inputs: IndexMap<String, String>,
    /// Ids of the faults that make the broken start.
    pub(super) start: Vec<String>,
    /// What the broken start scores, for example `20%`. Without it: anything below the pass mark.
    pub(super) start_score: Option<String>,
    /// What the points of all tasks add up to; where it stands it must be right.
    pub(super) points: Option<u32>,
    /// The rules for attempts.
    pub(super) policies: Option<RawPolicies>,
    pub(super) tasks: Vec<RawTask>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Policies")]
pub(super) struct RawPolicies {
    pub(super) retake: Option<RawRetake>,
    /// How long a pass is good for, for example `3y` or `90d`. Without it: for good.
    pub(super) validity: Option<String>,
    #[serde(default)]
    pub(super) progress: RawProgress,
    #[serde(default)]
    pub(super) counts: RawCounts,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Retake")]
pub(super) struct RawRetake {
    /// How long a candidate waits after a fail, for example `1d`.
    pub(super) wait_after_fail: Option<String>,
    /// How many attempts a candidate has in all; void ones do not count.
    pub(super) max_attempts: Option<u32>,
    /// How long nobody tries again who has passed, for example `180d`; or `always`.
    pub(super) bar_after_pass: Option<String>,
}

/// Whether a candidate may have the work looked at before it is handed in.
#[derive(Debug, Default, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Progress")]
pub(super) enum RawProgress {
    #[default]
    PracticeOnly,
    Always,
    Never,
}

/// Which of several attempts counts.
#[derive(Debug, Default, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Counts")]
pub(super) enum RawCounts {
    #[default]
    Best,
    Latest,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Candidate")]
pub(super) struct RawCandidate {
    /// The file that holds the policy document of the candidate's user.
    pub(super) policy: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Task")]
pub(super) struct RawTask {
    pub(super) id: String,
    pub(super) title: String,
    /// Id of a domain.
    pub(super) domain: String,
    pub(super) points: u32,
    #[serde(default)]
    pub(super) credit: RawCredit,
    pub(super) checks: Vec<RawCheck>,
}

/// `proportional`, `all-or-nothing`, or `{ at-least: 2 }`.
#[derive(Debug, Default)]
pub(super) enum RawCredit {
    #[default]
    Proportional,
    AllOrNothing,
    AtLeast(u32),
}

/// One check: exactly one of the verbs `http` to `resource`, and what is expected of what it finds.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Check")]
pub(super) struct RawCheck {
    pub(super) id: String,
    /// What must hold, as a sentence without its full stop.
    pub(super) title: String,
    #[serde(default = "one")]
    #[schemars(default = "one")]
    pub(super) weight: u32,
    /// Checks that must have passed: of the same task by id, of another as `task/check`.
    #[serde(default)]
    pub(super) needs: Vec<String>,
    #[serde(default)]
    pub(super) visibility: RawVisibility,
    /// What a candidate reads of a hidden check.
    pub(super) hidden_hint: Option<String>,
    /// How long an eventual target may take to get there, for example `20s`.
    pub(super) within: Option<String>,
    /// Why it matters.
    pub(super) why: Option<String>,
    /// What to do when it fails.
    pub(super) hint: Option<String>,
    /// What the grader puts in place first.
    #[serde(default)]
    pub(super) given: Vec<RawGiven>,
    /// What the grader does before it looks.
    #[serde(default)]
    pub(super) when: Vec<RawAct>,

    /// Sends a request and looks at the answer.
    pub(super) http: Option<RawHttp>,
    /// Invokes a function and looks at the answer.
    pub(super) invoke: Option<RawInvoke>,
    /// Looks at an item of a table.
    pub(super) item: Option<RawItem>,
    /// Looks at what a function logged since the check began.
    pub(super) log: Option<RawLog>,
    /// Looks at a function's configuration.
    pub(super) function: Option<RawOf>,
    /// Looks at a route as the live deployment has it.
    pub(super) route: Option<RawRoute>,
    /// Looks at what a role may do.
    pub(super) role: Option<RawOf>,
    /// Looks at a table's configuration.
    pub(super) table: Option<RawOf>,
    /// Looks at a resource of any type.
    pub(super) resource: Option<RawResource>,

    pub(super) expect: RawExpectation,
}

fn one() -> u32 {
    1
}

#[derive(Debug, Default, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Visibility")]
pub(super) enum RawVisibility {
    #[default]
    Visible,
    Hidden,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Given")]
pub(super) struct RawGiven {
    /// Puts an item into a table.
    pub(super) put: RawPut,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Put")]
pub(super) struct RawPut {
    pub(super) table: RawBinding,
    /// The item as plain JSON.
    pub(super) item: Map<String, Value>,
}

/// One of `http` and `invoke`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Act")]
pub(super) struct RawAct {
    pub(super) http: Option<RawHttp>,
    pub(super) invoke: Option<RawInvoke>,
    /// Names for parts of the answer, for later acts and the expectation: name and selector.
    #[serde(default)]
    pub(super) capture: IndexMap<String, String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Http")]
pub(super) struct RawHttp {
    pub(super) method: String,
    /// Path below the stage, with its query.
    pub(super) path: String,
    /// Logical id of the API, where the stack has several.
    pub(super) api: Option<String>,
    #[serde(default)]
    pub(super) headers: IndexMap<String, String>,
    /// Sent as JSON; a text is sent as it is.
    #[serde(default)]
    pub(super) body: Value,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Invoke")]
pub(super) struct RawInvoke {
    pub(super) function: RawBinding,
    #[serde(default)]
    pub(super) payload: Value,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Item")]
pub(super) struct RawItem {
    pub(super) table: RawBinding,
    /// The key as plain JSON.
    pub(super) key: Map<String, Value>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Log")]
pub(super) struct RawLog {
    pub(super) of: RawBinding,
    /// A CloudWatch Logs filter pattern.
    pub(super) filter: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Of")]
pub(super) struct RawOf {
    pub(super) of: RawBinding,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Resource")]
pub(super) struct RawResource {
    /// CloudFormation's type name.
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) of: RawBinding,
}

/// A route of an API, for example `{ route: "GET /orders/{id}" }`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Route")]
pub(super) struct RawRoute {
    /// Method and path, for example `GET /orders/{id}`.
    pub(super) route: String,
    /// Logical id of the API, where the stack has several.
    pub(super) api: Option<String>,
}

/// A logical id, or a route whose function is meant.
#[derive(Debug)]
pub(super) enum RawBinding {
    Logical(String),
    Route(RawRoute),
}

/// `faults/<id>.yaml`: a way in which the healthy world is broken.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Fault")]
pub(super) struct RawFault {
    /// The file's name without its ending.
    pub(super) id: String,
    pub(super) title: String,
    /// Merge patch (RFC 7396) on the template: `null` removes.
    #[serde(default)]
    #[schemars(with = "Option<Map<String, Value>>")]
    pub(super) template: Option<Patch>,
    /// Files of the scenario that it replaces, each with the file beside this one that it is replaced with.
    #[serde(default)]
    pub(super) files: IndexMap<String, String>,
    /// A second merge patch, carried out on the running stack.
    #[serde(default)]
    #[schemars(with = "Option<Map<String, Value>>")]
    pub(super) then: Option<Patch>,
    /// Files that are replaced with `then`.
    #[serde(default)]
    pub(super) then_files: IndexMap<String, String>,
    pub(super) breaks: RawBreaks,
}

/// `solutions/<id>/solution.yaml`: a way to repair the broken start, with the candidate's own keys.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Solution")]
pub(super) struct RawSolution {
    pub(super) title: String,
    /// A script in the same folder, `.sh` or `.py`, instead of a change to the healthy world.
    pub(super) run: Option<String>,
    /// Merge patch (RFC 7396) on the healthy template: `null` removes.
    #[serde(default)]
    #[schemars(with = "Option<Map<String, Value>>")]
    pub(super) template: Option<Patch>,
    /// Files of the scenario that are replaced or added, each with the file of this folder that it gets.
    #[serde(default)]
    pub(super) files: IndexMap<String, String>,
}

/// `near-misses/<id>/near-miss.yaml`: wrong work that must be marked as wrong, in exactly these places.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NearMiss")]
pub(super) struct RawNearMiss {
    pub(super) title: String,
    /// A script in the same folder, `.sh` or `.py`, instead of a change to the healthy world.
    pub(super) run: Option<String>,
    /// Merge patch (RFC 7396) on the healthy template: `null` removes.
    #[serde(default)]
    #[schemars(with = "Option<Map<String, Value>>")]
    pub(super) template: Option<Patch>,
    /// Files of the scenario that are replaced or added, each with the file of this folder that it gets.
    #[serde(default)]
    pub(super) files: IndexMap<String, String>,
    /// A second merge patch, carried out when all is deployed: what the deployment does not know.
    #[serde(default)]
    #[schemars(with = "Option<Map<String, Value>>")]
    pub(super) then: Option<Patch>,
    /// Files that are replaced with `then`.
    #[serde(default)]
    pub(super) then_files: IndexMap<String, String>,
    /// What fails, and nothing else does.
    pub(super) fails: RawBreaks,
}

/// `waivers.yaml`: what is known and accepted, each with its reason.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Waivers")]
pub(super) struct RawWaivers {
    /// Mutants that no check needs to notice.
    #[serde(default)]
    pub(super) mutants: Vec<RawMutantWaiver>,
    /// Warnings of `lint` that are accepted.
    #[serde(default)]
    pub(super) warnings: Vec<RawWarningWaiver>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "MutantWaiver")]
pub(super) struct RawMutantWaiver {
    /// Id of the mutant, as `prove` prints it.
    pub(super) mutant: String,
    /// Why it is as right as the healthy world.
    pub(super) reason: String,
    /// The last day on which the waiver holds, for example `2027-06-30`.
    pub(super) until: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "WarningWaiver")]
pub(super) struct RawWarningWaiver {
    /// The warning's message, as `lint` prints it.
    pub(super) message: String,
    /// The file that it is about.
    pub(super) file: String,
    /// Why it is right here.
    pub(super) reason: String,
    /// The last day on which the waiver holds, for example `2027-06-30`.
    pub(super) until: String,
}

/// A mapping that is read from the nodes of the file, where its tags and places are.
#[derive(Debug)]
pub(super) struct Patch;

/// Ids of the tasks that fail, or those with the checks that fail.
#[derive(Debug, Default)]
pub(super) struct RawBreaks(pub(super) IndexMap<String, Vec<String>>);

impl<'de> Deserialize<'de> for RawCredit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct AtLeast {
            #[serde(rename = "at-least")]
            at_least: u32,
        }
        struct CreditVisitor;
        impl<'de> Visitor<'de> for CreditVisitor {
            type Value = RawCredit;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`proportional`, `all-or-nothing`, or `{ at-least: 2 }`")
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<RawCredit, E> {
                match word {
                    "proportional" => Ok(RawCredit::Proportional),
                    "all-or-nothing" => Ok(RawCredit::AllOrNothing),
                    _ => Err(E::custom(format!(
                        "there is no credit `{word}`\nhelp: write {}",
                        one_of(["proportional", "all-or-nothing", "{ at-least: 2 }"])
                    ))),
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawCredit, A::Error> {
                AtLeast::deserialize(MapAccessDeserializer::new(map))
                    .map(|read| RawCredit::AtLeast(read.at_least))
            }
        }
        deserializer.deserialize_any(CreditVisitor)
    }
}

impl<'de> Deserialize<'de> for RawBinding {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BindingVisitor;
        impl<'de> Visitor<'de> for BindingVisitor {
            type Value = RawBinding;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a logical id, or a route such as `{ route: \"GET /orders/{id}\" }`")
            }

            fn visit_str<E: Error>(self, id: &str) -> Result<RawBinding, E> {
                Ok(RawBinding::Logical(id.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawBinding, A::Error> {
                RawRoute::deserialize(MapAccessDeserializer::new(map)).map(RawBinding::Route)
            }
        }
        deserializer.deserialize_any(BindingVisitor)
    }
}

impl<'de> Deserialize<'de> for Patch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PatchVisitor;
        impl<'de> Visitor<'de> for PatchVisitor {
            type Value = Patch;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a patch such as `Resources: { OrdersTable: null }`")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Patch, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Patch)
            }
        }
        deserializer.deserialize_map(PatchVisitor)
    }
}

impl<'de> Deserialize<'de> for RawBreaks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BreaksVisitor;
        impl<'de> Visitor<'de> for BreaksVisitor {
            type Value = RawBreaks;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of task ids, or task ids with lists of check ids")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<RawBreaks, A::Error> {
                let mut tasks = IndexMap::new();
                while let Some(task) = list.next_element()? {
                    tasks.insert(task, Vec::new());
                }
                Ok(RawBreaks(tasks))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawBreaks, A::Error> {
                let mut tasks = IndexMap::new();
                while let Some((task, checks)) = map.next_entry()? {
                    tasks.insert(task, checks);
                }
                Ok(RawBreaks(tasks))
            }
        }
        deserializer.deserialize_any(BreaksVisitor)
    }
}
