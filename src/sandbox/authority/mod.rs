//! The one place that decides whether a call may happen.
//!
//! In: who calls, what the call needs ([`Access`](super::Access)) and the request's context keys. Out: a
//! [`Decision`](crate::policy::Decision) with the statements that decided, or `AccessDenied` in AWS's words.

mod decide;
mod denial;
mod journal;
mod keys;

pub use decide::{Authority, UnderWay};
pub use denial::{denial, denied_code, is_denial};
pub use journal::{Asked, Journal};
pub use keys::{acting_for, principal_keys, request_keys, source_keys};
