//! Cross-origin resource sharing by configuration, as HTTP APIs and function URLs have it.

use http::HeaderName;
use serde::{Deserialize, Serialize};

use super::{Request, Response};

/// What a browser's page of another origin may do.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html>,
/// <https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html#urls-cors>
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Cors {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_credentials: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_headers: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_methods: Option<Vec<String>>,
    /// `*`, an origin, or `https://*` and `http://*` for all of a scheme.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_origins: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expose_headers: Option<Vec<String>>,
    /// In seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age: Option<i64>,
}

/// Whether a request asks what a page may do, before it does it.
pub(super) fn is_preflight(request: &Request) -> bool {
    request.method == http::Method::OPTIONS
        && request.headers.contains_key("origin")
        && request.headers.contains_key("access-control-request-method")
}

/// Answers a preflight request. An origin or a method that is not allowed gets an answer without permission.
pub(super) fn preflight(cors: &Cors, request: &Request, status: u16) -> Response {
    let response = Response::empty(status);
    let Some(origin) = allowed_origin(cors, request) else { return response };
    let wanted = request.header("access-control-request-method").unwrap_or_default();
    let methods = cors.allow_methods.as_deref().unwrap_or_default();
    if !methods.iter().any(|method| method == "*" || method.eq_ignore_ascii_case(wanted)) {
        return response;
    }
    let mut response =
        with_origin(response, cors, &origin).with_header("access-control-allow-methods", &methods.join(","));
    for (name, list) in [("access-control-allow-headers", &cors.allow_headers)] {
        if let Some(list) = list.as_ref().filter(|list| !list.is_empty()) {
            response = response.with_header(name, &list.join(","));
        }
    }
    match cors.max_age {
        Some(seconds) => response.with_header("access-control-max-age", &seconds.to_string()),
        None => response,
    }
}

/// Puts the configured headers in the place of those that the backend sent.
pub(super) fn decorate(cors: &Cors, request: &Request, mut response: Response) -> Response {
    let sent: Vec<HeaderName> = response
        .headers
        .keys()
        .filter(|name| name.as_str().starts_with("access-control-"))
        .cloned()
        .collect();
    for name in sent {
        response.headers.remove(name);
    }
    match allowed_origin(cors, request) {
        Some(origin) => with_origin(response, cors, &origin),
        None => response,
    }
}

fn with_origin(response: Response, cors: &Cors, origin: &str) -> Response {
    let mut response = response.with_header("access-control-allow-origin", origin);
    if cors.allow_credentials == Some(true) {
        response = response.with_header("access-control-allow-credentials", "true");
    }
    match cors.expose_headers.as_ref().filter(|list| !list.is_empty()) {
        Some(list) => response.with_header("access-control-expose-headers", &list.join(",")),
        None => response,
    }
}

/// Returns what `access-control-allow-origin` is for a request, if its origin is one of those that may.
fn allowed_origin(cors: &Cors, request: &Request) -> Option<String> {
    let origin = request.header("origin")?;
    let fits = |allowed: &String| match allowed.strip_suffix("://*") {
        Some(scheme) => origin.split_once("://").is_some_and(|(of, _)| of.eq_ignore_ascii_case(scheme)),
        None => allowed.eq_ignore_ascii_case(origin),
    };
    let allowed = cors.allow_origins.as_deref().unwrap_or_default();
    if allowed.iter().any(|allowed| allowed == "*") {
        // With credentials a browser takes no asterisk.
        let echo = cors.allow_credentials == Some(true);
        return Some(if echo { origin.to_owned() } else { "*".to_owned() });
    }
    allowed.iter().any(fits).then(|| origin.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, HeaderValue};

    fn request(method: &str, headers: &[(&'static str, &'static str)]) -> Request {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        Request {
            method: http::Method::from_bytes(method.as_bytes()).unwrap(),
            raw_path: "/".to_owned(),
            raw_query: String::new(),
            headers: headers.collect::<HeaderMap>(),
            header_names: crate::sandbox::HeaderNames::default(),
            body: bytes::Bytes::new(),
            peer: "203.0.113.9".parse().unwrap(),
            received: jiff::Timestamp::UNIX_EPOCH,
            id: String::new(),
        }
    }

    fn list(items: &[&str]) -> Vec<String> {
        items.iter().map(|item| (*item).to_owned()).collect()
    }

    #[test]
    fn an_allowed_origin_is_told_what_it_may_do() {
        let cors = Cors {
            allow_origins: Some(list(&["https://shop.example"])),
            allow_methods: Some(list(&["GET", "PUT"])),
            allow_headers: Some(list(&["x-a", "x-b"])),
            max_age: Some(5),
            allow_credentials: Some(true),
            ..Cors::default()
        };
        let asked = [("origin", "https://shop.example"), ("access-control-request-method", "PUT")];
        let response = preflight(&cors, &request("OPTIONS", &asked), 204);
        assert_eq!(response.headers["access-control-allow-origin"], "https://shop.example");
        assert_eq!(response.headers["access-control-allow-methods"], "GET,PUT");
        assert_eq!(response.headers["access-control-allow-headers"], "x-a,x-b");
        assert_eq!(response.headers["access-control-max-age"], "5");
        assert_eq!(response.headers["access-control-allow-credentials"], "true");
    }

    #[test]
    fn a_foreign_origin_and_a_foreign_method_get_no_permission() {
        let cors = Cors {
            allow_origins: Some(list(&["https://shop.example"])),
            allow_methods: Some(list(&["GET"])),
            ..Cors::default()
        };
        for asked in [
            [("origin", "https://evil.example"), ("access-control-request-method", "GET")],
            [("origin", "https://shop.example"), ("access-control-request-method", "DELETE")],
        ] {
            assert!(preflight(&cors, &request("OPTIONS", &asked), 204).headers.is_empty(), "{asked:?}");
        }
    }

    #[test]
    fn what_the_backend_sent_is_overwritten() {
        let cors = Cors { allow_origins: Some(list(&["http://*"])), ..Cors::default() };
        let sent = Response::empty(200)
            .with_header("access-control-allow-origin", "*")
            .with_header("access-control-max-age", "9");
        let answered = decorate(&cors, &request("GET", &[("origin", "http://a.example")]), sent.clone());
        assert_eq!(answered.headers["access-control-allow-origin"], "http://a.example");
        assert_eq!(answered.headers.len(), 1);
        let other = decorate(&cors, &request("GET", &[("origin", "https://a.example")]), sent);
        assert!(other.headers.is_empty());
    }
}
