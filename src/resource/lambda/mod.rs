//! AWS::Lambda: functions and what belongs to them.

mod alias;
mod function;
mod function_survey;
mod package;
mod permission;
mod settled;
mod version;

pub(super) use alias::Alias;
pub(super) use function::Function;
pub(super) use permission::Permission;
pub(super) use version::Version;
