//! Amazon API Gateway, HTTP APIs (v2).
//!
//! `control` is the control plane: one table of operations, one file for each type of resource. `gateway` is the data
//! plane: a request to a stage meets the definition that was deployed to it, is authorized, handed to its integration,
//! and answered. `entity` holds the plain types of both. WebSocket APIs are not covered, and refused by name.

mod control;
mod coverage;
mod entity;
mod fault;
mod gateway;
mod identifier;
mod kept;
mod service;
mod state;

pub use coverage::coverage;
pub use gateway::{FunctionUrlEntrance, HttpApis};
pub use service::{ApiGatewayV2, Parts};
