//! The control plane: one table of operations, one file for each type of resource.

mod apis;
mod ask;
mod authorizers;
mod cors;
mod deployments;
mod domains;
mod export;
mod import;
mod integrations;
mod mappings;
mod overlay;
mod page;
mod parameters;
mod refused;
mod route_key;
mod routes;
mod stages;
mod table;
mod tags;
mod vpc_links;

pub(super) use ask::{Ask, Parsed};
pub(super) use table::{Handler, TABLE, parse};
