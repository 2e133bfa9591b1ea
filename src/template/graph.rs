use std::collections::{BTreeMap, BTreeSet};

use super::reference::{Target, references};
use super::{Resource, Template, pointer};
use crate::source::Diagnostic;

/// What a resource needs: logical ids, each with the pointer of the first node that says so.
type Needs<'a> = BTreeMap<&'a str, String>;

/// Orders resources by what they refer to and depend on. Resources of one level do not need each other and keep the order written.
pub fn graph(template: &Template) -> Result<Vec<Vec<String>>, Vec<Diagnostic>> {
    let resources: Vec<Resource<'_>> = template.resources().collect();
    let known: BTreeSet<&str> = resources.iter().map(|resource| resource.logical_id).collect();
    let needs: BTreeMap<&str, Needs<'_>> =
        resources.iter().map(|resource| (resource.logical_id, needs_of(resource, &known))).collect();
    let mut waiting: Vec<&str> = resources.iter().map(|resource| resource.logical_id).collect();
    let mut levels = Vec::new();
    while !waiting.is_empty() {
        let free = |id: &&str| needs[id].keys().all(|need| !waiting.contains(need));
        let (level, rest): (Vec<&str>, Vec<&str>) = waiting.iter().partition(|id| free(id));
        if level.is_empty() {
            return Err(cycles(template, &needs, rest));
        }
        levels.push(level.into_iter().map(str::to_owned).collect());
        waiting = rest;
    }
    Ok(levels)
}

fn needs_of<'a>(resource: &Resource<'a>, known: &BTreeSet<&str>) -> Needs<'a> {
    let at = pointer::below("/Resources", resource.logical_id);
    let mut needs = Needs::new();
    for id in resource.depends_on() {
        needs.entry(id).or_insert_with(|| pointer::below(&at, "DependsOn"));
    }
    for reference in references(resource.properties, &pointer::below(&at, "Properties")) {
        if let Target::Name(id) | Target::Attribute(id) = reference.target {
            needs.entry(id).or_insert(reference.pointer);
        }
    }
    // Parameters are no resources, and what is unknown altogether is told elsewhere.
    needs.retain(|id, _| known.contains(id));
    needs
}

/// Tells one circle after the other until none is left.
fn cycles(template: &Template, needs: &BTreeMap<&str, Needs<'_>>, mut stuck: Vec<&str>) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    while let Some(circle) = circle(needs, &stuck) {
        let path: Vec<String> = circle.iter().chain(circle.first()).map(|id| format!("`{id}`")).collect();
        let first = circle[0];
        let next = circle.get(1).copied().unwrap_or(first);
        told.push(
            Diagnostic::error(format!("resources need each other in a circle: {}", path.join(" → ")))
                .at(template.location(&needs[first][next]))
                .label(format!("`{first}` needs `{next}` here"))
                .help("take one of these references away, or put what both need into a resource of its own"),
        );
        stuck.retain(|id| !circle.contains(id));
    }
    told
}

/// Returns a circle among resources, if there is one: follows needs until an id comes again.
fn circle<'a>(needs: &BTreeMap<&'a str, Needs<'a>>, among: &[&'a str]) -> Option<Vec<&'a str>> {
    among.iter().find_map(|start| {
        let mut path: Vec<&str> = Vec::new();
        let mut done: BTreeSet<&str> = BTreeSet::new();
        let mut id = *start;
        loop {
            if let Some(again) = path.iter().position(|before| *before == id) {
                return Some(path.split_off(again));
            }
            path.push(id);
            // A dead end: back to the resource before it, which may need another one.
            loop {
                let last = *path.last()?;
                let next = needs[last].keys().find(|need| among.contains(need) && !done.contains(*need));
                if let Some(next) = next {
                    break id = next;
                }
                done.insert(last);
                path.pop();
            }
        }
    })
}
