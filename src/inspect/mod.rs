//! Account to inspection: what stands, in CloudFormation property shape, linked into a graph; independent of any rubric.
//!
//! In: the [`Clients`](crate::aws::Clients) of account and region. Out: an [`Inspection`](crate::evidence::Inspection), always: what
//! could not be read is a gap in it, with its reason. [`label`] adds the logical ids of a stack's untagged parts. [`AuditReader`] reads who
//! called what.

mod account;
mod audit;
mod flow;
mod index;
mod integration_uri;
mod label;
mod link;

pub use account::{inspect, inspect_without};
pub use audit::AuditReader;
pub use label::label;
