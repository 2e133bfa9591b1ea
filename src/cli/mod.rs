//! The command line: one file a verb. Parses arguments, calls the pipeline, prints, and maps failures to exit codes.

mod accounts;
mod arguments;
mod attempt;
mod catalogue;
mod confine;
mod demo;
mod draft;
mod failure;
mod fetch;
mod freeze;
mod grade;
mod ground;
mod interruption;
mod issue;
mod issuer;
mod lint;
mod list;
mod logging;
mod new;
mod preview;
mod permits;
mod progress;
mod prove;
mod provision;
mod publish;
mod record;
mod revoke;
mod run;
mod sandbox;
mod schema;
mod screen;
mod standing;
mod teardown;
mod verify;

pub use failure::{Exit, Failure, FailureKind};
pub use run::run;
