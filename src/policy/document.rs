/// Where a policy stands; what its grammar allows depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyKind {
    /// Attached to a user, group or role, a boundary or a session policy: no `Principal`.
    Identity,
    /// On a resource: `Principal` required.
    Resource,
    /// A role's trust policy: `Principal` required, no `Resource`.
    Trust,
}

/// A policy document that was parsed and found valid.
#[derive(Debug, Clone)]
pub struct Policy {}

/// Why a document is not a policy, in AWS's words (the message of `MalformedPolicyDocument`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Malformed {
    pub message: String,
}

impl Policy {
    /// Parses strictly, as IAM does.
    pub fn parse(_text: &str, _kind: PolicyKind) -> Result<Self, Malformed> {
        Ok(Self {})
    }
}
