use std::collections::BTreeMap;

use super::{LayerReference, Runtime};

/// X-Ray tracing; kept and shown, nothing is traced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum Tracing {
    PassThrough,
    Active,
}

/// What a function's owner chose. Sizes are in the unit that AWS's field has.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct Settings {
    pub runtime: Runtime,
    /// ARN of the execution role.
    pub role: String,
    pub handler: String,
    pub description: String,
    /// Seconds.
    pub timeout: u32,
    /// MB.
    pub memory: u32,
    pub variables: BTreeMap<String, String>,
    /// Whether `Environment` was ever given: an empty one is shown, too.
    pub has_environment: bool,
    pub layers: Vec<LayerReference>,
    /// MB of `/tmp`.
    pub ephemeral: u32,
    pub tracing: Tracing,
    pub architecture: String,
    /// ARN of the queue or topic for events that failed.
    pub dead_letter: Option<String>,
    pub kms_key: Option<String>,
    /// `Text` or `JSON`.
    pub log_format: String,
    /// The log group, where it is not `/aws/lambda/NAME`.
    pub log_group: Option<String>,
    pub application_log_level: Option<String>,
    pub system_log_level: Option<String>,
    /// `None` or `PublishedVersions`.
    pub snap_start: String,
}

impl Settings {
    /// Returns where the function's lines go.
    pub(crate) fn group(&self, function: &str) -> String {
        self.log_group.clone().unwrap_or_else(|| format!("/aws/lambda/{function}"))
    }

    /// Returns what stands before the version in the names of the function's log streams: in a group that was chosen for it, its name.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html>
    pub(crate) fn stream_prefix<'a>(&self, function: &'a str) -> &'a str {
        let chosen = self.log_group.as_ref().is_some_and(|group| *group != format!("/aws/lambda/{function}"));
        if chosen { function } else { "" }
    }

    /// Returns down to which level Lambda's own lines are written, where the function's log is made of JSON records.
    pub(crate) fn system_records(&self) -> Option<&str> {
        (self.log_format == "JSON").then(|| self.system_log_level.as_deref().unwrap_or("INFO"))
    }
}
