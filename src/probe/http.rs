use std::sync::OnceLock;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderName, HeaderValue, Method, Request, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Map, Value, json};

/// API Gateway answers after 29 s at the latest (<https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html>);
/// who takes longer is not API Gateway.
const TIMEOUT: Duration = Duration::from_secs(35);
/// In bytes; what is more is cut off. Far above what a check looks at, far below what would hurt the grader.
const BODY_LIMIT: usize = 1 << 20;
const HEADERS_LIMIT: usize = 256;

/// Sends requests to the candidate's API, which may be hostile: answers are bounded in time, size and number of
/// headers, redirects are not followed, and compressed bodies stay as they are.
#[derive(Debug, Default)]
pub struct HttpClient {
    plain: OnceLock<Client<HttpConnector, Full<Bytes>>>,
    /// Made when first needed: reading the machine's certificates takes longer than a grade on the embedded sandbox.
    secure: OnceLock<Client<HttpsConnector<HttpConnector>, Full<Bytes>>>,
}

/// What is sent.
#[derive(Debug, Clone)]
pub struct Outgoing {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
}

/// Why nothing came back.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// Ours or the definition's: the request cannot be sent as it is.
    #[error("the request cannot be sent: {0}")]
    Malformed(String),
    #[error("{0}")]
    Transport(String),
    #[error("no answer within {} s", .0.as_secs())]
    Late(Duration),
}

impl HttpClient {
    pub fn new() -> Self {
        Self::default()
    }

    /// Sends a request and returns `{status, headers, body, text}`: names of headers in lower case, `body` parsed when
    /// it is JSON, `text` the body as it came. Any status is an answer.
    pub async fn send(&self, outgoing: &Outgoing) -> Result<Value, HttpError> {
        match tokio::time::timeout(TIMEOUT, self.exchange(outgoing)).await {
            Ok(answer) => answer,
            Err(_) => Err(HttpError::Late(TIMEOUT)),
        }
    }

    /// Fetches what stands at an address, byte for byte: its status and its body, which may not be longer than 1 MiB.
    pub async fn fetch(&self, url: &str) -> Result<(u16, Bytes), HttpError> {
        let outgoing =
            Outgoing { method: "GET".to_owned(), url: url.to_owned(), headers: vec![], body: Bytes::new() };
        match tokio::time::timeout(TIMEOUT, self.raw(&outgoing)).await {
            Ok(Ok((_, _, true))) => {
                Err(HttpError::Transport(format!("it is longer than {BODY_LIMIT} bytes")))
            }
            Ok(answer) => answer.map(|(head, bytes, _)| (head.status.as_u16(), bytes)),
            Err(_) => Err(HttpError::Late(TIMEOUT)),
        }
    }

    async fn exchange(&self, outgoing: &Outgoing) -> Result<Value, HttpError> {
        let (head, bytes, cut) = self.raw(outgoing).await?;
        Ok(document(head.status.as_u16(), &head.headers, &bytes, cut))
    }

    /// Returns the head of an answer, its body, and whether more would have come.
    async fn raw(&self, outgoing: &Outgoing) -> Result<(http::response::Parts, Bytes, bool), HttpError> {
        let request = request(outgoing)?;
        let response = if request.uri().scheme_str() == Some("https") {
            self.secure()?.request(request).await
        } else {
            self.plain.get_or_init(|| bounded().build(HttpConnector::new())).request(request).await
        };
        let response = response.map_err(|error| HttpError::Transport(root_cause(&error)))?;
        let (head, mut body) = response.into_parts();
        let mut bytes = BytesMut::new();
        let mut cut = false;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| HttpError::Transport(root_cause(&error)))?;
            let Some(data) = frame.data_ref() else { continue };
            let room = BODY_LIMIT - bytes.len();
            bytes.extend_from_slice(&data[..data.len().min(room)]);
            if data.len() > room {
                cut = true;
                break;
            }
        }
        Ok((head, bytes.freeze(), cut))
    }

    fn secure(&self) -> Result<&Client<HttpsConnector<HttpConnector>, Full<Bytes>>, HttpError> {
        if let Some(client) = self.secure.get() {
            return Ok(client);
        }
        let connector = HttpsConnectorBuilder::new()
            .with_native_roots()
            .map_err(|error| HttpError::Transport(format!("no certificates on this machine: {error}")))?
            .https_only()
            .enable_http1()
            .build();
        Ok(self.secure.get_or_init(|| bounded().build(connector)))
    }
}

fn bounded() -> hyper_util::client::legacy::Builder {
    let mut builder = Client::builder(TokioExecutor::new());
    // Far more than the 10,240 bytes that API Gateway lets headers have.
    builder.http1_max_headers(HEADERS_LIMIT).http1_max_buf_size(128 * 1024);
    // A request that was sent may have been carried out: never twice behind the check's back. So none goes over a
    // connection that the other side may have closed meanwhile.
    builder.retry_canceled_requests(false).pool_max_idle_per_host(0);
    builder
}

