use std::borrow::Cow;

use serde_json::{Map, Value};

/// An error as a service states it; the front gives it the shape of the service's protocol.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceError {
    /// HTTP status.
    pub status: u16,
    /// AWS's error code, for example `ResourceNotFoundException`.
    pub code: Cow<'static, str>,
    pub message: String,
    /// Further members of the error's body, for example `Type: User` or `CancellationReasons`.
    pub members: Map<String, Value>,
}

impl ServiceError {
    pub fn new(status: u16, code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), message: message.into(), members: Map::new() }
    }

    /// Adds a member to the error's body.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// An operation that the sandbox does not cover: 501 with its name, never a fake success.
    pub fn not_covered(service: &str, operation: &str) -> Self {
        Self::new(501, "NotImplemented", format!("the sandbox does not cover {service}:{operation}"))
    }
}
