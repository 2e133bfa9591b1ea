//! The IAM policy language: parse strictly, decide with a trace. Pure.
//!
//! In: policy documents and a [`Request`] (who, which action, which resource, which context keys). Out: a [`Decision`]
//! that names the statements that decided, so that a person can be told why. Least privilege is measured with the same
//! evaluator over a catalogue of actions ([`excess`]), and by the form of the statements ([`structural_lints`]).

mod address;
mod catalogue;
mod condition;
mod decision;
mod document;
mod excess;
mod grammar;
mod json;
mod lint;
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

pub use catalogue::{AccessLevel, CatalogueAction, ResourceType, catalogue, known_action, resource_type_of};
pub use decision::{Applicable, Decision, Effect, Matched, PolicySource, decide};
pub use document::{Malformed, Policy, PolicyKind};
pub use excess::{Excess, Mandate, Reach, excess};
pub use lint::{Lint, LintKind, structural_lints};
pub use principal::Principal;
pub use request::{Context, Request};
