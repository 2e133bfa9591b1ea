use bytes::Bytes;
use serde_json::Value;

use super::{Access, Future, InvocationOutcome, Scope, ServiceError};

/// Who may call a function URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum UrlAuth {
    /// Anybody whom the function's resource policy allows.
    Open,
    /// Callers that sign (`AWS_IAM`).
    Iam,
}

/// How a function URL answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum UrlMode {
    Buffered,
    /// `RESPONSE_STREAM`.
    Streamed,
}

/// A function URL, as its data plane needs to know it.
#[derive(Debug, Clone)]
pub struct FunctionUrl {
    /// The first label of the host name.
    pub id: String,
    pub scope: Scope,
    /// ARN of the function, or of the alias that the URL is for: what is invoked.
    pub function_arn: String,
    /// The alias, if the URL is for one.
    pub qualifier: Option<String>,
    pub auth: UrlAuth,
    pub mode: UrlMode,
    /// `Cors` as it was configured, with AWS's member names.
    pub cors: Option<Value>,
}

/// What a function answered to a streaming invocation.
#[derive(Debug, Clone)]
pub struct StreamedOutcome {
    /// `application/vnd.awslambda.http-integration-response` where the handler set a prelude of status and headers.
    pub content_type: Option<String>,
    pub body: Bytes,
    /// The type and the message of an error that ended the stream.
    pub error: Option<(String, String)>,
    pub request_id: String,
}

/// Knows the function URLs. Lambda is the one that does.
pub trait FunctionUrls: Send + Sync {
    /// Finds a URL by its id; `None` when there is none, or when it was deleted.
    fn find_url(&self, id: &str) -> Option<FunctionUrl>;

    /// Says what a caller needs to be allowed: `lambda:InvokeFunctionUrl` and, since October 2025, `lambda:InvokeFunction`
    /// by way of the URL, each with the function's resource policy and its condition keys.
    ///
    /// <https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>
    fn url_accesses(&self, url: &FunctionUrl) -> Vec<Access>;

    /// Invokes the function behind a URL for a caller who was allowed to.
    fn invoke_url<'a>(
        &'a self,
        url: &'a FunctionUrl,
        payload: Bytes,
        trace_id: Option<&'a str>,
    ) -> Future<'a, Result<InvocationOutcome, ServiceError>>;

    /// Like [`invoke_url`](Self::invoke_url), for [`UrlMode::Streamed`]; the stream is handed over whole.
    fn stream_url<'a>(
        &'a self,
        url: &'a FunctionUrl,
        payload: Bytes,
        trace_id: Option<&'a str>,
    ) -> Future<'a, Result<StreamedOutcome, ServiceError>>;
}
