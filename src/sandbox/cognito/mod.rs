//! Amazon Cognito user pools, as far as APIs need them: pools, clients, users, groups, sign-in with passwords, and tokens
//! that anybody can verify.
//!
//! Tokens are signed with a key of the pool's own, which is made when it is first needed. Whoever verifies them within
//! the sandbox asks [`Issuers`](super::jwt::Issuers); whoever is outside fetches the key set over HTTP.

mod auth;
mod clients;
mod coverage;
mod entity;
mod fault;
mod groups;
mod operation;
mod pools;
mod prime;
mod service;
mod signing;
mod state;
mod tokens;
mod users;
mod well_known;

pub use coverage::coverage;
pub use service::Cognito;
