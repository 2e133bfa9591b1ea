use std::sync::Arc;

use serde_json::Value;

use super::place::{NOBODYS, Place};
use crate::challenge::{Grant, RoleExpectation};
use crate::evidence::{Resource, Trouble, TroubleKind};
use crate::matcher::Values;
use crate::policy::{
    Applicable, Context, Decision, Effect, Matched, Policy, PolicyKind, PolicySource, Principal, Request,
    decide,
};
use crate::text::{count, fill};

/// What a role may not do and should, and what it may do and should not: a line each.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct RoleAnswer {
    pub(super) lacks: Vec<String>,
    pub(super) exceeds: Vec<String>,
}

/// A role that can be asked.
pub(super) struct Subject {
    pub(super) principal: Principal,
    pub(super) policies: Vec<(String, Arc<Policy>)>,
    boundary: Option<(String, Arc<Policy>)>,
    pub(super) context: Context,
}

/// Asks a role's policies, in effective terms: who allows it, how many statements and in which order, makes no difference.
///
/// A `*` in a resource is tried with a name that nobody uses. A `*` in an action has no single answer, and is refused.
pub(super) fn ask(
    expected: &RoleExpectation,
    role: &Resource,
    region: &str,
    variables: &Values,
) -> Result<RoleAnswer, Trouble> {
    let subject = Subject::of(role, region)?;
    let mut lacks = Lines::default();
    for (action, resource) in questions(&expected.allows, variables)? {
        let decision = subject.decide(&action, &resource);
        if !decision.is_allowed() {
            let because = why_not(&decision);
            lacks.add(&action, format!("on {}{because}", Place::of(&resource)));
        }
    }
    let mut exceeds = Lines::default();
    for (action, resource) in questions(&expected.denies, variables)? {
        let decision = subject.decide(&action, &resource);
        if decision.is_allowed() {
            let place = Place::of(&resource);
            let anywhere = place.other().is_some_and(|other| subject.decide(&action, &other).is_allowed());
            let place = if anywhere { place.any() } else { place.to_string() };
            exceeds.add(&action, format!("on {place}{}", because_of(&decision.decided_by)));
        }
    }
    Ok(RoleAnswer { lacks: lacks.show("may not"), exceeds: exceeds.show("also allows") })
}

/// Returns in a line how the answer was come by.
pub(super) fn how(expected: &RoleExpectation, role: &Resource) -> String {
    let asked = |grants: &[Grant]| -> usize {
        grants.iter().map(|grant| grant.actions.len() * grant.resources.len()).sum()
    };
    let policies = role.attributes["policies"].as_array().map_or(0, Vec::len);
    let boundary = if role.attributes["boundary"].is_null() { "" } else { " and a boundary" };
    format!(
        "{} decided by {}{boundary} of {}",
        count(asked(&expected.allows) + asked(&expected.denies), "request"),
        crate::text::count_of(policies, "policy", "policies"),
        role.id
    )
}

impl Subject {
    pub(super) fn of(role: &Resource, region: &str) -> Result<Self, Trouble> {
        let arn = role.arn.as_deref().unwrap_or_default();
        let mut parts = arn.splitn(6, ':').skip(4);
        let (Some(account), Some(name)) =
            (parts.next(), parts.next().and_then(|rest| rest.strip_prefix("role")))
        else {
            return Err(ours(format!("{} has no role's ARN: {arn:?}", role.key)));
        };
        let (path, name) = name.rsplit_once('/').unwrap_or(("", name));
        let Some(found) = role.attributes["policies"].as_array() else {
            return Err(ours(format!("the policies of {} were not read", role.key)));
        };
        let principal = Principal::Session {
            account: account.to_owned(),
            path: format!("{path}/"),
            role: name.to_owned(),
            id: role.attributes["RoleId"].as_str().unwrap_or_default().to_owned(),
            session: "proofmark".to_owned(),
        };
        let context = Context::of_principal(&principal)
            .with("aws:RequestedRegion", region)
            .with("aws:SecureTransport", "true");
        Ok(Self {
            principal,
            policies: found.iter().map(policy).collect::<Result<_, _>>()?,
            boundary: Some(&role.attributes["boundary"]).filter(|b| !b.is_null()).map(policy).transpose()?,
            context,
        })
    }

