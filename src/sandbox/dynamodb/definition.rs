use serde_json::{Map, Value, json};

use super::fault::validation;
use crate::sandbox::{Scope, ServiceError};

/// How a table was asked for, as `CreateTable` has it, kept up to date with each `UpdateTable`; the store itself cannot
/// change a table.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(super) struct Definition {
    pub(super) request: Map<String, Value>,
    pub(super) id: String,
    /// Seconds since the epoch.
    pub(super) created: f64,
    /// When the stream was turned on, which is its label; `None` without one.
    pub(super) stream: Option<String>,
}

impl Definition {
    pub(super) fn is_protected(&self) -> bool {
        self.request.get("DeletionProtectionEnabled").and_then(Value::as_bool).unwrap_or(false)
    }

    /// What the table's stream shows, where it is on.
    pub(super) fn stream_specification(&self) -> Option<&Value> {
        let specification = self.request.get("StreamSpecification")?;
        specification.get("StreamEnabled").and_then(Value::as_bool).unwrap_or(false).then_some(specification)
    }

    /// Returns the name of the partition key of the table or of one of its indexes.
    pub(super) fn partition_key(&self, index: Option<&str>) -> Option<String> {
        let schema = match index {
            None => self.request.get("KeySchema"),
            Some(name) => self.index(name)?.get("KeySchema"),
        };
        keys(schema?).next().map(str::to_owned)
    }

    /// Returns the names of the table's key attributes with their types, the partition key first.
    pub(super) fn key_types(&self) -> Vec<(String, String)> {
        let names = self.request.get("KeySchema").into_iter().flat_map(keys);
        names.filter_map(|name| Some((name.to_owned(), self.type_of(name)?))).collect()
    }

    /// The names of the indexes, global and local ones.
    pub(super) fn index_names(&self) -> impl Iterator<Item = &str> {
        self.indexes().filter_map(|index| index.get("IndexName").and_then(Value::as_str))
    }

    /// Returns the names of an index's key attributes with their types, the partition key first.
    pub(super) fn index_key_types(&self, index: &str) -> Vec<(String, String)> {
        let names = self.index(index).and_then(|index| index.get("KeySchema")).into_iter().flat_map(keys);
        names.filter_map(|name| Some((name.to_owned(), self.type_of(name)?))).collect()
    }

    /// The type that an attribute was defined with.
    fn type_of(&self, name: &str) -> Option<String> {
        let defined = self.request.get("AttributeDefinitions")?.as_array()?;
        let attribute = defined
            .iter()
            .find(|attribute| attribute.get("AttributeName").and_then(Value::as_str) == Some(name))?;
        attribute.get("AttributeType").and_then(Value::as_str).map(str::to_owned)
    }

    /// The attributes of the table's own key.
    pub(super) fn key_names(&self) -> Vec<String> {
        self.request.get("KeySchema").into_iter().flat_map(keys).map(str::to_owned).collect()
    }

    pub(super) fn has_global_index(&self, name: &str) -> bool {
        let indexes = self.request.get("GlobalSecondaryIndexes").and_then(Value::as_array);
        indexes
            .into_iter()
            .flatten()
            .any(|index| index.get("IndexName").and_then(Value::as_str) == Some(name))
    }

    /// Names the attributes that an index holds; `None` where it holds all.
    pub(super) fn projected(&self, index: &str) -> Option<Vec<String>> {
        let index = self.index(index)?;
        let projection = index.get("Projection")?;
        if projection.get("ProjectionType").and_then(Value::as_str) == Some("ALL") {
            return None;
        }
        let own = self.request.get("KeySchema").into_iter().flat_map(keys);
        let of_index = index.get("KeySchema").into_iter().flat_map(keys);
        let more = projection.get("NonKeyAttributes").and_then(Value::as_array).into_iter().flatten();
        Some(own.chain(of_index).chain(more.filter_map(Value::as_str)).map(str::to_owned).collect())
    }

    fn indexes(&self) -> impl Iterator<Item = &Value> {
        ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"]
            .iter()
            .filter_map(|kind| self.request.get(*kind).and_then(Value::as_array))
            .flatten()
    }

