//! SQS: queues and their messages, over its JSON protocol and the form-encoded one of older clients and of API Gateway.
//!
//! In: queues with visibility, delay, retention, dead-letter redrive, FIFO order and deduplication, and queue policies. Out: what
//! AWS answers, and the records that Lambda's event source mappings take ([`EventSource`](super::EventSource)) and other services
//! send ([`MessageSink`](super::MessageSink)). Time is the sandbox's clock. Own code, since the libraries there are keep the
//! system's time in their queues.

mod access;
mod attributes;
mod batch;
mod coverage;
mod digest;
mod fault;
mod form;
mod kept;
mod messages;
mod permissions;
mod queue;
mod queues;
mod service;
mod source;

pub use coverage::coverage;
pub use service::Sqs;
