use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::sandbox::{UrlAuth, UrlMode};

/// The URL of a function or of an alias.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct UrlConfig {
    /// The first label of the host name: 32 letters and digits.
    pub id: String,
    pub auth: UrlAuth,
    pub mode: UrlMode,
    /// `Cors` with AWS's member names.
    pub cors: Option<Value>,
    pub created: Timestamp,
    pub modified: Timestamp,
}

impl UrlConfig {
    /// Renders a `FunctionUrlConfig`.
    pub(crate) fn render(&self, region: &str, arn: &str) -> Map<String, Value> {
        let mut out = Map::new();
        let mut set = |key: &str, value: Value| {
            out.insert(key.to_owned(), value);
        };
        set("FunctionUrl", json!(format!("https://{}.lambda-url.{region}.on.aws/", self.id)));
        set("FunctionArn", json!(arn));
        set("AuthType", json!(if self.auth == UrlAuth::Iam { "AWS_IAM" } else { "NONE" }));
        set("InvokeMode", json!(if self.mode == UrlMode::Streamed { "RESPONSE_STREAM" } else { "BUFFERED" }));
        if let Some(cors) = &self.cors {
            set("Cors", cors.clone());
        }
        set("CreationTime", json!(precise(self.created)));
        set("LastModifiedTime", json!(precise(self.modified)));
        out
    }
}

/// Renders a time as function URLs have it: `2026-01-02T03:04:05.678901Z`.
fn precise(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}
