//! CloudWatch Logs: groups, streams and events, filter patterns, retention, tags; fed by services on behalf of a role.
//!
//! The API: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/Welcome.html>. Functions may subscribe to a
//! group's events, which are also exported to buckets. Of destinations and deliveries the definitions are kept: there is nothing here
//! that they would lead to.

mod access;
mod command;
mod compression;
mod coverage;
mod delivery;
mod destinations;
mod events;
mod exports;
mod fields;
mod groups;
mod insights;
mod queries;
mod query;
mod kept;
mod like;
mod metric_filters;
mod page;
mod pattern;
mod service;
mod settings;
mod store;
mod subscriptions;
mod tagging;
mod vended;
#[cfg(test)]
mod tests;

pub use coverage::coverage;
pub use service::Logs;
