use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::{Caller, Future, ServiceError};
use crate::policy::{Policy, Principal};

/// Reads objects for another service, such as the code that a function is made from. S3 is the one that can.
pub trait ObjectReader: Send + Sync {
    /// Reads an object, or one version of it, as `caller`: fails with S3's own error (`NoSuchBucket`, `NoSuchKey`,
    /// `AccessDenied`).
    fn read_object(
        &self,
        caller: &Caller,
        bucket: &str,
        key: &str,
        version: Option<&str>,
    ) -> Result<Bytes, ServiceError>;
}

/// Writes objects for another service, such as exported logs. S3 is the one that can.
pub trait ObjectWriter: Send + Sync {
    /// Whether there is such a bucket and `sender`, a service acting for `source`, may read its access control list: fails
    /// with S3's own error (`NoSuchBucket`, `AccessDenied`).
    fn try_bucket(&self, sender: &Principal, source: &str, bucket: &str) -> Result<(), ServiceError>;

    /// Writes an object with a canned access control list, as far as the bucket's policy lets the sender.
    fn write_object<'a>(
        &'a self,
        sender: &'a Principal,
        source: &'a str,
        bucket: &'a str,
        key: &'a str,
        body: Bytes,
        acl: &'static str,
    ) -> Future<'a, Result<(), ServiceError>>;
}

/// Where the reading of a stream begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Position {
    /// At the oldest record that is kept.
    TrimHorizon,
    /// After the newest record of now.
    Latest,
    /// After the record of this number.
    After(u64),
}

/// A part of a stream or queue, in the shape of the event that a function gets.
#[derive(Debug, Clone)]
pub struct SourceBatch {
    /// Members of the event's `Records`.
    pub records: Vec<Value>,
    /// Of a stream: where the next batch begins. A queue keeps its own account.
    pub next: Position,
}

/// What Lambda polls for a function: queues and streams. SQS and DynamoDB are those that have some.
///
/// Every call is made as the function's role (or another principal), and fails with `AccessDenied` in the service's words where its
/// policies do not allow it.
pub trait EventSource: Send + Sync {
    /// Whether the ARN is of a kind that this source has, whether or not there is such a thing.
    fn owns(&self, arn: &str) -> bool;

    /// Whether the queue or stream is there.
    fn exists(&self, arn: &str) -> bool;

    /// For how many seconds others do not see the records of a queue that were taken; `None` for a stream.
    fn visibility(&self, _arn: &str) -> Option<u32> {
        None
    }

    /// Who may read it by its own policy, where it has one.
    fn policy(&self, _arn: &str) -> Option<Arc<Policy>> {
        None
    }

    /// Takes the next records, at most `most`. Those of a queue are invisible to others for the queue's visibility timeout;
    /// `position` counts for streams only. An empty batch is not an error.
    fn poll(
        &self,
        reader: &Principal,
        arn: &str,
        position: Position,
        most: usize,
    ) -> Result<SourceBatch, ServiceError>;

    /// Removes records of a queue that were handled, as [`poll`](Self::poll) gave them. For a stream nothing is to be done.
    fn finish(&self, reader: &Principal, arn: &str, records: &[Value]) -> Result<(), ServiceError>;
}

/// A message that a service sends for a customer.
#[derive(Debug, Clone, Default)]
pub struct Parcel {
    pub body: String,
    /// By name, in the shape of SQS's `MessageAttributes`: `DataType`, and `StringValue` or `BinaryValue` (base64).
    pub attributes: Map<String, Value>,
    pub subject: Option<String>,
    /// `MessageGroupId`; a queue or topic that needs one makes it from the source where there is none.
    pub group: Option<String>,
    /// `MessageDeduplicationId`.
    pub deduplication: Option<String>,
}

impl Parcel {
    /// A message with attributes that are plain strings.
    pub fn new(body: &str, attributes: &[(String, String)]) -> Self {
        let attributes = attributes
            .iter()
            .map(|(name, value)| (name.clone(), json!({ "DataType": "String", "StringValue": value })));
        Self { body: body.to_owned(), attributes: attributes.collect(), ..Self::default() }
    }
}

/// Takes messages that a service sends for a customer: what failed events, topics and rules hand on. SQS, SNS and `EventBridge` are those that do.
pub trait MessageSink: Send + Sync {
    /// Whether the ARN is of a kind that this sink has.
    fn owns(&self, arn: &str) -> bool;

    /// Takes a message of `sender`, a service (with the `source` that it acts for) or the role of a function; fails where the
    /// policies of the sender or of the target do not allow it. The call stands in the audit log.
    fn deliver(
        &self,
        sender: &Principal,
        source: Option<&str>,
        arn: &str,
        parcel: Parcel,
    ) -> Result<(), ServiceError>;

    /// The same for a text with attributes that are strings.
    fn send(
        &self,
        sender: &Principal,
        source: Option<&str>,
        arn: &str,
        body: &str,
        attributes: &[(String, String)],
    ) -> Result<(), ServiceError> {
        self.deliver(sender, source, arn, Parcel::new(body, attributes))
    }
}
