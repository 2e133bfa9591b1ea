//! The front: every request of every service comes through here.
//!
//! In: one HTTP request. Out: one answer. Between: the data planes' entrances first; else the signature is verified, the
//! service resolves the operation, the authority decides over each access, the audit log takes the outcome, and only an
//! allowed call reaches the service's `handle`.

mod admission;
mod identity;
mod internal;
mod listener;
mod pipeline;
mod recorder;
mod routing;
mod shape;
mod signature;

pub use admission::admit;
pub(super) use identity::signer;
pub use listener::{Listener, serve};
pub use pipeline::Front;
pub(super) use shape::render;
pub(super) use signature::constant_time_eq;

#[cfg(test)]
mod tests;
