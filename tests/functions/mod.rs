//! Functions on the embedded sandbox: stored, run, told about, kept in.

mod confinement;
mod control;
mod execution;
mod limits;
mod logging;
mod node;
mod plain;
mod pressure;
mod provided;
mod reset;
mod rollback;
mod siblings;
mod workbench;

pub(crate) use workbench::{Workbench, zip};
