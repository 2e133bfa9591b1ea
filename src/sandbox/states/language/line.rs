use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::failure::Failure;
use super::machine::{Kind, Machine, State};
use super::resource::Resource;

/// One state after the other: of an execution, of a branch, of an item. All that is known of where it stands, so that it can be
/// kept and gone on with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::sandbox::states) struct Line {
    pub(super) state: String,
    /// What the state got, before any path.
    pub(super) input: Value,
    /// The event by which the state was entered, and when that was (milliseconds since 1970).
    pub(super) entered: u64,
    pub(super) entered_at: i64,
    /// The last event of the line.
    pub(super) last: u64,
    /// How often each retrier of the state was used.
    pub(super) retried: Vec<u32>,
    pub(super) doing: Doing,
    /// Of an item of a Map state: its index and value.
    pub(super) item: Option<(usize, Value)>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Doing {
    Enter,
    /// Once more from the beginning of the state, after a failure.
    Retry {
        until: i64,
    },
    Wait {
        until: i64,
    },
    Call {
        id: u64,
        input: Value,
        deadline: Option<i64>,
    },
    Branches(Vec<Line>),
    Items(Items),
    Done(Result<Value, Failure>),
}

/// The items of a Map state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Items {
    /// What the state got, of which each item's line gets its own when it begins.
    pub(super) input: Value,
    pub(super) values: Vec<Value>,
    /// By index: those that have begun.
    pub(super) lines: Vec<Line>,
    /// Of the outputs so far.
    pub(super) bytes: usize,
}

/// A call that a line waits for.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::sandbox::states) struct Wish {
    pub(in crate::sandbox::states) id: u64,
    pub(in crate::sandbox::states) resource: Resource,
    pub(in crate::sandbox::states) input: Value,
}

impl Line {
    /// A line before its first state. `last` is the event before it.
    pub(in crate::sandbox::states) fn new(machine: &Machine, input: Value, last: u64) -> Self {
        Self {
            state: machine.start.clone(),
            input,
            entered: 0,
            entered_at: 0,
            last,
            retried: vec![],
            doing: Doing::Enter,
            item: None,
        }
    }

    /// The calls that it waits for.
    pub(in crate::sandbox::states) fn wishes(&self, machine: &Machine) -> Vec<Wish> {
        let Some(state) = machine.states.get(&self.state) else { return vec![] };
        if let (Doing::Call { id, input, .. }, Kind::Task { resource, .. }) = (&self.doing, &state.kind) {
            return vec![Wish { id: *id, resource: resource.clone(), input: input.clone() }];
        }
        self.parts(state).into_iter().flat_map(|(machine, line)| line.wishes(machine)).collect()
    }

    /// When it goes on by itself, in milliseconds since 1970.
    pub(in crate::sandbox::states) fn due(&self, machine: &Machine) -> Option<i64> {
        let state = machine.states.get(&self.state)?;
        match &self.doing {
            Doing::Enter => Some(i64::MIN),
            Doing::Retry { until } | Doing::Wait { until } => Some(*until),
            Doing::Call { deadline, .. } => *deadline,
            Doing::Branches(_) | Doing::Items(_) => {
                let parts = self.parts(state);
                let busy = parts.iter().filter(|(_, line)| line.outcome().is_none()).count();
                // All have ended, or another item can begin: there is something to do at once.
                if busy == 0 || self.has_room(state, busy) {
                    return Some(i64::MIN);
                }
                parts.into_iter().filter_map(|(machine, line)| line.due(machine)).min()
            }
            Doing::Done(_) => None,
        }
    }

    fn has_room(&self, state: &State, busy: usize) -> bool {
        match (&self.doing, &state.kind) {
            (Doing::Items(items), Kind::Map(each)) => {
                items.lines.len() < items.values.len() && busy < each.at_a_time()
            }
            _ => false,
        }
    }

    /// The lines within it, each with its machine.
    fn parts<'a>(&'a self, state: &'a State) -> Vec<(&'a Machine, &'a Self)> {
        match (&self.doing, &state.kind) {
            (Doing::Branches(lines), Kind::Parallel(machines)) => machines.iter().zip(lines).collect(),
            (Doing::Items(items), Kind::Map(each)) => {
                items.lines.iter().map(|line| (&each.machine, line)).collect()
            }
            _ => vec![],
        }
    }

    pub(super) fn outcome(&self) -> Option<&Result<Value, Failure>> {
        match &self.doing {
            Doing::Done(outcome) => Some(outcome),
            _ => None,
        }
    }
}
