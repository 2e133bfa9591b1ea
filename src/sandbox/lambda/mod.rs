//! Lambda: functions that are really stored, and handlers that really run.
//!
//! `control` is the control plane, `entity` what it keeps, `execution` runs handlers, `confinement` keeps them in.

pub mod confinement;
mod control;
mod coverage;
mod entity;
mod execution;

pub use control::{Lambda, Neighbours, Parts};
pub use coverage::coverage;
