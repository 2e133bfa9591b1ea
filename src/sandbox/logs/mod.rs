//! CloudWatch Logs: groups, streams and events, filter patterns, retention, tags; fed by services on behalf of a role.
//!
//! The API: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/Welcome.html>. Queries of Logs Insights, metric
//! filters, subscriptions and deliveries are not covered, and say so.

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
mod page;
mod pattern;
mod service;
mod store;
#[cfg(test)]
mod tests;

pub use coverage::coverage;
pub use service::Logs;
