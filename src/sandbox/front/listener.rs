use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use super::Front;
use super::recorder::{Recorder, Tape};
use crate::context::{Clock, Random};
use crate::sandbox::{HeaderNames, Request, Response};

/// The largest body of a call that brings code: Lambda takes zips of 50 MB, sent in base64.
const LARGEST_CODE: usize = 75 * 1024 * 1024;
/// The largest body of a call to S3: an object of 100 MB, with the framing of signed chunks.
const LARGEST_OBJECT: usize = 104 * 1024 * 1024;
/// The largest other body, in bytes; DynamoDB's 16 MB are the most that any of them takes.
const LARGEST_BODY: usize = 20 * 1024 * 1024;
/// How long a client may take over a request's head, and over its body.
const HEAD_TIME: Duration = Duration::from_secs(15);
const BODY_TIME: Duration = Duration::from_mins(1);
/// Connections that are served at one time; more wait in the system's queue.
const CONNECTIONS: usize = 1024;

/// What the loop needs to turn connections into answers.
#[derive(Debug)]
pub struct Listener {
    pub front: Arc<Front>,
    pub clock: Arc<dyn Clock>,
    pub random: Random,
}

/// Serves connections until `stop` says true or its sender is gone.
pub async fn serve(listener: Arc<Listener>, socket: TcpListener, mut stop: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let accepted = tokio::select! {
            accepted = socket.accept() => accepted,
            _ = stop.changed() => return,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, or the client went away: the next one may do better.
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            }
        };
        // Without this, small answers wait for the client's acknowledgement.
        let _ = stream.set_nodelay(true);
        let listener = Arc::clone(&listener);
        let mut stop = stop.clone();
        tokio::spawn(async move {
            let _place = place;
            let (stream, tape) = Recorder::new(stream);
            let service = service_fn(move |request| {
                let (listener, tape) = (Arc::clone(&listener), tape.clone());
                async move {
                    let answer = listener.answer(request, peer, &tape).await;
                    tape.rewind();
                    Ok::<_, Infallible>(answer)
                }
            });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_TIME)
                .serve_connection(TokioIo::new(stream), service);
            tokio::select! {
                served = connection => if let Err(error) = served {
                    tracing::debug!(%error, "a connection ended early");
                },
                _ = stop.changed() => {}
            }
        });
    }
}

impl Listener {
    async fn answer(
        &self,
        request: hyper::Request<Incoming>,
        peer: SocketAddr,
        tape: &Tape,
    ) -> hyper::Response<Full<Bytes>> {
        let id = self.random.uuid();
        let header_names = tape.take();
        let answer = match self.read(request, peer, &id).await {
            Ok(request) => Arc::clone(&self.front).answer(Request { header_names, ..request }).await,
            Err(refused) => refused,
        };
        let mut response = hyper::Response::new(Full::new(answer.body));
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        if let Ok(id) = http::HeaderValue::from_str(&id) {
            response.headers_mut().entry("x-amzn-requestid").or_insert(id);
        }
        response
    }

    /// Reads a request whole, within bounds of size and time.
    async fn read(
        &self,
        request: hyper::Request<Incoming>,
        peer: SocketAddr,
        id: &str,
    ) -> Result<Request, Response> {
        let received = self.clock.now();
        let (head, body) = request.into_parts();
        let path = head.uri.path();
        let code = path.starts_with("/2015-03-31/functions") || path.starts_with("/2018-10-31/layers");
        let signed =
            head.headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let object = signed.contains("/s3/aws4_request")
            || head.uri.query().is_some_and(|query| query.contains("%2Fs3%2Faws4_request"));
        let limit = match () {
            () if object => LARGEST_OBJECT,
            () if code => LARGEST_CODE,
            () => LARGEST_BODY,
        };
        let body = match tokio::time::timeout(BODY_TIME, Limited::new(body, limit).collect()).await {
            Ok(Ok(body)) => body.to_bytes(),
            Ok(Err(error)) if error.is::<LengthLimitError>() => {
                return Err(refuse(413, "RequestTooLargeException", "Request size exceeded the limit."));
            }
            Ok(Err(_)) => return Err(refuse(400, "IncompleteBody", "The body ended early.")),
            Err(_elapsed) => return Err(refuse(408, "RequestTimeout", "The body did not arrive in time.")),
        };
        let host = head.uri.authority().map(ToString::to_string);
        let mut headers = head.headers;
        // A request in absolute form names its host in the line, not in a header.
        if let Some(host) = host.and_then(|host| http::HeaderValue::from_str(&host).ok()) {
            headers.entry("host").or_insert(host);
        }
        Ok(Request {
            method: head.method,
            raw_path: path.to_owned(),
            raw_query: head.uri.query().unwrap_or_default().to_owned(),
            headers,
            header_names: HeaderNames::default(),
            body,
            peer: peer.ip(),
            received,
            id: id.to_owned(),
        })
    }
}

/// An answer given before it is known which protocol the client speaks; every SDK reads the header.
fn refuse(status: u16, code: &str, message: &str) -> Response {
    Response::json(status, &serde_json::json!({ "__type": code, "message": message }))
        .with_header("x-amzn-errortype", code)
        .with_header("connection", "close")
}
