use std::borrow::Cow;
use std::fmt;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor, value::MapAccessDeserializer};

use super::{RawCheck, RawGate, RawPolicies};
use crate::text::one_of;

/// `challenge.yaml`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Challenge")]
pub(in crate::challenge) struct RawChallenge {
    /// Version of this file's format: 1.
    pub(in crate::challenge) version: u32,
    /// Name of the challenge's folder, for example `orders-api`.
    pub(in crate::challenge) id: String,
    /// Version of the challenge itself, for example `1.0.0`.
    pub(in crate::challenge) release: String,
    pub(in crate::challenge) title: String,
    /// How long a candidate has, for example `90m`. Without it, where nothing but questions is asked: as long as it takes.
    pub(in crate::challenge) duration: Option<String>,
    /// The pass mark, for example `80%`.
    pub(in crate::challenge) pass: String,
    /// Where reports on the scale of 100 to 1,000 place the pass mark: 101 to 1,000. Without it: 750.
    pub(in crate::challenge) scaled_cut: Option<u32>,
    /// Id and title of each domain, in the order shown.
    pub(in crate::challenge) domains: IndexMap<String, String>,
    /// Left out where nothing but questions is asked.
    pub(in crate::challenge) candidate: Option<RawCandidate>,
    /// Inputs that are drawn anew for each grade: name and pattern, for example `order: "o-{hex 10}"`.
    #[serde(default)]
    pub(in crate::challenge) inputs: IndexMap<String, String>,
    /// Ids of the faults that make the broken start, whatever the variant.
    #[serde(default)]
    pub(in crate::challenge) start: Vec<String>,
    /// Faults of which some are drawn, for each variant of the start.
    #[serde(default)]
    pub(in crate::challenge) pools: IndexMap<String, RawPool>,
    /// Parameters of the template that are drawn for each variant: name and pattern, for example `Greeting: "Welcome to {word} lane"`.
    #[serde(default)]
    pub(in crate::challenge) parameters: IndexMap<String, String>,
    /// What the broken start scores, for example `20%`. Without it: anything below the pass mark.
    pub(in crate::challenge) start_score: Option<String>,
    /// What the points of all tasks add up to; where it stands it must be right.
    pub(in crate::challenge) points: Option<u32>,
    /// The rules for attempts.
    pub(in crate::challenge) policies: Option<RawPolicies>,
    pub(in crate::challenge) tasks: Vec<RawTask>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Candidate")]
pub(in crate::challenge) struct RawCandidate {
    /// The file that holds the policy document of the candidate's user.
    pub(in crate::challenge) policy: String,
    /// The types of resources that may stand, as a transform leaves them. Without them: those of the template, the faults and the solutions.
    #[serde(default)]
    pub(in crate::challenge) types: Vec<String>,
}

impl RawChallenge {
    /// Whether nothing is asked of the candidate but answers.
    pub(in crate::challenge) fn asks_only(&self) -> bool {
        let mut checks = self.tasks.iter().flat_map(|task| task.list().1).peekable();
        checks.peek().is_some() && checks.all(|check| check.question.is_some())
    }
}

/// Faults of which so many are drawn.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Pool")]
pub(in crate::challenge) struct RawPool {
    pub(in crate::challenge) draw: u32,
    /// Ids of faults.
    pub(in crate::challenge) of: Vec<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Task")]
pub(in crate::challenge) struct RawTask {
    pub(in crate::challenge) id: String,
    pub(in crate::challenge) title: String,
    /// Id of a domain.
    pub(in crate::challenge) domain: String,
    pub(in crate::challenge) points: u32,
    #[serde(default)]
    pub(in crate::challenge) credit: RawCredit,
    /// What it costs beside the task's points when not all of them are earned: the result (`fail`), or all above a cap.
    pub(in crate::challenge) gate: Option<RawGate>,
    #[serde(default)]
    #[schemars(with = "Vec<Item>")]
    pub(in crate::challenge) checks: Vec<RawCheck>,
    /// Questions of which `draw` are asked, instead of `checks`.
    #[serde(default)]
    #[schemars(with = "Vec<Item>")]
    pub(in crate::challenge) bank: Vec<RawCheck>,
    /// How many questions of the bank are asked.
    pub(in crate::challenge) draw: Option<u32>,
}

/// A check as it may stand in a list: itself, or a file with a list of them.
struct Item;

impl JsonSchema for Item {
    fn schema_name() -> Cow<'static, str> {
        "Item".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let check = generator.subschema_for::<RawCheck>();
        json_schema!({
            "description": "A check, or a file of the challenge that holds a list of checks.",
            "anyOf": [
                check,
                {
                    "type": "object",
                    "properties": { "include": { "type": "string" } },
                    "required": ["include"],
                    "additionalProperties": false
                }
            ]
        })
    }
}

impl RawTask {
    /// Returns the checks, whichever key they stand under, with that key.
    pub(in crate::challenge) fn list(&self) -> (&'static str, &[RawCheck]) {
        if self.checks.is_empty() && !self.bank.is_empty() {
            ("bank", &self.bank)
        } else {
            ("checks", &self.checks)
        }
    }
}

/// `proportional`, `all-or-nothing`, or `{ at-least: 2 }`.
#[derive(Debug, Default)]
pub(in crate::challenge) enum RawCredit {
    #[default]
    Proportional,
    AllOrNothing,
    AtLeast(u32),
}

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
