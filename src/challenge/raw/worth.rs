//! What a check's failure costs, as it is written.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Unexpected, Visitor, value::MapAccessDeserializer};

use crate::text::one_of;

const GATES: [&str; 3] = ["task", "fail", "{ cap: 60% }"];

/// `task`, `fail`, or `{ cap: 60% }`.
#[derive(Debug, Clone)]
pub(in crate::challenge) enum RawGate {
    Task,
    Fail,
    Cap(String),
}

/// A number of points, or `{ points: 5, when: passes }`.
#[derive(Debug, Clone, Copy)]
pub(in crate::challenge) struct RawDeduct {
    pub(in crate::challenge) points: u32,
    pub(in crate::challenge) when: RawDeductWhen,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "DeductWhen")]
pub(in crate::challenge) enum RawDeductWhen {
    #[default]
    Fails,
    /// What the check describes must not be.
    Passes,
}

impl<'de> Deserialize<'de> for RawGate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Cap {
            cap: String,
        }
        struct GateVisitor;
        impl<'de> Visitor<'de> for GateVisitor {
            type Value = RawGate;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", one_of(GATES))
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<RawGate, E> {
                match word {
                    "task" => Ok(RawGate::Task),
                    "fail" => Ok(RawGate::Fail),
                    _ => Err(E::custom(format!("there is no gate `{word}`\nhelp: write {}", one_of(GATES)))),
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawGate, A::Error> {
                Cap::deserialize(MapAccessDeserializer::new(map)).map(|read| RawGate::Cap(read.cap))
            }
        }
        deserializer.deserialize_any(GateVisitor)
    }
}

impl<'de> Deserialize<'de> for RawDeduct {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Written {
            points: u32,
            #[serde(default)]
            when: RawDeductWhen,
        }
        struct DeductVisitor;
        impl<'de> Visitor<'de> for DeductVisitor {
            type Value = RawDeduct;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of points, or `{ points: 5, when: passes }`")
            }

            fn visit_u64<E: Error>(self, points: u64) -> Result<RawDeduct, E> {
                let points = u32::try_from(points)
                    .map_err(|_| E::invalid_value(Unexpected::Unsigned(points), &self))?;
                Ok(RawDeduct { points, when: RawDeductWhen::Fails })
            }

            fn visit_i64<E: Error>(self, points: i64) -> Result<RawDeduct, E> {
                match u64::try_from(points) {
                    Ok(points) => self.visit_u64(points),
                    Err(_) => Err(E::invalid_value(Unexpected::Signed(points), &self)),
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawDeduct, A::Error> {
                Written::deserialize(MapAccessDeserializer::new(map))
                    .map(|Written { points, when }| RawDeduct { points, when })
            }
        }
        deserializer.deserialize_any(DeductVisitor)
    }
}

impl JsonSchema for RawGate {
    fn schema_name() -> Cow<'static, str> {
        "Gate".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "What a failure costs: the points of the `task`, the result (`fail`), or all points above a cap.",
            "anyOf": [
                { "enum": ["task", "fail"] },
                {
                    "type": "object",
                    "properties": { "cap": { "type": "string", "pattern": r"^[0-9]{1,3}(\.[0-9]{1,2})?%$" } },
                    "required": ["cap"],
                    "additionalProperties": false
                }
            ]
        })
    }
}

impl JsonSchema for RawDeduct {
    fn schema_name() -> Cow<'static, str> {
        "Deduct".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let when = generator.subschema_for::<RawDeductWhen>();
        json_schema!({
            "description": "Points that are taken off, whenever the check fails or whenever it passes.",
            "anyOf": [
                { "type": "integer", "minimum": 1 },
                {
                    "type": "object",
                    "properties": { "points": { "type": "integer", "minimum": 1 }, "when": when },
                    "required": ["points"],
                    "additionalProperties": false
                }
            ]
        })
    }
}
