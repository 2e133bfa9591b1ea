use std::cell::Cell;
use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::event::{Event, with_data};
use super::failure::{Failure, RUNTIME};
use super::line::{Doing, Line};
use super::machine::{Kind, Machine, Part, State};
use super::payload::{Context, PAYLOAD, Scope, fill, not_too_deep};
use super::{group, task, wait};

/// How many events a history has, and how many bytes it has here; AWS has no limit of the second kind.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>
const EVENTS: u64 = 25_000;
const HISTORY: usize = 33_554_432;

/// What counts on through an execution, kept with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::sandbox::states) struct Counts {
    pub(super) events: u64,
    pub(super) calls: u64,
    pub(super) bytes: usize,
    pub(super) seed: u64,
}

impl Counts {
    /// The counts after the first event.
    pub(in crate::sandbox::states) fn new(seed: u64, first: &Event) -> Self {
        Self { events: first.id, calls: 0, bytes: first.size(), seed }
    }
}

/// What a line meets while it goes on.
#[derive(Debug)]
pub(in crate::sandbox::states) struct World<'a> {
    /// Milliseconds since 1970.
    pub(in crate::sandbox::states) now: i64,
    pub(in crate::sandbox::states) region: &'a str,
    /// The members `Execution` and `StateMachine` of the context object.
    pub(in crate::sandbox::states) about: &'a Map<String, Value>,
    /// What calls gave, by their number.
    pub(in crate::sandbox::states) given: HashMap<u64, Result<Value, Failure>>,
    pub(in crate::sandbox::states) counts: &'a mut Counts,
    /// The events that came about, in their order.
    pub(in crate::sandbox::states) events: Vec<Event>,
    /// How many events may come about before others have their turn.
    pub(in crate::sandbox::states) budget: usize,
}

/// How an execution goes on.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::sandbox::states) enum Next {
    /// At once, when others had their turn.
    Soon,
    /// When a call is answered, or at this time.
    Later(Option<i64>),
    Over(Result<Value, Failure>),
}

impl<'a> World<'a> {
    /// Notes an event that follows `last`, which it then is.
    pub(in crate::sandbox::states) fn note(
        &mut self,
        kind: impl Into<String>,
        last: &mut u64,
        details: Value,
    ) {
        self.counts.events += 1;
        let event =
            Event { id: self.counts.events, previous: *last, at: self.now, kind: kind.into(), details };
        *last = event.id;
        self.counts.bytes += event.size();
        self.events.push(event);
    }

    fn may_go_on(&self) -> bool {
        self.events.len() < self.budget && !self.is_full()
    }

    /// One more event is needed for the end.
    fn is_full(&self) -> bool {
        self.counts.events + 1 >= EVENTS || self.counts.bytes > HISTORY
    }

    pub(super) fn context<'c>(&self, line: &'c Line) -> Context<'c>
    where
        'a: 'c,
    {
        Context::new(self.about, line)
    }
}

/// Lets an execution go on as far as it can.
pub(in crate::sandbox::states) fn go_on(machine: &Machine, line: &mut Line, world: &mut World<'_>) -> Next {
    advance(machine, line, world);
    if let Some(outcome) = line.outcome() {
        return Next::Over(outcome.clone());
    }
    if world.is_full() {
        let cause = if world.counts.bytes > HISTORY {
            format!("The execution's history is larger than {HISTORY} bytes, which is the sandbox's limit.")
        } else {
            format!("The execution reached the maximum number of history events ({EVENTS}).")
        };
        return Next::Over(Err(Failure::runtime(cause)));
    }
    match line.due(machine) {
        Some(due) if due <= world.now => Next::Soon,
        due => Next::Later(due),
    }
}

/// Goes from state to state until one has to wait.
pub(super) fn advance(machine: &Machine, line: &mut Line, world: &mut World<'_>) {
    while world.may_go_on() && line.outcome().is_none() {
        let Some(state) = machine.states.get(&line.state) else {
            let cause = format!("There is no state '{}'.", line.state);
            line.doing = Doing::Done(Err(Failure::runtime(cause)));
            return;
        };
        if !step(state, line, world) {
            return;
        }
    }
}

