//! Handlers that really run: one process an execution environment, confined, behind Lambda's Runtime API.
//!
//! In: a snapshot of code and configuration and an event. Out: what the handler answered, and its log. `Engine` is the
//! whole; `pool` keeps environments warm, `environment` drives one, `exchange` is what its process talks to, `workshop` is
//! what lies on disk, `interpreter` and `libraries` find what runs the code. `parents` are processes that have imported already what
//! handlers import, and of which environments are made.

mod engine;
mod environment;
mod exchange;
mod failure;
mod housing;
mod interpreter;
mod journal;
mod libraries;
mod node_libraries;
mod nursery;
mod parent;
mod parents;
mod pool;
mod process;
mod ready;
mod runtime_api;
mod shadow;
mod shell;
mod system_event;
mod variables;
mod watchdog;
mod workshop;

pub(super) use engine::{Engine, Job, Outcome};
