//! The control plane: one table of operations, one file for each type of resource.

mod account;
mod api_keys;
mod ask;
mod authorizers;
mod cache_cluster;
mod client_certificates;
mod deployments;
mod documentation;
mod documentation_file;
mod domain_names;
mod export;
mod gateway_responses;
mod import;
mod integration_responses;
mod integrations;
mod key_file;
mod method_responses;
mod methods;
mod models;
mod page;
mod reference;
#[cfg(test)]
mod references;
mod resources;
mod rest_apis;
mod routes;
mod stages;
mod tags;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
mod usage;
mod usage_plans;
mod validators;
mod vpc_links;

pub(super) use ask::{Ask, Parsed};
pub(super) use cache_cluster::prefix as cache_prefix;
pub(super) use routes::{Handler, covered_operations, parse};
