use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::document::Question;
use super::principal_pattern::{Closeness, Names};
use super::{Policy, PolicyKind, Principal, Request};

/// The policies that apply to one request. Each has a name for the trace: an ARN, or an inline policy's name.
#[derive(Debug, Clone, Default)]
pub struct Applicable<'a> {
    pub identity: &'a [(String, Arc<Policy>)],
    pub boundary: Option<&'a (String, Arc<Policy>)>,
    /// When there are any, one of them must allow.
    pub session: &'a [(String, Arc<Policy>)],
    /// The policy on the resource. One of kind [`PolicyKind::Trust`] must allow in any case: nobody assumes a role
    /// that does not trust them, not even an administrator of its own account.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PolicySource {
    Identity,
    Resource,
    Boundary,
    Session,
}

/// A statement that matched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Empty for an implicit deny, and for what the root user does in its own account.
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

/// What the policies of one kind say.
#[derive(Debug, Default)]
struct Voice {
    allows: Vec<Matched>,
    denies: Vec<Matched>,
    /// How closely the allowing statements name the principal.
    closeness: Option<Closeness>,
}

impl Voice {
    fn allows(&self) -> bool {
        !self.allows.is_empty()
    }
}

/// Decides a request as AWS composes policies: an explicit deny anywhere; then, within an account, identity policies
/// (limited by boundary and session policies) or the resource's policy; across accounts, both.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
pub fn decide(request: &Request, policies: &Applicable<'_>) -> Decision {
    let question = Question {
        names: Names::of(&request.principal),
        action: request.action.to_lowercase(),
        resource: &request.resource,
        context: &request.context,
    };
    let mut missing_keys = vec![];
    let mut hear =
        |source, documents: &[(String, Arc<Policy>)]| listen(source, documents, &question, &mut missing_keys);
    let as_slice = |one: Option<&'_ (String, Arc<Policy>)>| one.cloned().into_iter().collect::<Vec<_>>();
    let identity = hear(PolicySource::Identity, policies.identity);
    let boundary = hear(PolicySource::Boundary, &as_slice(policies.boundary));
    let session = hear(PolicySource::Session, policies.session);
    let resource = hear(PolicySource::Resource, &as_slice(policies.resource));

    let denies: Vec<Matched> = [&identity, &boundary, &session, &resource]
        .into_iter()
        .flat_map(|voice| voice.denies.clone())
        .collect();
    if let Some(first) = denies.first() {
        let denied_by = Some(first.source);
        return Decision { effect: Effect::ExplicitDeny, denied_by, decided_by: denies, missing_keys };
    }

    let granted = grant(request, policies, &identity, &boundary, &session, &resource);
    match granted {
        Ok(decided_by) => Decision { effect: Effect::Allowed, decided_by, denied_by: None, missing_keys },
        Err(lacking) => Decision {
            effect: Effect::ImplicitDeny,
            decided_by: vec![],
            denied_by: Some(lacking),
            missing_keys,
        },
    }
}

/// Returns the statements that allow together, or the kind of policy that lacks an allow.
fn grant(
    request: &Request,
    policies: &Applicable<'_>,
    identity: &Voice,
    boundary: &Voice,
    session: &Voice,
    resource: &Voice,
) -> Result<Vec<Matched>, PolicySource> {
    let from_resource = || resource.allows.clone();
    let Some(account) = request.principal.account() else {
        // Nobody and services have no policies of their own.
        return if resource.allows() { Ok(from_resource()) } else { Err(PolicySource::Resource) };
    };
    let own = policies.owner.is_none_or(|owner| owner == account);
    let trust = policies.resource.is_some_and(|(_, policy)| policy.kind() == PolicyKind::Trust);
    let resource_must_allow = !own || trust;
    if matches!(request.principal, Principal::Root { .. }) {
        return if resource_must_allow && !resource.allows() {
            Err(PolicySource::Resource)
        } else {
            Ok(from_resource())
        };
    }

    let within_limits = || {
        let bounded = policies.boundary.is_none() || boundary.allows();
        let sessioned = policies.session.is_empty() || session.allows();
        match (bounded, sessioned) {
            (false, _) => Err(PolicySource::Boundary),
            (_, false) => Err(PolicySource::Session),
            _ => {
                Ok([boundary, session].into_iter().flat_map(|voice| voice.allows.clone()).collect::<Vec<_>>())
            }
        }
    };
    if own {
        match resource.closeness {
            Some(Closeness::Direct) => return Ok(from_resource()),
            Some(Closeness::Role) => {
                return within_limits().map(|limits| [from_resource(), limits].concat());
            }
            Some(Closeness::Account) | None => {}
        }
    }
    if !identity.allows() {
        return Err(PolicySource::Identity);
    }
    let limits = within_limits()?;
    if resource_must_allow && !resource.allows() {
        return Err(PolicySource::Resource);
    }
    let together = if resource_must_allow { from_resource() } else { vec![] };
    Ok([identity.allows.clone(), together, limits].concat())
}

fn listen(
    source: PolicySource,
    documents: &[(String, Arc<Policy>)],
    question: &Question<'_>,
    missing: &mut Vec<String>,
) -> Voice {
    let mut voice = Voice::default();
    for (name, policy) in documents {
        for (position, statement) in policy.statements.iter().enumerate() {
            let Some(closeness) = statement.applies(question, missing) else { continue };
            let matched = Matched {
                source,
                policy: name.clone(),
                statement: position,
                sid: statement.sid.clone(),
                allows: statement.allows,
            };
            if statement.allows {
                voice.allows.push(matched);
                voice.closeness = voice.closeness.max(Some(closeness));
            } else {
                voice.denies.push(matched);
            }
        }
    }
    voice
}
