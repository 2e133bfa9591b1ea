//! What calls a function: each event becomes the resources that make it do so.

mod bucket;
mod mapping;
mod permission;
mod queue;
mod route;
mod rule;
mod source;
mod topic;

pub(super) use route::{ANY, Route, Starts, machine_route};
pub(super) use rule::{Target, rule, state as rule_state};
pub(super) use source::{Event, expand};
