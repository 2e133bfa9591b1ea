//! AWS::IAM: roles and policies.

mod document;
mod entities;
mod managed_policy;
mod policy;
mod role;
mod role_survey;

pub(super) use managed_policy::ManagedPolicy;
pub(super) use policy::Policy;
pub(super) use role::Role;
