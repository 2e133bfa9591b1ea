use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::routes::Route;
use crate::context::Random;
use crate::sandbox::apigateway::patch::{self, PatchOperation};
use crate::sandbox::{Request, Scope, ServiceError};

/// A request whose operation is known.
#[derive(Debug)]
pub(in crate::sandbox::apigateway) struct Parsed {
    pub route: &'static Route,
    /// What the braces of the route's path stood for.
    pub path: HashMap<&'static str, String>,
    /// An empty object when there was none.
    pub body: Value,
}

/// What a handler is asked.
#[derive(Debug)]
pub(in crate::sandbox::apigateway) struct Ask<'a> {
    pub scope: &'a Scope,
    pub request: &'a Request,
    pub parsed: &'a Parsed,
    pub now: Timestamp,
    pub random: &'a Random,
}

impl Ask<'_> {
    /// Returns a part of the path; empty when the route has no such part.
    pub(crate) fn path(&self, name: &str) -> &str {
        self.parsed.path.get(name).map_or("", String::as_str)
    }

    pub(crate) fn query(&self, name: &str) -> Option<String> {
        self.request.query_value(name)
    }

    /// Whether `embed` names `what`.
    pub(crate) fn embeds(&self, what: &str) -> bool {
        self.request
            .query()
            .iter()
            .filter(|(name, _)| name == "embed")
            .any(|(_, value)| value.split(',').any(|part| part.eq_ignore_ascii_case(what)))
    }

    /// Reads the body as an operation's input.
    pub(crate) fn input<T: DeserializeOwned>(&self) -> Result<T, ServiceError> {
        T::deserialize(&self.parsed.body)
            .map_err(|error| ServiceError::new(400, "SerializationException", error.to_string()))
    }

    /// Reads the body as patch operations.
    pub(crate) fn patches(&self) -> Result<Vec<PatchOperation>, ServiceError> {
        let name = self.parsed.route.name;
        let mut letters = name.chars();
        let first = letters.next().map(|letter| letter.to_ascii_lowercase());
        let input: String = first.into_iter().chain(letters).chain("Input".chars()).collect();
        patch::read(&self.parsed.body, &input)
    }
}

/// Writes a type in its wire shape.
pub(super) fn wire<T: Serialize>(value: &T) -> Result<Value, ServiceError> {
    serde_json::to_value(value).map_err(|error| ServiceError::new(500, "InternalFailure", error.to_string()))
}

/// Writes a type in its wire shape with its tags, which AWS shows even when there are none where one resource is read
/// or changed, and hides when there are none in lists and on creation.
pub(super) fn wire_with_tags<T: Serialize>(value: &T) -> Result<Value, ServiceError> {
    let mut body = wire(value)?;
    if let Some(members) = body.as_object_mut() {
        members.entry("tags").or_insert_with(|| Value::Object(serde_json::Map::new()));
    }
    Ok(body)
}
