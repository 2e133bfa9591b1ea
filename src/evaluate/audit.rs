use serde_json::{Value, json};

use super::Facts;
use crate::challenge::{AuditQuery, Caller, Moment};
use crate::evidence::{
    Audit, AuditCall, AuditLog, Binding, Inspection, Observation, Trouble, TroubleKind, Unbound,
};

/// What is told of the calls that were counted, at most.
const TOLD: usize = 20;

/// Looks for calls in the audit log, and returns the document that the expectation is matched against.
pub(super) fn look(query: &AuditQuery, facts: &Facts<'_>) -> Observation {
    let log = match facts.audit.map(Audit::log) {
        Some(Ok(log)) => log,
        Some(Err(trouble)) => return Observation::Unavailable(trouble.clone()),
        None => return unavailable("the audit log is read when all else is done"),
    };
    if !log.complete {
        return unavailable("this target's audit log does not hold every call");
    }
    let role = match &query.by {
        Some(Caller::Role(of)) => match facts.inspection.bind(of, "AWS::IAM::Role") {
            Ok(role) => Some(role.id.clone()),
            Err(unbound) => return unbound.observation(),
        },
        _ => None,
    };
    let on = match query.on.as_ref().map(|on| arn(on, facts.inspection)).transpose() {
        Ok(on) => on,
        Err(unbound) => return unbound.observation(),
    };
    let Some(from) = begin(query.after.as_ref(), log) else {
        let what = match &query.after {
            Some(Moment::Call(operation)) => format!("a call of {operation} that was allowed"),
            _ => "a call of the candidate that changed something".to_owned(),
        };
        return Observation::Missing(what);
    };
    let counts = |call: &&AuditCall| {
        query.outcome.is_none_or(|outcome| call.outcome == outcome)
            && (query.operations.is_empty() || query.operations.iter().any(|pattern| fits(pattern, call)))
            && query.by.as_ref().is_none_or(|by| is_by(by, role.as_deref(), call))
            && on.as_ref().is_none_or(|arn| call.resources.iter().any(|resource| is_part(resource, arn)))
    };
    let calls: Vec<&AuditCall> = log.calls.iter().skip(from).filter(counts).collect();
    let told: Vec<Value> = calls.iter().take(TOLD).map(|call| shown(call)).collect();
    Observation::Seen(json!({ "count": calls.len(), "calls": told }))
}

fn unavailable(message: &str) -> Observation {
    Observation::Unavailable(Trouble { kind: TroubleKind::Unsupported, message: message.to_owned() })
}

/// Returns where in the log counting begins; `None` where what it is to begin after never was.
fn begin(after: Option<&Moment>, log: &AuditLog) -> Option<usize> {
    let last = |is: &dyn Fn(&AuditCall) -> bool| {
        let before = log.before_grade();
        before.iter().rposition(|call| call.outcome == "allowed" && is(call)).map(|place| place + 1)
    };
    match after {
        None => Some(0),
        Some(Moment::Grade) => Some(log.graded_from.min(log.calls.len())),
        // Who changed nothing repaired nothing: all that was called counts.
        Some(Moment::LastChange) => {
            Some(last(&|call| !call.read_only && is_by(&Caller::Candidate, None, call)).unwrap_or(0))
        }
        Some(Moment::Call(operation)) => last(&|call| fits(operation, call)),
    }
}

/// The ARN of what a binding leads to: the resource that bears the logical id, or the function of a route.
fn arn(on: &Binding, inspection: &Inspection) -> Result<String, Unbound> {
    let arn_of =
        |resource: &crate::evidence::Resource| resource.arn.clone().unwrap_or_else(|| resource.id.clone());
    if let Binding::Logical(id) = on
        && let Some(found) = inspection.resources.iter().find(|one| one.logical_id.as_ref() == Some(id))
    {
        return Ok(arn_of(found));
    }
    inspection.bind(on, "AWS::Lambda::Function").map(arn_of)
}

/// Whether a call is of an operation, written `service:Operation` with `*` for any part.
fn fits(pattern: &str, call: &AuditCall) -> bool {
    let Some((service, operation)) = pattern.split_once(':') else { return false };
    wild(service, &call.service) && wild(operation, &call.operation)
}

fn wild(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern.eq_ignore_ascii_case(text) };
    let (Some(start), Some(after)) = (text.get(..head.len()), text.get(head.len()..)) else { return false };
    start.eq_ignore_ascii_case(head)
        && (0..=after.len()).filter_map(|from| after.get(from..)).any(|tail| wild(rest, tail))
}

/// A candidate's user is called after its stack; roles are assumed by functions and services, and by the candidate, whose sessions
/// bear the candidate's name.
fn is_by(by: &Caller, role: Option<&str>, call: &AuditCall) -> bool {
    let caller = call.caller.as_deref().unwrap_or_default();
    let user = caller.contains(":user/") && caller.ends_with("-candidate");
    match by {
        Caller::Candidate => user && call.invoked_by.is_none(),
        Caller::Application => caller.contains(":assumed-role/"),
        Caller::Role(_) => role.is_some_and(|role| caller.contains(&format!(":assumed-role/{role}/"))),
    }
}

