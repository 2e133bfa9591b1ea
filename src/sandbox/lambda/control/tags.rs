use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::command::Command;
use super::constraint::{invalid, missing, serialization};
use super::functions::named;
use super::service::Core;
use crate::sandbox::{Request, Response, ServiceError};

/// Tags of one resource. <https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html>
const MOST: usize = 50;

impl Core {
    pub(super) fn list_tags(&self, command: &Command) -> Result<Response, ServiceError> {
        let name = named(command)?;
        self.registry.with(&name.scope, |region| {
            Ok(Response::json(200, &json!({ "Tags": region.function(name)?.tags })))
        })
    }

    pub(super) fn tag(&self, command: &Command) -> Result<Response, ServiceError> {
        let name = named(command)?;
        let tags = read(Some(command.body.get("Tags").ok_or_else(|| missing("tags"))?))?;
        if tags.is_empty() {
            return Err(invalid("An error occurred and the request cannot be processed."));
        }
        self.registry.with(&name.scope, |region| {
            let function = region.function_mut(name)?;
            let mut all = function.tags.clone();
            all.extend(tags);
            check_count(&all)?;
            function.tags = all;
            Ok(Response::empty(204))
        })
    }

    pub(super) fn untag(&self, request: &Request, command: &Command) -> Result<Response, ServiceError> {
        let name = named(command)?;
        let keys: Vec<String> =
            request.query().into_iter().filter(|(key, _)| key == "tagKeys").map(|(_, value)| value).collect();
        if keys.is_empty() {
            return Err(missing("tagKeys"));
        }
        self.registry.with(&name.scope, |region| {
            region.function_mut(name)?.tags.retain(|key, _| !keys.contains(key));
            Ok(Response::empty(204))
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
