//! The audit log: every call, who made it, what came of it, and which statement allowed it.
//!
//! In: entries from the front. Out: the same, newest first, to the admin and to CloudTrail's `LookupEvents`.

mod coverage;
mod entry;
mod log;
mod lookup;
mod trail;

pub use coverage::coverage;
pub use entry::{Entry, Outcome};
pub use log::AuditLog;
pub use trail::CloudTrail;
