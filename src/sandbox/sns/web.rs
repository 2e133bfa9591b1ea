use std::fmt;
use std::sync::OnceLock;

use bytes::Bytes;
use http::{Method, Request};
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

use super::topic::Subscription;
use crate::sandbox::apigateway::{Connector, Reach};

type Plain = Client<Connector, Full<Bytes>>;
type Secure = Client<HttpsConnector<Connector>, Full<Bytes>>;

/// Posts to web addresses within reach.
pub(super) struct Web {
    reach: Reach,
    plain: OnceLock<Plain>,
    /// Made when first needed: reading the machine's certificates takes long.
    secure: OnceLock<Secure>,
}

/// What is posted.
pub(super) struct Letter {
    /// `x-amz-sns-message-type`.
    pub(super) kind: &'static str,
    pub(super) id: String,
    pub(super) body: String,
    pub(super) raw: bool,
}

impl fmt::Debug for Web {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Web").field("reach", &self.reach).finish_non_exhaustive()
    }
}

impl Web {
    pub(super) fn within(reach: Reach) -> Self {
        Self { reach, plain: OnceLock::new(), secure: OnceLock::new() }
    }

    /// Posts a letter and returns the status that the address answered with; fails where nobody answered.
    /// Headers: <https://docs.aws.amazon.com/sns/latest/dg/http-header.html>
    pub(super) async fn post(&self, to: &Subscription, letter: &Letter) -> Result<u16, String> {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(&to.endpoint)
            .header("x-amz-sns-message-type", letter.kind)
            .header("x-amz-sns-message-id", &letter.id)
            .header("x-amz-sns-topic-arn", &to.topic)
            .header("content-type", "text/plain; charset=UTF-8")
            .header("user-agent", "Amazon Simple Notification Service Agent");
        if letter.kind == "Notification" {
            request = request.header("x-amz-sns-subscription-arn", &to.arn);
        }
        if letter.raw {
            request = request.header("x-amz-sns-rawdelivery", "true");
        }
        let request = request
            .body(Full::new(Bytes::from(letter.body.clone())))
            .map_err(|error| format!("the address cannot be posted to: {error}"))?;
        let sent = if to.protocol == "https" {
            self.secure()?.request(request).await
        } else {
            let connector = || Client::builder(TokioExecutor::new()).build(Connector(self.reach));
            self.plain.get_or_init(connector).request(request).await
        };
        sent.map(|answer| answer.status().as_u16()).map_err(|error| error.to_string())
    }

    fn secure(&self) -> Result<&Secure, String> {
        if let Some(client) = self.secure.get() {
            return Ok(client);
        }
        let connector = HttpsConnectorBuilder::new()
            .with_native_roots()
            .map_err(|error| format!("no certificates on this machine: {error}"))?
            .https_or_http()
            .enable_http1()
            .wrap_connector(Connector(self.reach));
        Ok(self.secure.get_or_init(|| Client::builder(TokioExecutor::new()).build(connector)))
    }
}
