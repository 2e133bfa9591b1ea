//! What is deployed, as an OpenAPI document.

mod components;
mod integration;
mod method;
mod operation;
mod settings;
mod writer;

pub(super) use operation::export;
