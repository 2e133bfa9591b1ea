//! AWS::Logs: log groups.

mod log_group;

pub(super) use log_group::LogGroup;
