//! The IAM policy language: parse strictly, decide with a trace. Pure.
//!
//! In: policy documents and a [`Request`] (who, which action, which resource, which context keys). Out: a [`Decision`]
//! that names the statements that decided, so that a person can be told why.

mod address;
mod condition;
mod decision;
mod document;
mod grammar;
mod json;
mod moment;
mod operator;
mod pattern;
mod principal;
mod principal_pattern;
mod request;
mod statement;
mod validation;

#[cfg(test)]
mod tests;

pub use decision::{Applicable, Decision, Effect, Matched, PolicySource, decide};
pub use document::{Malformed, Policy, PolicyKind};
pub use principal::Principal;
pub use request::{Context, Request};
