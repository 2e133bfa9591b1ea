use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::exchange::Exchange;
use super::integration_request::Outbound;
use super::refusal::Refusal;
use crate::sandbox::Response;

/// How important a line of an execution log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// What went wrong: shown with the logging level `ERROR`, too.
    Error,
    Info,
    /// Whole requests and answers: shown with data trace only.
    Data,
}

/// What happens to one request, in the words of API Gateway's execution log. Costs nothing where nobody asks for it.
#[derive(Debug, Clone, Default)]
pub(super) struct ExecutionLog {
    kept: Option<Arc<Mutex<Kept>>>,
}

#[derive(Debug, Default)]
struct Kept {
    lines: Vec<(Level, String)>,
    integration: Integration,
}

/// What the backend was like.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Integration {
    pub status: Option<u16>,
    pub latency: Option<Duration>,
}

impl ExecutionLog {
    /// A log that is kept.
    pub(super) fn kept() -> Self {
        Self { kept: Some(Arc::default()) }
    }

    pub(super) fn is_kept(&self) -> bool {
        self.kept.is_some()
    }

    fn with<T>(&self, work: impl FnOnce(&mut Kept) -> T) -> Option<T> {
        self.kept.as_ref().map(|kept| work(&mut kept.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    pub(super) fn line(&self, level: Level, text: impl FnOnce() -> String) {
        self.with(|kept| kept.lines.push((level, text())));
    }

    /// The request, as it came in.
    pub(super) fn begin(&self, exchange: &Exchange) {
        if !self.is_kept() {
            return;
        }
        let id = &exchange.request_id;
        self.line(Level::Info, || format!("Starting execution for request: {id}"));
        let resource = if exchange.is_test() { &exchange.path } else { exchange.resource_path() };
        self.line(Level::Info, || format!("HTTP Method: {}, Resource Path: {resource}", exchange.verb));
        let path: Vec<(String, String)> = exchange.path_parameters.clone().into_iter().collect();
        self.line(Level::Data, || format!("Method request path: {}", java(&path)));
        self.line(Level::Data, || format!("Method request query string: {}", java(&exchange.query)));
        self.line(Level::Data, || format!("Method request headers: {}", java(&exchange.headers)));
        let body = String::from_utf8_lossy(&exchange.body);
        self.line(Level::Data, || format!("Method request body before transformations: {body}"));
    }

    /// The integration request, as it goes out.
    pub(super) fn sending(&self, outbound: &Outbound) {
        self.sending_to(&outbound.uri, &outbound.headers, &outbound.body);
    }

    pub(super) fn sending_to(&self, uri: &str, headers: &[(String, String)], body: &[u8]) {
        if self.is_kept() {
            self.line(Level::Data, || format!("Endpoint request URI: {uri}"));
            self.line(Level::Data, || format!("Endpoint request headers: {}", java(headers)));
            let body = String::from_utf8_lossy(body);
            self.line(Level::Data, || format!("Endpoint request body after transformations: {body}"));
            self.line(Level::Info, || format!("Sending request to {uri}"));
        }
    }

    /// The backend's answer, as it came.
    pub(super) fn received(&self, status: u16, headers: &[(String, String)], body: &[u8], latency: Duration) {
        if self.is_kept() {
            let measured = Integration { status: Some(status), latency: Some(latency) };
            self.with(|kept| kept.integration = measured);
            let latency = latency.as_millis();
            self.line(Level::Info, || {
                format!("Received response. Status: {status}, Integration latency: {latency} ms")
            });
            self.line(Level::Data, || format!("Endpoint response headers: {}", java(headers)));
            let body = String::from_utf8_lossy(body);
            self.line(Level::Data, || format!("Endpoint response body before transformations: {body}"));
        }
    }

    /// The answer, and why it is the gateway's own if it is.
    pub(super) fn finish(&self, exchange: &Exchange, response: &Response, refused: Option<&Refusal>) {
        if !self.is_kept() {
            return;
        }
        let status = response.status.as_u16();
        let body = String::from_utf8_lossy(&response.body);
        let headers = java(&named(response));
        if let Some(refused) = refused {
            self.line(Level::Error, || refused.cause.clone());
            if !exchange.is_test() {
                self.line(Level::Data, || {
                    format!("Gateway response type: {} with status code: {status}", refused.kind)
                });
                self.line(Level::Data, || format!("Gateway response body: {body}"));
                self.line(Level::Data, || format!("Gateway response headers: {headers}"));
            }
        } else {
            self.line(Level::Data, || format!("Method response body after transformations: {body}"));
            self.line(Level::Data, || format!("Method response headers: {headers}"));
            self.line(Level::Info, || "Successfully completed execution".to_owned());
        }
        let level = if refused.is_some() { Level::Error } else { Level::Info };
        self.line(level, || format!("Method completed with status: {status}"));
    }

    /// The lines up to a level, in the order of what happened.
    pub(super) fn lines(&self, most: Level) -> Vec<String> {
        let chosen = |kept: &mut Kept| {
            kept.lines.iter().filter(|(level, _)| *level <= most).map(|(_, text)| text.clone()).collect()
        };
        self.with(chosen).unwrap_or_default()
    }

    pub(super) fn integration(&self) -> Integration {
        self.with(|kept| kept.integration).unwrap_or_default()
    }
}

/// A map as Java writes it.
pub(super) fn java(pairs: &[(String, String)]) -> String {
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{{{}}}", pairs.join(", "))
}

/// An answer's headers, in the case that AWS writes their names in.
pub(super) fn named(response: &Response) -> Vec<(String, String)> {
    response
        .headers
        .iter()
        .map(|(name, value)| {
            let name = match name.as_str() {
                "content-type" => "Content-Type",
                "x-amzn-errortype" => "x-amzn-ErrorType",
                "x-amzn-trace-id" => "X-Amzn-Trace-Id",
                other => other,
            };
            (name.to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect()
}