fn request(outgoing: &Outgoing) -> Result<Request<Full<Bytes>>, HttpError> {
    let malformed = |what: String| HttpError::Malformed(what);
    let uri: Uri = outgoing.url.parse().map_err(|error| malformed(format!("`{}`: {error}", outgoing.url)))?;
    let method = Method::from_bytes(outgoing.method.as_bytes())
        .map_err(|error| malformed(format!("`{}`: {error}", outgoing.method)))?;
    let mut request = Request::new(Full::new(outgoing.body.clone()));
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    for (name, value) in &outgoing.headers {
        let header = HeaderName::from_bytes(name.as_bytes())
            .map_err(|error| malformed(format!("`{name}`: {error}")))?;
        let value = HeaderValue::from_str(value).map_err(|error| malformed(format!("`{name}`: {error}")))?;
        request.headers_mut().append(header, value);
    }
    Ok(request)
}

fn document(status: u16, headers: &http::HeaderMap, bytes: &[u8], cut: bool) -> Value {
    let mut shown = Map::new();
    for name in headers.keys() {
        let values =
            headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        shown.insert(name.as_str().to_owned(), Value::String(values.collect::<Vec<_>>().join(", ")));
    }
    let text = String::from_utf8_lossy(bytes);
    // serde_json stops at a depth of 128: nesting cannot overflow the stack.
    let body = if cut { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::Null) };
    let mut document = json!({ "status": status, "headers": shown, "body": body, "text": text });
    if cut {
        document["cut_off_after_bytes"] = json!(bytes.len());
    }
    document
}

/// Returns the last of an error's causes: "Connection refused" says more than "client error".
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    /// Answers one request with these bytes, whatever they are, and closes the connection.
    async fn answering(bytes: Vec<u8>) -> Outgoing {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/orders", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        });
        Outgoing { method: "GET".into(), url, headers: Vec::new(), body: Bytes::new() }
    }

    async fn answer(bytes: &[u8]) -> Result<Value, HttpError> {
        HttpClient::new().send(&answering(bytes.to_vec()).await).await
    }

    #[tokio::test]
    async fn an_answer_is_a_document_whatever_its_status() {
        let seen =
            answer(b"HTTP/1.1 502 Bad Gateway\r\nX-Order: a\r\nX-ORDER: b\r\n\r\n{\"message\": null}").await;
        let expected = json!({
            "status": 502, "headers": { "x-order": "a, b" }, "body": { "message": null }, "text": "{\"message\": null}"
        });
        assert_eq!(seen.unwrap(), expected);
    }

    #[tokio::test]
    async fn a_redirect_is_seen_and_not_followed() {
        let seen = answer(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n").await.unwrap();
        assert_eq!(
            (&seen["status"], &seen["headers"]["location"]),
            (&json!(302), &json!("http://169.254.169.254/"))
        );
    }

    #[tokio::test]
    async fn a_body_without_end_is_cut_off() {
        let mut bytes = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
        bytes.resize(bytes.len() + 3 * BODY_LIMIT, b'1');
        let seen = answer(&bytes).await.unwrap();
        assert_eq!(seen["text"].as_str().unwrap().len(), BODY_LIMIT);
        assert_eq!((&seen["body"], &seen["cut_off_after_bytes"]), (&Value::Null, &json!(BODY_LIMIT)));
    }

    #[tokio::test]
    async fn deeply_nested_json_is_text() {
        let mut bytes = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
        bytes.extend(vec![b'['; 100_000]);
        assert_eq!(answer(&bytes).await.unwrap()["body"], Value::Null);
    }

    #[tokio::test]
    async fn headers_without_end_are_a_transport_error() {
        let mut bytes = b"HTTP/1.1 200 OK\r\n".to_vec();
        for number in 0..100_000 {
            bytes.extend(format!("x-{number}: y\r\n").into_bytes());
        }
        assert!(matches!(answer(&bytes).await, Err(HttpError::Transport(_))));
    }

    #[tokio::test]
    async fn nobody_there_is_told_in_plain_words() {
        let mut nobody = answering(Vec::new()).await;
        nobody.url = "http://127.0.0.1:1/".into();
        let error = HttpClient::new().send(&nobody).await.unwrap_err();
        assert!(error.to_string().to_lowercase().contains("refused"), "{error}");
    }

    #[tokio::test]
    async fn a_url_that_is_none_is_malformed() {
        let mut outgoing = answering(Vec::new()).await;
        outgoing.url = "http://[".into();
        assert!(matches!(HttpClient::new().send(&outgoing).await, Err(HttpError::Malformed(_))));
    }
}
