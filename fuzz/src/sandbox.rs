//! The parts of the sandbox that the verifier stands on, taken in by path.

#[path = "../../src/sandbox/account.rs"]
mod account;
#[path = "../../src/sandbox/chunked.rs"]
mod chunked;
#[path = "../../src/sandbox/directory.rs"]
mod directory;
#[path = "../../src/sandbox/error.rs"]
mod error;
#[path = "../../src/sandbox/message.rs"]
mod message;
#[path = "../../src/sandbox/service.rs"]
mod service;

pub use account::AccountId;
pub use directory::KeyRecord;
pub use error::ServiceError;
pub use message::{HeaderNames, Request, Response};
pub use service::Protocol;

use jiff::Timestamp;

#[path = "front.rs"]
pub mod front;

/// Reads bytes as `METHOD path?query`, lines of headers, an empty line and a body; what HTTP itself would not let in is dropped.
pub fn read_request(data: &[u8]) {
    let now: Timestamp = "2026-11-22T10:00:00Z".parse().expect("a moment");
    let end = data.windows(2).position(|pair| pair == b"\n\n").unwrap_or(data.len());
    let (head, body) = (&data[..end], data.get(end + 2..).unwrap_or_default());
    let mut lines = head.split(|byte| *byte == b'\n');
    let first = lines.next().unwrap_or_default();
    let mut words = first.splitn(2, |byte| *byte == b' ');
    let Ok(method) = http::Method::from_bytes(words.next().unwrap_or_default()) else { return };
    let Ok(target) = http::Uri::try_from(words.next().unwrap_or_default()) else { return };
    let mut headers = http::HeaderMap::new();
    for line in lines {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let name = http::HeaderName::from_bytes(&line[..colon]);
        let value = http::HeaderValue::from_bytes(line[colon + 1..].trim_ascii());
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    }
    let request = Request {
        method,
        raw_path: target.path().to_owned(),
        raw_query: target.query().unwrap_or_default().to_owned(),
        headers,
        header_names: HeaderNames::default(),
        body: body.to_vec().into(),
        peer: std::net::Ipv4Addr::LOCALHOST.into(),
        received: now,
        id: "00000000-0000-4000-8000-000000000000".to_owned(),
    };
    front::verify(&request, now);
}
