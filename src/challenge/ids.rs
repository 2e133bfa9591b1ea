//! Rules of a definition that hold between its parts: ids, prerequisites, domains, points.

use std::collections::{BTreeMap, BTreeSet};

use super::definition::Definition;
use super::raw::{RawChallenge, RawCheck, RawCredit, RawGate, RawTask, RawVisibility};
use super::task::key_in;
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
    let (key, checks) = task.list();
    bank(definition, at, task);
    if checks.is_empty() {
        definition.key(&format!("{at}/checks"), format!("the task `{}` has no checks", task.id));
    }
    let earning = checks.iter().filter(|check| check.deduct.is_none()).count();
    let earning =
        task.draw.and_then(|draw| usize::try_from(draw).ok()).map_or(earning, |draw| earning.min(draw));
    if earning == 0 && !checks.is_empty() {
        let message = format!("every check of the task `{}` takes points off, and none earns them", task.id);
        definition.key(&format!("{at}/{key}"), message);
    }
    if let RawCredit::AtLeast(least) = task.credit
        && (least == 0 || least as usize > earning)
    {
        let message = format!("the task has {}, so `at-least` cannot be {least}", count(earning, "check"));
        definition.value(&format!("{at}/credit/at-least"), message);
    }
    if matches!(task.gate, Some(RawGate::Task)) {
        let help = "write `gate: fail` or `gate: { cap: 60% }`, or put it at a check";
        let message = "a task that earns nothing when it does not earn all is `credit: all-or-nothing`";
        definition.value(&format!("{at}/gate"), message).help = Some(help.to_owned());
    }
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for (index, check) in checks.iter().enumerate() {
        let at = format!("{at}/{key}/{index}");
        id(definition, &format!("{at}/id"), &check.id, "check");
        if !seen.insert(&check.id) {
            let message = format!("two checks of the task `{}` are called `{}`", task.id, check.id);
            definition.value(&format!("{at}/id"), message);
        }
        worth(definition, &at, check, task.points);
        hint_cost(definition, &at, check, task.points);
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

/// A hint that can be read while working.
fn hint_cost(definition: &mut Definition<'_>, at: &str, check: &RawCheck, points: u32) {
    let Some(cost) = check.hint_cost else { return };
    if check.hint.is_none() {
        let message = format!("the check `{}` has no hint to pay for", check.id);
        definition.key(&format!("{at}/hint_cost"), message);
    } else if matches!(check.visibility, RawVisibility::Hidden) {
        let message = format!("nobody asks for a hint to the hidden check `{}`", check.id);
        definition.key(&format!("{at}/hint_cost"), message);
    } else if cost > points {
        let message = format!("the task has {} to pay with, and not {cost}", count_of(points));
        definition.value(&format!("{at}/hint_cost"), message);
    }
}

/// What a check earns, or takes off.
fn worth(definition: &mut Definition<'_>, at: &str, check: &RawCheck, points: u32) {
    if check.weight == Some(0) {
        definition.value(&format!("{at}/weight"), "a check of weight 0 decides nothing");
    }
    let Some(deduct) = check.deduct else { return };
    let place = format!("{at}/deduct/points");
    if deduct.points == 0 {
        definition.value(&place, "taking 0 points off takes nothing off");
    } else if deduct.points > points {
        let message = format!("the task has {} to take off, and not {}", count_of(points), deduct.points);
        definition.value(&place, message);
    }
    if check.weight.is_some() {
        let message = "a check that takes points off earns none, so it has no weight";
        definition.key(&format!("{at}/weight"), message);
    }
}

fn count_of(points: u32) -> String {
    count(usize::try_from(points).unwrap_or(usize::MAX), "point")
}

/// A bank holds questions, and more of them than are drawn.
fn bank(definition: &mut Definition<'_>, at: &str, task: &RawTask) {
    if !task.bank.is_empty() && !task.checks.is_empty() {
        let message = "a task has either `checks` or a `bank`";
        definition.key(&format!("{at}/bank"), message);
    }
    let drawn = task.draw.and_then(|draw| usize::try_from(draw).ok());
    match drawn {
        None if !task.bank.is_empty() => {
            let help = format!("write `draw` with a number below {}", task.bank.len());
            let message = "nothing says how many questions of the bank are asked";
            definition.key(&format!("{at}/bank"), message).help = Some(help);
        }
        Some(_) if task.bank.is_empty() => {
            let help = "call the list of questions `bank`";
            let message = "only from a bank can be drawn";
            definition.key(&format!("{at}/draw"), message).help = Some(help.to_owned());
        }
        Some(0) => {
            definition.value(&format!("{at}/draw"), "a draw of 0 asks nothing");
        }
        Some(drawn) if drawn > task.bank.len() => {
            let message =
                format!("the bank holds {}, so {drawn} cannot be drawn", questions(task.bank.len()));
            definition.value(&format!("{at}/draw"), message);
        }
        _ => {}
    }
    let weight = |check: &RawCheck| check.weight.unwrap_or(1);
    for (index, check) in task.bank.iter().enumerate() {
        let at = format!("{at}/bank/{index}");
        if check.question.is_none() {
            let message = format!("a bank holds questions, and `{}` is none", check.id);
            definition.value(&at, message);
        }
        if weight(check) != weight(&task.bank[0]) {
            let message = "questions of a bank weigh the same, so that each draw is worth the same";
            definition.value(&format!("{at}/weight"), message);
        }
        if check.deduct.is_some() || check.gate.is_some() {
            let key = if check.deduct.is_some() { "deduct" } else { "gate" };
            let message = format!("not everybody is asked this, so it has no `{key}`");
            definition.key(&format!("{at}/{key}"), message);
        }
    }
}

fn questions(number: usize) -> String {
    count(number, "question")
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
        .flat_map(|task| task.list().1.iter().map(|check| format!("{}/{}", task.id, check.id)))
        .collect();
    let last: BTreeSet<String> = raw
        .tasks
        .iter()
        .flat_map(|task| task.list().1.iter().map(move |check| (task, check)))
        .filter(|(task, check)| check.reads_the_audit_log() || task.draw.is_some())
        .map(|(task, check)| format!("{}/{}", task.id, check.id))
        .collect();
    let mut needs: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for (t, task) in raw.tasks.iter().enumerate() {
        let (key, checks) = task.list();
        for (c, check) in checks.iter().enumerate() {
            let own = format!("{}/{}", task.id, check.id);
            for (n, need) in check.needs.iter().enumerate() {
                let at = format!("/tasks/{t}/{key}/{c}/needs/{n}");
                let full = key_in(&task.id, need);
                if last.contains(&full) {
                    let message = format!(
                        "nothing can wait for `{need}`: the audit log is read when all else is done, and of a bank not all is asked"
                    );
                    definition.value(&at, message);
                } else if known.contains(&full) {
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
