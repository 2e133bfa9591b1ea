use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map as Object, Value};

use super::super::entity::{Definition, Map};
use crate::sandbox::{Caller, Request, Scope};

/// What is known of the caller once the route's authorization let the request in.
#[derive(Debug, Clone, Default)]
pub(super) enum Permit {
    #[default]
    None,
    Jwt {
        claims: Object<String, Value>,
        scopes: Option<Vec<String>>,
    },
    /// What a function said: its context, and the principal where it named one.
    Lambda {
        context: Object<String, Value>,
        principal_id: Option<String>,
    },
    Iam(Caller),
}

/// One request on its way through a stage, with all that is known of it.
#[derive(Debug, Clone)]
pub(super) struct Exchange {
    pub scope: Scope,
    pub definition: Arc<Definition>,
    pub api: String,
    pub stage: String,
    /// Stage variables.
    pub variables: Map<String>,
    pub verb: String,
    /// Decoded by an HTTP API, as it was sent by a function URL.
    pub raw_path: String,
    /// Without the stage.
    pub path: String,
    pub base_path: Option<String>,
    pub raw_query: String,
    /// Decoded, in the order sent.
    pub query: Vec<(String, String)>,
    /// Names in lower case, one entry for each name, several values joined by commas; with what the gateway adds.
    pub headers: Map<String>,
    pub cookies: Vec<String>,
    pub body: bytes::Bytes,
    pub protocol: &'static str,
    pub source_ip: String,
    pub domain: String,
    pub request_id: String,
    pub trace_id: String,
    pub received: Timestamp,
    /// Empty until a route was found.
    pub route_key: String,
    pub path_parameters: Map<String>,
    pub permit: Permit,
    /// `requestContext.accountId`.
    pub account: String,
}

impl Exchange {
    /// Returns a header by its name in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// Returns all values of a query parameter, joined by commas.
    pub(super) fn query_value(&self, name: &str) -> Option<String> {
        let values: Vec<&str> =
            self.query.iter().filter(|(there, _)| there == name).map(|(_, value)| value.as_str()).collect();
        (!values.is_empty()).then(|| values.join(","))
    }

    pub(super) fn user_agent(&self) -> &str {
        self.header("user-agent").unwrap_or_default()
    }

    /// `12/Mar/2020:19:03:58 +0000`
    pub(super) fn time(&self) -> String {
        self.received.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string()
    }

    /// The path of the route, or `$default`.
    pub(super) fn route_path(&self) -> &str {
        self.route_key.split_once(' ').map_or(self.route_key.as_str(), |(_, path)| path)
    }

    /// `arn:aws:execute-api:REGION:ACCOUNT:API/...`
    pub(super) fn arn(&self, rest: &str) -> String {
        format!("arn:aws:execute-api:{}:{}:{}/{rest}", self.scope.region, self.scope.account, self.api)
    }

    /// The ARN of the route: what a function's policy sees. Its variables stand there by name, and the default route
    /// without a method.
    /// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>
    pub(super) fn route_arn(&self) -> String {
        match self.route_key.split_once(' ') {
            Some((_, path)) => self.arn(&format!("{}/{}{path}", self.stage, self.verb)),
            None => self.arn(&format!("{}/{}", self.stage, self.route_key)),
        }
    }

    /// The ARN of the request itself, with the path as it was sent.
    pub(super) fn request_arn(&self) -> String {
        self.arn(&format!("{}/{}{}", self.stage, self.verb, self.path))
    }
}

/// Gathers a request's headers under lower-case names, with what AWS's front adds. Cookies are returned apart.
pub(super) fn headers(request: &Request, source_ip: &str, trace_id: &str) -> (Map<String>, Vec<String>) {
    let mut headers: Map<String> = Map::new();
    let mut cookies = vec![];
    for (name, value) in &request.headers {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        match name.as_str() {
            "connection" | "keep-alive" | "transfer-encoding" | "te" | "expect" | "upgrade"
            | "x-forwarded-port" | "x-forwarded-proto" | "x-amzn-trace-id" => {}
            "cookie" => {
                let parts = value.split(';').map(str::trim).filter(|part| !part.is_empty());
                cookies.extend(parts.map(str::to_owned));
            }
            name => match headers.get_mut(name) {
                Some(there) => {
                    there.push(',');
                    there.push_str(&value);
                }
                None => {
                    headers.insert(name.to_owned(), value);
                }
            },
        }
    }
    headers.insert("content-length".to_owned(), request.body.len().to_string());
    headers.insert("x-amzn-trace-id".to_owned(), trace_id.to_owned());
    let forwarded = match headers.get("x-forwarded-for") {
        Some(before) => format!("{before}, {source_ip}"),
        None => source_ip.to_owned(),
    };
    headers.insert("x-forwarded-for".to_owned(), forwarded);
    headers.insert("x-forwarded-port".to_owned(), "443".to_owned());
    headers.insert("x-forwarded-proto".to_owned(), "https".to_owned());
    headers.sort_keys();
    (headers, cookies)
}

/// Returns the body as a function reads it, and whether it is in base64: whatever is not known to be text is.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>
pub(super) fn body_of(exchange: &Exchange) -> (Option<String>, bool) {
    use base64::Engine as _;
    if exchange.body.is_empty() {
        return (None, false);
    }
    let kind = exchange.header("content-type").unwrap_or("text/plain");
    let text = is_text(kind).then(|| std::str::from_utf8(&exchange.body).ok()).flatten();
    match text {
        Some(text) => (Some(text.to_owned()), false),
        None => (Some(base64::engine::general_purpose::STANDARD.encode(&exchange.body)), true),
    }
}

fn is_text(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind.starts_with("text/")
        || kind.ends_with("+json")
        || kind.ends_with("+xml")
        || ["application/json", "application/javascript", "application/xml", "application/graphql"]
            .contains(&kind.as_str())
}
