use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::changes::Change;
use super::definition::Definition;

/// Which items stand in the global secondary indexes of the tables. The store itself would look through a whole table for each query.
/// An index is written up when it is first asked for, and kept up to date from then on.
#[derive(Debug, Default)]
pub(super) struct Members(Mutex<HashMap<(String, String), Index>>);

/// One index.
#[derive(Debug)]
struct Index {
    /// The attributes of its key with their types, the partition key first.
    attributes: Vec<(String, String)>,
    /// The keys of the table's items, by the value of the index's partition key; both are the JSON text of what they are.
    partitions: HashMap<String, BTreeMap<String, Value>>,
}

impl Index {
    fn partition(&self, item: &Value) -> Option<String> {
        let (partition, _) = self.attributes.first()?;
        item.get(partition).filter(|_| holds(&self.attributes, item)).map(Value::to_string)
    }

    fn enter(&mut self, keys: &Value, item: &Value) {
        if let Some(partition) = self.partition(item) {
            self.partitions.entry(partition).or_default().insert(keys.to_string(), keys.clone());
        }
    }

    fn leave(&mut self, keys: &Value, item: &Value) {
        let Some(partition) = self.partition(item) else { return };
        if let Some(members) = self.partitions.get_mut(&partition) {
            members.remove(&keys.to_string());
            if members.is_empty() {
                self.partitions.remove(&partition);
            }
        }
    }
}

impl Members {
    /// Returns the keys of the items in a partition of an index; `None` for one that is not written up.
    pub(super) fn of(&self, table: &str, index: &str, partition: &Value) -> Option<Vec<Value>> {
        let indexes = self.lock();
        let index = indexes.get(&(table.to_owned(), index.to_owned()))?;
        let found = index.partitions.get(&partition.to_string());
        Some(found.map(|found| found.values().cloned().collect()).unwrap_or_default())
    }

    /// Writes an index up from all that its table holds. Nothing may be written meanwhile.
    pub(super) fn write_up(&self, definition: &Definition, table: &str, name: &str, items: &[Value]) {
        let mut index = Index { attributes: definition.index_key_types(name), partitions: HashMap::new() };
        let of_key = definition.key_names();
        for item in items {
            let keys: BTreeMap<&String, &Value> =
                of_key.iter().filter_map(|name| Some((name, item.get(name)?))).collect();
            index.enter(&serde_json::to_value(keys).unwrap_or_default(), item);
        }
        self.lock().insert((table.to_owned(), name.to_owned()), index);
    }

    pub(super) fn note(&self, change: &Change) {
        let mut indexes = self.lock();
        for (_, index) in indexes.iter_mut().filter(|((table, _), _)| *table == change.table) {
            if let Some(old) = &change.old {
                index.leave(&change.keys, old);
            }
            if let Some(new) = &change.new {
                index.enter(&change.keys, new);
            }
        }
    }

    /// Forgets a table that goes, or is made anew.
    pub(super) fn forget(&self, gone: &str) {
        self.lock().retain(|(table, _), _| table != gone);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(String, String), Index>> {
        // An index is never half changed, so one that a panic left behind is sound.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an item has all that an index's key asks for: an index may be sparse.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-indexes-general-sparse-indexes.html>
pub(super) fn holds(attributes: &[(String, String)], item: &Value) -> bool {
    attributes.iter().all(|(name, kind)| item.get(name).is_some_and(|value| value.get(kind).is_some()))
}
