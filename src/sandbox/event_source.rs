use bytes::Bytes;
use serde_json::Value;

use super::{Caller, ServiceError};
use crate::policy::Principal;

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

/// Where the reading of a stream begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// Takes messages that a service sends for a customer: what failed events, topics and rules hand on. SQS and SNS are those that do.
pub trait MessageSink: Send + Sync {
    /// Whether the ARN is of a kind that this sink has.
    fn owns(&self, arn: &str) -> bool;

    /// Sends a message as `sender`, a service (with the `source` that it acts for) or the role of a function; fails where the
    /// policies of the sender or of the target do not allow it.
    fn send(
        &self,
        sender: &Principal,
        source: Option<&str>,
        arn: &str,
        body: &str,
        attributes: &[(String, String)],
    ) -> Result<(), ServiceError>;
}
