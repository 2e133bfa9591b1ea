use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor, value::MapAccessDeserializer};

use super::{RawBinding, RawOf};
use crate::text::one_of;

/// Which calls are counted; each key that is left out lets all pass.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Audit")]
pub(in crate::challenge) struct RawAudit {
    /// How they came out.
    pub(in crate::challenge) outcome: Option<RawOutcome>,
    /// Who called.
    pub(in crate::challenge) by: Option<RawBy>,
    /// What was called, for example `dynamodb:PutItem` or `dynamodb:*`.
    pub(in crate::challenge) operations: Vec<String>,
    /// The resource that was called upon.
    pub(in crate::challenge) on: Option<RawBinding>,
    /// From when on: `grade` (what the grader's probes bring about), `last-change` (the candidate's last call that changed something),
    /// or an operation, of which the last call counts, for example `lambda:AddPermission`.
    pub(in crate::challenge) after: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "CallOutcome")]
pub(in crate::challenge) enum RawOutcome {
    Allowed,
    Denied,
    /// Refused for another reason than a lack of rights.
    Failed,
}

/// `candidate`, `application`, or `{ of: ... }`: the role of something.
#[derive(Debug)]
pub(in crate::challenge) enum RawBy {
    Candidate,
    Application,
    Role(RawBinding),
}

impl<'de> Deserialize<'de> for RawBy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const WORDS: [&str; 3] = ["candidate", "application", "{ of: OrdersFunction }"];
        struct ByVisitor;
        impl<'de> Visitor<'de> for ByVisitor {
            type Value = RawBy;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", one_of(WORDS))
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<RawBy, E> {
                match word {
                    "candidate" => Ok(RawBy::Candidate),
                    "application" => Ok(RawBy::Application),
                    _ => Err(E::custom(format!(
                        "nobody who calls is known as `{word}`\nhelp: write {}",
                        one_of(WORDS)
                    ))),
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawBy, A::Error> {
                RawOf::deserialize(MapAccessDeserializer::new(map)).map(|read| RawBy::Role(read.of))
            }
        }
        deserializer.deserialize_any(ByVisitor)
    }
}

impl JsonSchema for RawBy {
    fn schema_name() -> Cow<'static, str> {
        "Caller".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let of = generator.subschema_for::<RawOf>();
        json_schema!({
            "description": "Who called: the candidate, the application's own roles, or the role of something.",
            "anyOf": [{ "enum": ["candidate", "application"] }, of]
        })
    }
}
