use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor, value::MapAccessDeserializer};

use super::{RawBinding, RawRoute};

/// What must stand as it stood when the candidate began.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Unchanged")]
pub(in crate::challenge) struct RawUnchanged {
    /// What is compared [default: every resource of the stack that no fault of the start touches].
    pub(in crate::challenge) of: Vec<RawScope>,
    /// What is left out.
    pub(in crate::challenge) except: Vec<RawScope>,
    /// Selectors of what is compared of each [default: `properties`].
    pub(in crate::challenge) compare: Vec<String>,
    /// Selectors of what may differ all the same.
    pub(in crate::challenge) ignore: Vec<String>,
}

/// A logical id, a route whose function is meant, or all resources of a type.
#[derive(Debug)]
pub(in crate::challenge) enum RawScope {
    Of(RawBinding),
    Type(String),
}

impl<'de> Deserialize<'de> for RawScope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Written {
            route: Option<String>,
            api: Option<String>,
            #[serde(rename = "type")]
            kind: Option<String>,
        }
        struct ScopeVisitor;
        impl<'de> Visitor<'de> for ScopeVisitor {
            type Value = RawScope;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "a logical id, `{ type: AWS::DynamoDB::Table }`, or `{ route: \"GET /orders/{id}\" }`",
                )
            }

            fn visit_str<E: Error>(self, id: &str) -> Result<RawScope, E> {
                Ok(RawScope::Of(RawBinding::Logical(id.to_owned())))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawScope, A::Error> {
                let Written { route, api, kind } = Written::deserialize(MapAccessDeserializer::new(map))?;
                match (route, kind) {
                    (Some(route), None) => Ok(RawScope::Of(RawBinding::Route(RawRoute { route, api }))),
                    (None, Some(kind)) if api.is_none() => Ok(RawScope::Type(kind)),
                    _ => Err(A::Error::custom("this names either a `route` or a `type`")),
                }
            }
        }
        deserializer.deserialize_any(ScopeVisitor)
    }
}

impl JsonSchema for RawScope {
    fn schema_name() -> Cow<'static, str> {
        "Scope".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let route = generator.subschema_for::<RawRoute>();
        json_schema!({
            "description": "A logical id, a route whose function is meant, or all resources of a type.",
            "anyOf": [
                { "type": "string" },
                route,
                {
                    "type": "object",
                    "properties": { "type": { "type": "string" } },
                    "required": ["type"],
                    "additionalProperties": false
                }
            ]
        })
    }
}
