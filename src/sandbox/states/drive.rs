use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::Mutex;
use tokio::task::{AbortHandle, JoinSet};

use super::entity::{Kind, Live, Status};
use super::executions::{end, keep};
use super::integration::{Moment, request, result};
use super::language::{Failure, Next, TIMEOUT, Wish, World, go_on};
use super::role::Session;
use super::service::Core;
use super::start::about;
use crate::sandbox::{Poller, Scope, Standing};

/// How often the clock is looked at, which may be advanced by hand.
const LOOK: Duration = Duration::from_millis(100);
/// How many events come about before others have their turn.
const BUDGET: usize = 500;
/// How long an express execution runs at most, in milliseconds.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html>
const EXPRESS: i64 = 300_000;

type Answers = JoinSet<(u64, Result<Value, Failure>)>;

/// How an execution stands after it went on.
enum Turn {
    Over,
    /// At this time, where there is one; or when a call is answered.
    Due(Option<i64>),
}

/// Calls that are under way.
#[derive(Default)]
struct UnderWay {
    answers: Answers,
    /// By their number.
    calls: HashMap<u64, AbortHandle>,
    session: Arc<Mutex<Session>>,
}

/// Lets an execution go on until it is over: makes the calls that it wishes for and waits for them, or for the time.
pub(super) async fn drive(core: Arc<Core>, live: Arc<Live>) {
    let account = live.lock().scope.account.clone();
    let poller = core.parts.activity.poller(&account);
    let mut calls = UnderWay::default();
    let mut given: HashMap<u64, Result<Value, Failure>> = HashMap::new();
    loop {
        while !may_go_on(&core, &live) {
            if is_over(&live) {
                return;
            }
            poller.found_nothing(poller.begins());
            poller.rest(LOOK).await;
        }
        let working = core.parts.activity.work(&account);
        let due = match turn(&core, &live, &mut calls, std::mem::take(&mut given)) {
            Turn::Over => return,
            Turn::Due(due) => due,
        };
        if due.is_some_and(|due| due <= core.now()) {
            tokio::task::yield_now().await;
            continue;
        }
        // Whoever asks whether everything is done waits for the calls, and not for the time to pass.
        let working = (!calls.calls.is_empty()).then_some(working);
        match wait(&core, &live, &poller, &mut calls, due).await {
            Some((id, answer)) => {
                calls.calls.remove(&id);
                given.insert(id, answer);
            }
            None if is_over(&live) => return,
            None => {}
        }
        drop(working);
    }
}

fn is_over(live: &Live) -> bool {
    live.gone.load(Ordering::Acquire) || live.lock().status != Status::Running
}

/// A sandbox that is frozen stands still. Where it is probed, only what began then goes on.
fn may_go_on(core: &Core, live: &Live) -> bool {
    if is_over(live) {
        return false;
    }
    match core.parts.authority.standing() {
        Standing::Running => true,
        Standing::Probing => live.lock().probed,
        Standing::Frozen | Standing::Evidence => false,
    }
}

/// Goes on as far as possible, keeps what came of it, and begins the calls. Gives when to look again.
fn turn(
    core: &Arc<Core>,
    live: &Live,
    calls: &mut UnderWay,
    given: HashMap<u64, Result<Value, Failure>>,
) -> Turn {
    let now = core.now();
    let mut execution = live.lock();
    if execution.status != Status::Running || live.gone.load(Ordering::Acquire) {
        return Turn::Over;
    }
    let express = (execution.kind == Kind::Express).then(|| execution.started + EXPRESS);
    let own =
        live.machine.timeout.map(|seconds| execution.started.saturating_add(seconds.saturating_mul(1000)));
    let deadline = [express, own].into_iter().flatten().min();
    let before = execution.history.len();
    if deadline.is_some_and(|deadline| deadline <= now) {
        end(&mut execution, Status::TimedOut, now, None, Some(TIMEOUT.to_owned()), None);
        keep(core, &execution, before);
        return Turn::Over;
    }
    let about = about(&execution);
    let region = execution.scope.region.clone();
    let mut line = execution.line.clone();
    let (next, events) = {
        let counts = &mut execution.counts;
        let mut world =
            World { now, region: &region, about: &about, given, counts, events: vec![], budget: BUDGET };
        let next = go_on(&live.machine, &mut line, &mut world);
        (next, world.events)
    };
    execution.last = events.last().map_or(execution.last, |event| event.id);
    execution.history.extend(events);
    execution.line = line;
    if let Next::Over(outcome) = next {
        match outcome {
            Ok(output) => end(&mut execution, Status::Succeeded, now, Some(output.to_string()), None, None),
            Err(Failure { error, cause }) => {
                let said = |text: String| (!text.is_empty()).then_some(text);
                end(&mut execution, Status::Failed, now, None, said(error), said(cause));
            }
        }
        keep(core, &execution, before);
        return Turn::Over;
    }
    keep(core, &execution, before);
    let wishes = execution.line.wishes(&live.machine);
    calls.calls.retain(|id, call| {
        let wanted = wishes.iter().any(|wish| wish.id == *id);
        if !wanted {
            call.abort();
        }
        wanted
    });
    for wish in wishes {
        if !calls.calls.contains_key(&wish.id) {
            let (core, session) = (Arc::clone(core), Arc::clone(&calls.session));
            let (scope, role) = (execution.scope.clone(), execution.role.clone());
            let id = wish.id;
            let call = async move { (id, call(&core, &scope, &role, &session, wish).await) };
            calls.calls.insert(id, calls.answers.spawn(call));
        }
    }
    let due = match next {
        Next::Soon => Some(now),
        Next::Later(due) => [due, deadline].into_iter().flatten().min(),
        Next::Over(_) => None,
    };
    Turn::Due(due)
}

/// Waits for an answer, or until the time has come, or the execution was stopped.
async fn wait(
    core: &Core,
    live: &Live,
    poller: &Poller,
    calls: &mut UnderWay,
    due: Option<i64>,
) -> Option<(u64, Result<Value, Failure>)> {
    loop {
        let moment = poller.begins();
        if due.is_some_and(|due| due <= core.now()) || !may_go_on(core, live) {
            return None;
        }
        poller.found_nothing(moment);
        tokio::select! {
            // A call that nobody waits for any more was cut.
            answered = calls.answers.join_next(), if !calls.answers.is_empty() => {
                if let Some(Ok(answer)) = answered {
                    return Some(answer);
                }
            }
            () = poller.rest(LOOK) => {}
        }
    }
}

/// Makes a call as the machine's role.
async fn call(
    core: &Arc<Core>,
    scope: &Scope,
    role: &str,
    session: &Mutex<Session>,
    wish: Wish,
) -> Result<Value, Failure> {
    let caller = session.lock().await.caller(core, role)?;
    let moment = Moment { received: core.parts.clock.now(), id: core.parts.random.uuid() };
    let id = moment.id.clone();
    let (service, region, request) = request(&wish.resource, &wish.input, moment)?;
    let scope =
        Scope { account: scope.account.clone(), region: region.unwrap_or_else(|| scope.region.clone()) };
    let answer = core.parts.dispatch.dispatch(service, &scope, caller, request).await;
    result(&wish.resource, &id, answer)
}
