//! The data plane: requests to deployed stages.
//!
//! A request passes, in AWS's order: address → stage → route → authorisation → API key → validation → cache → integration →
//! answer. Whatever refuses it becomes a gateway response.

mod address;
#[cfg(test)]
mod admission;
mod authorize;
mod aws;
mod backing;
mod binary;
mod cache;
mod credentials;
mod delivery;
mod entry;
mod event;
mod exchange;
mod execute;
mod execution_log;
mod headers;
mod http;
mod keys;
mod integration_request;
mod integration_response;
mod lambda;
mod mapping;
mod proxy_response;
mod reach;
mod refusal;
mod routes;
mod schema;
mod schema_rule;
mod signed;
mod test_authorizer;
mod test_invoke;
#[cfg(test)]
mod tests;
mod user_pool;
mod validate;

pub(super) use backing::Backing;
pub(super) use routes::Routes;

pub use execute::{ExecuteApi, Surroundings};
pub use reach::{ConnectError, Connector, Line, Reach};
