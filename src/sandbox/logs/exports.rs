use std::fmt::Write as _;

use indexmap::IndexMap;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Logs;
use super::access::group_arn;
use super::command::{CreateExport, DescribeExports, ExportId, invalid};
use super::compression::gzip;
use super::groups::{check_group_name, with_token};
use super::kept::Touched;
use super::page::page;
use super::store::{Event, Group};
use crate::policy::Principal;
use crate::sandbox::{Scope, ServiceError};

/// How many exports are remembered; the oldest go first.
const MOST: usize = 1000;
/// What the bucket's owner gets of each object.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3ExportTasks.html>
const ACL: &str = "bucket-owner-full-control";

/// Exports of log events to buckets, by id, in the order of their coming in.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Exports(IndexMap<String, Export>);

/// An export that is done: none outlasts its call. Times are milliseconds since 1970.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Export {
    name: Option<String>,
    group: String,
    from: i64,
    to: i64,
    bucket: String,
    prefix: String,
    created: i64,
    completed: i64,
}

impl Export {
    fn show(&self, id: &str) -> Value {
        let mut shown = json!({
            "taskId": id,
            "logGroupName": self.group,
            "from": self.from,
            "to": self.to,
            "destination": self.bucket,
            "destinationPrefix": self.prefix,
            "status": { "code": "COMPLETED", "message": "Completed successfully" },
            "executionInfo": { "creationTime": self.created, "completionTime": self.completed },
        });
        if let Some(name) = &self.name {
            shown["taskName"] = name.clone().into();
        }
        shown
    }
}

impl Exports {
    /// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeExportTasks.html>
    pub(super) fn describe(&self, input: &DescribeExports) -> Result<Value, ServiceError> {
        if let Some(id) = &input.task_id
            && !self.0.contains_key(id)
        {
            return Err(missing());
        }
        let wanted = self
            .0
            .iter()
            .filter(|(id, _)| input.task_id.as_ref().is_none_or(|wanted| wanted == *id))
            .filter(|_| input.status_code.as_deref().is_none_or(|code| code == "COMPLETED"));
        let cut = page(wanted, input.next_token.as_deref(), input.limit, 50)?;
        let shown: Vec<Value> = cut.items.into_iter().map(|(id, export)| export.show(id)).collect();
        Ok(with_token(json!({ "exportTasks": shown }), cut.next))
    }

    /// There is nothing to cancel: an export is done when it is known.
    pub(super) fn cancel(&self, input: &ExportId) -> Result<Value, ServiceError> {
        if !self.0.contains_key(&input.task_id) {
            return Err(missing());
        }
        let message = "The specified export task has already finished";
        Err(ServiceError::new(400, "InvalidOperationException", message))
    }

    fn note(&mut self, id: String, export: Export) {
        self.0.insert(id, export);
        let surplus = self.0.len().saturating_sub(MOST);
        self.0.drain(..surplus);
    }
}

impl Logs {
    /// Writes a group's events of a time to a bucket, a file for each stream, as the service itself: by the bucket's policy.
    /// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateExportTask.html>
    pub(super) async fn export(&self, scope: &Scope, input: CreateExport) -> Result<Value, ServiceError> {
        check_group_name(&input.log_group_name)?;
        if input.from < 0 || input.to < input.from {
            return Err(invalid("The specified time range is not valid: from must not be later than to."));
        }
        let id = self.random().uuid();
        let prefix = input.destination_prefix.clone().filter(|prefix| !prefix.is_empty());
        let folder = prefix.clone().unwrap_or_else(|| "exportedlogs".to_owned());
        let created = self.now();
        let mut files = {
            let store = self.store();
            files(store.group(scope, &input.log_group_name)?, &input, &format!("{folder}/{id}"))
        };
        let probe = prefix.map_or_else(String::new, |prefix| format!("{prefix}/")) + "aws-logs-write-test";
        files.insert(0, (probe, b"Permission Check Successful".to_vec()));
        let bucket = &input.destination;
        let objects = self.objects().ok_or_else(no_bucket)?;
        let sender = Principal::Service { name: format!("logs.{}.amazonaws.com", scope.region) };
        let source = format!("{}:*", group_arn(scope, &input.log_group_name));
        let told = |error: &ServiceError, call: &str| {
            if error.code == "NoSuchBucket" {
                return no_bucket();
            }
            invalid(format!(
                "{call} call on the given bucket failed. Please check if CloudWatch Logs has been granted permission to perform this action."
            ))
        };
        objects.try_bucket(&sender, &source, bucket).map_err(|error| told(&error, "GetBucketAcl"))?;
        for (key, bytes) in files {
            let written = objects.write_object(&sender, &source, bucket, &key, bytes.into(), ACL).await;
            written.map_err(|error| told(&error, "PutObject"))?;
        }
        let export = Export {
            name: input.task_name,
            group: input.log_group_name,
            from: input.from,
            to: input.to,
            bucket: input.destination,
            prefix: folder,
            created,
            completed: self.now(),
        };
        let mut store = self.store();
        store.settings_mut(scope).exports.note(id.clone(), export);
        self.keep_after(&mut store, scope, &Touched::Settings);
        Ok(json!({ "taskId": id }))
    }
}

/// Returns keys and contents of the files that an export comes to.
fn files(group: &Group, input: &CreateExport, folder: &str) -> Vec<(String, Vec<u8>)> {
    let prefix = input.log_stream_name_prefix.as_deref().unwrap_or_default();
    let streams = group.streams.keys().filter(|stream| stream.starts_with(prefix));
    let mut files = Vec::new();
    for stream in streams {
        let of_time = |event: &&Event| event.timestamp >= input.from && event.timestamp <= input.to;
        let mut events: Vec<&Event> =
            group.events.iter().filter(|event| event.stream == *stream).filter(of_time).collect();
        if events.is_empty() {
            continue;
        }
        events.sort_by_key(|event| (event.timestamp, event.number));
        let mut text = String::new();
        for event in events {
            let time = Timestamp::from_millisecond(event.timestamp).unwrap_or_default();
            // What is written to memory does not fail.
            let _ = writeln!(text, "{} {}", time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ"), event.message);
        }
        files.push((format!("{folder}/{}/000000.gz", stream.replace('/', "-")), gzip(text.as_bytes())));
    }
    files
}

fn no_bucket() -> ServiceError {
    invalid("The given bucket does not exist. Please make sure the bucket is valid.")
}

fn missing() -> ServiceError {
    ServiceError::new(400, "ResourceNotFoundException", "The specified export task does not exist.")
}
