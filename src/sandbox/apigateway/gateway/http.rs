//! HTTP and HTTP_PROXY integrations.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/setup-http-integrations.html>

use std::error::Error;
use std::sync::OnceLock;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::exchange::Exchange;
use super::headers;
use super::integration_request::{self, Outbound};
use super::integration_response::{self, Inbound};
use super::reach::{ConnectError, Connector, Reach};
use super::refusal::Refusal;
use crate::context::Clock;
use crate::sandbox::Response;
use crate::sandbox::apigateway::entity::Integration;

/// The largest answer that API Gateway passes on, in bytes.
const LARGEST: usize = 10 * 1024 * 1024;
/// What cannot stand in a URI as it is.
const ILLEGAL: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`').add(b'{').add(b'}');

type Plain = Client<Connector, Full<Bytes>>;
type Secure = Client<HttpsConnector<Connector>, Full<Bytes>>;

/// Sends requests to HTTP backends within reach. Redirects are the caller's to follow, as on AWS.
#[derive(Debug)]
pub(super) struct Backends {
    reach: Reach,
    plain: OnceLock<Plain>,
    /// Made when first needed: reading the machine's certificates takes long.
    secure: OnceLock<Secure>,
}

impl Backends {
    pub(super) fn within(reach: Reach) -> Self {
        Self { reach, plain: OnceLock::new(), secure: OnceLock::new() }
    }

    /// Answers with what the backend says, through the integration responses unless the integration is a proxy.
    pub(super) async fn call(
        &self,
        exchange: &Exchange,
        integration: &Integration,
        clock: &dyn Clock,
    ) -> Result<Response, Refusal> {
        let began = clock.elapsed();
        let outbound = integration_request::build(exchange, integration)?;
        let request = request(&outbound)?;
        exchange.log.sending(&outbound);
        let answered = self.send(request).await?;
        let (head, body) = answered.into_parts();
        let body =
            Limited::new(body, LARGEST).collect().await.map_err(|_| Refusal::unreachable())?.to_bytes();
        let mut found: Vec<(String, String)> = vec![];
        for (name, value) in &head.headers {
            found.push((name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
        }
        let status = head.status.as_u16();
        exchange.log.received(status, &found, &body, clock.elapsed().saturating_sub(began));
        if integration.kind == "HTTP_PROXY" {
            return Ok(passed_on(status, &found, body));
        }
        let inbound = Inbound { selection: status.to_string(), headers: found, body };
        let answer = integration_response::answer(exchange, integration, &outbound, &inbound)?;
        Ok(answer.with_header("x-amzn-trace-id", &exchange.trace_id))
    }

    async fn send(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<http::Response<hyper::body::Incoming>, Refusal> {
        let secure = request.uri().scheme_str() == Some("https");
        let sent = if secure {
            self.secure()?.request(request).await
        } else {
            let connector = || Client::builder(TokioExecutor::new()).build(Connector(self.reach));
            self.plain.get_or_init(connector).request(request).await
        };
        sent.map_err(|error| {
            let mut cause: Option<&(dyn Error + 'static)> = error.source();
            while let Some(inner) = cause {
                match inner.downcast_ref::<ConnectError>() {
                    Some(problem @ (ConnectError::Unknown | ConnectError::OutOfReach(_))) => {
                        return Refusal::misconfigured(format!(
                            "Execution failed due to configuration error: {problem}"
                        ));
                    }
                    _ => cause = inner.source(),
                }
            }
            Refusal::unreachable()
        })
    }

    fn secure(&self) -> Result<&Secure, Refusal> {
        if let Some(client) = self.secure.get() {
            return Ok(client);
        }
        let connector = HttpsConnectorBuilder::new()
            .with_native_roots()
            .map_err(|error| Refusal::server_error(format!("no certificates on this machine: {error}")))?
            .https_or_http()
            .enable_http1()
            .wrap_connector(Connector(self.reach));
        Ok(self.secure.get_or_init(|| Client::builder(TokioExecutor::new()).build(connector)))
    }
}

fn request(outbound: &Outbound) -> Result<Request<Full<Bytes>>, Refusal> {
    let invalid =
        || Refusal::misconfigured("Execution failed due to configuration error: Invalid endpoint address");
    let mut uri = utf8_percent_encode(&outbound.uri, ILLEGAL).to_string();
    if !outbound.query.is_empty() {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&outbound.query).finish();
        uri.push(if uri.contains('?') { '&' } else { '?' });
        uri.push_str(&query);
    }
    let uri: Uri = uri.parse().map_err(|_| invalid())?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.host().is_none() {
        return Err(invalid());
    }
    let method = Method::from_bytes(outbound.verb.as_bytes()).map_err(|_| invalid())?;
    // What asks for something only brings nothing along.
    let bare = matches!(method, Method::GET | Method::HEAD | Method::OPTIONS);
    let body = if bare { Bytes::new() } else { outbound.body.clone() };
    let mut request = Request::new(Full::new(body));
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    for (name, value) in &outbound.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            request.headers_mut().append(name, value);
        }
    }
    Ok(request)
}

/// A proxy's answer: the backend's, with what the gateway writes itself renamed.
fn passed_on(status: u16, found: &[(String, String)], body: Bytes) -> Response {
    let mut answer = Response::empty(status);
    for (name, value) in found {
        let name = headers::on_answer(name).filter(|name| name != "via" && name != "keep-alive");
        let name = name.and_then(|name| HeaderName::try_from(name).ok());
        if let (Some(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
            answer.headers.append(name, value);
        }
    }
    answer.body = body;
    answer
}
