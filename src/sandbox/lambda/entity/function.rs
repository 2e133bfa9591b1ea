use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{FunctionName, ResourcePolicy, Snapshot, UrlConfig, sdk_time};

/// A function with everything that hangs on it.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Function {
    /// Without qualifier.
    pub name: FunctionName,
    #[serde(with = "super::kept::shared")]
    pub latest: Arc<Snapshot>,
    #[serde(with = "super::kept::shared_map")]
    pub versions: BTreeMap<u64, Arc<Snapshot>>,
    /// The number of the newest version, deleted ones counted.
    pub newest: u64,
    /// The build of `$LATEST` that the newest version was made of.
    pub published: Option<String>,
    pub aliases: BTreeMap<String, Alias>,
    /// By qualifier; the empty one is the unqualified function.
    pub policies: BTreeMap<String, ResourcePolicy>,
    pub tags: BTreeMap<String, String>,
    pub reserved: Option<u32>,
    /// By qualifier, `$LATEST` for the unqualified function.
    pub event_invoke: BTreeMap<String, EventInvokeConfig>,
    /// By alias; the empty one is the unqualified function.
    pub urls: BTreeMap<String, UrlConfig>,
    /// By version or alias.
    pub provisioned: BTreeMap<String, Provisioned>,
    /// `Allow` or `Terminate`, of recursive loops through other services.
    pub recursive_loop: String,
}

/// Environments that are asked to be kept ready.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct Provisioned {
    pub requested: u32,
    pub modified: Timestamp,
}

impl Provisioned {
    /// Renders a `ProvisionedConcurrencyConfig`. Environments start within milliseconds here, so all are there at once.
    pub(crate) fn render(&self, ready: bool) -> Value {
        let there = if ready { self.requested } else { 0 };
        json!({
            "RequestedProvisionedConcurrentExecutions": self.requested,
            "AvailableProvisionedConcurrentExecutions": there,
            "AllocatedProvisionedConcurrentExecutions": there,
            "Status": if ready { "READY" } else { "IN_PROGRESS" },
            "LastModified": sdk_time(self.modified),
        })
    }
}

/// A name for a version.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct Alias {
    pub name: String,
    pub version: String,
    pub description: String,
    /// A second version, and the share of invocations that it takes (0 to 1).
    pub routing: Option<(String, f64)>,
    pub revision: String,
}

/// How events that fail are treated.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct EventInvokeConfig {
    pub retries: Option<u32>,
    /// Seconds.
    pub age: Option<u32>,
    pub destinations: Option<Value>,
    pub modified: Timestamp,
}

impl Function {
    /// Returns the snapshot of a version (`$LATEST` or a number), if there is one.
    pub(crate) fn version(&self, version: &str) -> Option<&Arc<Snapshot>> {
        if version == "$LATEST" {
            return Some(&self.latest);
        }
        self.versions.get(&version.parse().ok()?)
    }

    /// Returns what a qualifier names: a version, an alias' version, or `$LATEST` where there is none.
    pub(crate) fn qualified(&self, qualifier: Option<&str>) -> Option<&Arc<Snapshot>> {
        let Some(qualifier) = qualifier else {
            return Some(&self.latest);
        };
        match self.aliases.get(qualifier) {
            Some(alias) => self.version(&alias.version),
            None => self.version(qualifier),
        }
    }

    /// Returns how many invocations by this name may run at once: what is provisioned for another one is taken out of what is
    /// reserved.
    pub(crate) fn unprovisioned(&self, name: &FunctionName) -> Option<u32> {
        let others = self.provisioned.iter().filter(|(qualifier, _)| {
            let version = self.aliases.get(*qualifier).map(|alias| &alias.version);
            name.qualifier.as_ref() != Some(qualifier) && name.qualifier.as_ref() != version
        });
        let others: u32 = others.map(|(_, config)| config.requested).sum();
        self.reserved.map(|reserved| reserved.saturating_sub(others))
    }

    /// Returns the ARN of a version or an alias.
    pub(crate) fn arn_of(&self, qualifier: &str) -> String {
        format!("{}:{qualifier}", self.name.unqualified_arn())
    }
}

impl Alias {
    /// Renders an `AliasConfiguration`.
    pub(crate) fn render(&self, function: &Function) -> Value {
        let mut out = json!({
            "AliasArn": function.arn_of(&self.name),
            "Name": self.name,
            "FunctionVersion": self.version,
            "Description": self.description,
            "RevisionId": self.revision,
        });
        if let Some((version, share)) = &self.routing {
            out["RoutingConfig"] = json!({ "AdditionalVersionWeights": { version: share } });
        }
        out
    }
}

impl EventInvokeConfig {
    /// Renders a `FunctionEventInvokeConfig`; the time is in seconds.
    pub(crate) fn render(&self, arn: &str) -> Value {
        let mut out = json!({ "FunctionArn": arn, "LastModified": self.modified.as_second() });
        if let Some(retries) = self.retries {
            out["MaximumRetryAttempts"] = json!(retries);
        }
        if let Some(age) = self.age {
            out["MaximumEventAgeInSeconds"] = json!(age);
        }
        out["DestinationConfig"] =
            self.destinations.clone().unwrap_or_else(|| json!({ "OnSuccess": {}, "OnFailure": {} }));
        out
    }
}
