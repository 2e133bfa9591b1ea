//! SNS: topics and their subscriptions, over its form-encoded protocol.
//!
//! In: topics (FIFO topics too), subscriptions of functions, queues and web addresses, filter policies, redrive policies, topic
//! policies. Out: what AWS answers, and notifications in AWS's own shape. A function or a queue gets them only where its policy lets
//! `sns.amazonaws.com` in; what cannot be delivered goes to the subscription's dead-letter queue. Other services publish through
//! [`MessageSink`](super::MessageSink).

mod access;
mod attributes;
mod coverage;
mod delivery;
mod fault;
mod filter;
mod kept;
mod message;
mod notification;
mod pending;
mod permissions;
mod publish;
mod service;
mod subscription_attributes;
mod subscriptions;
mod tags;
mod topic;
mod topics;
mod web;

pub use coverage::coverage;
pub use service::{Parts, Sns};
