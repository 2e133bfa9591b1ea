use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor, value::MapAccessDeserializer};

use crate::evidence::Way;
use crate::text::one_of;

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

/// A logical id, a route whose function is meant, or a way from another binding.
#[derive(Debug)]
pub(in crate::challenge) enum RawBinding {
    Logical(String),
    Route(RawRoute),
    From { way: Way, start: Box<RawBinding> },
}

/// What a binding may be beside a logical id: one of these.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Way")]
pub(in crate::challenge) struct RawWay {
    /// Method and path, for example `GET /orders/{id}`.
    route: Option<String>,
    /// Logical id of the route's API, where the stack has several.
    api: Option<String>,
    /// Who gets what this queue, table, topic, rule or bucket puts out.
    consumer: Option<Box<RawBinding>>,
    /// What feeds this function or queue.
    source: Option<Box<RawBinding>>,
    /// Where failures of this queue, function, mapping, subscription or rule go.
    dead_letters: Option<Box<RawBinding>>,
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
                let RawWay { route, api, consumer, source, dead_letters } =
                    RawWay::deserialize(MapAccessDeserializer::new(map))?;
                let ways =
                    [(Way::Consumer, consumer), (Way::Source, source), (Way::DeadLetters, dead_letters)];
                let mut ways = ways.into_iter().filter_map(|(way, start)| Some((way, start?)));
                match (route, api, ways.next(), ways.next()) {
                    (Some(route), api, None, _) => Ok(RawBinding::Route(RawRoute { route, api })),
                    (None, None, Some((way, start)), None) => Ok(RawBinding::From { way, start }),
                    _ => {
                        let words = Way::ALL.map(Way::word);
                        let keys = ["route"].into_iter().chain(words);
                        Err(A::Error::custom(format!("a binding has exactly one of {}", one_of(keys))))
                    }
                }
            }
        }
        deserializer.deserialize_any(BindingVisitor)
    }
}