    pub(super) fn decide(&self, action: &str, resource: &str) -> Decision {
        let request = Request {
            principal: self.principal.clone(),
            action: action.to_owned(),
            resource: resource.to_owned(),
            context: self.context.clone(),
        };
        decide(&request, &self.applicable())
    }

    /// Returns the policies that bind it.
    pub(super) fn applicable(&self) -> Applicable<'_> {
        Applicable { identity: &self.policies, boundary: self.boundary.as_ref(), ..Applicable::default() }
    }
}

fn policy(found: &Value) -> Result<(String, Arc<Policy>), Trouble> {
    // A boundary goes by its ARN.
    let name =
        found["name"].as_str().or_else(|| found["arn"].as_str()).unwrap_or("without a name").to_owned();
    let document = &found["document"];
    // A document is JSON; some clouds hand it on as its text.
    let text = document.as_str().map_or_else(|| document.to_string(), str::to_owned);
    let policy = Policy::parse(&text, PolicyKind::Identity)
        .map_err(|error| ours(format!("the policy {name} was not understood: {error}")))?;
    Ok((name, Arc::new(policy)))
}

/// Returns every action with every resource, their names filled in.
pub(super) fn questions(grants: &[Grant], variables: &Values) -> Result<Vec<(String, String)>, Trouble> {
    let filled =
        |text: &String| fill(text, variables).map_err(|error| ours(format!("what is expected: {error}")));
    let mut questions = Vec::new();
    for grant in grants {
        for action in &grant.actions {
            let action = filled(action)?;
            if action.contains(['*', '?']) {
                return Err(Trouble {
                    kind: TroubleKind::Unsupported,
                    message: format!("{action} stands for many actions; the check must name each"),
                });
            }
            for resource in &grant.resources {
                let resource = filled(resource)?;
                let resource = if resource == "*" { resource } else { resource.replace('*', NOBODYS) };
                questions.push((action.clone(), resource));
            }
        }
    }
    Ok(questions)
}

/// Actions by what is said of them, in the order in which it was first said.
#[derive(Debug, Default)]
pub(super) struct Lines(indexmap::IndexMap<String, Vec<String>>);

impl Lines {
    pub(super) fn add(&mut self, action: &str, words: String) {
        let actions = self.0.entry(words).or_default();
        if !actions.iter().any(|other| other == action) {
            actions.push(action.to_owned());
        }
    }

    fn show(self, verb: &str) -> Vec<String> {
        self.show_at_most(verb, usize::MAX)
    }

    /// Shows so many actions of a line, and counts the others.
    pub(super) fn show_at_most(self, verb: &str, most: usize) -> Vec<String> {
        let line = |(words, actions): (String, Vec<String>)| {
            let more = actions.len().saturating_sub(most);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("{verb} {}{more} {words}", actions[..actions.len().min(most)].join(", "))
        };
        self.0.into_iter().map(line).collect()
    }
}

fn why_not(decision: &Decision) -> String {
    match decision.effect {
        Effect::ExplicitDeny => format!(": denied{}", because_of(&decision.decided_by)),
        Effect::ImplicitDeny if decision.denied_by == Some(PolicySource::Boundary) => {
            ": its permissions boundary does not allow it".to_owned()
        }
        Effect::ImplicitDeny if !decision.missing_keys.is_empty() => {
            format!(
                ": a statement wants {}, which the request does not carry",
                decision.missing_keys.join(", ")
            )
        }
        Effect::ImplicitDeny | Effect::Allowed => String::new(),
    }
}

/// Returns the statements that decided: ` (orders-table, statement 1)`.
pub(super) fn because_of(statements: &[Matched]) -> String {
    let limits = |matched: &&Matched| matched.allows && matched.source == PolicySource::Boundary;
    let statements = statements.iter().filter(|matched| !limits(matched));
    let shown: Vec<_> = statements
        .map(|matched| match &matched.sid {
            Some(sid) => format!("{}, statement {sid}", matched.policy),
            None => format!("{}, statement {}", matched.policy, matched.statement + 1),
        })
        .collect();
    if shown.is_empty() { String::new() } else { format!(" ({})", shown.join("; ")) }
}

fn ours(message: String) -> Trouble {
    Trouble { kind: TroubleKind::Internal, message }
}
