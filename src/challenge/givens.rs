//! What is put in place first, as it is written.

use serde_json::Value;

use super::Given;
use super::bindings::{BUCKET, BUS, QUEUE, TABLE, TOPIC};
use super::definition::Definition;
use super::raw::RawGiven;

impl Definition<'_> {
    pub(super) fn given(&mut self, raw: RawGiven, at: &str) -> Option<Given> {
        match raw {
            RawGiven { put: Some(put), send: None, upload: None, publish: None, emit: None } => {
                let table = self.typed(put.table, TABLE, &format!("{at}/put/table"))?;
                Some(Given::Put { table, item: Value::Object(put.item) })
            }
            RawGiven { put: None, send: Some(send), upload: None, publish: None, emit: None } => {
                let queue = self.typed(send.queue, QUEUE, &format!("{at}/send/queue"))?;
                Some(Given::Send { queue, body: send.body })
            }
            RawGiven { put: None, send: None, upload: Some(upload), publish: None, emit: None } => {
                let bucket = self.typed(upload.bucket, BUCKET, &format!("{at}/upload/bucket"))?;
                Some(Given::Upload { bucket, key: upload.key, body: upload.body })
            }
            RawGiven { put: None, send: None, upload: None, publish: Some(publish), emit: None } => {
                let topic = self.typed(publish.topic, TOPIC, &format!("{at}/publish/topic"))?;
                Some(Given::Publish { topic, message: publish.message })
            }
            RawGiven { put: None, send: None, upload: None, publish: None, emit: Some(emit) } => {
                let bus = match emit.bus {
                    Some(bus) => Some(self.typed(bus, BUS, &format!("{at}/emit/bus"))?),
                    None => None,
                };
                let detail = Value::Object(emit.detail);
                Some(Given::Emit { bus, source: emit.source, detail_type: emit.detail_type, detail })
            }
            _ => {
                self.value(at, "a line of `given` is one of `put`, `send`, `upload`, `publish` and `emit`");
                None
            }
        }
    }
}
