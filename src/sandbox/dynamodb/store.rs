use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use rustack_dynamodb_core::config::DynamoDBConfig;
use rustack_dynamodb_core::provider::RustackDynamoDB;
use serde_json::{Value, json};

use super::access::table_name;
use super::changes::Changes;
use super::contents::{Contents, scan};
use super::definition::{Definition, check_indexes};
use super::expression::partition_key_value;
use super::fault::{not_found, of_backups, validation};
use super::members::Members;
use super::operation::find;
use super::request::{Body, check, for_store, name_tables, object, text};
use super::shelf::Shelf;
use super::streams::{Record, Streams};
use super::value::normalise;
use super::{capacity, engine, index_query, keys};
use crate::context::Clock;
use crate::sandbox::keeping::Keeper;
use crate::sandbox::{Scope, ServiceError};

/// The tables of one account in one region.
#[derive(Debug)]
pub(super) struct Store {
    scope: Scope,
    provider: RustackDynamoDB,
    /// Held for writing while a table changes, so that nobody sees one that is being made anew.
    definitions: RwLock<HashMap<String, Definition>>,
    changes: Arc<Changes>,
    /// Held while something is written, so that what is kept on disk and in streams has the order of the writes.
    writing: Mutex<()>,
    pub(super) streams: Streams,
    members: Members,
    shelf: Shelf,
    clock: Arc<dyn Clock>,
}

/// Five years, in seconds: items whose time was over before that are not deleted.
const OLDEST: i64 = 5 * 365 * 24 * 3600;

impl Store {
    pub(super) fn new(scope: Scope, clock: Arc<dyn Clock>, keeper: Arc<Keeper>) -> Self {
        let config = DynamoDBConfig { default_region: scope.region.clone(), ..DynamoDBConfig::default() };
        let mut provider = RustackDynamoDB::new(config);
        let changes = Arc::new(Changes::default());
        provider.set_emitter(changes.clone());
        Self {
            shelf: Shelf::new(scope.clone(), keeper),
            scope,
            provider,
            definitions: RwLock::default(),
            changes,
            writing: Mutex::default(),
            streams: Streams::default(),
            members: Members::default(),
            clock,
        }
    }

    /// Returns the name of the partition key of a table or an index, where it is there.
    pub(super) fn partition_key(&self, table: &str, index: Option<&str>) -> Option<String> {
        self.read().get(table)?.partition_key(index)
    }

    /// Carries out an operation.
    pub(super) fn run(&self, operation: &str, mut body: Body) -> Result<Value, ServiceError> {
        name_tables(&mut body);
        check(&body)?;
        let mut whole = Value::Object(body);
        normalise(&mut whole);
        let Value::Object(body) = whole else { return Err(validation("The request is not an object")) };
        match operation {
            "CreateTable" => self.create(body),
            "UpdateTable" => self.update(&body),
            "DeleteTable" => self.delete(body),
            "DescribeTable" => {
                let definitions = self.read();
                let table = text(&body, "TableName");
                let mut answer = engine::run(&self.provider, operation, body)?;
                self.complete(&definitions, &table, &mut answer, "Table", None);
                Ok(answer)
            }
            "UpdateTimeToLive" => self.update_time_to_live(&body),
            _ => self.pass(operation, &body),
        }
    }

    /// Operations that the store knows; the answer is completed.
    fn pass(&self, operation: &str, body: &Body) -> Result<Value, ServiceError> {
        let definitions = self.read();
        keys::check(operation, body, |table| definitions.get(table).cloned())?;
        let refused = |error| of_backups(operation, &text(body, "TableName"), error);
        let writes = find(operation).is_some_and(|entry| entry.mutates);
        let mut answer = if writes {
            let order = self.order();
            let answer = engine::run(&self.provider, operation, body.clone());
            // What a batch did before it failed is done.
            self.note_changes(&definitions, &order, false);
            self.keep_settings(&definitions, body);
            answer.map_err(refused)?
        } else if operation == "Query" {
            self.query(&definitions, body).map_err(refused)?
        } else {
            engine::run(&self.provider, operation, body.clone()).map_err(refused)?
        };
        normalise(&mut answer);
        capacity::add(operation, body, &mut answer);
        if let (Some(index), Some(definition)) =
            (body.get("IndexName").and_then(Value::as_str), definitions.get(&text(body, "TableName")))
            && let Some(projected) = definition.projected(index)
        {
            for item in answer.get_mut("Items").and_then(Value::as_array_mut).into_iter().flatten() {
                if let Some(item) = item.as_object_mut() {
                    item.retain(|name, _| projected.contains(name));
                }
            }
        }
        Ok(answer)
    }

