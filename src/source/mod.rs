//! Files and places in them: what was read, where it stands, and how a problem with it is shown.
//!
//! A [`FileTree`] is a folder read into memory, so that everything after loading is pure. A [`Diagnostic`] says what is
//! wrong, where, and what to do; one renderer draws it, for parse errors and failed checks alike.

mod diagnostic;
mod folder;
mod node;
mod pack;
mod place;
mod render;
mod tree;
mod yaml;

pub use diagnostic::{Diagnostic, Severity};
pub use folder::{FolderError, read_folder};
pub use node::{Content, Member, Node, parse_yaml};
pub use place::{Location, Position};
pub use render::{Style, render};
pub use tree::{FileTree, inside};
pub use yaml::read_yaml;