    fn index(&self, name: &str) -> Option<&Value> {
        self.indexes().find(|index| index.get("IndexName").and_then(Value::as_str) == Some(name))
    }

    /// Returns the definition as an `UpdateTable` request makes it.
    pub(super) fn updated(&self, update: &Map<String, Value>) -> Result<Self, ServiceError> {
        const REPLACED: [&str; 7] = [
            "BillingMode",
            "ProvisionedThroughput",
            "StreamSpecification",
            "SSESpecification",
            "TableClass",
            "DeletionProtectionEnabled",
            "OnDemandThroughput",
        ];
        let mut next = self.clone();
        let mut changes = false;
        for name in REPLACED {
            if let Some(value) = update.get(name).filter(|value| !value.is_null()) {
                next.request.insert(name.to_owned(), value.clone());
                changes = true;
            }
        }
        next.define(update);
        if next.request.get("BillingMode").and_then(Value::as_str) == Some("PAY_PER_REQUEST") {
            next.request.remove("ProvisionedThroughput");
        }
        for change in
            update.get("GlobalSecondaryIndexUpdates").and_then(Value::as_array).into_iter().flatten()
        {
            next.change_index(change)?;
            changes = true;
        }
        if !changes {
            return Err(validation(
                "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or \
                 SSESpecification or ReplicaUpdates is required",
            ));
        }
        next.drop_unused_attributes();
        check_indexes(&next.request)?;
        Ok(next)
    }

    /// Adds the attributes that an update defines; those of the indexes that are there need not be said again.
    fn define(&mut self, update: &Map<String, Value>) {
        let name_of = |attribute: &Value| attribute.get("AttributeName").cloned();
        let Some(defined) = self.request.get_mut("AttributeDefinitions").and_then(Value::as_array_mut) else {
            return;
        };
        for attribute in update.get("AttributeDefinitions").and_then(Value::as_array).into_iter().flatten() {
            if !defined.iter().any(|known| name_of(known) == name_of(attribute)) {
                defined.push(attribute.clone());
            }
        }
    }

    fn change_index(&mut self, change: &Value) -> Result<(), ServiceError> {
        let existing = self.request.entry("GlobalSecondaryIndexes").or_insert_with(|| json!([]));
        let Some(indexes) = existing.as_array_mut() else { return Ok(()) };
        let name_of =
            |part: &Value| part.get("IndexName").and_then(Value::as_str).unwrap_or_default().to_owned();
        if let Some(create) = change.get("Create") {
            let name = name_of(create);
            if indexes.iter().any(|index| name_of(index) == name) {
                return Err(validation(format!(
                    "Attempting to create an index which already exists: {name}"
                )));
            }
            indexes.push(create.clone());
            return Ok(());
        }
        let (part, update) = match (change.get("Update"), change.get("Delete")) {
            (Some(part), _) => (part, true),
            (None, Some(part)) => (part, false),
            (None, None) => {
                return Err(validation(
                    "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, \
                     GlobalSecondaryIndexUpdate.Delete must not be null",
                ));
            }
        };
        let name = name_of(part);
        let Some(position) = indexes.iter().position(|index| name_of(index) == name) else {
            return Err(ServiceError::new(
                400,
                "ResourceNotFoundException",
                "Requested resource not found: Index not found",
            ));
        };
        if update {
            if let (Some(index), Some(throughput)) =
                (indexes[position].as_object_mut(), part.get("ProvisionedThroughput"))
            {
                index.insert("ProvisionedThroughput".to_owned(), throughput.clone());
            }
        } else {
            indexes.remove(position);
        }
        if indexes.is_empty() {
            self.request.remove("GlobalSecondaryIndexes");
        }
        Ok(())
    }

