//! CloudWatch Logs: groups, streams and events, filter patterns, retention, tags; fed by services on behalf of a role.
//!
//! The API: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/Welcome.html>. Functions may subscribe to a
//! group's events; other subscriptions, exports and deliveries are not covered, and say so.

mod access;
mod command;
mod coverage;
mod delivery;
mod events;
mod groups;
mod insights;
mod queries;
mod query;
mod kept;
mod metric_filters;
mod page;
mod pattern;
mod service;
mod settings;
mod store;
mod subscriptions;
#[cfg(test)]
mod tests;

pub use coverage::coverage;
pub use service::Logs;
