//! Credentials as strangers meet them: two verifiers that others wrote accept every kind that is issued, and refuse whatever is
//! wrong with one; the program issues, verifies, takes back and publishes.

mod kinds;
mod program;
mod verifiers;

pub(crate) use kinds::{Kinds, award};
