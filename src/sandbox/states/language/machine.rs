use indexmap::IndexMap;
use serde_json::Value;

use super::choice::Condition;
use super::intrinsic::Expression;
use super::path::Path;
use super::resource::Resource;

/// A definition that was read: the whole one, a branch of a Parallel state, or what a Map state does with an item.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::sandbox::states) struct Machine {
    pub(super) start: String,
    pub(super) states: IndexMap<String, State>,
    /// `TimeoutSeconds` of the whole.
    pub(in crate::sandbox::states) timeout: Option<i64>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct State {
    pub(super) kind: Kind,
    /// Nothing where it ends (`End`, and states that always do) or chooses by itself.
    pub(super) next: Option<String>,
    pub(super) input: Part,
    pub(super) output: Part,
    pub(super) parameters: Option<Value>,
    pub(super) selector: Option<Value>,
    /// `ResultPath`; `Nothing` leaves the result out.
    pub(super) result: Part,
    pub(super) retriers: Vec<Retrier>,
    pub(super) catchers: Vec<Catcher>,
}

/// What a path takes of a document.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part {
    Whole,
    /// `null`
    Nothing,
    At(Path),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Pass { result: Option<Value> },
    Task { resource: Resource, timeout: Option<Amount> },
    Choice { rules: Vec<(Condition, String)>, default: Option<String> },
    Wait(Until),
    Succeed,
    Fail { error: Option<Text>, cause: Option<Text> },
    Parallel(Vec<Machine>),
    Map(Box<Each>),
}

/// What a Map state does.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Each {
    pub(super) items: Part,
    /// `ItemSelector`, or `Parameters` in its old form.
    pub(super) selector: Option<Value>,
    pub(super) machine: Machine,
    /// How many items at a time, where the definition says.
    pub(super) concurrency: Option<usize>,
}

/// So many items of an inline map at a time, whatever the definition says.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html>
const AT_A_TIME: usize = 40;

impl Each {
    pub(super) fn at_a_time(&self) -> usize {
        self.concurrency.unwrap_or(AT_A_TIME).min(AT_A_TIME)
    }
}

/// A number of seconds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Amount {
    Seconds(i64),
    At(Path),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Until {
    After(Amount),
    Moment(Value),
    MomentAt(Path),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Text {
    Plain(String),
    /// Of `ErrorPath` and `CausePath`.
    Made(Expression),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Retrier {
    pub(super) errors: Vec<String>,
    /// Seconds before the first retry.
    pub(super) interval: i64,
    pub(super) attempts: u32,
    pub(super) rate: f64,
    pub(super) longest: Option<i64>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Catcher {
    pub(super) errors: Vec<String>,
    pub(super) next: String,
    pub(super) result: Part,
}

impl State {
    /// The state's type, as events' names begin with it.
    pub(super) fn type_name(&self) -> &'static str {
        match self.kind {
            Kind::Pass { .. } => "Pass",
            Kind::Task { .. } => "Task",
            Kind::Choice { .. } => "Choice",
            Kind::Wait(_) => "Wait",
            Kind::Succeed => "Succeed",
            Kind::Fail { .. } => "Fail",
            Kind::Parallel(_) => "Parallel",
            Kind::Map(_) => "Map",
        }
    }
}
