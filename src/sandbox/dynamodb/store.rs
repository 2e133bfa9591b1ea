use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use rustack_dynamodb_core::config::DynamoDBConfig;
use rustack_dynamodb_core::provider::RustackDynamoDB;
use serde_json::{Map, Value, json};

use super::access::table_name;
use super::definition::{Definition, check_indexes};
use super::fault::{not_found, of_backups, validation};
use super::value::{check_depth, normalise};
use super::{capacity, engine, expression, keys};
use crate::sandbox::{Scope, ServiceError};

/// The tables of one account in one region.
#[derive(Debug)]
pub(super) struct Store {
    scope: Scope,
    provider: RustackDynamoDB,
    /// Held for writing while a table changes, so that nobody sees one that is being made anew.
    definitions: RwLock<HashMap<String, Definition>>,
}

type Body = Map<String, Value>;

impl Store {
    pub(super) fn new(scope: Scope) -> Self {
        let config = DynamoDBConfig { default_region: scope.region.clone(), ..DynamoDBConfig::default() };
        Self { scope, provider: RustackDynamoDB::new(config), definitions: RwLock::default() }
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
        let mut answer = engine::run(&self.provider, operation, body.clone())
            .map_err(|error| of_backups(operation, &text(body, "TableName"), error))?;
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

    fn create(&self, mut body: Body) -> Result<Value, ServiceError> {
        let mut definitions = self.write();
        let table = text(&body, "TableName");
        if body.get("Tags").is_some_and(Value::is_null) {
            body.remove("Tags");
        }
        check_indexes(&body)?;
        let mut answer = engine::run(&self.provider, "CreateTable", body.clone())?;
        let member = |name: &str| answer.pointer(&format!("/TableDescription/{name}"));
        let id = member("TableId").and_then(Value::as_str).unwrap_or_default().to_owned();
        let created = member("CreationDateTime").and_then(Value::as_f64).unwrap_or_default();
        definitions.insert(table.clone(), Definition { request: body, id, created });
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
        Ok(answer)
    }

    /// Changes a table by making it anew with its items: the store has no other way. A definition that it refuses leaves
    /// the table as it was.
    fn update(&self, body: &Body) -> Result<Value, ServiceError> {
        let mut definitions = self.write();
        let table = text(body, "TableName");
        let before = definitions.get(&table).ok_or_else(|| not_found(&table))?.clone();
        let after = before.updated(body)?;
        let kept = self.keep(&table)?;
        self.make_anew(&before, &after, &kept)?;
        definitions.insert(table.clone(), after);
        let mut answer = engine::run(&self.provider, "DescribeTable", object(json!({ "TableName": table })))?;
        let description = answer.get_mut("Table").map(Value::take).unwrap_or_default();
        answer = json!({ "TableDescription": description });
        self.complete(&definitions, &table, &mut answer, "TableDescription", Some("UPDATING"));
        Ok(answer)
    }

    fn make_anew(&self, before: &Definition, after: &Definition, kept: &Kept) -> Result<(), ServiceError> {
        let table = text(&before.request, "TableName");
        let name = || object(json!({ "TableName": table }));
        engine::run(&self.provider, "DeleteTable", name())?;
        let made = engine::run(&self.provider, "CreateTable", without_tags(&after.request));
        if made.is_err() {
            engine::run(&self.provider, "CreateTable", without_tags(&before.request))?;
        }
        for item in &kept.items {
            let put = object(json!({ "TableName": table, "Item": item }));
            engine::run(&self.provider, "PutItem", put)?;
        }
        let arn = super::access::table_arn(&self.scope, &table);
        if kept.tags.as_array().is_some_and(|tags| !tags.is_empty()) {
            engine::run(
                &self.provider,
                "TagResource",
                object(json!({ "ResourceArn": arn, "Tags": kept.tags })),
            )?;
        }
        if let Some(attribute) = &kept.time_to_live {
            let specification = json!({ "Enabled": true, "AttributeName": attribute });
            let set = object(json!({ "TableName": table, "TimeToLiveSpecification": specification }));
            engine::run(&self.provider, "UpdateTimeToLive", set)?;
        }
        if kept.recoverable {
            let specification = json!({ "PointInTimeRecoveryEnabled": true });
            let set =
                object(json!({ "TableName": table, "PointInTimeRecoverySpecification": specification }));
            engine::run(&self.provider, "UpdateContinuousBackups", set)?;
        }
        made.map(|_| ())
    }

    /// Collects what a table must not lose when it is made anew.
    fn keep(&self, table: &str) -> Result<Kept, ServiceError> {
        let name = || object(json!({ "TableName": table }));
        let mut items = Vec::new();
        let mut request = name();
        loop {
            let mut page = engine::run(&self.provider, "Scan", request.clone())?;
            if let Some(Value::Array(found)) = page.get_mut("Items").map(Value::take) {
                items.extend(found);
            }
            match page.get_mut("LastEvaluatedKey").map(Value::take) {
                Some(Value::Object(last)) if !last.is_empty() => {
                    request.insert("ExclusiveStartKey".to_owned(), Value::Object(last));
                }
                _ => break,
            }
        }
        let arn = super::access::table_arn(&self.scope, table);
        let mut tags =
            engine::run(&self.provider, "ListTagsOfResource", object(json!({ "ResourceArn": arn })))?;
        let life = engine::run(&self.provider, "DescribeTimeToLive", name())?;
        let enabled = life.pointer("/TimeToLiveDescription/TimeToLiveStatus").and_then(Value::as_str);
        let attribute = life.pointer("/TimeToLiveDescription/AttributeName").and_then(Value::as_str);
        let backups = engine::run(&self.provider, "DescribeContinuousBackups", name())?;
        Ok(Kept {
            items,
            tags: tags.get_mut("Tags").map(Value::take).unwrap_or_default(),
            time_to_live: attribute.filter(|_| enabled == Some("ENABLED")).map(str::to_owned),
            recoverable: backups
                .pointer(
                    "/ContinuousBackupsDescription/PointInTimeRecoveryDescription/PointInTimeRecoveryStatus",
                )
                .is_some_and(|status| status == "ENABLED"),
        })
    }

    /// Expired items stay: AWS deletes them within some days, and so nobody may count on it sooner.
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

    fn read(&self) -> RwLockReadGuard<'_, HashMap<String, Definition>> {
        self.definitions.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<String, Definition>> {
        self.definitions.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a table keeps when it is made anew.
struct Kept {
    items: Vec<Value>,
    tags: Value,
    time_to_live: Option<String>,
    recoverable: bool,
}

/// Checks expressions and items, wherever the request holds them, before the store sees them.
fn check(body: &Body) -> Result<(), ServiceError> {
    for member in expression::MEMBERS {
        if let Some(text) = body.get(member).and_then(Value::as_str) {
            expression::check(member, text)?;
        }
    }
    if let Some(item) = body.get("Item").and_then(Value::as_object) {
        check_depth(item)?;
    }
    if let Some(values) = body.get("ExpressionAttributeValues").and_then(Value::as_object) {
        check_depth(values)?;
    }
    let parts = body.get("TransactItems").and_then(Value::as_array).into_iter().flatten();
    let parts = parts.filter_map(Value::as_object).flat_map(Map::values);
    let tables = body.get("RequestItems").and_then(Value::as_object).into_iter().flat_map(Map::values);
    for part in parts.chain(tables).filter_map(Value::as_object) {
        check(part)?;
    }
    Ok(())
}

/// Tables may be given by their ARNs; the store knows names only.
fn name_tables(body: &mut Body) {
    if let Some(Value::String(table)) = body.get_mut("TableName") {
        *table = table_name(table).to_owned();
    }
    for part in body.get_mut("TransactItems").and_then(Value::as_array_mut).into_iter().flatten() {
        for part in part.as_object_mut().into_iter().flat_map(Map::values_mut) {
            if let Some(Value::String(table)) = part.get_mut("TableName") {
                *table = table_name(table).to_owned();
            }
        }
    }
    if let Some(Value::Object(tables)) = body.get_mut("RequestItems") {
        *tables = std::mem::take(tables)
            .into_iter()
            .map(|(table, requests)| (table_name(&table).to_owned(), requests))
            .collect();
    }
}

fn without_tags(request: &Body) -> Body {
    let mut request = request.clone();
    request.remove("Tags");
    request
}

fn text(body: &Body, name: &str) -> String {
    body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn object(value: Value) -> Body {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