/// An index of a table and a stream of a log group are parts of it.
fn is_part(resource: &str, arn: &str) -> bool {
    let arn = arn.trim_end_matches(":*");
    resource.strip_prefix(arn).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', ':']))
}

fn shown(call: &AuditCall) -> Value {
    json!({
        "time": call.time,
        "caller": call.caller,
        "service": call.service,
        "operation": call.operation,
        "resources": call.resources,
        "outcome": call.outcome,
        "error_code": call.error_code,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::evidence::Answers;

    const TABLE: &str = "arn:aws:dynamodb:eu-west-1:1:table/orders";

    fn call(caller: &str, operation: &str, outcome: &str) -> AuditCall {
        let (service, operation) = operation.split_once(':').unwrap();
        serde_json::from_value(json!({
            "time": "2026-11-22T10:00:00Z", "caller": format!("arn:aws:iam::1:{caller}"), "accessKeyId": null,
            "service": service, "operation": operation, "readOnly": operation.starts_with("Get"),
            "resources": [format!("{TABLE}/index/by-name")], "outcome": outcome, "allowedBy": [], "errorCode": null,
        }))
        .unwrap()
    }

    fn log() -> Audit {
        let calls = vec![
            call("assumed-role/app/f", "dynamodb:GetItem", "denied"),
            call("user/lab-candidate", "iam:PutRolePolicy", "allowed"),
            call("user/lab-candidate", "dynamodb:GetItem", "allowed"),
            call("assumed-role/app/f", "dynamodb:GetItem", "allowed"),
            call("assumed-role/other/f", "dynamodb:PutItem", "denied"),
        ];
        Audit::Read(AuditLog { calls, complete: true, graded_from: 3 })
    }

    fn seen(query: &AuditQuery, audit: Option<&Audit>) -> Observation {
        let inspection: Inspection = serde_json::from_value(json!({
            "account": "1", "region": "eu-west-1", "gaps": [], "links": [],
            "resources": [{
                "key": "AWS::DynamoDB::Table/orders", "type": "AWS::DynamoDB::Table", "id": "orders", "arn": TABLE,
                "logical_id": "Orders", "properties": {},
            }],
        }))
        .unwrap();
        let (variables, transcripts, answers) = (BTreeMap::new(), BTreeMap::new(), Answers::default());
        let facts = Facts {
            variables: &variables,
            inspection: &inspection,
            before: None,
            transcripts: &transcripts,
            answers: &answers,
            audit,
        };
        look(query, &facts)
    }

    fn count(query: &AuditQuery) -> u64 {
        match seen(query, Some(&log())) {
            Observation::Seen(document) => document["count"].as_u64().unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn calls_are_counted_by_outcome_caller_operation_and_resource() {
        let any = AuditQuery::default;
        assert_eq!(count(&any()), 5);
        assert_eq!(count(&AuditQuery { outcome: Some("denied"), ..any() }), 2);
        assert_eq!(count(&AuditQuery { by: Some(Caller::Candidate), ..any() }), 2);
        assert_eq!(count(&AuditQuery { by: Some(Caller::Application), ..any() }), 3);
        for (pattern, calls) in
            [("dynamodb:*", 4), ("dynamodb:Get*", 3), ("iam:putrolepolicy", 1), ("sqs:*", 0)]
        {
            assert_eq!(
                count(&AuditQuery { operations: vec![pattern.to_owned()], ..any() }),
                calls,
                "{pattern}"
            );
        }
        let on = Some(Binding::Logical("Orders".to_owned()));
        assert_eq!(count(&AuditQuery { on, ..any() }), 5);
    }

    #[test]
    fn calls_count_from_a_moment_on() {
        let after =
            |after| AuditQuery { outcome: Some("denied"), after: Some(after), ..AuditQuery::default() };
        assert_eq!(count(&after(Moment::Grade)), 1);
        assert_eq!(count(&after(Moment::LastChange)), 1);
        assert_eq!(count(&after(Moment::Call("iam:PutRolePolicy".to_owned()))), 1);
        let never = seen(&after(Moment::Call("lambda:AddPermission".to_owned())), Some(&log()));
        assert!(matches!(never, Observation::Missing(_)), "{never:?}");
    }

    #[test]
    fn without_a_whole_log_nothing_is_said() {
        let query = AuditQuery::default();
        let part = Audit::Read(AuditLog { calls: vec![], complete: false, graded_from: 0 });
        for audit in [None, Some(&part), Some(&Audit::not_kept())] {
            assert!(matches!(seen(&query, audit), Observation::Unavailable(_)));
        }
        let on = Some(Binding::Logical("Gone".to_owned()));
        assert!(matches!(seen(&AuditQuery { on, ..query }, Some(&log())), Observation::Missing(_)));
    }
}
