//! CloudFormation: stacks and change sets, made by calls to the sandbox's own services with the caller's credentials.
//!
//! In: the Query API. A template is carried out by [`provision`](crate::provision), as a challenge's scenario is; whether a resource may be
//! made, the caller's policies decide, or those of the role that it passes (AWS calls this forward access sessions). Out: a
//! stack that stands whole, or one that was rolled back.

mod capability;
mod change_sets;
mod coverage;
mod fault;
mod kept;
mod operations;
mod plan;
mod progress;
mod record;
mod service;
mod show;
mod stacks;
mod state;
mod work;

pub use coverage::coverage;
pub use service::{CloudFormation, Parts};
