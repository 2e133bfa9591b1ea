//! An issuer's folder: who issues, its keys, and a record of each credential. The one part of this room that touches files.
//!
//! A record is written whole before anything is told of it, and holds the credential as it was signed. So a crash in the middle of
//! an issuance leaves either nothing or all of it, and asking again gives the same credential.

mod folder;
mod keys;
mod office;
mod record;
#[cfg(test)]
mod tests;

pub use folder::IssuerError;
pub use keys::{IssuerKey, PublicHalf};
pub use office::{Change, Found, Issuer};
pub use record::{Issue, Record, Standing, last_change, not_live};
