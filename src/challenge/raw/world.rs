use std::fmt;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// `faults/<id>.yaml`: a way in which the healthy world is broken.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Fault")]
pub(in crate::challenge) struct RawFault {
    /// The file's name without its ending.
    pub(in crate::challenge) id: String,
    pub(in crate::challenge) title: String,
    /// Merge patch (RFC 7396) on the template: `null` removes.
    #[serde(default)]
    #[schemars(with = "Option<Map<String, Value>>")]
    pub(in crate::challenge) template: Option<Patch>,
    /// Files of the scenario that it changes, each with the file beside this one that takes its place, or with the passages that
    /// are replaced.
    #[serde(default)]
    pub(in crate::challenge) files: IndexMap<String, RawFile>,
    /// A second merge patch, carried out on the running stack.
    #[serde(default)]
    #[schemars(with = "Option<Map<String, Value>>")]
    pub(in crate::challenge) then: Option<Patch>,
    /// Files that change with `then`.
    #[serde(default)]
    pub(in crate::challenge) then_files: IndexMap<String, RawFile>,
    pub(in crate::challenge) breaks: RawBreaks,
}

/// `solutions/<id>/solution.yaml`: a way to repair the broken start, with the candidate's own keys.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Solution")]
pub(in crate::challenge) struct RawSolution {
    pub(in crate::challenge) title: String,
    /// A script in the same folder, `.sh` or `.py`, instead of a change to the healthy world.
    pub(in crate::challenge) run: Option<String>,
    /// Merge patch (RFC 7396) on the healthy template: `null` removes.
    #[serde(default)]
    #[schemars(with = "Option<Map<String, Value>>")]
    pub(in crate::challenge) template: Option<Patch>,
    /// Files of the scenario that are changed or added, each with the file of this folder that it gets, or with the passages that
    /// are replaced.
    #[serde(default)]
    pub(in crate::challenge) files: IndexMap<String, RawFile>,
}

/// `near-misses/<id>/near-miss.yaml`: wrong work that must be marked as wrong, in exactly these places.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NearMiss")]
pub(in crate::challenge) struct RawNearMiss {
    pub(in crate::challenge) title: String,
    /// A script in the same folder, `.sh` or `.py`, instead of a change to the healthy world.
    pub(in crate::challenge) run: Option<String>,
    /// Merge patch (RFC 7396) on the healthy template: `null` removes.
    #[serde(default)]
    #[schemars(with = "Option<Map<String, Value>>")]
    pub(in crate::challenge) template: Option<Patch>,
    /// Files of the scenario that are changed or added, each with the file of this folder that it gets, or with the passages that
    /// are replaced.
    #[serde(default)]
    pub(in crate::challenge) files: IndexMap<String, RawFile>,
    /// A second merge patch, carried out when all is deployed: what the deployment does not know.
    #[serde(default)]
    #[schemars(with = "Option<Map<String, Value>>")]
    pub(in crate::challenge) then: Option<Patch>,
    /// Files that change with `then`.
    #[serde(default)]
    pub(in crate::challenge) then_files: IndexMap<String, RawFile>,
    /// What fails, and nothing else does.
    pub(in crate::challenge) fails: RawBreaks,
}

/// What a file of the scenario becomes.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub(in crate::challenge) enum RawFile {
    /// The file that takes its place.
    Other(String),
    /// Passages of it, one after the other.
    Passages(Vec<RawPassage>),
}

/// A passage of a file, and what stands there instead.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::challenge) struct RawPassage {
    /// It stands once in the healthy file, and may have several lines.
    pub(in crate::challenge) replace: String,
    pub(in crate::challenge) with: String,
}

/// A mapping that is read from the nodes of the file, where its tags and places are.
#[derive(Debug)]
pub(in crate::challenge) struct Patch;

/// Ids of the tasks that fail, or those with the checks that fail.
#[derive(Debug, Default)]
pub(in crate::challenge) struct RawBreaks(pub(in crate::challenge) IndexMap<String, Vec<String>>);

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

impl<'de> Deserialize<'de> for RawFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FileVisitor;
        impl<'de> Visitor<'de> for FileVisitor {
            type Value = RawFile;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a file's name, or a list such as `[{ replace: old, with: new }]`")
            }

            fn visit_str<E>(self, text: &str) -> Result<RawFile, E> {
                Ok(RawFile::Other(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<RawFile, A::Error> {
                let mut passages = Vec::new();
                while let Some(passage) = list.next_element()? {
                    passages.push(passage);
                }
                Ok(RawFile::Passages(passages))
            }
        }
        deserializer.deserialize_any(FileVisitor)
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
