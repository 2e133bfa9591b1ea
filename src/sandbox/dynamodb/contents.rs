use rustack_dynamodb_core::provider::RustackDynamoDB;
use serde_json::{Value, json};

use super::access::table_arn;
use super::engine;
use super::request::{Body, object};
use crate::sandbox::{Scope, ServiceError};

/// What a table must not lose when it is made anew: its items, and what it has besides its definition.
#[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
pub(super) struct Contents {
    /// On disk they are kept one by one.
    #[serde(skip)]
    pub items: Vec<Value>,
    pub tags: Value,
    /// The attribute that says when an item's time is over, where that is looked at.
    pub time_to_live: Option<String>,
    /// Whether there are continuous backups.
    pub recoverable: bool,
}

impl Contents {
    /// Collects all that a table holds.
    pub(super) fn of(provider: &RustackDynamoDB, scope: &Scope, table: &str) -> Result<Self, ServiceError> {
        let items = scan(provider, object(json!({ "TableName": table })))?;
        Ok(Self { items, ..Self::settings_of(provider, scope, table)? })
    }

    /// Collects what a table has besides its definition and its items.
    pub(super) fn settings_of(
        provider: &RustackDynamoDB,
        scope: &Scope,
        table: &str,
    ) -> Result<Self, ServiceError> {
        let name = || object(json!({ "TableName": table }));
        let arn = object(json!({ "ResourceArn": table_arn(scope, table) }));
        let mut tags = engine::run(provider, "ListTagsOfResource", arn)?;
        let life = engine::run(provider, "DescribeTimeToLive", name())?;
        let enabled = life.pointer("/TimeToLiveDescription/TimeToLiveStatus").and_then(Value::as_str);
        let attribute = life.pointer("/TimeToLiveDescription/AttributeName").and_then(Value::as_str);
        let backups = engine::run(provider, "DescribeContinuousBackups", name())?;
        let recovery =
            "/ContinuousBackupsDescription/PointInTimeRecoveryDescription/PointInTimeRecoveryStatus";
        Ok(Self {
            items: Vec::new(),
            tags: tags.get_mut("Tags").map(Value::take).unwrap_or_default(),
            time_to_live: attribute.filter(|_| enabled == Some("ENABLED")).map(str::to_owned),
            recoverable: backups.pointer(recovery).is_some_and(|status| status == "ENABLED"),
        })
    }

    /// Puts them into a table that was just made.
    pub(super) fn fill(
        &self,
        provider: &RustackDynamoDB,
        scope: &Scope,
        table: &str,
    ) -> Result<(), ServiceError> {
        for item in &self.items {
            let put = object(json!({ "TableName": table, "Item": item }));
            engine::run(provider, "PutItem", put)?;
        }
        if self.tags.as_array().is_some_and(|tags| !tags.is_empty()) {
            let tags = json!({ "ResourceArn": table_arn(scope, table), "Tags": self.tags });
            engine::run(provider, "TagResource", object(tags))?;
        }
        if let Some(attribute) = &self.time_to_live {
            let specification = json!({ "Enabled": true, "AttributeName": attribute });
            let set = object(json!({ "TableName": table, "TimeToLiveSpecification": specification }));
            engine::run(provider, "UpdateTimeToLive", set)?;
        }
        if self.recoverable {
            let specification = json!({ "PointInTimeRecoveryEnabled": true });
            let set =
                object(json!({ "TableName": table, "PointInTimeRecoverySpecification": specification }));
            engine::run(provider, "UpdateContinuousBackups", set)?;
        }
        Ok(())
    }
}

/// Returns the items that a scan finds, page by page.
pub(super) fn scan(provider: &RustackDynamoDB, mut request: Body) -> Result<Vec<Value>, ServiceError> {
    let mut items = Vec::new();
    loop {
        let mut page = engine::run(provider, "Scan", request.clone())?;
        if let Some(Value::Array(found)) = page.get_mut("Items").map(Value::take) {
            items.extend(found);
        }
        match page.get_mut("LastEvaluatedKey").map(Value::take) {
            Some(Value::Object(last)) if !last.is_empty() => {
                request.insert("ExclusiveStartKey".to_owned(), Value::Object(last));
            }
            _ => return Ok(items),
        }
    }
}
