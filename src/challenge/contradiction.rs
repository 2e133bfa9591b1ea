//! Checks that cannot both pass, and grants that cannot both hold.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Check, GroupKind, Subject, Task, probe_digest};
use crate::matcher::Matcher;
use crate::source::Diagnostic;

pub(super) fn check(tasks: &[Task]) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    // Names stand for themselves, so two checks that do the same have the same digest.
    let nothing = BTreeMap::new();
    let mut seen: BTreeMap<String, Vec<(String, &Check)>> = BTreeMap::new();
    for task in tasks {
        for check in &task.checks {
            problems.extend(check.with_members().into_iter().filter_map(grants));
            problems.extend(check.with_members().into_iter().flat_map(within));
            let same = seen.entry(probe_digest(check, &nothing)).or_default();
            for (other, earlier) in same.iter() {
                problems.extend(differ(check, other, earlier));
            }
            same.push((format!("{}/{}", task.id, check.id), check));
        }
    }
    problems
}

/// Members of a group that must all pass, and cannot.
fn within(check: &Check) -> Vec<Diagnostic> {
    let Subject::Group { kind: GroupKind::All, of } = &check.subject else { return vec![] };
    let nothing = BTreeMap::new();
    let same = |one: &Check, other: &Check| probe_digest(one, &nothing) == probe_digest(other, &nothing);
    let pairs = of.iter().enumerate().flat_map(|(at, one)| of[..at].iter().map(move |before| (one, before)));
    pairs
        .filter(|(one, before)| same(one, before))
        .filter_map(|(one, before)| differ(one, &before.title, before))
        .collect()
}

/// The same action on the same resource cannot be allowed and denied.
fn grants(check: &Check) -> Option<Diagnostic> {
    let role = check.role.as_ref()?;
    let both = role.allows.iter().find_map(|allowed| {
        role.denies.iter().find_map(|denied| {
            let resource = allowed.resources.iter().find(|resource| denied.resources.contains(resource))?;
            let action = allowed.actions.iter().find(|action| denied.actions.contains(action))?;
            Some((action, resource))
        })
    });
    let (action, resource) = both?;
    let message = format!("`{action}` on `{resource}` must be both allowed and denied");
    Some(Diagnostic::error(message).at(check.location.clone()))
}

fn differ(check: &Check, other: &str, earlier: &Check) -> Option<Diagnostic> {
    let clash = check.expect.lines().find_map(|(selector, matcher)| {
        let (_, before) = earlier.expect.lines().find(|(written, _)| *written == selector)?;
        (!agree(matcher, before)).then_some(selector)
    })?;
    let message = format!("this check and `{other}` do the same and expect different things of `{clash}`");
    let problem = Diagnostic::error(message).at(check.location.clone());
    Some(problem.help("at most one of them can pass: put one of them right"))
}

/// Whether some value can match both. Where that is hard to know, yes.
fn agree(one: &Matcher, other: &Matcher) -> bool {
    match (one, other) {
        (Matcher::Equal(one), Matcher::Equal(other)) => one == other || has_names(one) || has_names(other),
        (Matcher::Equal(one), Matcher::OneOf(several)) | (Matcher::OneOf(several), Matcher::Equal(one)) => {
            has_names(one) || several.iter().any(|other| has_names(other) || one == other)
        }
        (Matcher::Absent(true), Matcher::Equal(_)) | (Matcher::Equal(_), Matcher::Absent(true)) => false,
        (Matcher::Equal(Value::Number(one)), Matcher::Between(low, high))
        | (Matcher::Between(low, high), Matcher::Equal(Value::Number(one))) => {
            match (one.as_f64(), low.as_f64(), high.as_f64()) {
                (Some(one), Some(low), Some(high)) => low <= one && one <= high,
                _ => true,
            }
        }
        _ => true,
    }
}

/// What is filled in later may come to the same.
fn has_names(value: &Value) -> bool {
    value.to_string().contains("{{")
}
