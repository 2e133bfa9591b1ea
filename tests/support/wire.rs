use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{PercentEncodingMode, SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;

/// Keys to sign with.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) token: Option<String>,
}

/// An HTTP request as it goes over the wire: nothing is added that is not here, but length and host.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) method: String,
    /// Path and query, already encoded.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) status: u16,
    /// Names in small letters.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Sent {
    pub(crate) fn new(method: &str, target: &str) -> Self {
        Self { method: method.to_owned(), target: target.to_owned(), headers: vec![], body: vec![] }
    }

    #[must_use]
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    #[must_use]
    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Signs as the AWS SDK for Rust does.
    #[must_use]
    pub(crate) fn signed(self, address: SocketAddr, keys: &Keys, service: &str) -> Self {
        self.try_signed(address, keys, service).expect("the request can be signed")
    }

    /// The same; `None` for a request that the signer cannot read.
    pub(crate) fn try_signed(mut self, address: SocketAddr, keys: &Keys, service: &str) -> Option<Self> {
        let Keys { id, secret, token } = keys;
        let identity = Credentials::new(id, secret, token.clone(), None, "test").into();
        let mut settings = SigningSettings::default();
        if service == "s3" {
            settings.percent_encoding_mode = PercentEncodingMode::Single;
        }
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region("eu-west-1")
            .name(service)
            .time(SystemTime::now())
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let url = format!("http://{address}{}", self.target);
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        // The signer takes a path apart as a URI, and panics where it is none.
        url.parse::<http::Uri>().ok()?;
        let request =
            SignableRequest::new(&self.method, url, headers, SignableBody::Bytes(&self.body)).ok()?;
        let (instructions, _) = sign(request, &parameters).ok()?.into_parts();
        let (signed, _) = instructions.into_parts();
        self.headers
            .extend(signed.iter().map(|header| (header.name().to_owned(), header.value().to_owned())));
        Some(self)
    }

    /// Writes the request as it stands, on a connection of its own, and reads the answer to its end.
    pub(crate) fn send(&self, address: SocketAddr) -> Received {
        let mut bytes = format!("{} {} HTTP/1.1\r\nhost: {address}\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            bytes.push_str(&format!("{name}: {value}\r\n"));
        }
        bytes.push_str(&format!("content-length: {}\r\nconnection: close\r\n\r\n", self.body.len()));
        let mut bytes = bytes.into_bytes();
        bytes.extend_from_slice(&self.body);
        exchange(address, &bytes, Ends::WithTheAnswer)
            .unwrap_or_else(|| panic!("no answer to {} {}", self.method, self.target))
    }
}

impl Received {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// When the client says that it sends no more. The sandbox takes one that says so early for gone, and may not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ends {
    WithTheAnswer,
    Early,
}

/// Sends bytes as they are and reads one answer; `None` when the connection ends without a whole one.
pub(crate) fn exchange(address: SocketAddr, bytes: &[u8], ends: Ends) -> Option<Received> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    // The server may have answered and closed before all was written.
    let _ = stream.write_all(bytes);
    if ends == Ends::Early {
        let _ = stream.shutdown(std::net::Shutdown::Write);
    }
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    parse(&answer)
}

fn parse(answer: &[u8]) -> Option<Received> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status: u16 = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let rest = &answer[end + 4..];
    // An interim answer is not the answer.
    if status == 100 {
        return parse(rest);
    }
    let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    let body = if chunked { unchunk(rest)? } else { rest.to_vec() };
    Some(Received { status, headers, body })
}

fn unchunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|window| window == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).ok()?.trim(), 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(end + 2..end + 2 + size)?);
        rest = rest.get(end + 4 + size..)?;
    }
}
