//! Logs that services send by themselves ("vended logs"): sources, destinations, and deliveries that join one of each.
//!
//! In: the calls about them. Out: what is kept of them. The services that would send are not here, so nothing is delivered.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html>

mod delivery;
mod destination;
mod source;
mod state;

pub(super) use source::log_service;
pub(super) use state::Vended;
