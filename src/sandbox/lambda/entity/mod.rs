//! What Lambda keeps: functions, their versions and aliases, packages, layers. Plain types.

mod function;
mod kept;
mod layer;
mod mapping;
mod name;
mod package;
mod policy;
mod registry;
mod runtime;
mod settings;
mod snapshot;
mod url;

pub(super) use function::{Alias, EventInvokeConfig, Function, Provisioned};
pub(super) use layer::{Layer, LayerReference, LayerVersion};
pub(super) use mapping::{Mapping, SourceKind};
pub(super) use name::{FunctionName, PATTERN, PATTERN_GET};
pub(super) use package::{Package, UNZIPPED_LIMIT, ZIPPED_LIMIT};
pub(super) use policy::ResourcePolicy;
pub(super) use registry::{Region, Registry};
pub(super) use runtime::{Family, Runtime};
pub(super) use settings::{Settings, Tracing};
pub(super) use snapshot::{Progress, Snapshot, Target, sdk_time};
pub(super) use url::UrlConfig;