    /// An index that goes leaves the definitions of its keys behind, which no table may have.
    fn drop_unused_attributes(&mut self) {
        let mut used: Vec<String> =
            self.request.get("KeySchema").into_iter().flat_map(keys).map(str::to_owned).collect();
        for kind in ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"] {
            for index in self.request.get(kind).and_then(Value::as_array).into_iter().flatten() {
                used.extend(index.get("KeySchema").into_iter().flat_map(keys).map(str::to_owned));
            }
        }
        if let Some(defined) = self.request.get_mut("AttributeDefinitions").and_then(Value::as_array_mut) {
            defined.retain(|attribute| {
                attribute
                    .get("AttributeName")
                    .and_then(Value::as_str)
                    .is_some_and(|name| used.iter().any(|used| used == name))
            });
        }
    }

    /// Puts right what the store says of a table: its ARNs, its age, and what the store does not keep. `status` is the
    /// table's, where it is another than `ACTIVE`.
    pub(super) fn complete(&self, description: &mut Value, scope: &Scope, status: Option<&str>) {
        correct_arns(description, scope);
        let Some(shown) = description.as_object_mut() else { return };
        shown.insert("TableId".to_owned(), self.id.clone().into());
        if shown.contains_key("CreationDateTime") {
            shown.insert("CreationDateTime".to_owned(), self.created.into());
        }
        if let Some(status) = status {
            shown.insert("TableStatus".to_owned(), status.into());
            for index in
                shown.get_mut("GlobalSecondaryIndexes").and_then(Value::as_array_mut).into_iter().flatten()
            {
                if status == "CREATING" {
                    index["IndexStatus"] = "CREATING".into();
                }
            }
        }
        if self.request.get("BillingMode").and_then(Value::as_str) != Some("PAY_PER_REQUEST") {
            shown.remove("BillingModeSummary");
        }
        shown.remove("WarmThroughput");
        // The store has a stream for every table, for the sandbox's own use.
        shown.remove("StreamSpecification");
        if let Some(specification) = self.stream_specification() {
            shown.insert("StreamSpecification".to_owned(), specification.clone());
        }
        if let Some(label) = &self.stream {
            let table = shown.get("TableName").and_then(Value::as_str).unwrap_or_default();
            let arn = super::streams::stream_arn(scope, table, label);
            shown.insert("LatestStreamLabel".to_owned(), label.clone().into());
            shown.insert("LatestStreamArn".to_owned(), arn.into());
        }
        shown.insert("DeletionProtectionEnabled".to_owned(), self.is_protected().into());
        if let Some(class) = self.request.get("TableClass") {
            shown.insert("TableClassSummary".to_owned(), json!({ "TableClass": class }));
        }
    }
}

/// Refuses a table with an index whose key has no type; the store would take it.
pub(super) fn check_indexes(request: &Map<String, Value>) -> Result<(), ServiceError> {
    let defined: Vec<&str> = request
        .get("AttributeDefinitions")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|attribute| attribute.get("AttributeName").and_then(Value::as_str))
        .collect();
    for kind in ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"] {
        for index in request.get(kind).and_then(Value::as_array).into_iter().flatten() {
            let wanted: Vec<&str> = index.get("KeySchema").into_iter().flat_map(keys).collect();
            if wanted.iter().any(|name| !defined.contains(name)) {
                return Err(validation(format!(
                    "One or more parameter values were invalid: Some index key attributes are not defined in \
                     AttributeDefinitions. Keys: [{}], AttributeDefinitions: [{}]",
                    wanted.join(", "),
                    defined.join(", ")
                )));
            }
        }
    }
    Ok(())
}

/// The names of a key schema, the partition key first.
fn keys(schema: &Value) -> impl Iterator<Item = &str> {
    let elements = || schema.as_array().into_iter().flatten();
    let of_type = move |kind: &'static str| {
        elements()
            .filter(move |element| element.get("KeyType").and_then(Value::as_str) == Some(kind))
            .filter_map(|element| element.get("AttributeName").and_then(Value::as_str))
    };
    of_type("HASH").chain(of_type("RANGE"))
}

/// The store knows no accounts: its ARNs name one of zeros.
fn correct_arns(value: &mut Value, scope: &Scope) {
    match value {
        Value::String(text) if text.starts_with("arn:aws:dynamodb:") => {
            *text = text.replacen(":000000000000:", &format!(":{}:", scope.account), 1);
        }
        Value::Object(members) => members.values_mut().for_each(|member| correct_arns(member, scope)),
        Value::Array(members) => members.iter_mut().for_each(|member| correct_arns(member, scope)),
        _ => {}
    }
}
