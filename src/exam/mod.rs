//! Drives one attempt: puts the scenario up, finds it ready, starts the clock, freezes, grades, and keeps what was seen.
//!
//! In: an [`Order`](start::Order) for a new attempt, or the ledger of one that was begun; and [`Premises`], where sandboxes are opened.
//! Out: a ledger that tells all of it, and an [`Archive`](crate::attempt::Archive). Each step writes that it begins, does what it does,
//! and writes that it is done, so that after a crash at any point [`Host::drive`] goes on from what the ledger says.

mod appeal;
mod booking;
mod code;
mod error;
mod event;
mod failpoint;
mod footing;
mod grading;
mod ground;
mod guests;
mod handover;
mod host;
mod keeping;
mod leftovers;
mod premises;
mod regrade;
mod remains;
mod scenario;
mod standing;
mod start;
mod watch;

pub use appeal::apply;
pub use booking::{Booking, gone};
pub use code::code_at_start;
pub use error::ExamError;
pub use event::{Event, Listener, Silent};
pub use footing::grader_at;
pub use ground::{Ground, Spot};
pub use host::Host;
pub use keeping::{load_archive, load_challenge, load_scorecard, save_scorecard};
pub use leftovers::leftovers;
pub use premises::{Entered, Place, Premises};
pub use regrade::{Flip, Regrade, regrade};
pub use scenario::{NotStanding, Scenario, candidate_name, put_up, take_down, variables};
pub use start::{Destination, Order, start};
