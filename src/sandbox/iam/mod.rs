//! IAM: who there is and what they may do.
//!
//! In: the operations of IAM's Query API. Out: XML answers, and the [`Directory`](super::Directory) that the front and the
//! authority ask. The state is kept in memory, apart for each account.

mod account;
mod authorization_details;
mod coverage;
mod credentials;
mod directory;
mod document;
mod fault;
mod groups;
mod identity;
mod ids;
mod inline_policies;
mod instance_profiles;
mod kept;
mod managed_policies;
mod operations;
mod paging;
mod policies;
mod policy_attachments;
mod policy_versions;
mod resources;
mod roles;
mod service;
mod sessions;
mod simulation;
mod state;
mod tags;
mod users;
mod validate;

#[cfg(test)]
mod tests;

pub use coverage::coverage;
pub use service::Iam;
pub(in crate::sandbox) use sessions::SessionRequest;