/// Does one thing; says whether there was one to do.
fn step(state: &State, line: &mut Line, world: &mut World<'_>) -> bool {
    match std::mem::replace(&mut line.doing, Doing::Enter) {
        Doing::Enter => {
            enter(state, line, world);
            begin(state, line, world);
        }
        Doing::Retry { until } | Doing::Wait { until } if until > world.now => {
            line.doing = match state.kind {
                Kind::Wait(_) => Doing::Wait { until },
                _ => Doing::Retry { until },
            };
            return false;
        }
        Doing::Retry { .. } => begin(state, line, world),
        Doing::Wait { .. } => {
            let passed = effective(state, line, world);
            pass_on(state, line, passed, world);
        }
        Doing::Call { id, input, deadline } => {
            let Some(outcome) = task::outcome(state, line, id, deadline, world) else {
                line.doing = Doing::Call { id, input, deadline };
                return false;
            };
            finish(state, line, outcome, world);
        }
        Doing::Branches(mut lines) => {
            let Some(outcome) = group::branches(state, line, &mut lines, world) else {
                line.doing = Doing::Branches(lines);
                return false;
            };
            finish(state, line, outcome, world);
        }
        Doing::Items(mut items) => {
            let Some(outcome) = group::items(state, line, &mut items, world) else {
                line.doing = Doing::Items(items);
                return false;
            };
            finish(state, line, outcome, world);
        }
        Doing::Done(outcome) => {
            line.doing = Doing::Done(outcome);
            return false;
        }
    }
    true
}

fn enter(state: &State, line: &mut Line, world: &mut World<'_>) {
    line.retried = vec![0; state.retriers.len()];
    line.entered_at = world.now;
    let name = Map::from_iter([("name".to_owned(), Value::from(line.state.clone()))]);
    let details = with_data(name, "input", line.input.to_string());
    world.note(format!("{}StateEntered", state.type_name()), &mut line.last, details);
    line.entered = line.last;
}

/// Begins the state's work, for the first time or again.
fn begin(state: &State, line: &mut Line, world: &mut World<'_>) {
    let input = match effective(state, line, world) {
        Ok(input) => input,
        Err(failure) => return fail(state, line, failure, world),
    };
    match &state.kind {
        Kind::Pass { result } => {
            let result = result.clone().unwrap_or(input);
            finish(state, line, Ok(result), world);
        }
        Kind::Succeed => pass_on(state, line, Ok(input), world),
        Kind::Fail { error, cause } => {
            let failure = wait::failure(error.as_ref(), cause.as_ref(), &input, line, world);
            line.doing = Doing::Done(Err(failure));
        }
        Kind::Choice { rules, default } => {
            let chosen = wait::choose(rules, default.as_ref(), &input, line, world);
            match chosen {
                Ok(next) => leave(state, line, input, Some(next), world),
                Err(failure) => fail(state, line, failure, world),
            }
        }
        Kind::Wait(until) => match wait::until(until, &input, line, world) {
            Ok(until) => line.doing = Doing::Wait { until },
            Err(failure) => fail(state, line, failure, world),
        },
        Kind::Task { resource, timeout } => {
            if let Err(failure) = task::begin(resource, timeout.as_ref(), input, line, world) {
                fail(state, line, failure, world);
            }
        }
        Kind::Parallel(machines) => group::begin_branches(machines, &input, line, world),
        Kind::Map(each) => {
            if let Err(failure) = group::begin_items(each, &input, line, world) {
                fail(state, line, failure, world);
            }
        }
    }
}

/// What the state's work gets: the input by `InputPath` and `Parameters`.
fn effective(state: &State, line: &Line, world: &World<'_>) -> Result<Value, Failure> {
    let context = world.context(line);
    let seed = Cell::new(world.counts.seed.wrapping_add(line.last));
    let input = taken(&state.input, "InputPath", &Scope::new(&line.input, &context, &seed))?;
    let Some(template) = &state.parameters else { return Ok(input) };
    let filled = fill(template, &Scope::new(&input, &context, &seed))?;
    not_too_deep(&filled)?;
    Ok(filled)
}

