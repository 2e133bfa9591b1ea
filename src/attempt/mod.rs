//! The record of one attempt: what happened to it, in which state it is, how much time it has, and what was kept of it.
//!
//! In: what `exam` does with an attempt, as [`Event`]s. Out: a [`Ledger`] in which each [`Entry`] holds the digest of the one before,
//! the [`Attempt`] that follows from it, and the [`Archive`] of what the grade was computed from. The [`Store`] keeps the
//! ledgers in one SQLite file, behind a narrow surface, so that another database can follow.

mod archive;
#[expect(clippy::module_inception, reason = "the room is named for the type that it is about")]
mod attempt;
mod clockwork;
mod counting;
mod entry;
mod event;
mod home;
mod id;
mod ledger;
mod retake;
mod state;
mod store;

pub use archive::{Archive, ArchiveError, Code, without_secrets};
pub use attempt::{Attempt, NotNow, Override};
pub use clockwork::{Discrepancy, Reckoning, discrepancy, passed};
pub use counting::{Taken, counting, person};
pub use entry::{Entry, Facts};
pub use event::{
    Allowance, Creation, Event, FreezeReason, Mode, Outcome, Signature, Trust, UNENFORCED, Whereabouts,
};
pub use home::Home;
pub(crate) use home::write_private;
pub use id::AttemptId;
pub use ledger::{Break, Ledger};
pub use retake::{Past, Refusal, may_start};
pub use state::State;
pub use store::{Alive, Store, StoreError, Summary};
