use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::{Package, ResourcePolicy};

/// A layer with its versions.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Layer {
    #[serde(with = "super::kept::shared_map")]
    pub versions: BTreeMap<u64, Arc<LayerVersion>>,
    /// The number of the newest version, deleted ones counted: numbers are never used again.
    pub newest: u64,
    /// Who else may use a version, and the revision of that.
    pub policies: BTreeMap<u64, (ResourcePolicy, String)>,
}

/// One version of a layer; it never changes.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct LayerVersion {
    /// ARN of the layer, without the version.
    pub layer_arn: String,
    pub version: u64,
    #[serde(with = "super::kept::shared")]
    pub package: Arc<Package>,
    pub description: String,
    pub license: Option<String>,
    pub runtimes: Vec<String>,
    pub architectures: Vec<String>,
    pub created: Timestamp,
}

impl LayerVersion {
    pub(crate) fn arn(&self) -> String {
        format!("{}:{}", self.layer_arn, self.version)
    }
}

/// A layer as a function uses it: the version stays usable when it is deleted.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct LayerReference {
    pub arn: String,
    #[serde(with = "super::kept::shared")]
    pub package: Arc<Package>,
}
