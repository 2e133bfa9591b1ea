//! The integration tests: one binary, since each more would link the whole SDK again. A module a feature.

#![allow(clippy::unwrap_used, reason = "a test stops where something is not as it must be")]

mod accounts;
mod architecture;
mod attempts;
mod browser;
mod challenges;
mod cli;
mod coverage;
mod credential;
mod disturbance;
mod durability;
mod events;
mod examples;
mod forms;
mod functions;
mod gateway;
mod grading;
mod proof;
mod hostile;
mod provision;
mod readme;
mod repair;
mod signatures;
mod stacks;
mod support;
mod transform;
mod turns;
