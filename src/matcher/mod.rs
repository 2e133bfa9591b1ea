//! The assertion vocabulary: select a part of what was seen, match it, and say what differs. Pure.
//!
//! ```yaml
//! expect:
//!   status: 200
//!   $.body.items: { len: { ge: 1 } }
//! ```
//!
//! A key is a selector (a bare name `status` means `$.status`), its value a matcher. In: a JSON document. Out: nothing, or the [`Mismatch`]es.

mod expectation;

pub use expectation::{Expectation, Mismatch};
