//! Which faults can stand side by side, and which of them have something in common.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::challenge::{Challenge, Change, Fault};
use crate::template::Template;

/// Pairs of faults, by their places among the faults of the challenge.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pairing {
    /// They touch the same resource, the same function, or the same task.
    pub(super) touching: Vec<(usize, usize)>,
    pub(super) apart: Vec<(usize, usize)>,
}

/// Sorts all pairs that can stand side by side. Two faults that write the same thing cannot: the second takes the place of the first.
pub(super) fn pairings(challenge: &Challenge) -> Pairing {
    let faults = &challenge.faults;
    let touched: Vec<BTreeSet<String>> = faults.iter().map(|fault| touched(challenge, fault)).collect();
    let mut found = Pairing::default();
    for one in 0..faults.len() {
        for other in one + 1..faults.len() {
            if !commute(challenge, &faults[one].change, &faults[other].change) {
                continue;
            }
            let same_task = faults[one].breaks.keys().any(|task| faults[other].breaks.contains_key(task));
            if same_task || !touched[one].is_disjoint(&touched[other]) {
                found.touching.push((one, other));
            } else {
                found.apart.push((one, other));
            }
        }
    }
    found
}

/// Whether two changes come to the same in either order.
fn commute(challenge: &Challenge, one: &Change, other: &Change) -> bool {
    // Most have nothing to do with each other, which is seen faster than two worlds are made.
    if are_apart(one, other) {
        return true;
    }
    let states = |changes: [&Change; 2]| {
        let world = challenge.changed(&changes);
        let then = world.then.map(|then| (then.template.document, then.files));
        (world.template.document, world.files, then)
    };
    states([one, other]) == states([other, one])
}

/// Whether two changes write different things. Of what they do in a second step nothing is said here.
fn are_apart(one: &Change, other: &Change) -> bool {
    let first_only = |change: &Change| change.then.is_empty() && change.then_files.is_empty();
    let (mut here, mut there) = (Vec::new(), Vec::new());
    written(&one.template.document, String::new(), &mut here);
    written(&other.template.document, String::new(), &mut there);
    let within = |inner: &String, outer: &String| inner.starts_with(outer.as_str());
    first_only(one)
        && first_only(other)
        && !one.files.paths().any(|path| other.files.paths().any(|also| path == also))
        && !here.iter().any(|path| there.iter().any(|also| within(path, also) || within(also, path)))
}

/// Collects the places that a merge patch writes, each with a slash at its end.
fn written(patch: &Value, place: String, into: &mut Vec<String>) {
    match patch {
        Value::Object(members) if !members.is_empty() => {
            for (name, member) in members {
                written(member, format!("{place}{name}/"), into);
            }
        }
        Value::Null if place.is_empty() => {}
        _ => into.push(place),
    }
}

/// Kinds that lead to a function: with its role they are the function's route.
const WAYS: [&str; 9] = [
    "AWS::Lambda::Permission",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Alias",
    "AWS::Lambda::Url",
    "AWS::ApiGateway::Method",
    "AWS::ApiGateway::Authorizer",
    "AWS::ApiGatewayV2::Integration",
    "AWS::ApiGatewayV2::Authorizer",
    "AWS::IAM::Role",
];

/// Returns the logical ids that a fault touches, and those of the functions on whose route they are: the role of a function, what
/// leads to it, and the permission to invoke it. A table that several functions read, or the log of one, is no part of a route.
fn touched(challenge: &Challenge, fault: &Fault) -> BTreeSet<String> {
    let template = &challenge.template;
    let patches = [&fault.change.template.document, &fault.change.then.document];
    let mut ids: BTreeSet<String> = patches
        .into_iter()
        .filter_map(|patch| patch.get("Resources").and_then(Value::as_object))
        .flat_map(|resources| resources.keys().cloned())
        .collect();
    for path in fault.change.files.paths().chain(fault.change.then_files.paths()) {
        ids.extend(
            functions(template).filter(|(_, code)| path.starts_with(code)).map(|(id, _)| id.to_owned()),
        );
    }
    let near: Vec<String> = functions(template)
        .filter(|(function, _)| {
            ids.iter()
                .filter(|id| is_way(template, id))
                .any(|id| refers(template, id, function) || refers(template, function, id))
        })
        .map(|(id, _)| id.to_owned())
        .collect();
    ids.extend(near);
    ids
}

fn is_way(template: &Template, id: &str) -> bool {
    template.resource(id).is_some_and(|resource| WAYS.contains(&resource.kind))
}

fn functions(template: &Template) -> impl Iterator<Item = (&str, &str)> {
    let functions = template.resources().filter(|resource| resource.kind == "AWS::Lambda::Function");
    functions.filter_map(|function| Some((function.logical_id, function.properties.get("Code")?.as_str()?)))
}

/// Whether a resource's properties name another one.
fn refers(template: &Template, from: &str, to: &str) -> bool {
    template.resource(from).is_some_and(|resource| names(resource.properties, to))
}

pub(super) fn names(value: &Value, id: &str) -> bool {
    match value {
        Value::String(text) => text.contains(&format!("${{{id}}}")) || text.contains(&format!("${{{id}.")),
        Value::Array(items) => items.iter().any(|item| names(item, id)),
        Value::Object(members) => members.iter().any(|(key, member)| match (key.as_str(), member) {
            ("Ref", Value::String(named)) => named == id,
            ("Fn::GetAtt", Value::Array(parts)) => parts.first().and_then(Value::as_str) == Some(id),
            _ => names(member, id),
        }),
        _ => false,
    }
}
