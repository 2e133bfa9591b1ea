use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::RawBinding;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Http")]
pub(in crate::challenge) struct RawHttp {
    pub(in crate::challenge) method: String,
    /// Path below the stage, with its query.
    pub(in crate::challenge) path: String,
    /// Logical id of the API, where the stack has several.
    pub(in crate::challenge) api: Option<String>,
    /// Function whose own URL is called, in place of an API.
    pub(in crate::challenge) url: Option<RawBinding>,
    #[serde(default)]
    pub(in crate::challenge) headers: IndexMap<String, String>,
    /// Sent as JSON; a text is sent as it is.
    #[serde(default)]
    pub(in crate::challenge) body: Value,
    /// Sent so many times at the same moment, 2 to 16: what is looked at is `answers` then.
    pub(in crate::challenge) times: Option<u32>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Invoke")]
pub(in crate::challenge) struct RawInvoke {
    pub(in crate::challenge) function: RawBinding,
    #[serde(default)]
    pub(in crate::challenge) payload: Value,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Item")]
pub(in crate::challenge) struct RawItem {
    pub(in crate::challenge) table: RawBinding,
    /// The key as plain JSON.
    pub(in crate::challenge) key: Map<String, Value>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Log")]
pub(in crate::challenge) struct RawLog {
    pub(in crate::challenge) of: RawBinding,
    /// A CloudWatch Logs filter pattern.
    pub(in crate::challenge) filter: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Of")]
pub(in crate::challenge) struct RawOf {
    pub(in crate::challenge) of: RawBinding,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Resource")]
pub(in crate::challenge) struct RawResource {
    /// CloudFormation's type name.
    #[serde(rename = "type")]
    pub(in crate::challenge) kind: String,
    pub(in crate::challenge) of: RawBinding,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Messages")]
pub(in crate::challenge) struct RawMessages {
    pub(in crate::challenge) queue: RawBinding,
    /// How many messages are received and put back, to be looked at [default: none].
    #[serde(default)]
    pub(in crate::challenge) read: u32,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Object")]
pub(in crate::challenge) struct RawObject {
    pub(in crate::challenge) bucket: RawBinding,
    pub(in crate::challenge) key: String,
}
