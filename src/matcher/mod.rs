//! The assertion vocabulary: select a part of what was seen, match it, and say what differs. Pure.
//!
//! ```yaml
//! expect:
//!   status: 200
//!   $.body.items: { len: { ge: 1 } }
//!   $.body.items[*].id: { matches: '^o-[0-9]+$' }
//!   $.body.secret: { absent: true }
//! ```
//!
//! A key is a selector (a bare name `status` means `$.status`, else JSONPath), its value a [`Matcher`]: a plain value,
//! which must be equal and of the same type, or a map with one operator. In: a JSON document. Out: nothing, or the
//! [`Mismatch`]es.
//!
//! Missing, null and unresolved are three things. A node is *missing* when what it would stand in is there and does not
//! hold it: `absent: true` holds then, and nothing else. A node that is *null* is there. It is *unresolved* when what it
//! would stand in is itself missing, or is no object or list: then nothing can be said of it, and every matcher fails,
//! `absent` and `not` too. Likewise a matcher that cannot judge what it finds (`gt` on a text) fails with or without `not`.

mod argument;
mod arn;
mod describe;
mod equality;
mod expectation;
mod fill;
mod judge;
mod mismatch;
mod operator;
mod parse;
mod pattern;
mod reference;
mod schema;
mod selector;
#[cfg(test)]
mod tests;

pub use arn::ArnMatcher;
pub use expectation::{Besides, Expectation, ExpectationAnd};
pub use fill::Values;
pub use mismatch::Mismatch;
pub use operator::{Argument, Matcher, OPERATORS, Operator};
pub use pattern::{Pattern, PatternError};
pub use reference::reference;
pub use selector::{Selector, SelectorError};
