//! The Amazon States Language with `JSONPath`, as pure functions: a definition and the state of an execution give its next state.
//! <https://states-language.net/spec.html>
//!
//! In: a definition as text, what tasks gave, the time. Out: a [`Machine`] or the [`Problem`]s of its text; a [`Line`] that goes
//! on as far as it can without a call or a wait, and the history events of it. No call is made here and no clock is read.

mod choice;
mod event;
mod failure;
mod group;
mod intrinsic;
mod line;
mod machine;
mod path;
mod payload;
mod problem;
mod read;
mod read_choice;
mod read_state;
mod resource;
mod step;
mod task;
mod wait;

#[cfg(test)]
mod tests;

pub(super) use event::{Event, seconds};
pub(super) use failure::{Failure, TIMEOUT};
pub(super) use line::{Line, Wish};
pub(super) use machine::Machine;
pub(super) use payload::not_too_deep;
pub(super) use problem::{Problem, refusal};
pub(super) use read::read;
pub(super) use resource::Resource;
pub(super) use step::{Counts, Next, World, go_on};
