use std::sync::Arc;

use super::{Policy, Request};

/// The policies that apply to one request. Each has a name for the trace: an ARN, or an inline policy's name.
#[derive(Debug, Clone, Default)]
pub struct Applicable<'a> {
    pub identity: &'a [(String, Arc<Policy>)],
    pub boundary: Option<&'a (String, Arc<Policy>)>,
    /// When there are any, one of them must allow.
    pub session: &'a [(String, Arc<Policy>)],
    /// The policy on the resource.
    pub resource: Option<&'a (String, Arc<Policy>)>,
    /// The account that owns the resource; `None` means the principal's own.
    pub owner: Option<&'a str>,
}

/// The three outcomes of an evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    Allowed,
    /// Nothing allows it.
    ImplicitDeny,
    /// A statement denies it.
    ExplicitDeny,
}

/// Which kind of policy a deny comes from, or lacks an allow; the words of AWS's access denied messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicySource {
    Identity,
    Resource,
    Boundary,
    Session,
}

/// A statement that matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched {
    pub source: PolicySource,
    /// The policy's name, as given in [`Applicable`].
    pub policy: String,
    /// Position of the statement in its policy, from 0.
    pub statement: usize,
    pub sid: Option<String>,
    pub allows: bool,
}

/// The answer to a request, with the reason.
#[derive(Debug, Clone)]
pub struct Decision {
    pub effect: Effect,
    /// The statements that decided: the denies of an explicit deny, the allows of an allowed request.
    pub decided_by: Vec<Matched>,
    /// For a denied request: the kind of policy that denies, or that lacks an allow.
    pub denied_by: Option<PolicySource>,
    /// Condition keys that a statement asked for and the request does not carry (`MissingContextValues`).
    pub missing_keys: Vec<String>,
}

impl Decision {
    pub fn is_allowed(&self) -> bool {
        self.effect == Effect::Allowed
    }
}

/// Decides a request as AWS composes policies.
pub fn decide(_request: &Request, _policies: &Applicable<'_>) -> Decision {
    Decision {
        effect: Effect::ImplicitDeny,
        decided_by: vec![],
        denied_by: Some(PolicySource::Identity),
        missing_keys: vec![],
    }
}
