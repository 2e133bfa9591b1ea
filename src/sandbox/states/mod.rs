//! Step Functions: state machines and their executions, over its JSON protocol.
//!
//! In: definitions in the Amazon States Language (`JSONPath`), executions of standard and express machines. Out: what AWS answers,
//! histories, and calls to functions, tables, queues, topics and buses, each made with the machine's role through the front like any
//! other call. Waits and retries run by the sandbox's clock, which an owner advances. What runs goes on after a restart.
//! <https://docs.aws.amazon.com/step-functions/latest/dg/welcome.html>
//!
//! `language` interprets, without any effect; `drive` makes the calls that it wishes for.

mod access;
mod coverage;
mod drive;
mod entity;
mod executions;
mod fault;
mod history;
mod integration;
mod kept;
mod language;
mod machines;
mod page;
mod role;
mod service;
mod start;
mod tags;

pub use coverage::coverage;
pub use service::{Parts, StepFunctions};