    fn query(&self, definitions: &HashMap<String, Definition>, body: &Body) -> Result<Value, ServiceError> {
        let table = text(body, "TableName");
        let index = body.get("IndexName").and_then(Value::as_str);
        let global = index.and_then(|index| {
            let definition =
                definitions.get(&table).filter(|definition| definition.has_global_index(index))?;
            let partition = partition_key_value(body, &definition.partition_key(Some(index))?)?;
            Some((definition, index, partition))
        });
        let Some((definition, index, partition)) = global else {
            return engine::run(&self.provider, "Query", body.clone());
        };
        let known = || self.members.of(&table, index, &partition);
        let mut members = known();
        if members.is_none() {
            // Nothing is written meanwhile, and nobody else writes it up.
            let _order = self.order();
            if known().is_none() {
                let items = scan(&self.provider, object(json!({ "TableName": table })))?;
                self.members.write_up(definition, &table, index, &items);
            }
            members = known();
        }
        index_query::query(&self.provider, definition, index, members.unwrap_or_default(), body)
    }

    fn create(&self, mut body: Body) -> Result<Value, ServiceError> {
        let mut definitions = self.write();
        let table = text(&body, "TableName");
        if body.get("Tags").is_some_and(Value::is_null) {
            body.remove("Tags");
        }
        check_indexes(&body)?;
        let mut answer = engine::run(&self.provider, "CreateTable", for_store(&body, true))?;
        let member = |name: &str| answer.pointer(&format!("/TableDescription/{name}"));
        let id = member("TableId").and_then(Value::as_str).unwrap_or_default().to_owned();
        let created = member("CreationDateTime").and_then(Value::as_f64).unwrap_or_default();
        let mut definition = Definition { request: body, id, created, stream: None };
        self.turn_stream(None, &mut definition, &table);
        definitions.insert(table.clone(), definition);
        // Should the end of one of the same name not have been written whole.
        self.shelf.forget_items(&table);
        self.keep_table(&definitions, &table);
        self.complete(&definitions, &table, &mut answer, "TableDescription", Some("CREATING"));
        Ok(answer)
    }

    fn delete(&self, body: Body) -> Result<Value, ServiceError> {
        let mut definitions = self.write();
        let table = text(&body, "TableName");
        if definitions.get(&table).is_some_and(Definition::is_protected) {
            return Err(validation(
                "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection \
                 first.",
            ));
        }
        let mut answer = engine::run(&self.provider, "DeleteTable", body)?;
        self.complete(&definitions, &table, &mut answer, "TableDescription", Some("DELETING"));
        definitions.remove(&table);
        self.members.forget(&table);
        self.streams.turn_off(&table);
        self.shelf.forget_table(&table);
        Ok(answer)
    }

