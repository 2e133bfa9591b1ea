use std::convert::Infallible;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::exchange::{Event, Exchange, Streamed, Work};

/// Of a synchronous answer, in bytes. <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
pub(super) const RESPONSE_LIMIT: usize = 6_291_556;
/// Of a streamed one. <https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html>
const STREAM_LIMIT: usize = 200 * 1024 * 1024;

/// Serves the Runtime API of one environment until it is dropped.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>
pub(super) struct Server(JoinHandle<()>);

impl Server {
    pub(super) fn start(listener: TcpListener, exchange: Arc<Exchange>, token: Option<Arc<str>>) -> Self {
        Self(tokio::spawn(serve(listener, exchange, token)))
    }

    pub(super) fn stop(&self) {
        self.0.abort();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

async fn serve(listener: TcpListener, exchange: Arc<Exchange>, token: Option<Arc<str>>) {
    // Dropping the set ends the connections with the environment.
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, most likely: those in use will be given back.
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        let _ = stream.set_nodelay(true);
        let (exchange, token) = (Arc::clone(&exchange), token.clone());
        connections.spawn(async move {
            let service = service_fn(move |request| {
                let (exchange, token) = (Arc::clone(&exchange), token.clone());
                async move { Ok::<_, Infallible>(answer(request, &exchange, token.as_deref()).await) }
            });
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    exchange: &Exchange,
    token: Option<&str>,
) -> Response<Full<Bytes>> {
    let path = request.uri().path().to_owned();
    let mut path = path.trim_start_matches('/');
    if let Some(token) = token {
        match path.strip_prefix(token).and_then(|rest| rest.strip_prefix('/')) {
            Some(rest) => path = rest,
            None => return refuse(403, "Forbidden", "this Runtime API belongs to another environment"),
        }
    }
    let parts: Vec<&str> = path.split('/').collect();
    match (request.method().as_str(), &parts[..]) {
        ("GET", ["2018-06-01", "runtime", "invocation", "next"]) => match exchange.next().await {
            Ok(work) => hand_out(work),
            Err(_) => refuse(410, "Gone", "the environment is shutting down"),
        },
        ("POST", ["2018-06-01", "runtime", "invocation", id, kind @ ("response" | "error")]) => {
            let streams = request
                .headers()
                .get("lambda-runtime-function-response-mode")
                .is_some_and(|mode| mode.as_bytes() == b"streaming");
            let event = if streams && *kind == "response" {
                match read_stream(request).await {
                    Ok(streamed) => Event::Streamed(streamed),
                    Err(size) => Event::TooLarge(size),
                }
            } else {
                read_whole(request, kind).await
            };
            let too_large = matches!(event, Event::TooLarge(_));
            match (exchange.answer(id, event), too_large) {
                (false, _) => refuse(400, "InvalidRequestID", "Invalid request ID"),
                (true, true) => refuse(
                    413,
                    "RequestEntityTooLarge",
                    "Exceeded maximum allowed payload size (6291556 bytes).",
                ),
                (true, false) => accepted(),
            }
        }
        ("POST", ["2018-06-01", "runtime", "init", "error"]) => {
            let body = read(request).await.unwrap_or_default();
            if exchange.init_error(body) {
                accepted()
            } else {
                refuse(
                    403,
                    "InvalidStateTransition",
                    "State transition from Ready to InitError failed for runtime. Error: State transition is not allowed",
                )
            }
        }
        _ => refuse(404, "NotFound", "404 page not found"),
    }
}

async fn read_whole(request: Request<Incoming>, kind: &str) -> Event {
    match read(request).await {
        Ok(body) if kind == "response" => Event::Response(body),
        Ok(body) => Event::Error(body),
        Err(size) => Event::TooLarge(size),
    }
}

/// Reads a stream to its end; an error that ended it stands in the trailers.
async fn read_stream(request: Request<Incoming>) -> Result<Streamed, usize> {
    let content_type =
        request.headers().get("content-type").and_then(|kind| kind.to_str().ok()).map(str::to_owned);
    match Limited::new(request.into_body(), STREAM_LIMIT).collect().await {
        Ok(body) => {
            let trailer = |name: &str| {
                let value = body.trailers()?.get(name)?.to_str().ok()?;
                Some(value.to_owned())
            };
            let error = trailer("lambda-runtime-function-error-type").map(|kind| {
                let details = trailer("lambda-runtime-function-error-body").unwrap_or_default();
                let text = STANDARD.decode(&details).ok().and_then(|bytes| String::from_utf8(bytes).ok());
                (kind, text.unwrap_or(details))
            });
            Ok(Streamed { body: body.to_bytes(), content_type, error })
        }
        Err(error) if error.is::<LengthLimitError>() => Err(STREAM_LIMIT + 1),
        // The process broke off.
        Err(_) => Ok(Streamed {
            body: Bytes::new(),
            content_type,
            error: Some((
                "Runtime.TruncatedResponse".to_owned(),
                "Response stream was broken off".to_owned(),
            )),
        }),
    }
}

/// Reads a body, or tells how large it would have been at least.
async fn read(request: Request<Incoming>) -> Result<Bytes, usize> {
    let announced =
        request.headers().get("content-length").and_then(|length| length.to_str().ok()?.parse().ok());
    match Limited::new(request.into_body(), RESPONSE_LIMIT).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(announced.unwrap_or(RESPONSE_LIMIT + 1)),
        Err(_) => Ok(Bytes::new()),
    }
}

fn hand_out(work: Work) -> Response<Full<Bytes>> {
    let mut response = Response::builder()
        .header("content-type", "application/json")
        .header("lambda-runtime-aws-request-id", &work.request_id)
        .header("lambda-runtime-deadline-ms", work.deadline.to_string())
        .header("lambda-runtime-invoked-function-arn", &work.arn)
        .header("lambda-runtime-trace-id", &work.trace_id);
    if let Some(context) = &work.client_context {
        response = response.header("lambda-runtime-client-context", context);
    }
    response.body(Full::new(work.payload)).unwrap_or_else(|_| {
        refuse(500, "InternalError", "the invocation has a header that HTTP does not allow")
    })
}

fn accepted() -> Response<Full<Bytes>> {
    respond(202, &json!({ "status": "OK" }))
}

fn refuse(status: u16, kind: &str, message: &str) -> Response<Full<Bytes>> {
    respond(status, &json!({ "errorMessage": message, "errorType": kind }))
}

fn respond(status: u16, body: &serde_json::Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.to_string().into()));
    *response.status_mut() =
        http::StatusCode::from_u16(status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert("content-type", http::HeaderValue::from_static("application/json"));
    response
}
