//! `EventBridge`: buses, rules and their targets, over its JSON protocol.
//!
//! In: the default bus and custom ones with policies, rules with event patterns or schedules, targets with inputs of their own. Out:
//! what AWS answers, and events handed to functions, state machines, queues, topics, log groups and other buses, each only where its policy lets
//! `events.amazonaws.com` in; what cannot be delivered goes to the target's dead-letter queue. Schedules run by the sandbox's
//! clock, which an owner advances. Other services put events through [`MessageSink`](super::MessageSink).

mod access;
mod buses;
mod coverage;
mod cron;
mod delivery;
mod entity;
mod fault;
mod input;
mod kept;
mod machine;
mod page;
mod permissions;
mod put_events;
mod rules;
mod schedule;
mod scheduler;
mod service;
mod tags;
mod targets;

pub use coverage::coverage;
pub use service::{Events, Parts};
