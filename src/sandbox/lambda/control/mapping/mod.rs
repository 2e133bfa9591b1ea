//! Event source mappings: queues and streams that Lambda polls on a function's behalf.
//!
//! `operations` is the control plane, `rules` what a mapping may say, `source` asks the other services, `queue` and `stream`
//! are the pollers, `batch` what they have in common.

mod batch;
mod operations;
mod queue;
mod rules;
mod source;
mod stream;
