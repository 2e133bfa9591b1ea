//! JSON Web Tokens signed with RS256: read, and held against an issuer's keys.
//!
//! <https://www.rfc-editor.org/rfc/rfc7519>, <https://www.rfc-editor.org/rfc/rfc7517>

mod issuers;
mod keys;
mod token;

pub use issuers::{Issuers, NoIssuers};
pub use keys::verify;
pub use token::{Fault, Token};
