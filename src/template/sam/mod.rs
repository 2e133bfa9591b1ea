//! The transform `AWS::Serverless-2016-10-31`: what a SAM template stands for, in plain CloudFormation. Pure.
//!
//! In: a [`Template`](super::Template) as its author wrote it. Out: one without the transform, whose nodes still know
//! where in the source they come from, or everything that could not be carried out, with its place.
//!
//! ```text
//! globals          what is said for all resources of a type goes into each of them
//! implicit         events that name no API share `ServerlessRestApi` or `ServerlessHttpApi`
//! function, event  functions become functions, roles, permissions, rules, mappings; routes are put on their APIs
//! state_machine    state machines become state machines, roles and rules
//! api, http_api    APIs become a definition, a deployment and a stage
//! ```
//!
//! The specification: <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html>.

mod api;
mod authorizer;
mod cors;
mod definition;
mod event;
mod expansion;
mod function;
mod function_extra;
mod globals;
mod hash;
mod http_api;
mod http_definition;
mod implicit;
mod layer_version;
mod machine_event;
mod part;
mod policy;
mod python2;
mod python_json;
mod referable;
mod role;
mod simple_table;
pub(super) mod specification;
mod state_machine;
mod transform;
mod usage_plan;

pub(super) use transform::{TRANSFORM, expand, is_serverless};
