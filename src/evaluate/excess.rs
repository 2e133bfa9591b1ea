use super::place::Place;
use super::role::{Lines, Subject, because_of, questions};
use crate::challenge::RoleExpectation;
use crate::evidence::Resource;
use crate::matcher::Values;
use crate::policy::{Lint, LintKind, Mandate, Reach, excess, structural_lints};
use crate::text::{count, fill};

/// How many lines are shown, and how many actions in one.
const MOST_LINES: usize = 12;
const MOST_ACTIONS: usize = 8;

/// Lists what a role may do beyond what its check asks for, as evidence: every known action is tried on the resources that
/// the check names, on others like them, on another kind and on none in particular. Whether that fails a check is not said
/// here.
///
/// A role that cannot be judged has no such list; the check itself says why.
pub(super) fn beyond(
    expected: &RoleExpectation,
    role: &Resource,
    region: &str,
    variables: &Values,
) -> Vec<String> {
    let Ok(subject) = Subject::of(role, region) else { return vec![] };
    let mut must_allow = vec![];
    let mut targets: Vec<String> = vec![];
    for grant in &expected.allows {
        for resource in grant.resources.iter().filter_map(|resource| fill(resource, variables).ok()) {
            must_allow.extend(grant.actions.iter().map(|action| (action.clone(), resource.clone())));
            if !resource.contains('*') && !targets.contains(&resource) {
                targets.push(resource);
            }
        }
    }
    // What must be denied is there to be tried, too.
    for (_, resource) in questions(&expected.denies, variables).unwrap_or_default() {
        if !resource.contains('*')
            && !resource.contains(super::place::NOBODYS)
            && !targets.contains(&resource)
        {
            targets.push(resource);
        }
    }
    let mandate = Mandate {
        principal: &subject.principal,
        context: &subject.context,
        must_allow: &must_allow,
        targets: &targets,
        region,
    };
    let mut found = excess(&subject.applicable(), &mandate);
    found.sort_by_key(|excess| excess.reach);
    let mut lines = Lines::default();
    for excess in &found {
        let place = Place::of(&excess.resource);
        let place = match excess.reach {
            Reach::Target => place.to_string(),
            Reach::Account => "the account".to_owned(),
            Reach::Sibling | Reach::Other => place.any(),
        };
        lines.add(excess.action, format!("on {place}{}", because_of(&excess.allowed_by)));
    }
    let mut shown = lines.show_at_most("also allows", MOST_ACTIONS);
    for (name, policy) in &subject.policies {
        shown.extend(structural_lints(policy).iter().map(|lint| sentence(name, lint)));
    }
    if shown.len() > MOST_LINES {
        let more = shown.len() - MOST_LINES;
        shown.truncate(MOST_LINES);
        shown.push(format!("and {} of the same sort", count(more, "more line")));
    }
    shown
}

/// Says what a statement's form gives away.
fn sentence(policy: &str, lint: &Lint) -> String {
    let statement = lint.sid.clone().unwrap_or_else(|| (lint.statement + 1).to_string());
    let text = &lint.text;
    let says = match lint.kind {
        LintKind::EveryAction => format!("allows every action of every service ({text})"),
        LintKind::EveryActionOfService => format!("allows every action of a service ({text})"),
        LintKind::EveryResource => format!("allows on every resource ({text}) what can be confined to one"),
        LintKind::AllowNotAction => format!("allows every action but {text}"),
        LintKind::AllowNotResource => format!("allows on every resource but {text}"),
        LintKind::PassEveryRole => format!("allows to pass every role ({text})"),
    };
    format!("{policy}, statement {statement}: {says}")
}
