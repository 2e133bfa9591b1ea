use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustack_dynamodb_core::stream::{ChangeEvent, StreamEmitter};
use serde_json::Value;

/// One item written, as the store told it.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub(super) table: String,
    /// `INSERT`, `MODIFY` or `REMOVE`.
    pub(super) name: &'static str,
    /// The item's key, its members in the order of their names.
    pub(super) keys: Value,
    pub(super) old: Option<Value>,
    pub(super) new: Option<Value>,
    pub(super) size: u64,
}

/// Collects what the store writes, until whoever made it write takes it.
#[derive(Default)]
pub(super) struct Changes(Mutex<Vec<ChangeEvent>>);

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Changes")
    }
}

impl StreamEmitter for Changes {
    fn emit(&self, event: ChangeEvent) {
        self.lock().push(event);
    }
}

impl Changes {
    pub(super) fn take(&self) -> Vec<Change> {
        let events = std::mem::take(&mut *self.lock());
        events
            .into_iter()
            .map(|event| Change {
                table: event.table_name,
                name: event.event_name.as_str(),
                keys: to_json(&event.keys),
                old: event.old_image.as_ref().map(to_json),
                new: event.new_image.as_ref().map(to_json),
                size: event.size_bytes,
            })
            .collect()
    }

    pub(super) fn forget(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, Vec<ChangeEvent>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn to_json<T: serde::Serialize>(item: &HashMap<String, T>) -> Value {
    let ordered: BTreeMap<&String, &T> = item.iter().collect();
    let mut value = serde_json::to_value(ordered).unwrap_or_default();
    super::value::normalise(&mut value);
    value
}
