//! Checks that pass shallow work: matchers that hold for anything, and checks that look at a name only.

use super::{Check, Subject, Task};
use crate::matcher::{Matcher, Pattern};
use crate::source::Diagnostic;

/// Parts of a resource that say what it is called, not what it is.
const NAMES: [&str; 6] = ["id", "arn", "type", "logical_id", "tags", "name"];

/// Texts that have nothing in common: what finds something in each of them finds something in any.
const ANYTHING: [&str; 3] = ["", "a b-c", "0"];

pub(super) fn check(tasks: &[Task]) -> Vec<Diagnostic> {
    let checks = tasks.iter().flat_map(|task| &task.checks).flat_map(Check::with_members);
    checks.flat_map(|check| empty(check).into_iter().chain(by_name(check))).collect()
}

fn empty(check: &Check) -> Vec<Diagnostic> {
    let lines = check.expect.lines().filter(|(_, matcher)| holds_always(matcher));
    lines
        .map(|(selector, _)| {
            let message = format!("what `{}` expects of `{selector}` holds for anything", check.id);
            Diagnostic::warning(message)
                .at(check.location.clone())
                .help("say what it must be, or take the line out")
        })
        .collect()
}

/// Whether a matcher can fail for no value of the kind that it is about.
fn holds_always(matcher: &Matcher) -> bool {
    let zero = |number: &serde_json::Number| number.as_f64() == Some(0.0);
    match matcher {
        Matcher::Matches(pattern) => finds_always(pattern),
        Matcher::Len(length) => match &**length {
            Matcher::Ge(least) => zero(least),
            _ => false,
        },
        Matcher::Any(several) => several.iter().any(holds_always),
        Matcher::All(several) => several.iter().all(holds_always),
        Matcher::Every(one) => holds_always(one),
        _ => false,
    }
}

fn finds_always(pattern: &Pattern) -> bool {
    ANYTHING.iter().all(|text| pattern.finds(text) == Some(true))
}

/// A check that a resource is called something passes for whoever calls an empty thing so.
fn by_name(check: &Check) -> Option<Diagnostic> {
    let looks = matches!(
        check.subject,
        Subject::Function { .. }
            | Subject::Role { .. }
            | Subject::Table { .. }
            | Subject::Queue { .. }
            | Subject::Resource { .. }
    );
    let asks_rights =
        check.role.as_ref().is_some_and(|role| !role.allows.is_empty() || !role.denies.is_empty());
    let mut lines = check.expect.lines().peekable();
    if !looks || asks_rights || lines.peek().is_none() || !lines.all(|(selector, _)| is_name(selector)) {
        return None;
    }
    let problem = Diagnostic::warning(format!("the check `{}` looks at names only", check.id));
    let help = "expect what the thing does, or how it is set up: an empty one of this name would pass";
    Some(problem.at(check.location.clone()).help(help))
}

fn is_name(selector: &str) -> bool {
    let path = selector.trim_start_matches('$').trim_start_matches('.');
    let parts: Vec<&str> = path
        .split(['.', '[', ']'])
        .map(|part| part.trim_matches(['\'', '"']))
        .filter(|part| !part.is_empty())
        .collect();
    match parts.as_slice() {
        [first, ..] if NAMES.contains(first) => true,
        ["properties", name] => name.ends_with("Name"),
        _ => false,
    }
}
