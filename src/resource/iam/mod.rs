//! AWS::IAM: users with their keys, groups, roles, instance profiles and policies.

mod access_key;
mod document;
mod entities;
mod group;
mod holdings;
mod instance_profile;
mod managed_policy;
mod policy;
mod role;
mod role_survey;
mod user;

pub(super) use access_key::AccessKey;
pub(super) use group::Group;
pub(super) use instance_profile::InstanceProfile;
pub(super) use managed_policy::ManagedPolicy;
pub(super) use policy::Policy;
pub(super) use role::Role;
pub(super) use user::User;
