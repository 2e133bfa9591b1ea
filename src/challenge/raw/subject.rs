use std::fmt;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor, value::MapAccessDeserializer};
use serde_json::{Map, Value};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Http")]
pub(in crate::challenge) struct RawHttp {
    pub(in crate::challenge) method: String,
    /// Path below the stage, with its query.
    pub(in crate::challenge) path: String,
    /// Logical id of the API, where the stack has several.
    pub(in crate::challenge) api: Option<String>,
    #[serde(default)]
    pub(in crate::challenge) headers: IndexMap<String, String>,
    /// Sent as JSON; a text is sent as it is.
    #[serde(default)]
    pub(in crate::challenge) body: Value,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Invoke")]
pub(in crate::challenge) struct RawInvoke {
    pub(in crate::challenge) function: RawBinding,
    #[serde(default)]
    pub(in crate::challenge) payload: Value,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Item")]
pub(in crate::challenge) struct RawItem {
    pub(in crate::challenge) table: RawBinding,
    /// The key as plain JSON.
    pub(in crate::challenge) key: Map<String, Value>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Log")]
pub(in crate::challenge) struct RawLog {
    pub(in crate::challenge) of: RawBinding,
    /// A CloudWatch Logs filter pattern.
    pub(in crate::challenge) filter: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Of")]
pub(in crate::challenge) struct RawOf {
    pub(in crate::challenge) of: RawBinding,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Resource")]
pub(in crate::challenge) struct RawResource {
    /// CloudFormation's type name.
    #[serde(rename = "type")]
    pub(in crate::challenge) kind: String,
    pub(in crate::challenge) of: RawBinding,
}

/// A route of an API, for example `{ route: "GET /orders/{id}" }`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Route")]
pub(in crate::challenge) struct RawRoute {
    /// Method and path, for example `GET /orders/{id}`.
    pub(in crate::challenge) route: String,
    /// Logical id of the API, where the stack has several.
    pub(in crate::challenge) api: Option<String>,
}

/// A logical id, or a route whose function is meant.
#[derive(Debug)]
pub(in crate::challenge) enum RawBinding {
    Logical(String),
    Route(RawRoute),
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
