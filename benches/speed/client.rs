use std::net::SocketAddr;
use std::time::Instant;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;

/// One kept-alive connection, without an SDK in between.
pub(crate) struct Client {
    sender: SendRequest<Full<Bytes>>,
    host: String,
    key: String,
    pub account: String,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let stream = tokio::net::TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (sender, connection) = handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        Self {
            sender,
            host: address.to_string(),
            key: "AKIDEXAMPLE".to_owned(),
            account: "123456789012".to_owned(),
        }
    }

    /// Calls as the owner of another account, which the key names.
    pub(crate) fn of_account(self, account: &str) -> Self {
        Self { key: account.to_owned(), account: account.to_owned(), ..self }
    }

    pub(crate) async fn health(&mut self) {
        let (status, _) = self.send("GET", "", "/_proofmark/health", "application/json", "").await;
        assert_eq!(status, 200);
    }

    /// Sends a request and returns how long the answer took, in milliseconds.
    pub(crate) async fn timed(&mut self, method: &str, service: &str, path: &str, body: &str) -> f64 {
        let start = Instant::now();
        let (status, answer) = self.send(method, service, path, "application/json", body).await;
        let took = start.elapsed().as_secs_f64() * 1e3;
        assert_eq!(status, 200, "{method} {path}: {}", String::from_utf8_lossy(&answer));
        took
    }

    /// Sends a request that must succeed and returns its JSON.
    pub(crate) async fn call(
        &mut self,
        method: &str,
        service: &str,
        path: &str,
        body: &str,
    ) -> serde_json::Value {
        let (status, answer) = self.send(method, service, path, "application/json", body).await;
        assert!(
            (200..300).contains(&status),
            "{method} {path}: {status} {}",
            String::from_utf8_lossy(&answer)
        );
        serde_json::from_slice(&answer).unwrap_or_default()
    }

    /// The sandbox runs with `--open`: a key that it does not know needs no valid signature, only a service to go to.
    pub(crate) async fn send(
        &mut self,
        method: &str,
        service: &str,
        path: &str,
        kind: &str,
        body: &str,
    ) -> (u16, Bytes) {
        let mut request = http::Request::builder()
            .method(method)
            .uri(path)
            .header("host", &self.host)
            .header("content-type", kind);
        if !service.is_empty() {
            request = request.header(
                "authorization",
                format!(
                    "AWS4-HMAC-SHA256 Credential={}/20260101/us-east-1/{service}/aws4_request, \
                     SignedHeaders=host;x-amz-date, Signature={:064}",
                    self.key, 0
                ),
            );
            request = request.header("x-amz-date", "20260101T000000Z");
        }
        let request = request.body(Full::new(Bytes::copy_from_slice(body.as_bytes()))).unwrap();
        self.sender.ready().await.unwrap();
        let answer = self.sender.send_request(request).await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.into_body().collect().await.unwrap().to_bytes())
    }
}
