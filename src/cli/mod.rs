//! The command line: one file a verb. Parses arguments, calls the pipeline, prints, and maps failures to exit codes.

mod arguments;
mod catalogue;
mod confine;
mod failure;
mod list;
mod logging;
mod run;
mod sandbox;
mod screen;

pub use failure::{Exit, Failure, FailureKind};
pub use run::run;
