use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::answer::{instead, read};
use super::{Fate, Weather};

type Answer = Response<Full<Bytes>>;

/// A proxy on loopback in front of one endpoint; it ends when it is dropped.
#[derive(Debug)]
pub struct Disturber {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    upstream: String,
    weather: Weather,
    calls: AtomicU64,
    disturbed: AtomicU64,
    client: Client<HttpConnector, Full<Bytes>>,
    /// What reads were answered last.
    answers: Mutex<HashMap<String, Response<Bytes>>>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("upstream", &self.upstream)
            .field("weather", &self.weather)
            .finish_non_exhaustive()
    }
}

/// The connection is closed instead of an answer.
#[derive(Debug)]
struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is cut on purpose")
    }
}

impl std::error::Error for Cut {}

impl Disturber {
    /// Stands in front of `upstream`, such as `http://127.0.0.1:4566`, at an address of its own. Needs a Tokio runtime.
    pub async fn start(upstream: &str, weather: Weather, listen: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            upstream: upstream.trim_end_matches('/').to_owned(),
            weather,
            calls: AtomicU64::new(0),
            disturbed: AtomicU64::new(0),
            client: Client::builder(TokioExecutor::new()).build_http(),
            answers: Mutex::new(HashMap::new()),
        });
        let task = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self { address, shared, task })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns how many calls came, and how many of them were disturbed.
    pub fn counts(&self) -> (u64, u64) {
        (self.shared.calls.load(Ordering::Relaxed), self.shared.disturbed.load(Ordering::Relaxed))
    }
}

impl Drop for Disturber {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = service_fn(|request| {
                let shared = Arc::clone(&shared);
                async move { shared.serve(request).await }
            });
            // One call a connection: a cut one takes no other with it.
            let connection =
                http1::Builder::new().keep_alive(false).serve_connection(TokioIo::new(stream), service);
            if let Err(error) = connection.await {
                tracing::trace!(%error, "a connection ended early");
            }
        });
    }
}

impl Shared {
    async fn serve(&self, request: Request<Incoming>) -> Result<Answer, Cut> {
        let (head, body) = request.into_parts();
        let Ok(body) = body.collect().await else { return Err(Cut) };
        let body = body.to_bytes();
        // The sandbox's own pages are no calls of AWS.
        let fate = if head.uri.path().starts_with("/_proofmark/") {
            Fate::Undisturbed
        } else {
            self.weather.fate(self.calls.fetch_add(1, Ordering::Relaxed))
        };
        if fate != Fate::Undisturbed {
            self.disturbed.fetch_add(1, Ordering::Relaxed);
        }
        let asked = read(&head, &body);
        match fate {
            Fate::Reset => return Err(Cut),
            Fate::Delayed(delay) => tokio::time::sleep(delay).await,
            Fate::Repeated => {
                self.send_on(&head, &body).await;
            }
            Fate::Stale => {
                let before = asked.as_ref().and_then(|key| self.answers().get(key).cloned());
                if let Some(before) = before {
                    return Ok(before.map(Full::new));
                }
            }
            _ => {}
        }
        if let Some(answer) = instead(fate, &head) {
            return Ok(answer.map(Full::new));
        }
        let answer = self.send_on(&head, &body).await;
        if let Some(key) = asked {
            self.answers().insert(key, answer.clone());
        }
        Ok(answer.map(Full::new))
    }

    fn answers(&self) -> std::sync::MutexGuard<'_, HashMap<String, Response<Bytes>>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a call to the endpoint as it came: its signature holds for the host that it names.
    async fn send_on(&self, head: &Parts, body: &Bytes) -> Response<Bytes> {
        let path = head.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
        let Ok(uri) = format!("{}{path}", self.upstream).parse::<Uri>() else {
            return gone("the address is none");
        };
        let mut request = Request::new(Full::new(body.clone()));
        *request.method_mut() = head.method.clone();
        *request.uri_mut() = uri;
        *request.headers_mut() = head.headers.clone();
        request.headers_mut().remove(http::header::CONNECTION);
        request.headers_mut().remove(http::header::TRANSFER_ENCODING);
        match self.client.request(request).await {
            Ok(response) => {
                let (mut head, body) = response.into_parts();
                head.headers.remove(http::header::CONNECTION);
                head.headers.remove(http::header::TRANSFER_ENCODING);
                match body.collect().await {
                    Ok(body) => Response::from_parts(head, body.to_bytes()),
                    Err(error) => gone(&error.to_string()),
                }
            }
            Err(error) => gone(&error.to_string()),
        }
    }
}

fn gone(why: &str) -> Response<Bytes> {
    let mut response =
        Response::new(Bytes::from(format!("the endpoint behind the proxy does not answer: {why}")));
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response
}
