//! Whether every `{{ name }}` will have a value when it is needed.

use std::collections::BTreeSet;

use super::definition::Definition;
use super::raw::RawChallenge;
use crate::source::{Content, Diagnostic, FileTree, Location, Node, Severity};
use crate::template::Template;
use crate::text::{PlaceholderError, did_you_mean, names_in};

const LOOKED_AT: [&str; 14] = [
    "messages", "object", "queue", "http", "invoke", "item", "log", "function", "route", "role", "table",
    "resource", "audit", "expect",
];
const GROUPS: [&str; 3] = ["any", "all", "none"];

/// Returns the names that the stack gives: outputs and parameters.
pub(super) fn of_stack(template: &Template) -> BTreeSet<String> {
    let parameters = template.document.get("Parameters").and_then(serde_json::Value::as_object);
    let parameters = parameters.into_iter().flatten().map(|(name, _)| name.clone());
    template.output_names().map(str::to_owned).chain(parameters).collect()
}

/// Checks the names in the checks of a challenge. `stack`: what [`of_stack`] returns.
pub(super) fn check(definition: &mut Definition<'_>, raw: &RawChallenge, stack: &BTreeSet<String>) {
    for name in raw.inputs.keys().filter(|name| stack.contains(*name)) {
        let message = format!("the input `{name}` is called like an output or a parameter of the stack");
        definition.key(&format!("/inputs/{name}"), message);
    }
    let mut used = BTreeSet::new();
    let node = definition.node.clone();
    let known: BTreeSet<String> = stack.iter().chain(raw.inputs.keys()).cloned().collect();
    let tasks = node.get("tasks").into_iter().flat_map(items);
    let lists = tasks.flat_map(|task| ["checks", "bank"].into_iter().filter_map(|key| task.get(key)));
    for check in lists.flat_map(items) {
        of_check(definition, check, known.clone(), &mut used);
    }
    for name in raw.inputs.keys().filter(|name| !used.contains(*name)) {
        let at = format!("/inputs/{name}");
        definition.key(&at, format!("no check uses the input `{name}`")).severity = Severity::Warning;
    }
}

/// Returns the items of a list; none of anything else.
fn items(node: &Node) -> &[Node] {
    if let Content::Sequence(items) = &node.content { items } else { &[] }
}

/// Checks the names in a check, and those in the members of its group, which know what its acts captured.
fn of_check(
    definition: &mut Definition<'_>,
    check: &Node,
    mut known: BTreeSet<String>,
    used: &mut BTreeSet<String>,
) {
    if let Some(given) = check.get("given") {
        names(definition, given, &known, used);
    }
    for act in check.get("when").into_iter().flat_map(items) {
        for verb in ["http", "invoke"] {
            if let Some(node) = act.get(verb) {
                names(definition, node, &known, used);
            }
        }
        if let Some(Node { content: Content::Mapping(captured), .. }) = act.get("capture") {
            known.extend(captured.iter().map(|member| member.key.clone()));
        }
    }
    for key in LOOKED_AT {
        if let Some(node) = check.get(key) {
            names(definition, node, &known, used);
        }
    }
    for key in GROUPS {
        for member in check.get(key).into_iter().flat_map(items) {
            of_check(definition, member, known.clone(), used);
        }
    }
}

/// Checks the names in the words and keys below a node.
fn names(
    definition: &mut Definition<'_>,
    node: &Node,
    known: &BTreeSet<String>,
    used: &mut BTreeSet<String>,
) {
    let mut word = |text: &str, position| {
        let location = definition.location(position);
        for problem in in_text(text, known, used) {
            definition.note(problem.at(location.clone()));
        }
    };
    match &node.content {
        Content::Scalar { text, .. } => word(text, node.position),
        Content::Sequence(items) => items.iter().for_each(|item| names(definition, item, known, used)),
        Content::Mapping(members) => {
            for member in members {
                word(&member.key, member.position);
            }
            for member in members {
                names(definition, &member.value, known, used);
            }
        }
    }
}

/// Checks the names in a file that is filled in as text, such as the brief.
pub(super) fn check_file(files: &FileTree, file: &str, known: &BTreeSet<String>) -> Vec<Diagnostic> {
    let text = files.text(file).unwrap_or_default();
    let mut problems = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for problem in in_text(line, known, &mut BTreeSet::new()) {
            let column = line.find("{{").map_or(1, |byte| line[..byte].chars().count() + 1);
            let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
            problems.push(problem.at(Location::at(file, narrow(index + 1), narrow(column))));
        }
    }
    problems
}

fn in_text(text: &str, known: &BTreeSet<String>, used: &mut BTreeSet<String>) -> Vec<Diagnostic> {
    match names_in(text) {
        Ok(found) => {
            used.extend(found.iter().map(|name| (*name).to_owned()));
            let unknown = found.into_iter().filter(|name| !known.contains(*name));
            unknown
                .map(|name| {
                    let help = did_you_mean(name, known).unwrap_or_else(|| {
                        "names are outputs and parameters of the stack, inputs, and what the acts before captured".to_owned()
                    });
                    Diagnostic::error(format!("nothing is called `{name}` here")).help(help)
                })
                .collect()
        }
        Err(
            error @ (PlaceholderError::Unclosed
            | PlaceholderError::NotAName(_)
            | PlaceholderError::Unknown { .. }),
        ) => {
            vec![Diagnostic::error(error.to_string())]
        }
    }
}
