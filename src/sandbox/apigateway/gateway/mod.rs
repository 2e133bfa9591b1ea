//! The data plane: requests to deployed stages.
//!
//! A request passes, in AWS's order: address → stage → route → authorisation → API key → validation → integration →
//! answer. Whatever refuses it becomes a gateway response.

mod address;
#[cfg(test)]
mod admission;
mod authorize;
mod binary;
mod event;
mod exchange;
mod execute;
mod headers;
mod keys;
mod lambda;
mod mapping;
mod proxy_response;
mod refusal;
mod routes;
mod schema;
mod signed;
mod test_invoke;
#[cfg(test)]
mod tests;
mod transform;
mod validate;

pub(super) use routes::Routes;

pub use execute::ExecuteApi;
