use bytes::Bytes;
use jiff::Timestamp;

use super::{Future, Scope, ServiceError};
use crate::policy::Principal;

/// How an invocation is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvocationType {
    RequestResponse,
    Event,
    DryRun,
}

/// A function's invocation by another service, which must be allowed by the function's resource policy.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// ARN of a function, version or alias.
    pub function_arn: String,
    pub payload: Bytes,
    pub kind: InvocationType,
    /// For example `apigateway.amazonaws.com`.
    pub principal: Principal,
    /// `aws:SourceArn` and `aws:SourceAccount` of the request.
    pub source_arn: Option<String>,
    pub source_account: Option<String>,
    /// `X-Amzn-Trace-Id`.
    pub trace_id: Option<String>,
}

/// What an invocation gave.
#[derive(Debug, Clone)]
pub struct InvocationOutcome {
    pub status: u16,
    pub payload: Bytes,
    /// `Unhandled` or `Handled` when the function failed; the payload is then the error.
    pub function_error: Option<String>,
    pub executed_version: String,
    pub request_id: String,
}

/// Invokes functions on behalf of other services of the sandbox. Lambda is the one that can.
pub trait Invoker: Send + Sync {
    /// Fails with `AccessDeniedException` (403) where the resource policy does not allow it, and with
    /// `ResourceNotFoundException` (404) where there is no such function.
    fn invoke<'a>(
        &'a self,
        scope: &'a Scope,
        invocation: Invocation,
    ) -> Future<'a, Result<InvocationOutcome, ServiceError>>;
}

/// Takes the lines that a service writes for a customer. CloudWatch Logs is the one that does.
pub trait LogSink: Send + Sync {
    /// Writes lines to a stream as `writer`, making group and stream where they are missing. As on AWS, whatever the
    /// writer's policies do not allow (`logs:CreateLogGroup`, `logs:CreateLogStream`, `logs:PutLogEvents`) is dropped.
    fn deliver(
        &self,
        scope: &Scope,
        writer: &Principal,
        group: &str,
        stream: &str,
        lines: Vec<(Timestamp, String)>,
    ) {
        self.deliver_from(scope, writer, None, group, stream, lines);
    }

    /// The same for a service that acts for something: `source` is its ARN.
    fn deliver_from(
        &self,
        scope: &Scope,
        writer: &Principal,
        source: Option<&str>,
        group: &str,
        stream: &str,
        lines: Vec<(Timestamp, String)>,
    );
}
