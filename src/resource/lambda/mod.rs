//! AWS::Lambda: functions and what belongs to them.

mod alias;
mod event_invoke_config;
mod event_source_mapping;
mod event_source_mapping_survey;
mod function;
mod function_parts;
mod function_survey;
mod layer_version;
mod package;
mod permission;
mod settled;
mod url;
mod version;

pub(super) use alias::Alias;
pub(super) use event_invoke_config::EventInvokeConfig;
pub(super) use event_source_mapping::EventSourceMapping;
pub(super) use function::Function;
pub(super) use layer_version::LayerVersion;
pub(super) use permission::Permission;
pub(super) use url::Url;
pub(super) use version::Version;
