//! Amazon API Gateway, REST APIs (v1).
//!
//! `control` is the control plane: one operation at a time on what stands in `state`, every PATCH through `patch`.
//! `gateway` is the data plane: a request to a deployed stage is routed in the deployment's frozen definition, checked,
//! handed to its integration, and answered. `vtl` reads mapping templates. `entity` holds the plain types of both.

#[cfg(test)]
mod bench;
mod certificate;
mod control;
mod coverage;
mod entity;
mod fault;
mod gateway;
mod identifier;
mod kept;
mod patch;
mod service;
mod state;
mod usage;
mod vtl;

pub use coverage::coverage;
pub use gateway::{ConnectError, Connector, ExecuteApi, Line, Reach, Surroundings};
pub use service::ApiGateway;
