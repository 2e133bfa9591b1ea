//! The control plane: which operation a request is (`route`), what it needs, and what it does to the registry.

mod access;
mod accounts;
mod aliases;
mod command;
mod concurrency;
mod constraint;
mod download;
mod event_invoke;
mod functions;
mod invoke;
mod layers;
mod page;
mod permissions;
mod retry;
mod route;
mod service;
mod settle;
mod settings;
mod tags;
mod updates;
mod variables;
mod versions;

pub use service::{Lambda, Parts};
