use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::fault;
use crate::policy::{Policy, PolicyKind};
use crate::sandbox::ServiceError;

/// A policy document as it was written, with what it means.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub(super) struct Document {
    text: String,
    policy: Arc<Policy>,
}

/// What of a document is kept: the text, and how to read it.
#[derive(Serialize, Deserialize)]
struct Stored {
    text: String,
    trust: bool,
}

impl Document {
    /// Parses a document that a caller sent.
    pub(super) fn new(text: &str, kind: PolicyKind) -> Result<Self, ServiceError> {
        let policy = Policy::parse(text, kind)
            .map_err(|malformed| fault::new(400, "MalformedPolicyDocument", malformed.message))?;
        Ok(Self { text: text.to_owned(), policy: Arc::new(policy) })
    }

    pub(super) fn policy(&self) -> &Arc<Policy> {
        &self.policy
    }

    /// Returns the text as it was written.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the text as IAM answers with it: percent-encoded (RFC 3986).
    pub(super) fn encoded(&self) -> String {
        encode(&self.text)
    }

    /// Counts the characters as IAM's size quotas do: white space is free.
    pub(super) fn size(&self) -> usize {
        self.text.chars().filter(|character| !character.is_whitespace()).count()
    }
}

/// Percent-encodes a document; only RFC 3986's unreserved characters stay.
pub(super) fn encode(text: &str) -> String {
    const KEPT: &percent_encoding::AsciiSet =
        &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    percent_encoding::utf8_percent_encode(text, KEPT).to_string()
}

impl TryFrom<Stored> for Document {
    type Error = crate::policy::Malformed;

    fn try_from(stored: Stored) -> Result<Self, Self::Error> {
        let kind = if stored.trust { PolicyKind::Trust } else { PolicyKind::Identity };
        let policy = Arc::new(Policy::parse(&stored.text, kind)?);
        Ok(Self { text: stored.text, policy })
    }
}

impl From<Document> for Stored {
    fn from(document: Document) -> Self {
        Self { trust: document.policy.kind() == PolicyKind::Trust, text: document.text }
    }
}
