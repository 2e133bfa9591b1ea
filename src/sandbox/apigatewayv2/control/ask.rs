use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map as Object, Value};

use super::table::Entry;
use crate::context::Random;
use crate::sandbox::apigatewayv2::entity::{Api, moment};
use crate::sandbox::apigatewayv2::state::Region;
use crate::sandbox::{Request, Scope, ServiceError};

/// A request whose operation is known.
#[derive(Debug)]
pub(in crate::sandbox::apigatewayv2) struct Parsed {
    pub entry: &'static Entry,
    /// What the braces of the entry's path stood for.
    pub path: HashMap<&'static str, String>,
    /// Empty when there was none.
    pub body: Object<String, Value>,
}

/// What a handler is asked.
#[derive(Debug)]
pub(in crate::sandbox::apigatewayv2) struct Ask<'a> {
    pub scope: &'a Scope,
    pub request: &'a Request,
    pub parsed: &'a Parsed,
    pub now: Timestamp,
    pub random: &'a Random,
    /// Whether definitions of WebSocket APIs are taken.
    pub web_sockets: bool,
}

impl Ask<'_> {
    /// Returns a part of the path; empty when the entry has no such part.
    pub(super) fn path(&self, name: &str) -> &str {
        self.parsed.path.get(name).map_or("", String::as_str)
    }

    pub(super) fn query(&self, name: &str) -> Option<String> {
        self.request.query_value(name)
    }

    pub(super) fn body(&self) -> &Object<String, Value> {
        &self.parsed.body
    }

    /// Returns a text of the body; an empty one counts as none.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.body().get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// Returns the API that the path names.
    pub(super) fn api<'r>(&self, region: &'r mut Region) -> Result<&'r mut Api, ServiceError> {
        region.api_mut(&self.scope.account, self.path("apiId"))
    }

    pub(super) fn moment(&self) -> String {
        moment(self.now)
    }
}

/// Writes a resource in its wire shape, without the members that are not part of it.
pub(super) fn wire<T: Serialize>(value: &T, without: &[&str]) -> Result<Value, ServiceError> {
    let mut body = serde_json::to_value(value)
        .map_err(|error| ServiceError::new(500, "InternalServerErrorException", error.to_string()))?;
    if let Some(members) = body.as_object_mut() {
        for name in without {
            members.shift_remove(*name);
        }
    }
    Ok(body)
}
