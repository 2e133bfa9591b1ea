use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::command::Command;
use super::constraint::{invalid, missing, serialization};
use super::functions::named;
use super::service::Core;
use super::urls::gone;
use crate::sandbox::{Request, Response, ServiceError};

/// Tags of one resource. <https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html>
const MOST: usize = 50;
/// What stands for the function's name where a tagged resource is an event source mapping; no function can be called so.
pub(super) const MAPPING: &str = "event-source-mapping:";

impl Core {
    pub(super) fn list_tags(&self, command: &Command) -> Result<Response, ServiceError> {
        self.with_tags(command, |tags| Ok(Response::json(200, &json!({ "Tags": tags }))))
    }

    pub(super) fn tag(&self, command: &Command) -> Result<Response, ServiceError> {
        let tags = read(Some(command.body.get("Tags").ok_or_else(|| missing("tags"))?))?;
        if tags.is_empty() {
            return Err(invalid("An error occurred and the request cannot be processed."));
        }
        self.with_tags(command, |all| {
            let mut new = all.clone();
            new.extend(tags);
            check_count(&new)?;
            *all = new;
            Ok(Response::empty(204))
        })
    }

    pub(super) fn untag(&self, request: &Request, command: &Command) -> Result<Response, ServiceError> {
        let keys: Vec<String> =
            request.query().into_iter().filter(|(key, _)| key == "tagKeys").map(|(_, value)| value).collect();
        if keys.is_empty() {
            return Err(missing("tagKeys"));
        }
        self.with_tags(command, |tags| {
            tags.retain(|key, _| !keys.contains(key));
            Ok(Response::empty(204))
        })
    }

    /// Hands out the tags of the function or of the event source mapping that a command names.
    fn with_tags<T>(
        &self,
        command: &Command,
        work: impl FnOnce(&mut BTreeMap<String, String>) -> Result<T, ServiceError>,
    ) -> Result<T, ServiceError> {
        let name = named(command)?;
        self.registry.with(&name.scope, |region| {
            if name.name == MAPPING {
                let mapping = region.mappings.get_mut(&command.item).ok_or_else(gone)?;
                return work(&mut mapping.tags);
            }
            if name.qualifier.is_some() {
                return Err(invalid(
                    "Tags on function aliases and versions are not supported. Please specify a function ARN.",
                ));
            }
            work(&mut region.function_mut(name)?.tags)
        })
    }
}

/// Reads a map of tags.
pub(super) fn read(value: Option<&Value>) -> Result<BTreeMap<String, String>, ServiceError> {
    let map = match value {
        None | Some(Value::Null) => return Ok(BTreeMap::new()),
        Some(Value::Object(map)) => map,
        Some(other) => return Err(serialization(other, "a map")),
    };
    let mut out = BTreeMap::new();
    for (key, value) in map {
        let value = value.as_str().ok_or_else(|| serialization(value, "a string"))?;
        if key.is_empty() || key.chars().count() > 128 || value.chars().count() > 256 {
            return Err(invalid("Tag keys have 1 to 128 letters, and values at most 256."));
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(invalid("Tag keys that begin with aws: are reserved."));
        }
        out.insert(key.clone(), value.to_owned());
    }
    check_count(&out)?;
    Ok(out)
}

fn check_count(tags: &BTreeMap<String, String>) -> Result<(), ServiceError> {
    if tags.len() > MOST { Err(invalid("Number of tags exceeds resource tag limit.")) } else { Ok(()) }
}
