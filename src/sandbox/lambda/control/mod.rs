//! The control plane: which operation a request is (`route`), what it needs, and what it does to the registry.

mod access;
mod accounts;
mod aliases;
mod code;
mod command;
mod concurrency;
mod constraint;
mod destination;
mod download;
mod event_invoke;
mod functions;
mod invoke;
mod kept;
mod layer_permissions;
mod layers;
mod managed;
mod mapping;
mod neighbours;
mod page;
mod permissions;
mod provisioned;
mod retry;
mod route;
mod service;
mod settle;
mod shape;
mod settings;
mod streaming;
mod tags;
mod updates;
mod url_cors;
mod urls;
mod variables;
mod versions;

pub use neighbours::Neighbours;
pub use service::{Lambda, Parts};
