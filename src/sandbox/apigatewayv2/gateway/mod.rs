//! The data plane: requests to the stages of HTTP APIs.
//!
//! A request passes, in AWS's order: address → stage → CORS preflight → route → throttling → authorization →
//! integration → answer. Whatever refuses it is answered with a `message` and nothing else.

mod access_log;
mod address;
mod authorize;
mod backend;
mod backing;
mod context;
mod entrance;
mod event_v1;
mod event_v2;
mod exchange;
mod function;
mod function_url;
mod iam;
mod jwt;
mod key_sets;
mod mapping;
mod refusal;
mod reply;
mod request_authorizer;
mod routing;
mod throttle;

pub(super) use backing::Backing;

pub use entrance::HttpApis;
pub use function_url::FunctionUrlEntrance;
