use serde_json::Value;

use super::layout::cut;
use super::view::{CheckReport, GateReport, Range, Report, TaskReport, VerdictWord};
use crate::challenge::{GroupKind, Points};
use crate::evaluate::{Cause, Outcome};
use crate::evidence::Trouble;
use crate::matcher::Mismatch;
use crate::score::{GateEffect, HIGHEST, LOWEST};

/// How much of a value is shown before it is cut.
const LONGEST: usize = 300;

/// One thing that the report says of a check: a label and its words.
pub(super) type Line = (&'static str, String);

/// Returns what went wrong with a check, as labelled lines.
pub(super) fn findings(check: &CheckReport, task: &TaskReport, report: &Report) -> Vec<Line> {
    let mut lines = check.cause.as_ref().map_or_else(Vec::new, of_cause);
    if let Some(trouble) = &check.trouble {
        lines.push(("not seen", cut(&trouble.message, LONGEST)));
    }
    if let Some(needs) = &check.needs {
        lines.push(("skipped", format!("because this did not pass: {}", title_of(needs, task, report))));
    }
    if check.verdict == VerdictWord::Fail {
        if let Some(points) = check.deduct {
            lines.push(("costs", format!("up to {} points of the task", Points(points))));
        }
        if check.decides {
            lines.push(("costs", "all points of the task".to_owned()));
        }
    }
    lines
}

fn of_cause(cause: &Cause) -> Vec<Line> {
    match cause {
        Cause::Missing { what } => {
            vec![("expected", what.clone()), ("seen", "nothing of the kind".to_owned())]
        }
        Cause::Mismatched { mismatches, seen } => {
            mismatches.iter().flat_map(mismatch_lines).chain(answer(seen, mismatches)).collect()
        }
        Cause::Permissions { lacks, exceeds } => {
            let lacks = lacks.iter().map(|line| ("lacks", line.clone()));
            lacks.chain(exceeds.iter().map(|line| ("too much", line.clone()))).collect()
        }
        Cause::Group { group: GroupKind::None, members } => {
            members.iter().map(|member| ("too much", member.title.clone())).collect()
        }
        Cause::Group { members, .. } => members
            .iter()
            .map(|member| ("missing", format!("{}: {}", member.title, of_outcome(&member.outcome))))
            .collect(),
        Cause::Unanswered => vec![("seen", "not answered".to_owned())],
        Cause::Answered { given, right } => {
            let right = (!right.is_empty()).then(|| ("expected", quoted(right)));
            right.into_iter().chain([("seen", quoted(given))]).collect()
        }
        Cause::Changed { changes } => {
            changes.iter().map(|change| ("changed", cut(change, LONGEST))).collect()
        }
    }
}

/// Returns in one line what went wrong with a check; empty when nothing did.
pub(super) fn reason(check: &CheckReport, task: &TaskReport, report: &Report) -> String {
    match (&check.cause, &check.trouble, &check.needs) {
        (Some(cause), ..) => why(cause),
        (_, Some(trouble), _) => not_seen(trouble),
        (.., Some(needs)) => format!("skipped, because this did not pass: {}", title_of(needs, task, report)),
        _ if check.verdict == VerdictWord::Pass => String::new(),
        _ => check.hint.clone().unwrap_or_default(),
    }
}

/// Returns a cause in one line.
fn why(cause: &Cause) -> String {
    match cause {
        Cause::Missing { what } => format!("expected {what}, found nothing of the kind"),
        Cause::Mismatched { mismatches, .. } => match mismatches.as_slice() {
            [] => String::new(),
            [first, rest @ ..] => {
                let more =
                    if rest.is_empty() { String::new() } else { format!(" (and {} more)", rest.len()) };
                format!("expected {}, saw {}{more}", wanted(first), seen(first))
            }
        },
        Cause::Permissions { lacks, exceeds } => [lacks.as_slice(), exceeds].concat().join("; "),
        Cause::Group { group, members } => {
            let words = members.iter().map(|member| match group {
                GroupKind::None => format!("this must not be: {}", member.title),
                GroupKind::Any | GroupKind::All => {
                    format!("{}: {}", member.title, of_outcome(&member.outcome))
                }
            });
            words.collect::<Vec<_>>().join("; ")
        }
        Cause::Unanswered => "not answered".to_owned(),
        Cause::Answered { given, right } if right.is_empty() => format!("answered {}", quoted(given)),
        Cause::Answered { given, right } => format!("answered {}, not {}", quoted(given), quoted(right)),
        Cause::Changed { changes } => cut(&changes.join("; "), LONGEST),
    }
}

fn of_outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Pass => "holds".to_owned(),
        Outcome::Fail { cause } => why(cause),
        Outcome::Skipped { needs } => format!("skipped, because this did not pass: {needs}"),
        Outcome::Undetermined { trouble } => not_seen(trouble),
    }
}

