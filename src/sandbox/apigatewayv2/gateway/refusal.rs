use serde_json::json;

use crate::sandbox::Response;

/// Why the gateway answers by itself.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Refusal {
    pub status: u16,
    /// What the caller reads.
    pub message: String,
    /// What the access log says; never shown to the caller.
    pub cause: String,
    /// `www-authenticate` of the answer.
    pub challenge: Option<String>,
}

impl Refusal {
    pub(super) fn new(status: u16, message: impl Into<String>, cause: impl Into<String>) -> Self {
        Self { status, message: message.into(), cause: cause.into(), challenge: None }
    }

    pub(super) fn not_found(cause: impl Into<String>) -> Self {
        Self::new(404, "Not Found", cause)
    }

    /// Whatever goes wrong behind the gateway, or is set up wrongly.
    pub(super) fn internal(cause: impl Into<String>) -> Self {
        Self::new(500, "Internal Server Error", cause)
    }

    pub(super) fn unauthorized(cause: impl Into<String>) -> Self {
        Self::new(401, "Unauthorized", cause)
    }

    pub(super) fn forbidden(cause: impl Into<String>) -> Self {
        Self::new(403, "Forbidden", cause)
    }

    pub(super) fn not_covered(what: &str) -> Self {
        let message = format!("the sandbox does not cover {what}");
        Self::new(501, message.clone(), message)
    }

    pub(super) fn answer(&self) -> Response {
        let response = Response::json(self.status, &json!({ "message": self.message }));
        match &self.challenge {
            Some(challenge) => response.with_header("www-authenticate", challenge),
            None => response,
        }
    }
}
