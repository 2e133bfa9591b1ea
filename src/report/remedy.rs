use serde_json::Value;

use super::layout::cut;
use super::words::short_path;
use crate::challenge::GroupKind;
use crate::evaluate::{Cause, MemberOutcome, Outcome};
use crate::matcher::Mismatch;

/// How much of a value is shown before it is cut.
const LONGEST: usize = 160;

/// Returns the smallest difference to a state in which the check passes, a step each; empty where nobody can say.
///
/// Of alternatives the one that needs the fewest steps is told.
pub(super) fn steps(cause: &Cause) -> Vec<String> {
    match cause {
        Cause::Missing { what } => {
            // What there is instead stands among the findings.
            let wanted = what.split(" (there is: ").next().unwrap_or(what);
            vec![format!("have {}", cut(wanted, LONGEST))]
        }
        Cause::Mismatched { mismatches, .. } => mismatches.iter().flat_map(of_mismatch).collect(),
        Cause::Permissions { lacks, exceeds } => {
            let lacks = lacks.iter().map(|line| allow(line));
            lacks.chain(exceeds.iter().map(|line| withdraw(line))).collect()
        }
        Cause::Group { group: GroupKind::None, members } => {
            members.iter().map(|member| format!("see to it that this is not so: {}", member.title)).collect()
        }
        Cause::Group { group: GroupKind::All, members } => members.iter().flat_map(of_member).collect(),
        Cause::Group { group: GroupKind::Any, members } => {
            let ways = members.iter().map(of_member).filter(|steps| !steps.is_empty());
            ways.min_by_key(Vec::len).unwrap_or_default()
        }
        Cause::Unanswered => vec!["answer the question".to_owned()],
        // What is right is not told: whoever takes the challenge again is asked again.
        Cause::Answered { .. } => vec!["give another answer".to_owned()],
        Cause::Changed { changes } => {
            changes.iter().map(|change| format!("put back as it was: {}", cut(change, LONGEST))).collect()
        }
    }
}

fn of_member(member: &MemberOutcome) -> Vec<String> {
    match &member.outcome {
        Outcome::Fail { cause } if member.title.is_empty() => steps(cause),
        Outcome::Fail { cause } => {
            steps(cause).into_iter().map(|step| format!("{}: {step}", member.title)).collect()
        }
        _ => vec![],
    }
}

fn of_mismatch(mismatch: &Mismatch) -> Vec<String> {
    let place = short_path(&mismatch.path);
    let list =
        |values: &[Value]| cut(&values.iter().map(Value::to_string).collect::<Vec<_>>().join(", "), LONGEST);
    let mut steps = Vec::new();
    if !mismatch.missing.is_empty() {
        steps.push(format!("add {} to {place}", list(&mismatch.missing)));
    }
    if !mismatch.extra.is_empty() {
        steps.push(format!("take {} out of {place}", list(&mismatch.extra)));
    }
    if steps.is_empty() {
        let wanted = cut(&mismatch.expected, LONGEST);
        steps.push(match &mismatch.actual {
            Some(actual) => format!("{place}: {} → {wanted}", cut(&actual.to_string(), LONGEST)),
            None => format!("{place}: nothing → {wanted}"),
        });
    }
    steps
}

/// Turns a line such as `may not dynamodb:GetItem on table orders: denied (orders-table, statement 1)` into what to do.
fn allow(line: &str) -> String {
    let Some(what) = line.strip_prefix("may not ") else { return format!("allow: {line}") };
    match what.split_once(": denied") {
        Some((what, statements)) => return format!("no longer deny {what}{statements}"),
        None if what.ends_with(": its permissions boundary does not allow it") => {
            let what = what.trim_end_matches(": its permissions boundary does not allow it");
            return format!("let the permissions boundary allow {what}");
        }
        None => {}
    }
    let condition = what
        .split_once(": a statement wants ")
        .and_then(|(what, rest)| Some((what, rest.strip_suffix(", which the request does not carry")?)));
    match condition {
        Some((what, keys)) => format!("allow {what} without the condition on {keys}"),
        None => format!("allow {what}"),
    }
}

