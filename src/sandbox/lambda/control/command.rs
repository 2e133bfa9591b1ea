use serde_json::{Map, Value};

use super::super::entity::FunctionName;

/// The operations that are carried out. `Debug` prints AWS's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    AddLayerVersionPermission,
    AddPermission,
    CreateAlias,
    CreateEventSourceMapping,
    CreateFunction,
    CreateFunctionUrlConfig,
    DeleteAlias,
    DeleteEventSourceMapping,
    DeleteFunction,
    DeleteFunctionConcurrency,
    DeleteFunctionEventInvokeConfig,
    DeleteFunctionUrlConfig,
    DeleteLayerVersion,
    DeleteProvisionedConcurrencyConfig,
    GetAccountSettings,
    GetAlias,
    GetEventSourceMapping,
    GetFunction,
    GetFunctionCodeSigningConfig,
    GetFunctionConcurrency,
    GetFunctionConfiguration,
    GetFunctionEventInvokeConfig,
    GetFunctionRecursionConfig,
    GetFunctionUrlConfig,
    GetLayerVersion,
    GetLayerVersionByArn,
    GetLayerVersionPolicy,
    GetPolicy,
    GetProvisionedConcurrencyConfig,
    GetRuntimeManagementConfig,
    Invoke,
    InvokeAsync,
    InvokeWithResponseStream,
    ListAliases,
    ListCodeSigningConfigs,
    ListEventSourceMappings,
    ListFunctionEventInvokeConfigs,
    ListFunctionUrlConfigs,
    ListFunctions,
    ListLayerVersions,
    ListLayers,
    ListProvisionedConcurrencyConfigs,
    ListTags,
    ListVersionsByFunction,
    PublishLayerVersion,
    PublishVersion,
    PutFunctionConcurrency,
    PutFunctionEventInvokeConfig,
    PutFunctionRecursionConfig,
    PutProvisionedConcurrencyConfig,
    PutRuntimeManagementConfig,
    RemoveLayerVersionPermission,
    RemovePermission,
    TagResource,
    UntagResource,
    UpdateAlias,
    UpdateEventSourceMapping,
    UpdateFunctionCode,
    UpdateFunctionConfiguration,
    UpdateFunctionEventInvokeConfig,
    UpdateFunctionUrlConfig,
}

/// A request as it was read.
#[derive(Debug, Clone)]
pub(super) struct Command {
    pub operation: Name,
    /// The function that the path names, with its qualifier.
    pub function: Option<FunctionName>,
    /// What the path names beyond that: an alias, a statement, a layer.
    pub item: String,
    /// A layer's version.
    pub number: u64,
    /// The statement of a layer version's policy.
    pub statement: String,
    /// The body's object; empty for operations without one.
    pub body: Map<String, Value>,
}

impl Name {
    pub(super) fn is_of_mappings(self) -> bool {
        matches!(
            self,
            Self::CreateEventSourceMapping
                | Self::DeleteEventSourceMapping
                | Self::GetEventSourceMapping
                | Self::ListEventSourceMappings
                | Self::UpdateEventSourceMapping
        )
    }

    pub(super) fn mutates(self) -> bool {
        let name = format!("{self:?}");
        !(name.starts_with("Get") || name.starts_with("List") || name.starts_with("Invoke"))
    }
}

impl Command {
    /// Returns a string of the body.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.body.get(key).and_then(Value::as_str)
    }

    pub(super) fn flag(&self, key: &str) -> bool {
        self.body.get(key).and_then(Value::as_bool).unwrap_or(false)
    }
}
