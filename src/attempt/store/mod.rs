//! Where ledgers are kept: SQLite, in one file for all attempts of a machine.
//!
//! Nothing but this folder knows SQL. What it offers is small on purpose (append, read, list, sign of life), so that another
//! database can take its place.

mod error;
mod sqlite;
#[cfg(test)]
mod tests;

pub use error::StoreError;
pub use sqlite::{Alive, Store, Summary};
