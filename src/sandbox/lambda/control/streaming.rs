use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{BufMut, Bytes, BytesMut};
use serde_json::{Value, json};

use super::super::execution::Outcome;
use super::command::Command;
use super::service::Core;
use crate::sandbox::{InvocationType, Request, Response, ServiceError, StreamedOutcome};

/// The largest payload of one event, in bytes.
const CHUNK: usize = 1024 * 1024;
/// The type of a header that is a string.
const STRING: u8 = 7;

impl Core {
    /// `InvokeWithResponseStream`. The function's stream is passed on once it has ended.
    ///
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html>
    pub(super) async fn invoke_streaming(
        self: &Arc<Self>,
        request: &Request,
        command: &Command,
    ) -> Result<Response, ServiceError> {
        let (name, kind, mut job) = self.read_invocation(request, command)?;
        job.streamed = true;
        let (target, outcome) = self.run(name, kind, job).await?;
        let version = &target.snapshot.version;
        let Some(outcome) = outcome else {
            let status = if kind == InvocationType::DryRun { 204 } else { 202 };
            return Ok(Response::empty(status).with_header("x-amz-executed-version", version));
        };
        let tail = (request.header("x-amz-log-type") == Some("Tail")).then(|| STANDARD.encode(&outcome.tail));
        let mut response = Response::empty(200)
            .with_header("content-type", "application/vnd.amazon.eventstream")
            .with_header("x-amz-executed-version", version);
        response.body = events(&outcome, tail);
        Ok(response)
    }
}

/// Splits an answer into what was streamed and the error that ended it.
pub(super) fn outcome(outcome: Outcome, request_id: String) -> StreamedOutcome {
    if outcome.failed {
        let error: Value = serde_json::from_slice(&outcome.payload).unwrap_or_default();
        let text = |key: &str| error[key].as_str().unwrap_or_default().to_owned();
        let error = Some((text("errorType"), text("errorMessage")));
        return StreamedOutcome { content_type: None, body: outcome.payload, error, request_id };
    }
    StreamedOutcome {
        content_type: outcome.content_type,
        body: outcome.payload,
        error: outcome.stream_error,
        request_id,
    }
}

fn events(outcome: &Outcome, tail: Option<String>) -> Bytes {
    let mut out = BytesMut::new();
    let mut complete = json!({});
    if outcome.failed {
        complete["ErrorCode"] = json!("Unhandled");
        complete["ErrorDetails"] = json!(String::from_utf8_lossy(&outcome.payload));
    } else {
        for chunk in outcome.payload.chunks(CHUNK) {
            frame(&mut out, "PayloadChunk", "application/octet-stream", chunk);
        }
        if let Some((kind, details)) = &outcome.stream_error {
            complete["ErrorCode"] = json!(kind);
            complete["ErrorDetails"] = json!(details);
        }
    }
    if let Some(tail) = tail {
        complete["LogResult"] = json!(tail);
    }
    frame(&mut out, "InvokeComplete", "application/json", complete.to_string().as_bytes());
    out.freeze()
}

/// Writes one event: a prelude of two lengths and their checksum, headers, payload, a checksum of all.
///
/// <https://smithy.io/2.0/aws/amazon-eventstream.html>
fn frame(out: &mut BytesMut, event: &str, content_type: &str, payload: &[u8]) {
    let mut headers = BytesMut::new();
    for (name, value) in [(":event-type", event), (":content-type", content_type), (":message-type", "event")]
    {
        // All of them are short.
        headers.put_u8(u8::try_from(name.len()).unwrap_or(u8::MAX));
        headers.put_slice(name.as_bytes());
        headers.put_u8(STRING);
        headers.put_u16(u16::try_from(value.len()).unwrap_or(u16::MAX));
        headers.put_slice(value.as_bytes());
    }
    let length = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
    let mut message = BytesMut::with_capacity(16 + headers.len() + payload.len());
    message.put_u32(length(16 + headers.len() + payload.len()));
    message.put_u32(length(headers.len()));
    message.put_u32(crc32fast::hash(&message));
    message.put_slice(&headers);
    message.put_slice(payload);
    let sum = crc32fast::hash(&message);
    message.put_u32(sum);
    out.put_slice(&message);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_as_the_format_says() {
        let mut out = BytesMut::new();
        frame(&mut out, "PayloadChunk", "application/octet-stream", b"hello");
        let total = u32::from_be_bytes(out[..4].try_into().unwrap()) as usize;
        assert_eq!(total, out.len());
        let sum = u32::from_be_bytes(out[total - 4..].try_into().unwrap());
        assert_eq!(sum, crc32fast::hash(&out[..total - 4]));
        assert_eq!(&out[total - 9..total - 4], b"hello");
        let prelude = u32::from_be_bytes(out[8..12].try_into().unwrap());
        assert_eq!(prelude, crc32fast::hash(&out[..8]));
    }
}
