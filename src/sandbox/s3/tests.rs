use crate::sandbox::Request;

/// An unsigned request.
pub(super) fn request(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Request {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut map = http::HeaderMap::new();
    map.insert("host", "127.0.0.1:4566".parse().unwrap());
    for (name, value) in headers {
        map.insert(http::HeaderName::try_from(*name).unwrap(), value.parse().unwrap());
    }
    Request {
        method: method.parse().unwrap(),
        raw_path: path.to_owned(),
        raw_query: query.to_owned(),
        headers: map,
        header_names: crate::sandbox::HeaderNames::default(),
        body: bytes::Bytes::copy_from_slice(body.as_bytes()),
        peer: std::net::IpAddr::from([127, 0, 0, 1]),
        received: "2026-01-02T03:04:05Z".parse().unwrap(),
        id: "request".to_owned(),
    }
}
