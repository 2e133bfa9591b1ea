//! What calls a function: each event becomes the resources that make it do so.

mod bucket;
mod mapping;
mod permission;
mod queue;
mod route;
mod rule;
mod source;
mod topic;

pub(super) use route::{ANY, Route};
pub(super) use source::expand;