    /// Changes a table by making it anew with its items: the store has no other way. A definition that it refuses leaves
    /// the table as it was.
    fn update(&self, body: &Body) -> Result<Value, ServiceError> {
        let mut definitions = self.write();
        let table = text(body, "TableName");
        let before = definitions.get(&table).ok_or_else(|| not_found(&table))?.clone();
        let mut after = before.updated(body)?;
        if after.stream_specification().is_some() == before.stream_specification().is_some()
            && body.get("StreamSpecification").is_some_and(|wanted| !wanted.is_null())
        {
            return Err(validation(if before.stream.is_some() {
                "Table already has an enabled stream: TableName: ".to_owned() + &table
            } else {
                "Table is already in the desired state: stream is not enabled: TableName: ".to_owned()
                    + &table
            }));
        }
        let kept = Contents::of(&self.provider, &self.scope, &table)?;
        let order = self.order();
        let made = self.make_anew(&before, &after, &kept);
        // The items are the same ones as before.
        self.changes.forget();
        self.members.forget(&table);
        made?;
        self.turn_stream(Some(&before), &mut after, &table);
        definitions.insert(table.clone(), after);
        drop(order);
        self.keep_table(&definitions, &table);
        let mut answer = engine::run(&self.provider, "DescribeTable", object(json!({ "TableName": table })))?;
        let description = answer.get_mut("Table").map(Value::take).unwrap_or_default();
        answer = json!({ "TableDescription": description });
        self.complete(&definitions, &table, &mut answer, "TableDescription", Some("UPDATING"));
        Ok(answer)
    }

    fn make_anew(
        &self,
        before: &Definition,
        after: &Definition,
        kept: &Contents,
    ) -> Result<(), ServiceError> {
        let table = text(&before.request, "TableName");
        let name = || object(json!({ "TableName": table }));
        engine::run(&self.provider, "DeleteTable", name())?;
        let made = engine::run(&self.provider, "CreateTable", for_store(&after.request, false));
        if made.is_err() {
            engine::run(&self.provider, "CreateTable", for_store(&before.request, false))?;
        }
        kept.fill(&self.provider, &self.scope, &table)?;
        made.map(|_| ())
    }

    fn update_time_to_live(&self, body: &Body) -> Result<Value, ServiceError> {
        let wanted = body.get("TimeToLiveSpecification").and_then(|wanted| wanted.get("Enabled"));
        if let Some(wanted) = wanted.and_then(Value::as_bool) {
            let name = object(json!({ "TableName": text(body, "TableName") }));
            let now = engine::run(&self.provider, "DescribeTimeToLive", name)?;
            let enabled = now
                .pointer("/TimeToLiveDescription/TimeToLiveStatus")
                .is_some_and(|status| status == "ENABLED");
            if enabled == wanted {
                let state = if enabled { "enabled" } else { "disabled" };
                return Err(validation(format!("TimeToLive is already {state}")));
            }
        }
        self.pass("UpdateTimeToLive", body)
    }

    fn complete(
        &self,
        definitions: &HashMap<String, Definition>,
        table: &str,
        answer: &mut Value,
        member: &str,
        status: Option<&str>,
    ) {
        if let (Some(definition), Some(description)) = (definitions.get(table), answer.get_mut(member)) {
            definition.complete(description, &self.scope, status);
        }
    }

