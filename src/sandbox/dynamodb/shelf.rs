use std::sync::Arc;

use super::contents::Contents;
use super::definition::Definition;
use super::streams::Appended;
use crate::sandbox::Scope;
use crate::sandbox::keeping::Keeper;

/// Between the parts of a key on disk.
pub(super) const SEPARATOR: char = '\u{1f}';
/// What the records' keys begin with.
const NAME: &str = "dynamodb";

/// Where the tables of one account in one region lie on disk: a record for each table, each item and each record of a stream.
#[derive(Debug)]
pub(super) struct Shelf {
    scope: Scope,
    keeper: Arc<Keeper>,
}

/// One record: its key, and what it holds; nothing where it goes.
type Entry = (String, Option<Vec<u8>>);

impl Shelf {
    pub(super) fn new(scope: Scope, keeper: Arc<Keeper>) -> Self {
        Self { scope, keeper }
    }

    /// Whether anything is kept at all.
    pub(super) fn is_durable(&self) -> bool {
        self.keeper.is_durable()
    }

    /// Keeps a table's definition and settings.
    pub(super) fn keep_table(&self, table: &str, definition: &Definition, settings: &Contents) {
        let record = serde_json::to_vec(&(definition, settings)).ok();
        self.keep(vec![(self.key("table", table), record)]);
    }

    /// Returns the entry of an item as it is now, by its key's text.
    pub(super) fn item(&self, table: &str, keys: &str, item: Option<Vec<u8>>) -> Entry {
        (format!("{}{keys}", self.prefix("item", table)), item)
    }

    /// Returns the entries of what a table's stream got, and of what went out of it.
    pub(super) fn appended(&self, table: &str, appended: Appended) -> Vec<Entry> {
        let prefix = self.prefix("stream", table);
        let Appended { record, gone } = appended;
        let mut entries: Vec<Entry> =
            gone.into_iter().map(|number| (format!("{prefix}{number:020}"), None)).collect();
        entries.push((format!("{prefix}{:020}", record.number), serde_json::to_vec(&record).ok()));
        entries
    }

    pub(super) fn keep(&self, entries: Vec<Entry>) {
        self.keeper.put(NAME, &self.scope.account, entries);
    }

    pub(super) fn forget_table(&self, table: &str) {
        self.keep(vec![(self.key("table", table), None)]);
        self.forget_items(table);
        self.forget_stream(table);
    }

    pub(super) fn forget_items(&self, table: &str) {
        self.keeper.remove_all(NAME, &self.scope.account, &self.prefix("item", table));
    }

    pub(super) fn forget_stream(&self, table: &str) {
        self.keeper.remove_all(NAME, &self.scope.account, &self.prefix("stream", table));
    }

    fn key(&self, kind: &str, table: &str) -> String {
        format!("{}{SEPARATOR}{kind}{SEPARATOR}{table}", self.scope.region)
    }

    fn prefix(&self, kind: &str, table: &str) -> String {
        format!("{}{SEPARATOR}", self.key(kind, table))
    }
}