fn not_seen(trouble: &Trouble) -> String {
    format!("not seen: {}", cut(&trouble.message, LONGEST))
}

fn quoted(answers: &[String]) -> String {
    let answers: Vec<String> = answers.iter().map(|answer| format!("{:?}", cut(answer, LONGEST))).collect();
    answers.join(", ")
}

/// Returns what gates do to the result, a sentence each.
pub(super) fn gates(report: &Report) -> Vec<String> {
    let sentence = |gate: &GateReport| {
        let title = &gate.title;
        match (gate.effect, gate.shut) {
            (GateEffect::Fail, true) => format!("Not to be passed without this: {title}."),
            (GateEffect::Fail, false) => {
                format!("Not to be passed without this, which could not be seen: {title}.")
            }
            (GateEffect::Cap { most }, true) => format!("No more than {most} points without this: {title}."),
            (GateEffect::Cap { most }, false) => {
                format!("No more than {most} points without this, which could not be seen: {title}.")
            }
        }
    };
    report.gates.iter().map(sentence).collect()
}

fn mismatch_lines(mismatch: &Mismatch) -> Vec<Line> {
    let list = |values: &[Value]| values.iter().map(shown).collect::<Vec<_>>().join(", ");
    let mut lines = vec![("expected", wanted(mismatch)), ("seen", seen(mismatch))];
    if !mismatch.missing.is_empty() {
        lines.push(("missing", cut(&list(&mismatch.missing), LONGEST)));
    }
    if !mismatch.extra.is_empty() {
        lines.push(("too much", cut(&list(&mismatch.extra), LONGEST)));
    }
    lines
}

fn wanted(mismatch: &Mismatch) -> String {
    format!("{} {}", short_path(&mismatch.path), cut(&mismatch.expected, LONGEST))
}

fn seen(mismatch: &Mismatch) -> String {
    let actual = mismatch.actual.as_ref().map_or_else(|| "nothing".to_owned(), shown);
    match &mismatch.note {
        Some(note) => format!("{actual} ({note})"),
        None => actual,
    }
}

/// Where the answer's status is wrong, its body usually says why.
fn answer(seen: &Value, mismatches: &[Mismatch]) -> Option<Line> {
    let about = |field: &str| mismatches.iter().any(|mismatch| mismatch.path == format!("$['{field}']"));
    let body =
        ["body", "text", "payload"].iter().map(|field| &seen[*field]).find(|value| !value.is_null())?;
    let told = about("status") || about("error");
    (told && body.as_str() != Some("")).then(|| ("answer", shown(body)))
}

fn shown(value: &Value) -> String {
    cut(&value.to_string(), LONGEST)
}

