use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use jiff::Timestamp;

/// One HTTP request, read whole.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: Method,
    /// The path as it was sent, still percent-encoded; signatures and greedy paths need it.
    pub raw_path: String,
    /// The query as it was sent, without `?`; empty when there is none.
    pub raw_query: String,
    pub headers: HeaderMap,
    /// How the client wrote the headers' names, which `headers` holds in lower case.
    pub header_names: HeaderNames,
    pub body: Bytes,
    /// The caller's address, for `sourceIp` and `aws:SourceIp`.
    pub peer: std::net::IpAddr,
    /// When the request came in, by the sandbox's clock.
    pub received: Timestamp,
    /// A UUID: `x-amzn-RequestId` of the answer.
    pub id: String,
}

impl Request {
    /// Returns a header's value, or `None` when it is absent or not UTF-8.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok())
    }

    /// Returns the query's parameters, decoded, in the order sent.
    pub fn query(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(self.raw_query.as_bytes()).into_owned().collect()
    }

    /// Returns a query parameter's first value, decoded.
    pub fn query_value(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.raw_query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    /// Returns the path's segments, percent-decoded one by one, so that `%2F` stays inside its segment. A leading slash
    /// gives no empty segment; bytes that are not UTF-8 become U+FFFD.
    pub fn segments(&self) -> Vec<String> {
        let path = self.raw_path.strip_prefix('/').unwrap_or(&self.raw_path);
        path.split('/')
            .map(|part| percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned())
            .collect()
    }
}

/// Header names as a client wrote them, in the order sent. Empty where nobody kept them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeaderNames(Vec<String>);

impl HeaderNames {
    /// Reads the names out of a request's head, as it came over the wire.
    pub fn of_head(head: &[u8]) -> Self {
        let head = String::from_utf8_lossy(head);
        let lines = head.lines().skip(1).take_while(|line| !line.is_empty());
        Self(lines.filter_map(|line| line.split_once(':')).map(|(name, _)| name.to_owned()).collect())
    }

    /// How the client wrote a name; `None` when it is not known.
    pub fn written(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|there| there.eq_ignore_ascii_case(name)).map(String::as_str)
    }
}

/// One HTTP answer.
#[derive(Debug, Clone)]
pub struct Response {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Response {
    pub fn empty(status: u16) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    /// A JSON body with content type `application/json`.
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self { body: body.to_string().into(), ..Self::empty(status) }
            .with_header("content-type", "application/json")
    }

    /// Sets a header; a value that is not a legal header value is left out.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            self.headers.insert(name, value);
        }
        self
    }
}
