//! The plain types of HTTP APIs, and of WebSocket APIs that are only defined, in their wire shapes.
#![expect(clippy::struct_field_names, reason = "the names are those of the wire")]

mod api;
mod authorizer;
mod definition;
mod domain;
mod integration;
mod model;
mod moment;
mod route;
mod stage;
mod vpc_link;

pub(super) use crate::sandbox::Cors;
pub(super) use api::Api;
pub(super) use authorizer::{Authorizer, JwtConfiguration};
pub(super) use definition::{Definition, Deployment};
pub(super) use domain::{ApiMapping, Domain};
pub(super) use integration::Integration;
pub(super) use model::{IntegrationResponse, Model, RouteResponse};
pub(super) use moment::moment;
pub(super) use route::Route;
pub(super) use stage::{RouteSettings, Stage};
pub(super) use vpc_link::VpcLink;

/// Resources by identifier, in the order in which they were made.
pub(super) type Map<T> = indexmap::IndexMap<String, T>;