/// What a path takes of a document.
pub(super) fn taken(part: &Part, field: &str, scope: &Scope<'_>) -> Result<Value, Failure> {
    match part {
        Part::Whole => Ok(scope.input.clone()),
        Part::Nothing => Ok(json!({})),
        Part::At(path) => scope.at(path, field),
    }
}

/// Takes what the state's work gave, by `ResultSelector`, `ResultPath` and `OutputPath`.
fn finish(state: &State, line: &mut Line, outcome: Result<Value, Failure>, world: &mut World<'_>) {
    let made = outcome.and_then(|result| {
        let context = world.context(line);
        let seed = Cell::new(world.counts.seed.wrapping_add(line.last));
        let result = match &state.selector {
            Some(template) => fill(template, &Scope::new(&result, &context, &seed))?,
            None => result,
        };
        let whole = merged(&state.result, &line.input, result)?;
        taken(&state.output, "OutputPath", &Scope::new(&whole, &context, &seed))
    });
    match made {
        Ok(output) => leave(state, line, output, state.next.clone(), world),
        Err(failure) => fail(state, line, failure, world),
    }
}

/// Hands on what a state without a result of its own got.
fn pass_on(state: &State, line: &mut Line, passed: Result<Value, Failure>, world: &mut World<'_>) {
    let made = passed.and_then(|input| {
        let context = world.context(line);
        let seed = Cell::new(world.counts.seed);
        taken(&state.output, "OutputPath", &Scope::new(&input, &context, &seed))
    });
    match made {
        Ok(output) => leave(state, line, output, state.next.clone(), world),
        Err(failure) => fail(state, line, failure, world),
    }
}

/// Puts a result into the state's input.
fn merged(place: &Part, input: &Value, result: Value) -> Result<Value, Failure> {
    match place {
        Part::Whole => Ok(result),
        Part::Nothing => Ok(input.clone()),
        Part::At(path) => path.put(input.clone(), result).ok_or_else(|| {
            let cause = format!("Unable to apply ReferencePath {} to input {input}", path.text);
            Failure::new("States.ResultPathMatchFailure", cause)
        }),
    }
}

fn leave(state: &State, line: &mut Line, output: Value, next: Option<String>, world: &mut World<'_>) {
    if let Err(failure) = not_too_deep(&output) {
        return fail(state, line, failure, world);
    }
    let text = output.to_string();
    if text.len() > PAYLOAD {
        let what = format!("The state/task '{}' returned a result", line.state);
        return fail(state, line, Failure::too_large(&what), world);
    }
    let name = Map::from_iter([("name".to_owned(), Value::from(line.state.clone()))]);
    let details = with_data(name, "output", text);
    world.note(format!("{}StateExited", state.type_name()), &mut line.last, details);
    match next {
        Some(next) => {
            line.state = next;
            line.input = output;
            line.doing = Doing::Enter;
        }
        None => line.doing = Doing::Done(Ok(output)),
    }
}

/// Tries the state again, goes where a catcher leads, or ends the line.
fn fail(state: &State, line: &mut Line, mut failure: Failure, world: &mut World<'_>) {
    if failure.error == RUNTIME && !failure.cause.starts_with("An error occurred") {
        failure.cause = format!(
            "An error occurred while executing the state '{}' (entered at the event id #{}). {}",
            line.state, line.entered, failure.cause
        );
    }
    let retrier = state.retriers.iter().zip(&mut line.retried).find(|(it, _)| failure.is_one_of(&it.errors));
    if let Some((retrier, used)) = retrier
        && *used < retrier.attempts
    {
        line.doing = Doing::Retry { until: world.now.saturating_add(task::pause(retrier, *used)) };
        *used += 1;
        return;
    }
    let catcher = state.catchers.iter().find(|catcher| failure.is_one_of(&catcher.errors));
    let Some(catcher) = catcher else {
        line.doing = Doing::Done(Err(failure));
        return;
    };
    let about = json!({ "Error": failure.error, "Cause": failure.cause });
    match merged(&catcher.result, &line.input, about) {
        Ok(output) if output.to_string().len() <= PAYLOAD => {
            leave(state, line, output, Some(catcher.next.clone()), world);
        }
        Ok(_) => line.doing = Doing::Done(Err(Failure::too_large("The state's error output"))),
        Err(failure) => line.doing = Doing::Done(Err(failure)),
    }
}
