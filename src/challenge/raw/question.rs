use std::borrow::Cow;
use std::fmt;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};

use crate::matcher::Matcher;

/// A question to the candidate: with `choices`, one or several are chosen; without, the answer is a few words.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Question")]
pub(in crate::challenge) struct RawQuestion {
    /// What is asked, in Markdown.
    pub(in crate::challenge) ask: String,
    /// What can be chosen: id and text.
    #[serde(default)]
    pub(in crate::challenge) choices: IndexMap<String, String>,
    pub(in crate::challenge) right: RawRight,
    /// What a short answer must match, instead of being `right` itself but for case, spaces and hyphens.
    pub(in crate::challenge) accept: Option<Matcher>,
    /// Short answers that must not be accepted.
    #[serde(default)]
    pub(in crate::challenge) wrong: Vec<String>,
    /// Whether choices are shown in an order drawn from the seed [default: true].
    pub(in crate::challenge) shuffle: Option<bool>,
}

/// The answer, or every choice that is right where several are to be chosen.
#[derive(Debug)]
pub(in crate::challenge) enum RawRight {
    One(String),
    Several(Vec<String>),
}

impl<'de> Deserialize<'de> for RawRight {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RightVisitor;
        impl<'de> Visitor<'de> for RightVisitor {
            type Value = RawRight;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the right answer as a text, or the ids of all choices that are right")
            }

            fn visit_str<E: Error>(self, answer: &str) -> Result<RawRight, E> {
                Ok(RawRight::One(answer.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<RawRight, A::Error> {
                let mut several = Vec::new();
                while let Some(one) = list.next_element()? {
                    several.push(one);
                }
                Ok(RawRight::Several(several))
            }
        }
        deserializer.deserialize_any(RightVisitor)
    }
}

impl JsonSchema for RawRight {
    fn schema_name() -> Cow<'static, str> {
        "Right".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The right answer; or a list: all choices that are right, where several are to be chosen.",
            "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" }, "minItems": 1 }]
        })
    }
}
