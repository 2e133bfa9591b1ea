//! Template to stack: resources through the SDK, in parallel by dependency, everything tagged; update, rollback, teardown.
//!
//! In: a [`Blueprint`] and a [`Site`]. Out: a [`Stack`], which can be saved and read back; or an [`Error`], and nothing half-made.

mod blueprint;
mod change;
mod create;
mod decision;
mod error;
mod event;
mod left_out;
mod site;
mod stack;
mod step;
mod teardown;
mod update;

pub use blueprint::Blueprint;
pub use create::{provision, provision_as};
pub use decision::Redeploy;
pub use error::{Error, Leftover, Unfinished};
pub use event::{Action, Event, Listener, Silent};
pub use site::{Marks, Site};
pub use stack::Stack;
pub use teardown::teardown;
pub use update::update;