    fn order(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a table that gets a stream a label, and takes it from one that loses it.
    fn turn_stream(&self, before: Option<&Definition>, after: &mut Definition, table: &str) {
        let had = before.is_some_and(|before| before.stream_specification().is_some());
        if had != after.stream_specification().is_some() {
            self.shelf.forget_stream(table);
        }
        match (had, after.stream_specification().is_some()) {
            (false, true) => {
                let label = self.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%3f").to_string();
                self.streams.turn_on(table, &label);
                after.stream = Some(label);
            }
            (true, false) => self.streams.turn_off(table),
            _ => {}
        }
    }

    /// Hands what was just written to the streams of the tables, and keeps it. `order` is held since before the write.
    fn note_changes(
        &self,
        definitions: &HashMap<String, Definition>,
        _order: &MutexGuard<'_, ()>,
        expired: bool,
    ) {
        let changes = self.changes.take();
        if changes.is_empty() {
            return;
        }
        let now = self.clock.now();
        let mut entries = Vec::new();
        for change in changes {
            self.members.note(&change);
            let definition = definitions.get(&change.table);
            let appended =
                definition.and_then(|definition| self.streams.append(definition, &change, now, expired));
            if !self.shelf.is_durable() {
                continue;
            }
            let item = change.new.as_ref().map(|item| item.to_string().into_bytes());
            entries.push(self.shelf.item(&change.table, &change.keys.to_string(), item));
            entries.extend(
                appended.into_iter().flat_map(|appended| self.shelf.appended(&change.table, appended)),
            );
        }
        self.shelf.keep(entries);
    }

    /// Deletes the items whose time to live has passed, as AWS does in the background.
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html>
    pub(super) fn expire(&self) {
        let definitions = self.read();
        let now = self.clock.now().as_second();
        for table in definitions.keys() {
            let settings = Contents::settings_of(&self.provider, &self.scope, table);
            let Ok(Contents { time_to_live: Some(attribute), .. }) = settings else { continue };
            let Some(keys) = definitions.get(table).map(Definition::key_names) else { continue };
            let order = self.order();
            for item in self.expired(table, &attribute, now) {
                let key: Body =
                    keys.iter().filter_map(|key| Some((key.clone(), item.get(key)?.clone()))).collect();
                let delete = object(json!({ "TableName": table, "Key": key }));
                if let Err(error) = engine::run(&self.provider, "DeleteItem", delete) {
                    tracing::warn!(table, error = %error.message, "an item whose time is over was not deleted");
                }
            }
            self.note_changes(&definitions, &order, true);
        }
    }

    /// The items of a table whose time is over: those of more than five years ago stay, as on AWS.
    fn expired(&self, table: &str, attribute: &str, now: i64) -> Vec<Value> {
        let request = object(json!({
            "TableName": table,
            "FilterExpression": "#end < :now AND #end > :old",
            "ExpressionAttributeNames": { "#end": attribute },
            "ExpressionAttributeValues": { ":now": { "N": now.to_string() }, ":old": { "N": (now - OLDEST).to_string() } },
        }));
        scan(&self.provider, request).unwrap_or_default()
    }

    fn keep_table(&self, definitions: &HashMap<String, Definition>, table: &str) {
        if !self.shelf.is_durable() {
            return;
        }
        let settings = Contents::settings_of(&self.provider, &self.scope, table);
        if let (Some(definition), Ok(settings)) = (definitions.get(table), settings) {
            self.shelf.keep_table(table, definition, &settings);
        }
    }

    /// Keeps a table's settings after a call that may have changed them.
    fn keep_settings(&self, definitions: &HashMap<String, Definition>, body: &Body) {
        let table = match (
            body.get("ResourceArn"),
            body.get("TimeToLiveSpecification"),
            body.get("PointInTimeRecoverySpecification"),
        ) {
            (Some(Value::String(arn)), ..) => table_name(arn).to_owned(),
            (None, None, None) => return,
            _ => text(body, "TableName"),
        };
        self.keep_table(definitions, &table);
    }

    /// Takes a table back, with its items and the records of its stream.
    pub(super) fn restore_table(
        &self,
        table: &str,
        record: &[u8],
        items: Vec<Value>,
        stream: Vec<Record>,
    ) -> Result<(), String> {
        let (definition, settings): (Definition, Contents) =
            serde_json::from_slice(record).map_err(|error| format!("table {table}: {error}"))?;
        let failed = |error: ServiceError| format!("table {table}: {}", error.message);
        engine::run(&self.provider, "CreateTable", for_store(&definition.request, false)).map_err(failed)?;
        let contents = Contents { items, ..settings };
        contents.fill(&self.provider, &self.scope, table).map_err(failed)?;
        self.changes.forget();
        if let Some(label) = &definition.stream {
            self.streams.turn_on(table, label);
            self.streams.refill(table, stream);
        }
        self.write().insert(table.to_owned(), definition);
        Ok(())
    }

    pub(super) fn definition(&self, table: &str) -> Option<Definition> {
        self.read().get(table).cloned()
    }

    pub(super) fn tables_with_streams(&self) -> Vec<(String, String)> {
        let definitions = self.read();
        let mut tables: Vec<_> = definitions
            .iter()
            .filter_map(|(table, definition)| Some((table.clone(), definition.stream.clone()?)))
            .collect();
        tables.sort();
        tables
    }

    fn read(&self) -> RwLockReadGuard<'_, HashMap<String, Definition>> {
        self.definitions.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<String, Definition>> {
        self.definitions.write().unwrap_or_else(PoisonError::into_inner)
    }
}