/// Returns a normalised path as people write it: `$['body']['items'][0]` is `body.items[0]`.
pub(super) fn short_path(path: &str) -> String {
    let Some(mut rest) = path.strip_prefix('$').filter(|rest| rest.starts_with("['")) else {
        return path.strip_prefix("$.").unwrap_or(path).to_owned();
    };
    let mut short = String::new();
    while let Some(after) = rest.strip_prefix("['") {
        let Some((name, behind)) = after.split_once("']") else { return path.to_owned() };
        if !name.chars().all(|c| c.is_alphanumeric() || "_-".contains(c)) {
            return path.to_owned();
        }
        if !short.is_empty() {
            short.push('.');
        }
        short.push_str(name);
        let indices = behind.len()
            - behind.trim_start_matches(|c: char| c.is_ascii_digit() || c == '[' || c == ']').len();
        // An index ends before the next name's bracket.
        let end = behind[..indices].rfind(']').map_or(0, |at| at + 1);
        short.push_str(&behind[..end]);
        rest = &behind[end..];
    }
    format!("{short}{rest}")
}

/// Returns the title of a check, with its task where that is another one.
fn title_of(key: &str, own: &TaskReport, report: &Report) -> String {
    let found = key.split_once('/').and_then(|(task, id)| {
        let task = report.tasks.iter().find(|other| other.id == task)?;
        let check = task.checks.iter().find(|check| check.id == id)?;
        let elsewhere = if task.id == own.id { String::new() } else { format!(" ({})", task.title) };
        Some(format!("{}{elsewhere}", check.title))
    });
    found.unwrap_or_else(|| key.to_owned())
}

/// Returns points of points: `12.5 of 20`, `between 12.5 and 15 of 20`.
pub(super) fn of_points(score: Range, points: u32) -> String {
    format!("{} of {}", earned(score), Points(points))
}

/// Returns points, or from where to where they may reach: `12.5`, `12.5 to 15`.
pub(super) fn earned(score: Range) -> String {
    let (low, high) = (Points(score.low), Points(score.high));
    if low == high { low.to_string() } else { format!("{low} to {high}") }
}

/// Returns the points that a mark asks for.
pub(super) fn needed(points: u32, mark: u32) -> Points {
    let needed = (u64::from(points) * u64::from(mark)).div_ceil(10_000);
    Points(u32::try_from(needed).unwrap_or(u32::MAX))
}

/// Returns the score on the scale of 100 to 1,000: `875 on a scale of 100 to 1000, where 750 passes`.
pub(super) fn on_scale(report: &Report) -> String {
    let Range { low, high } = report.scaled;
    let score = if low == high { low.to_string() } else { format!("{low} to {high}") };
    format!("{score} on a scale of {LOWEST} to {HIGHEST}, where {} passes", report.scaled_cut)
}

/// Returns hundredths of a percent with no more decimals than there are: `80 %`.
pub(super) fn percent(hundredths: u32) -> String {
    format!("{} %", Points(hundredths))
}

/// Returns how long something took: `250 ms`, `4.1 s`.
pub(super) fn took(milliseconds: u64) -> String {
    match milliseconds {
        0..1000 => format!("{milliseconds} ms"),
        _ => format!("{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_as_people_write_them() {
        for (path, short) in [
            ("$['status']", "status"),
            ("$['body']['items'][0]['id']", "body.items[0].id"),
            ("$['body'][0][1]", "body[0][1]"),
            ("$['headers']['content-type']", "headers.content-type"),
            ("$['a b']", "$['a b']"),
            ("$.body.orders[*].id", "body.orders[*].id"),
            ("$['text'] (as JSON) $['id']", "text (as JSON) $['id']"),
            ("status", "status"),
            ("$", "$"),
        ] {
            assert_eq!(short_path(path), short);
        }
    }

    #[test]
    fn numbers_are_shown_short() {
        assert_eq!(of_points(Range { low: 1250, high: 1500 }, 2000), "12.5 to 15 of 20");
        assert_eq!(percent(8000), "80 %");
        assert_eq!([needed(5000, 8000), needed(333, 6667)], [Points(4000), Points(223)]);
        assert_eq!([took(999), took(4149)], ["999 ms", "4.1 s"]);
    }
}
