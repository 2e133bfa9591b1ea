use super::{Facts, excess, role, subject};
use crate::challenge::{Check, Subject};
use crate::evidence::{Binding, Exchange, Inspection, redact_text};
use crate::matcher::Values;

/// Returns how a check was carried out: the requests of its last attempt with their answers, or what was looked up.
pub(super) fn how(key: &str, check: &Check, facts: &Facts<'_>) -> Vec<String> {
    if let Subject::Group { of, .. } = &check.subject {
        let of_member = |member: &Check| {
            let lines = how(&format!("{key}/{}", member.id), member, facts);
            lines.into_iter().map(|line| format!("{}: {line}", member.title)).collect::<Vec<_>>()
        };
        return of.iter().flat_map(of_member).collect();
    }
    let Some(transcript) = facts.transcripts.get(key) else {
        return looked_up(check, facts.variables, facts.inspection);
    };
    let last = transcript.exchanges.iter().map(|exchange| exchange.attempt).max();
    let exchanges = transcript.exchanges.iter().filter(|exchange| Some(exchange.attempt) == last);
    exchanges.map(line).collect()
}

fn line(exchange: &Exchange) -> String {
    let received = &exchange.received;
    let answer = if let Some(status) = received["status"].as_u64() {
        format!(" → {status}")
    } else if let Some(error) = received["error"].as_str() {
        format!(" → {error}")
    } else {
        String::new()
    };
    redact_text(&format!("{}{answer}", exchange.request))
}

fn looked_up(check: &Check, variables: &Values, inspection: &Inspection) -> Vec<String> {
    if check.subject.is_probe() {
        return vec![];
    }
    let words = match &check.subject {
        Subject::Route { method, path, .. } => format!("the live stage's route {method} {path}"),
        Subject::Function { of } => of_which("function", of),
        Subject::Role { of } => of_which("role", of),
        Subject::Table { of } => of_which("table", of),
        Subject::Queue { of } => of_which("queue", of),
        Subject::Resource { kind, of } => of_which(kind, of),
        Subject::Audit(_) => return vec!["looked through the audit log".to_owned()],
        Subject::Unchanged(_) => return vec!["compared with what stood when the candidate began".to_owned()],
        _ => return vec![],
    };
    let found = subject::look(&check.subject, inspection).ok().and_then(|sought| sought.resource);
    let mut lines = vec![match found {
        Some(resource) => format!("looked up {words}: {}", resource.id),
        None => format!("looked up {words}: not found"),
    }];
    if let (Some(expected), Some(resource)) = (&check.role, found) {
        lines.push(role::how(expected, resource));
        lines.extend(excess::beyond(expected, resource, &inspection.region, variables));
    }
    lines
}

fn of_which(noun: &str, binding: &Binding) -> String {
    match (noun, binding) {
        ("function", Binding::Route { .. }) => format!("the function {binding}"),
        // A role belongs to what gets the messages; anything else may get them itself.
        (noun, Binding::From { .. }) if noun != "role" => format!("the {noun} {binding}"),
        (noun, Binding::Route { .. } | Binding::From { .. }) => {
            format!("the {noun} of the function {binding}")
        }
        (noun, Binding::Logical(_)) => format!("the {noun} of {binding}"),
    }
}
