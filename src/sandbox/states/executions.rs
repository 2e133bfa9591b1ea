use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::entity::{Execution, Kind, Live, Status, machine_arn, parts_of};
use super::fault::{invalid_arn, no_execution, not_of_this_type, violated};
use super::kept::EXECUTIONS;
use super::language::Event;
use super::machines::find;
use super::page::cut;
use super::service::{Core, Desk, seconds};
use crate::sandbox::ServiceError;

/// The execution that a call names in `executionArn`.
pub(super) fn named(desk: &Desk<'_>) -> Result<Arc<Live>, ServiceError> {
    let arn = desk.required("executionArn")?;
    match parts_of(&arn) {
        Some((_, "execution", _)) => {}
        Some((_, kind @ "express", _)) => {
            let message = format!("Invalid Arn: 'Resource type not valid in this context: {kind}'");
            return Err(ServiceError::new(400, "InvalidArn", message));
        }
        _ => return Err(invalid_arn(&arn)),
    }
    desk.state.executions.get(&arn).cloned().ok_or_else(|| no_execution(&arn))
}

pub(super) fn describe(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let live = named(desk)?;
    let execution = live.lock();
    let mut shown = listed(&execution);
    shown["input"] = execution.input.as_str().into();
    shown["inputDetails"] = json!({ "included": true });
    let texts = [("output", &execution.output), ("error", &execution.error), ("cause", &execution.cause)];
    for (name, text) in texts {
        if let Some(text) = text {
            shown[name] = text.as_str().into();
        }
    }
    if execution.output.is_some() {
        shown["outputDetails"] = json!({ "included": true });
    }
    shown["redriveStatus"] = "NOT_REDRIVABLE".into();
    shown["redriveStatusReason"] = match execution.status {
        Status::Running => "Execution is RUNNING and cannot be redriven",
        Status::Succeeded => "Execution is SUCCEEDED and cannot be redriven",
        _ => "The sandbox redrives no execution",
    }
    .into();
    Ok(shown)
}

/// An execution as a list has it.
fn listed(execution: &Execution) -> Value {
    let mut shown = json!({
        "executionArn": execution.arn,
        "stateMachineArn": machine_arn(&execution.scope, &execution.machine_name),
        "name": execution.name,
        "status": execution.status.name(),
        "startDate": seconds(execution.started),
        "redriveCount": 0,
    });
    if let Some(stopped) = execution.stopped {
        shown["stopDate"] = seconds(stopped);
    }
    shown
}

/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachineForExecution.html>
pub(super) fn describe_machine(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let live = named(desk)?;
    let execution = live.lock();
    let mut shown = json!({
        "stateMachineArn": machine_arn(&execution.scope, &execution.machine_name),
        "name": execution.machine_name,
        "definition": execution.definition,
        "roleArn": execution.role,
        "updateDate": seconds(execution.machine_updated),
        "loggingConfiguration": execution.logging,
        "tracingConfiguration": execution.tracing,
        "encryptionConfiguration": { "type": "AWS_OWNED_KEY" },
    });
    if let Some(revision) = &execution.revision {
        shown["revisionId"] = revision.as_str().into();
    }
    Ok(shown)
}

/// Lists a machine's executions, the newest first.
pub(super) fn list(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let wanted = match desk.text("statusFilter") {
        None => None,
        Some("PENDING_REDRIVE") => return Ok(json!({ "executions": [] })),
        Some(name) => Some(Status::parse(name).ok_or_else(|| {
            let all = "[RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED, PENDING_REDRIVE]";
            violated(name, "statusFilter", &format!("satisfy enum value set: {all}"))
        })?),
    };
    let machine = find(desk)?.clone();
    if machine.kind == Kind::Express {
        return Err(not_of_this_type());
    }
    let mut found: Vec<(i64, Value)> = Vec::new();
    for live in desk.state.executions.values() {
        let execution = live.lock();
        let of_it = execution.scope == machine.scope && execution.machine_name == machine.name;
        if of_it && wanted.is_none_or(|wanted| wanted == execution.status) {
            found.push((execution.started, listed(&execution)));
        }
    }
    found.sort_by_key(|(started, _)| std::cmp::Reverse(*started));
    let (executions, next) = cut(found.into_iter().map(|(_, shown)| shown), desk.body)?;
    let mut answer = json!({ "executions": executions });
    if let Some(next) = next {
        answer["nextToken"] = next.into();
    }
    Ok(answer)
}

/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html>
pub(super) fn stop(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    for (name, most) in [("error", 256), ("cause", 32_768)] {
        if let Some(text) = desk.text(name).filter(|text| text.chars().count() > most) {
            return Err(violated(text, name, &format!("have length less than or equal to {most}")));
        }
    }
    let live = named(desk)?;
    let mut execution = live.lock();
    if execution.status == Status::Running {
        let (error, cause) = (desk.text("error").map(str::to_owned), desk.text("cause").map(str::to_owned));
        let before = execution.history.len();
        end(&mut execution, Status::Aborted, desk.now, None, error, cause);
        keep(desk.core, &execution, before);
    }
    Ok(json!({ "stopDate": seconds(execution.stopped.unwrap_or(desk.now)) }))
}

/// Ends an execution, with the event that says so.
pub(super) fn end(
    execution: &mut Execution,
    status: Status,
    now: i64,
    output: Option<String>,
    error: Option<String>,
    cause: Option<String>,
) {
    let mut details = Map::new();
    if let Some(output) = &output {
        details.insert("output".to_owned(), output.as_str().into());
        details.insert("outputDetails".to_owned(), json!({ "truncated": false }));
    }
    for (name, text) in [("error", &error), ("cause", &cause)] {
        if let Some(text) = text {
            details.insert(name.to_owned(), text.as_str().into());
        }
    }
    let kind = match status {
        Status::Succeeded => "ExecutionSucceeded",
        Status::TimedOut => "ExecutionTimedOut",
        Status::Aborted => "ExecutionAborted",
        Status::Failed | Status::Running => "ExecutionFailed",
    };
    let id = execution.history.last().map_or(0, |event| event.id) + 1;
    let details = Value::Object(details);
    execution.history.push(Event { id, previous: execution.last, at: now, kind: kind.to_owned(), details });
    execution.last = id;
    execution.status = status;
    execution.stopped = Some(now);
    (execution.output, execution.error, execution.cause) = (output, error, cause);
}

/// Writes an execution as it is now, and the events of its history from `before` on. Express ones are not kept, as on AWS.
pub(super) fn keep(core: &Core, execution: &Execution, before: usize) {
    let keeper = &core.parts.keeper;
    if !keeper.is_durable() || execution.kind == Kind::Express {
        return;
    }
    let mut changes = Vec::new();
    for event in execution.history.iter().skip(before) {
        match serde_json::to_vec(event) {
            Ok(text) => changes.push((super::kept::event_key(execution, event.id), Some(text))),
            Err(error) => tracing::error!(%error, "an event was not kept"),
        }
    }
    match serde_json::to_vec(execution) {
        Ok(text) => changes.push((super::kept::key(execution), Some(text))),
        Err(error) => tracing::error!(%error, "an execution was not kept"),
    }
    keeper.put(EXECUTIONS, &execution.scope.account, changes);
}

pub(super) fn forget(core: &Core, execution: &Execution) {
    core.parts.keeper.remove_all(EXECUTIONS, &execution.scope.account, &super::kept::key(execution));
}
