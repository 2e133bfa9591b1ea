use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::entity::{Execution, Kind, Live, StateMachine, Status, execution_arn};
use super::executions::{forget, keep};
use super::fault::{not_of_this_type, violated};
use super::language::{Counts, Event, Line, not_too_deep, read, refusal};
use super::machines::{check_name, named};
use super::service::{Desk, seconds};
use crate::sandbox::{ServiceError, Standing};

/// The largest input, in bytes. <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>
const LARGEST: usize = 262_144;
/// How many executions of an account run at a time here; AWS lets a million.
const RUNNING: usize = 1000;
/// How many of an account are remembered; AWS remembers for 90 days.
const REMEMBERED: usize = 5000;

/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html>
pub(super) fn start(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let machine = named(desk)?;
    let (arn, started) = begin(desk, &machine)?;
    Ok(json!({ "executionArn": arn, "startDate": seconds(started) }))
}

/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html>
pub(super) fn start_and_wait(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let machine = named(desk)?;
    if machine.kind != Kind::Express {
        return Err(not_of_this_type());
    }
    begin(desk, &machine).map(|_| Value::Null)
}

fn begin(desk: &mut Desk<'_>, machine: &StateMachine) -> Result<(String, i64), ServiceError> {
    let name = match desk.text("name") {
        Some(name) => {
            check_name(name)?;
            name.to_owned()
        }
        None => desk.core.parts.random.uuid(),
    };
    let input = desk.text("input").unwrap_or("{}").to_owned();
    if input.len() > LARGEST {
        return Err(violated("...", "input", "have length less than or equal to 262144"));
    }
    let value: Value = serde_json::from_str(&input).map_err(|error| {
        let message = format!("Invalid State Machine Execution Input: '{error}'");
        ServiceError::new(400, "InvalidExecutionInput", message)
    })?;
    not_too_deep(&value).map_err(|failure| ServiceError::new(400, "InvalidExecutionInput", failure.cause))?;
    let arn = execution_arn(machine, &name, &desk.core.parts.random.uuid());
    if let Some(there) = desk.state.executions.get(&arn) {
        let there = there.lock();
        // Asked twice for the same, it is begun once.
        if there.status == Status::Running && there.input == input {
            return Ok((arn, there.started));
        }
        let message = format!("Execution Already Exists: '{arn}'");
        return Err(ServiceError::new(400, "ExecutionAlreadyExists", message));
    }
    make_room(desk, machine)?;
    // Definitions are checked before they are taken.
    let read = read(&machine.definition).map_err(|problems| refusal("StartExecution", &problems))?;
    let first = Event {
        id: 1,
        previous: 0,
        at: desk.now,
        kind: "ExecutionStarted".to_owned(),
        details: json!({
            "input": input, "inputDetails": { "truncated": false }, "roleArn": machine.role,
        }),
    };
    let execution = Execution {
        scope: machine.scope.clone(),
        arn: arn.clone(),
        name,
        machine_name: machine.name.clone(),
        definition: machine.definition.clone(),
        role: machine.role.clone(),
        kind: machine.kind,
        revision: machine.revision.clone(),
        machine_updated: machine.updated,
        logging: machine.logging.clone(),
        tracing: machine.tracing.clone(),
        input,
        output: None,
        started: desk.now,
        stopped: None,
        status: Status::Running,
        error: None,
        cause: None,
        probed: desk.core.parts.authority.standing() == Standing::Probing,
        line: Line::new(&read, value, first.id),
        counts: Counts::new(desk.core.parts.random.number(), &first),
        last: first.id,
        history: vec![first],
    };
    keep(desk.core, &execution, 0);
    let live = Arc::new(Live::new(execution, Arc::new(read)));
    // Express executions are not to be asked about: only their histories would be, in logs.
    if machine.kind == Kind::Standard {
        desk.state.executions.insert(arn.clone(), Arc::clone(&live));
    }
    desk.begun.push(live);
    Ok((arn, desk.now))
}

/// Refuses an execution too many, and forgets the ones that ended first.
fn make_room(desk: &mut Desk<'_>, machine: &StateMachine) -> Result<(), ServiceError> {
    let mut running = 0;
    let mut ended: BTreeSet<(i64, String)> = BTreeSet::new();
    for live in desk.state.executions.values() {
        let execution = live.lock();
        if execution.scope.account != machine.scope.account {
            continue;
        }
        match execution.stopped {
            None => running += 1,
            Some(stopped) => {
                ended.insert((stopped, execution.arn.clone()));
            }
        }
    }
    if running >= RUNNING {
        let message = format!("The sandbox runs {RUNNING} executions of an account at a time.");
        return Err(ServiceError::new(400, "ExecutionLimitExceeded", message));
    }
    let surplus = (running + ended.len() + 1).saturating_sub(REMEMBERED);
    for (_, arn) in ended.into_iter().take(surplus) {
        if let Some(live) = desk.state.executions.remove(&arn) {
            forget(desk.core, &live.lock());
        }
    }
    Ok(())
}

/// What a synchronous execution gave.
pub(super) fn outcome(execution: &Execution) -> Value {
    let stopped = execution.stopped.unwrap_or(execution.started);
    // AWS bills in steps of 100 milliseconds and 64 megabytes.
    let billed = (stopped - execution.started).max(1).div_euclid(100) * 100 + 100;
    let mut shown = json!({
        "executionArn": execution.arn,
        "stateMachineArn": super::entity::machine_arn(&execution.scope, &execution.machine_name),
        "name": execution.name,
        "startDate": seconds(execution.started),
        "stopDate": seconds(stopped),
        "status": execution.status.name(),
        "input": execution.input,
        "inputDetails": { "included": true },
        "billingDetails": { "billedMemoryUsedInMB": 64, "billedDurationInMilliseconds": billed },
    });
    let mut set = |name: &str, value: Option<&String>| {
        if let Some(value) = value {
            shown[name] = value.as_str().into();
        }
    };
    set("output", execution.output.as_ref());
    set("error", execution.error.as_ref());
    set("cause", execution.cause.as_ref());
    if execution.output.is_some() {
        shown["outputDetails"] = json!({ "included": true });
    }
    shown
}

/// The members of the context object that stay the same.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html>
pub(super) fn about(execution: &Execution) -> Map<String, Value> {
    let started = jiff::Timestamp::from_millisecond(execution.started).unwrap_or_default();
    let input: Value = serde_json::from_str(&execution.input).unwrap_or_default();
    let run = json!({
        "Id": execution.arn,
        "Input": input,
        "Name": execution.name,
        "RoleArn": execution.role,
        "StartTime": started.to_string(),
        "RedriveCount": 0,
    });
    let machine = json!({
        "Id": super::entity::machine_arn(&execution.scope, &execution.machine_name),
        "Name": execution.machine_name,
    });
    Map::from_iter([("Execution".to_owned(), run), ("StateMachine".to_owned(), machine)])
}
