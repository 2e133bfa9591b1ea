use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{FunctionName, Package, Settings, Tracing};

/// How far a change has come.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum Progress {
    /// `Pending`, `InProgress`.
    Under,
    /// `Active`, `Successful`.
    Done,
    /// With the reason.
    Failed(String),
}

/// Code and configuration as they stand together: `$LATEST`, or a published version that never changes again.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct Snapshot {
    /// `$LATEST` or a number.
    pub version: String,
    pub settings: Settings,
    #[serde(with = "super::kept::shared")]
    pub package: Arc<Package>,
    pub last_modified: Timestamp,
    pub revision: String,
    /// Names what an environment runs. Unlike the revision it stays when only a state or a permission changes.
    pub build: String,
    /// Of the creation.
    pub state: Progress,
    /// Of the last update.
    pub update: Progress,
}

/// What an invocation runs: a snapshot and who it belongs to.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// The function, with the qualifier that it was asked for by.
    pub name: FunctionName,
    pub snapshot: Arc<Snapshot>,
    pub reserved: Option<u32>,
}

impl Snapshot {
    /// Renders a `FunctionConfiguration`; `arn` is the one that the caller asked by.
    pub(crate) fn render(&self, name: &FunctionName, arn: &str) -> Map<String, Value> {
        let settings = &self.settings;
        let mut out = Map::new();
        let mut set = |key: &str, value: Value| {
            out.insert(key.to_owned(), value);
        };
        set("FunctionName", json!(name.name));
        set("FunctionArn", json!(arn));
        set("Runtime", json!(settings.runtime.as_str()));
        set("Role", json!(settings.role));
        set("Handler", json!(settings.handler));
        set("CodeSize", json!(self.package.size()));
        set("Description", json!(settings.description));
        set("Timeout", json!(settings.timeout));
        set("MemorySize", json!(settings.memory));
        set("LastModified", json!(sdk_time(self.last_modified)));
        set("CodeSha256", json!(self.package.sha256));
        set("Version", json!(self.version));
        if settings.has_environment {
            set("Environment", json!({ "Variables": settings.variables }));
        }
        if let Some(target) = &settings.dead_letter {
            set("DeadLetterConfig", json!({ "TargetArn": target }));
        }
        if let Some(key) = &settings.kms_key {
            set("KMSKeyArn", json!(key));
        }
        let mode = if settings.tracing == Tracing::Active { "Active" } else { "PassThrough" };
        set("TracingConfig", json!({ "Mode": mode }));
        set("RevisionId", json!(self.revision));
        if !settings.layers.is_empty() {
            let layers: Vec<Value> = settings
                .layers
                .iter()
                .map(|layer| json!({ "Arn": layer.arn, "CodeSize": layer.package.size() }))
                .collect();
            set("Layers", Value::Array(layers));
        }
        match &self.state {
            Progress::Under => {
                set("State", json!("Pending"));
                set("StateReason", json!("The function is being created."));
                set("StateReasonCode", json!("Creating"));
            }
            Progress::Done => set("State", json!("Active")),
            Progress::Failed(reason) => {
                set("State", json!("Failed"));
                set("StateReason", json!(reason));
                set("StateReasonCode", json!("InternalError"));
            }
        }
        match &self.update {
            // A function under creation has no update yet.
            _ if self.state == Progress::Under => {}
            Progress::Under => {
                set("LastUpdateStatus", json!("InProgress"));
                set("LastUpdateStatusReason", json!("The function is being created."));
                set("LastUpdateStatusReasonCode", json!("Creating"));
            }
            Progress::Done => set("LastUpdateStatus", json!("Successful")),
            Progress::Failed(reason) => {
                set("LastUpdateStatus", json!("Failed"));
                set("LastUpdateStatusReason", json!(reason));
                set("LastUpdateStatusReasonCode", json!("InternalError"));
            }
        }
        set("PackageType", json!("Zip"));
        set("Architectures", json!([settings.architecture]));
        set("EphemeralStorage", json!({ "Size": settings.ephemeral }));
        let optimized = if settings.snap_start != "None" && self.version != "$LATEST" { "On" } else { "Off" };
        set("SnapStart", json!({ "ApplyOn": settings.snap_start, "OptimizationStatus": optimized }));
        set("RuntimeVersionConfig", json!({ "RuntimeVersionArn": self.runtime_arn(&name.scope.region) }));
        set("LoggingConfig", logging(settings, &name.name));
        out
    }

    /// The ARN of a runtime version, made from the runtime's name: stable, and of AWS's form.
    pub(crate) fn runtime_arn(&self, region: &str) -> String {
        let digest = hex::encode(Sha256::digest(self.settings.runtime.as_str()));
        format!("arn:aws:lambda:{region}::runtime:{digest}")
    }
}

fn logging(settings: &Settings, function: &str) -> Value {
    let mut out = json!({ "LogFormat": settings.log_format, "LogGroup": settings.group(function) });
    for (key, level) in [
        ("ApplicationLogLevel", &settings.application_log_level),
        ("SystemLogLevel", &settings.system_log_level),
    ] {
        if let Some(level) = level {
            out[key] = json!(level);
        }
    }
    out
}

/// Renders a time as Lambda does: `2026-01-02T03:04:05.678+0000`.
pub(crate) fn sdk_time(time: Timestamp) -> String {
    time.to_zoned(jiff::tz::TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_lambdas_form() {
        assert_eq!(sdk_time("2026-01-02T03:04:05.678Z".parse().unwrap()), "2026-01-02T03:04:05.678+0000");
    }
}
