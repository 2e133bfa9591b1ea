//! IAM: who there is and what they may do.
//!
//! In: the operations of IAM's Query API. Out: XML answers, and the [`Directory`](super::Directory) that the front and the
//! authority ask. The state is kept in memory, apart for each account.

mod account;
mod authorization_details;
mod certificate;
mod coverage;
mod credential_report;
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
mod mfa_devices;
mod oidc_providers;
mod one_time_code;
mod operations;
mod paging;
mod policies;
mod policy_attachments;
mod policy_versions;
mod resources;
mod qr_code;
mod roles;
mod saml_providers;
mod server_certificates;
mod service;
mod service_credentials;
mod sessions;
mod signing_certificates;
mod simulation;
mod ssh_keys;
mod state;
mod tags;
mod trust;
mod users;
mod validate;
mod web_identity;

#[cfg(test)]
mod tests;

pub use coverage::coverage;
pub use service::Iam;
pub(in crate::sandbox) use sessions::SessionRequest;
pub(in crate::sandbox) use web_identity::Voucher;
