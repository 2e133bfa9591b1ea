//! Files and places in them: what was read, where it stands, and how a problem with it is shown.
//!
//! A [`FileTree`] is a folder read into memory, so that everything after loading is pure. A [`Diagnostic`] says what is
//! wrong, where, and what to do; one renderer draws it, for parse errors and failed checks alike.

mod diagnostic;
mod place;
mod tree;

pub use diagnostic::{Diagnostic, Severity};
pub use place::{Location, Position};
pub use tree::FileTree;
