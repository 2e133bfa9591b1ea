//! HTTP_PROXY integrations, and whatever else is fetched from outside.

use std::sync::OnceLock;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::super::entity::Integration;
use super::exchange::Exchange;
use super::function::with_variables;
use super::refusal::Refusal;
use super::reply;
use crate::sandbox::Response;
use crate::sandbox::apigateway::{Connector, Reach};

/// The largest answer that API Gateway passes on, in bytes.
const LARGEST: usize = 10 * 1024 * 1024;

/// What stays as it is in a path's segment.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

type Plain = Client<Connector, Full<Bytes>>;
type Secure = Client<HttpsConnector<Connector>, Full<Bytes>>;

/// Sends requests to servers within reach. Redirects are the caller's to follow, as on AWS.
#[derive(Debug)]
pub(super) struct Backends {
    reach: Reach,
    plain: OnceLock<Plain>,
    /// Made when first needed: reading the machine's certificates takes long.
    secure: OnceLock<Secure>,
}

/// What a server answered.
#[derive(Debug)]
pub(super) struct Fetched {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
}

impl Backends {
    pub(super) fn within(reach: Reach) -> Self {
        Self { reach, plain: OnceLock::new(), secure: OnceLock::new() }
    }

    /// Sends a request and reads the answer, up to `limit` bytes of body. Fails with the reason.
    pub(super) async fn fetch(&self, request: Request<Full<Bytes>>, limit: usize) -> Result<Fetched, String> {
        let sent = if request.uri().scheme_str() == Some("https") {
            self.secure()?.request(request).await
        } else {
            let connect = || Client::builder(TokioExecutor::new()).build(Connector(self.reach));
            self.plain.get_or_init(connect).request(request).await
        };
        let answered = sent.map_err(|error| {
            std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string)
        })?;
        let (head, body) = answered.into_parts();
        let body = Limited::new(body, limit).collect().await.map_err(|error| error.to_string())?.to_bytes();
        let headers = head.headers.iter();
        let headers = headers
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
        Ok(Fetched { status: head.status.as_u16(), headers: headers.collect(), body })
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

    /// Passes a request on to an integration's URL, and its answer back. `path` is one that a mapping put in the place of
    /// the URL's.
    /// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-http.html>
    pub(super) async fn integrate(
        &self,
        exchange: &Exchange,
        integration: &Integration,
        path: Option<&str>,
    ) -> Result<Response, Refusal> {
        let request = request(exchange, integration, path)?;
        let fetched = self.fetch(request, LARGEST).await.map_err(|problem| {
            Refusal::new(503, "Service Unavailable", format!("the backend did not answer: {problem}"))
        })?;
        let mut response = Response::empty(fetched.status);
        reply::put_headers(&mut response, &fetched.headers);
        response.body = fetched.body;
        Ok(response)
    }
}

fn request(
    exchange: &Exchange,
    integration: &Integration,
    path: Option<&str>,
) -> Result<Request<Full<Bytes>>, Refusal> {
    let invalid = |what: &str| Refusal::internal(format!("the integration's URL cannot be used: {what}"));
    let template = integration.integration_uri.as_deref().unwrap_or_default();
    let mut target = with_variables(template, &exchange.variables);
    for (name, value) in &exchange.path_parameters {
        let encoded: String = value.split('/').map(encode).collect::<Vec<_>>().join("/");
        target = target.replace(&format!("{{{name}}}"), &encoded).replace(&format!("{{{name}+}}"), &encoded);
    }
    if let Some(path) = path {
        let host = target.find("://").map_or(0, |at| at + 3);
        let end = target[host..].find(['/', '?']).map_or(target.len(), |at| host + at);
        target = format!("{}/{}", &target[..end], path.trim_start_matches('/'));
    }
    if !exchange.raw_query.is_empty() {
        target.push(if target.contains('?') { '&' } else { '?' });
        target.push_str(&exchange.raw_query);
    }
    let uri: Uri = target.parse().map_err(|_| invalid(&target))?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.host().is_none() {
        return Err(invalid(&target));
    }
    let verb = integration.integration_method.as_deref().filter(|method| *method != "ANY");
    let method =
        Method::from_bytes(verb.unwrap_or(&exchange.verb).as_bytes()).map_err(|_| invalid(&target))?;
    let mut request = Request::new(Full::new(exchange.body.clone()));
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    let mut put = |name: &str, value: &str| {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            request.headers_mut().insert(name, value);
        }
    };
    for (name, value) in &exchange.headers {
        // The client writes these itself, for the server that it calls.
        if !matches!(
            name.as_str(),
            "host" | "content-length" | "x-forwarded-port" | "x-forwarded-proto" | "x-forwarded-for"
        ) {
            put(name, value);
        }
    }
    if !exchange.cookies.is_empty() {
        put("cookie", &exchange.cookies.join("; "));
    }
    let forwarded =
        format!("by={};for={};host={};proto=https", exchange.source_ip, exchange.source_ip, exchange.domain);
    put("forwarded", &forwarded);
    put("via", "HTTP/1.1 AmazonAPIGateway");
    Ok(request)
}

fn encode(segment: &str) -> String {
    utf8_percent_encode(segment, SEGMENT).to_string()
}
