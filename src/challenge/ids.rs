//! Rules of a definition that hold between its parts: ids, prerequisites, domains, points.

use std::collections::{BTreeMap, BTreeSet};

use super::definition::Definition;
use super::raw::{RawChallenge, RawCredit, RawTask, RawVisibility};
use crate::source::Severity;
use crate::text::{count, did_you_mean, one_of};

/// Checks what can be known before the checks themselves are read.
pub(super) fn check(definition: &mut Definition<'_>, raw: &RawChallenge) {
    identity(definition, raw);
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for (index, task) in raw.tasks.iter().enumerate() {
        let at = format!("/tasks/{index}");
        id(definition, &format!("{at}/id"), &task.id, "task");
        if !seen.insert(&task.id) {
            definition.value(&format!("{at}/id"), format!("two tasks are called `{}`", task.id));
        }
        self::task(definition, &at, task, raw);
    }
    if raw.tasks.is_empty() {
        definition.key("/tasks", "a challenge needs at least one task");
    } else if raw.tasks.iter().all(|task| task.points == 0) {
        definition.key("/tasks", "the points of all tasks add up to 0");
    }
    let sum = raw.tasks.iter().fold(0_u32, |sum, task| sum.saturating_add(task.points));
    if let Some(points) = raw.points.filter(|points| *points != sum) {
        let message = format!("the points of all tasks add up to {sum}, not to {points}");
        definition.value("/points", message);
    }
    for (domain, _) in &raw.domains {
        if !raw.tasks.iter().any(|task| task.domain == *domain) {
            let at = format!("/domains/{domain}");
            definition.key(&at, format!("no task belongs to the domain `{domain}`")).severity =
                Severity::Warning;
        }
    }
    prerequisites(definition, raw);
}

fn identity(definition: &mut Definition<'_>, raw: &RawChallenge) {
    if raw.version != 1 {
        definition
            .value("/version", format!("this program reads version 1, and this is version {}", raw.version));
    }
    id(definition, "/id", &raw.id, "challenge");
    let parts: Vec<&str> = raw.release.split('.').collect();
    if parts.len() != 3 || parts.iter().any(|part| part.parse::<u32>().is_err()) {
        let help = "write three numbers, for example `1.0.0`";
        definition.value("/release", "this is not a release number").help = Some(help.to_owned());
    }
    for domain in raw.domains.keys() {
        id_of_key(definition, &format!("/domains/{domain}"), domain, "domain");
    }
}

fn task(definition: &mut Definition<'_>, at: &str, task: &RawTask, raw: &RawChallenge) {
    if !raw.domains.contains_key(&task.domain) {
        let help = did_you_mean(&task.domain, raw.domains.keys());
        let help = help.unwrap_or_else(|| format!("the domains are {}", one_of(raw.domains.keys())));
        let message = format!("there is no domain `{}`", task.domain);
        definition.value(&format!("{at}/domain"), message).help = Some(help);
    }
    if task.points == 0 && raw.tasks.iter().any(|task| task.points > 0) {
        definition.value(&format!("{at}/points"), "a task is worth at least 1 point");
    }
    if task.checks.is_empty() {
        definition.key(&format!("{at}/checks"), format!("the task `{}` has no checks", task.id));
    }
    if let RawCredit::AtLeast(least) = task.credit
        && (least == 0 || least as usize > task.checks.len())
    {
        let message =
            format!("the task has {}, so `at-least` cannot be {least}", count(task.checks.len(), "check"));
        definition.value(&format!("{at}/credit/at-least"), message);
    }
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for (index, check) in task.checks.iter().enumerate() {
        let at = format!("{at}/checks/{index}");
        id(definition, &format!("{at}/id"), &check.id, "check");
        if !seen.insert(&check.id) {
            let message = format!("two checks of the task `{}` are called `{}`", task.id, check.id);
            definition.value(&format!("{at}/id"), message);
        }
        if check.weight == 0 {
            definition.value(&format!("{at}/weight"), "a check of weight 0 decides nothing");
        }
        match (check.visibility, &check.hidden_hint) {
            (RawVisibility::Hidden, None) => {
                let help = "say in `hidden_hint` what a candidate may know of it";
                let message = format!("the hidden check `{}` has no `hidden_hint`", check.id);
                definition.value(&format!("{at}/visibility"), message).help = Some(help.to_owned());
            }
            (RawVisibility::Visible, Some(_)) => {
                let help = "make the check hidden, or write `hint`";
                let problem =
                    definition.key(&format!("{at}/hidden_hint"), "only a hidden check has a `hidden_hint`");
                problem.help = Some(help.to_owned());
            }
            _ => {}
        }
    }
}

fn id(definition: &mut Definition<'_>, at: &str, id: &str, of: &str) {
    if !is_id(id) {
        let message =
            format!("the id of a {of} holds small letters, digits and `-`, beginning with a letter");
        definition.value(at, message);
    }
}

fn id_of_key(definition: &mut Definition<'_>, at: &str, id: &str, of: &str) {
    if !is_id(id) {
        let message =
            format!("the id of a {of} holds small letters, digits and `-`, beginning with a letter");
        definition.key(at, message);
    }
}

pub(super) fn is_id(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// Tells prerequisites that do not exist, and circles among those that do.
fn prerequisites(definition: &mut Definition<'_>, raw: &RawChallenge) {
    let known: BTreeSet<String> = raw
        .tasks
        .iter()
        .flat_map(|task| task.checks.iter().map(|check| format!("{}/{}", task.id, check.id)))
        .collect();
    let mut needs: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for (t, task) in raw.tasks.iter().enumerate() {
        for (c, check) in task.checks.iter().enumerate() {
            let own = format!("{}/{}", task.id, check.id);
            for (n, need) in check.needs.iter().enumerate() {
                let at = format!("/tasks/{t}/checks/{c}/needs/{n}");
                let full = if need.contains('/') { need.clone() } else { format!("{}/{need}", task.id) };
                if known.contains(&full) {
                    needs.entry(own.clone()).or_default().push((full, at));
                } else {
                    let of_task =
                        known.iter().filter_map(|known| known.strip_prefix(&format!("{}/", task.id)));
                    let help = did_you_mean(need, of_task.chain(known.iter().map(String::as_str)));
                    definition.value(&at, format!("there is no check `{need}`")).help = help;
                }
            }
        }
    }
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for start in needs.keys() {
        let Some((path, at)) = circle(start, &needs) else { continue };
        if !path.iter().any(|check| told.contains(check.as_str())) {
            let words: Vec<String> =
                path.iter().chain(path.first()).map(|check| format!("`{check}`")).collect();
            definition.value(at, format!("checks need each other in a circle: {}", words.join(" → ")));
        }
        told.insert(start);
    }
}

/// Returns a way from a check back to itself, and where its first step stands.
fn circle<'a>(
    start: &'a String,
    needs: &'a BTreeMap<String, Vec<(String, String)>>,
) -> Option<(Vec<&'a String>, &'a str)> {
    let mut seen: BTreeSet<&String> = BTreeSet::new();
    let mut open: Vec<(Vec<&String>, Option<&str>)> = vec![(vec![start], None)];
    while let Some((path, first)) = open.pop() {
        for (need, at) in path.last().and_then(|last| needs.get(*last)).into_iter().flatten() {
            let first = first.or(Some(at));
            if need == start {
                return first.map(|first| (path, first));
            }
            if seen.insert(need) {
                open.push((path.iter().copied().chain([need]).collect(), first));
            }
        }
    }
    None
}
