use std::sync::Arc;

use super::S3;
use super::operation::{Ask, Operation};
use super::service::Desk;
use super::state::{Bucket, Content, Facts, Upload, Version};
use super::xml::Element;
use crate::policy::{Policy, PolicyKind};
use crate::sandbox::keeping::{Durable, Keeper, Records};
use crate::sandbox::{AccountId, ServiceError};

/// Between the parts of a key.
const SEPARATOR: char = '\u{1f}';

/// Kinds of records: a bucket's facts, the versions of a key, an upload in parts.
const BUCKET: &str = "bucket";
const OBJECT: &str = "object";
const UPLOAD: &str = "upload";

impl Durable for S3 {
    fn name(&self) -> &'static str {
        "s3"
    }

    fn restore(&self, _account: &AccountId, mut records: Records, keeper: &Keeper) -> Result<(), String> {
        let mut state = self.state();
        records.sort_by_key(|(key, _)| !key.starts_with(BUCKET));
        let load = |content: &mut Content| -> Result<(), String> {
            if !content.digest.is_empty() {
                content.bytes = keeper.content(&content.digest)?;
            }
            Ok(())
        };
        for (key, value) in records {
            let read = |error: serde_json::Error| format!("{key}: {error}");
            let mut parts = key.splitn(3, SEPARATOR);
            let (Some(kind), Some(name)) = (parts.next(), parts.next()) else {
                return Err("a key without a bucket".to_owned());
            };
            if kind == BUCKET {
                let facts: Facts = serde_json::from_slice(&value).map_err(read)?;
                let policy = facts
                    .configurations
                    .get("policy")
                    .and_then(|text| Policy::parse(text, PolicyKind::Resource).ok());
                let bucket = Bucket { facts, policy: policy.map(Arc::new), ..Bucket::default() };
                state.buckets.insert(name.to_owned(), bucket);
                continue;
            }
            // Of a bucket that was deleted at the very end.
            let (Some(rest), Some(bucket)) = (parts.next(), state.buckets.get_mut(name)) else { continue };
            if kind == OBJECT {
                let mut versions: Vec<Version> = serde_json::from_slice(&value).map_err(read)?;
                for version in &mut versions {
                    load(&mut version.content)?;
                }
                bucket.objects.insert(rest.to_owned(), versions);
            } else {
                let mut upload: Upload = serde_json::from_slice(&value).map_err(read)?;
                for part in upload.parts.values_mut() {
                    load(&mut part.content)?;
                }
                bucket.uploads.insert(rest.to_owned(), upload);
            }
        }
        Ok(())
    }
}

impl S3 {
    /// Writes what a call changed, as it is now.
    pub(super) fn keep_after(&self, desk: &Desk<'_>, ask: &Ask) -> Result<(), ServiceError> {
        if !self.keeper.is_durable() {
            return Ok(());
        }
        let name = &ask.bucket;
        let state = self.state();
        let Some(bucket) = state.buckets.get(name) else {
            // Only an empty bucket is deleted; its owner is the caller.
            let key = format!("{BUCKET}{SEPARATOR}{name}");
            self.keeper.put("s3", &desk.scope.account, [(key, None)]);
            self.keeper.remove_all(
                "s3",
                &desk.scope.account,
                &format!("{UPLOAD}{SEPARATOR}{name}{SEPARATOR}"),
            );
            return Ok(());
        };
        let Some(owner) = bucket.owner() else { return Ok(()) };
        let mut changes = Vec::new();
        let broken = |_| {
            ServiceError::new(500, "InternalError", "We encountered an internal error. Please try again.")
        };
        if ask.key.is_empty() {
            changes.push((
                format!("{BUCKET}{SEPARATOR}{name}"),
                Some(serde_json::to_vec(&bucket.facts).map_err(broken)?),
            ));
        }
        for key in touched_keys(desk, ask) {
            let versions = bucket.objects.get(&key).map(serde_json::to_vec).transpose().map_err(broken)?;
            changes.push((format!("{OBJECT}{SEPARATOR}{name}{SEPARATOR}{key}"), versions));
        }
        let mut uploads: Vec<&str> = ask.value("uploadId").into_iter().collect();
        if matches!(ask.operation, Operation::CreateMultipartUpload) {
            uploads.extend(
                bucket.uploads.iter().filter(|(_, upload)| upload.key == ask.key).map(|(id, _)| id.as_str()),
            );
        }
        for id in uploads {
            let upload = bucket.uploads.get(id).map(serde_json::to_vec).transpose().map_err(broken)?;
            changes.push((format!("{UPLOAD}{SEPARATOR}{name}{SEPARATOR}{id}"), upload));
        }
        self.keeper.put("s3", &owner, changes);
        Ok(())
    }
}

fn touched_keys(desk: &Desk<'_>, ask: &Ask) -> Vec<String> {
    if let Operation::DeleteObjects = ask.operation {
        let read = Element::read(&desk.body.body, "Delete").unwrap_or_default();
        return read.all("Object").filter_map(|object| object.value("Key")).map(str::to_owned).collect();
    }
    if ask.key.is_empty() { Vec::new() } else { vec![ask.key.clone()] }
}
