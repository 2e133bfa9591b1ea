//! Handlers that really run: one process an execution environment, confined, behind Lambda's Runtime API.
//!
//! In: a snapshot of code and configuration and an event. Out: what the handler answered, and its log. `Engine` is the
//! whole; `pool` keeps environments warm, `environment` drives one, `exchange` is what its process talks to, `workshop` is
//! what lies on disk, `interpreter` and `libraries` find what runs the code.

mod engine;
mod environment;
mod exchange;
mod failure;
mod housing;
mod interpreter;
mod journal;
mod libraries;
mod node_libraries;
mod pool;
mod process;
mod runtime_api;
mod variables;
mod watchdog;
mod workshop;

pub(super) use engine::{Engine, Job, Outcome};
