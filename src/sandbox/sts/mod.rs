//! STS: who am I, and temporary credentials.
//!
//! In: the operations of STS's Query API. Out: XML answers; the sessions themselves are kept by [`Iam`](super::iam::Iam),
//! which knows the roles.

mod assume_role;
mod coverage;
mod federation;
mod operations;
mod parameters;
mod service;
mod web_identity;

pub use coverage::coverage;
pub use service::Sts;