/// Turns a line such as `also allows s3:GetObject on any object (orders-table, statement 2)` into what to do.
fn withdraw(line: &str) -> String {
    let Some(what) = line.strip_prefix("also allows ") else { return format!("take away: {line}") };
    match what.strip_suffix(')').and_then(|what| what.rsplit_once(" (")) {
        Some((what, statement)) => format!("take {what} out of {statement}"),
        None => format!("take {what} away"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mismatch(path: &str, expected: &str, actual: Option<Value>) -> Mismatch {
        Mismatch {
            path: path.to_owned(),
            expected: expected.to_owned(),
            actual,
            missing: vec![],
            extra: vec![],
            note: None,
        }
    }

    fn missing(what: &str) -> Cause {
        Cause::Missing { what: what.to_owned() }
    }

    #[test]
    fn of_a_wrong_field_the_change_is_told_and_of_a_list_only_what_differs() {
        let wrong = mismatch("$['status']", "201", Some(json!(502)));
        let absent = mismatch("$['body']['id']", "to match /^o-/", None);
        let list = Mismatch {
            missing: vec![json!("o-2")],
            extra: vec![json!("o-9")],
            ..mismatch("$['ids']", "exactly \"o-1\" and \"o-2\"", Some(json!(["o-1", "o-9"])))
        };
        let cause = Cause::Mismatched { mismatches: vec![wrong, absent, list], seen: Value::Null };
        assert_eq!(
            steps(&cause),
            [
                "status: 502 → 201",
                "body.id: nothing → to match /^o-/",
                "add \"o-2\" to ids",
                "take \"o-9\" out of ids"
            ]
        );
    }

    #[test]
    fn of_permissions_what_lacks_is_allowed_and_what_is_too_much_is_withdrawn() {
        let lacks = [
            "may not dynamodb:GetItem on table orders",
            "may not dynamodb:GetItem on table orders: denied (orders-table, statement 1)",
            "may not s3:GetObject on any object: its permissions boundary does not allow it",
            "may not s3:GetObject on any object: a statement wants aws:SourceIp, which the request does not carry",
        ];
        let exceeds =
            ["also allows s3:GetObject on any object (orders-table, statement 2)", "also allows x on y"];
        let own = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
        assert_eq!(
            steps(&Cause::Permissions { lacks: own(&lacks), exceeds: own(&exceeds) }),
            [
                "allow dynamodb:GetItem on table orders",
                "no longer deny dynamodb:GetItem on table orders (orders-table, statement 1)",
                "let the permissions boundary allow s3:GetObject on any object",
                "allow s3:GetObject on any object without the condition on aws:SourceIp",
                "take s3:GetObject on any object out of orders-table, statement 2",
                "take x on y away",
            ]
        );
    }

    #[test]
    fn of_alternatives_the_nearest_is_told() {
        let far = Cause::Mismatched {
            mismatches: vec![mismatch("$['a']", "1", None), mismatch("$['b']", "2", None)],
            seen: Value::Null,
        };
        let member =
            |title: &str, cause| MemberOutcome { title: title.to_owned(), outcome: Outcome::Fail { cause } };
        let members = || {
            vec![
                member("On the REST API", far.clone()),
                member("On the HTTP API", missing("a route (there is: GET /)")),
            ]
        };
        let any = Cause::Group { group: GroupKind::Any, members: members() };
        assert_eq!(steps(&any), ["On the HTTP API: have a route"]);
        assert_eq!(steps(&Cause::Group { group: GroupKind::All, members: members() }).len(), 3);
        let none = Cause::Group {
            group: GroupKind::None,
            members: vec![MemberOutcome { title: "Anybody reads it".to_owned(), outcome: Outcome::Pass }],
        };
        assert_eq!(steps(&none), ["see to it that this is not so: Anybody reads it"]);
    }

    #[test]
    fn an_answer_is_never_given_away() {
        let answered = Cause::Answered { given: vec!["GET".to_owned()], right: vec!["PUT".to_owned()] };
        assert_eq!(steps(&answered), ["give another answer"]);
        assert_eq!(steps(&Cause::Unanswered), ["answer the question"]);
        let changed = Cause::Changed { changes: vec!["OrdersTable (orders): is gone".to_owned()] };
        assert_eq!(steps(&changed), ["put back as it was: OrdersTable (orders): is gone"]);
    }
}
