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
mod models;
mod overlay;
mod page;
mod parameters;
mod responses;
mod route_key;
mod routes;
mod stages;
mod table;
mod tags;
mod vpc_links;
mod web_socket;

pub(super) use ask::{Ask, Parsed};
pub(super) use table::{Handler, TABLE, parse};
