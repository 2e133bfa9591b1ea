//! State that outlives the process: every write that was acknowledged is there after `kill -9`.
//!
//! In: records, by key, and contents (objects, code), by digest. Records go into one append-only journal, in batches with a
//! checksum each, written and synced by one thread for all calls that wait (group commit); contents into files of their own,
//! written aside, synced and renamed. Out: on the next start the records as they were, a torn end of the journal cut off and
//! told. Without a folder nothing is kept, and nothing costs anything.
//!
//! An own journal and not a database: the services hold their state in memory anyway, so that all that is needed is to write
//! what changed and to read it once, which a log does with one sync for any number of calls, and no dependency.

mod archive;
mod backlog;
mod contents;
mod durable;
mod frame;
mod journal;
mod keeper;
mod members;
mod outbox;
mod writer;

#[cfg(test)]
mod tests;

pub use archive::{pack, unpack};
pub use backlog::backlog;
pub use durable::{Durable, Records};
pub use keeper::{Found, Keeper, OpenError};
pub use members::{join, split};
pub use outbox::Outbox;
