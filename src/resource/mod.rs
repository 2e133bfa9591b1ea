//! Resource types: one file each, for what a template may say, what provision carries out and what inspect reads.
//!
//! The pure half of a type is its [`Schema`]; [`lint`] holds a template against the schemas. The other half is a
//! [`ResourceType`]: create, update and delete through the SDK, and a survey of what stands in the account.

mod apigateway;
mod apigatewayv2;
mod dynamodb;
mod events;
mod iam;
mod kind;
mod lambda;
mod lint;
mod logs;
mod name;
mod pages;
pub(crate) mod parallel;
mod properties;
mod reference;
mod refused;
mod registry;
mod s3;
mod schema;
mod sns;
mod sqs;
mod stepfunctions;
mod survey;
mod tags;

pub use kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
pub use lint::lint;
pub use name::generated_name;
pub use reference::reference;
pub use registry::{resource_type, resource_types, schema};
pub use schema::{Name, Property, Schema, Shape};
pub use survey::Survey;
pub use tags::{LOGICAL_ID_TAG, STACK_TAG, with_stack_tags, with_tags};
