use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::RawBinding;

/// One of `put`, `send`, `upload`, `publish` and `emit`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Given")]
pub(in crate::challenge) struct RawGiven {
    /// Puts an item into a table.
    pub(in crate::challenge) put: Option<RawPut>,
    /// Sends a message to a queue.
    pub(in crate::challenge) send: Option<RawSend>,
    /// Puts an object into a bucket.
    pub(in crate::challenge) upload: Option<RawUpload>,
    /// Publishes a message to a topic.
    pub(in crate::challenge) publish: Option<RawPublish>,
    /// Puts an event onto a bus.
    pub(in crate::challenge) emit: Option<RawEmit>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Put")]
pub(in crate::challenge) struct RawPut {
    pub(in crate::challenge) table: RawBinding,
    /// The item as plain JSON.
    pub(in crate::challenge) item: Map<String, Value>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Send")]
pub(in crate::challenge) struct RawSend {
    pub(in crate::challenge) queue: RawBinding,
    /// Sent as JSON; a text is sent as it is.
    pub(in crate::challenge) body: Value,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Upload")]
pub(in crate::challenge) struct RawUpload {
    pub(in crate::challenge) bucket: RawBinding,
    pub(in crate::challenge) key: String,
    /// Written as JSON; a text is written as it is.
    pub(in crate::challenge) body: Value,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Publish")]
pub(in crate::challenge) struct RawPublish {
    pub(in crate::challenge) topic: RawBinding,
    /// Published as JSON; a text is published as it is.
    pub(in crate::challenge) message: Value,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Emit")]
pub(in crate::challenge) struct RawEmit {
    /// The bus; without it the account's default one.
    pub(in crate::challenge) bus: Option<RawBinding>,
    pub(in crate::challenge) source: String,
    pub(in crate::challenge) detail_type: String,
    /// The event's detail as JSON.
    pub(in crate::challenge) detail: Map<String, Value>,
}
