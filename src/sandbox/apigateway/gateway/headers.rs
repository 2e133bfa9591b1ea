//! Which headers pass through the gateway, and under which names.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html>

use crate::sandbox::Request;

/// What no backend, function or mapping sees of a method request.
const KEPT_FROM_REQUESTS: [&str; 12] = [
    "connection",
    "content-length",
    "content-md5",
    "expect",
    "max-forwards",
    "proxy-authenticate",
    "server",
    "te",
    "transfer-encoding",
    "trailer",
    "upgrade",
    "www-authenticate",
];

/// What the gateway writes itself and renames when a backend wrote it.
const REMAPPED: [&str; 14] = [
    "authorization",
    "connection",
    "content-length",
    "content-md5",
    "date",
    "expect",
    "host",
    "max-forwards",
    "proxy-authenticate",
    "server",
    "trailer",
    "upgrade",
    "user-agent",
    "www-authenticate",
];

/// Returns a request's headers with their names as the client wrote them, and with what AWS's front adds. The client's
/// own spelling is lost for those that the front writes.
pub(super) fn of_request(
    request: &Request,
    source_ip: &str,
    trace_id: &str,
    edge: bool,
) -> Vec<(String, String)> {
    let rewritten = ["x-forwarded-for", "x-forwarded-port", "x-forwarded-proto", "x-amzn-trace-id"];
    let mut headers: Vec<(String, String)> = request
        .headers
        .iter()
        .filter(|(name, _)| {
            !KEPT_FROM_REQUESTS.contains(&name.as_str()) && !rewritten.contains(&name.as_str())
        })
        .map(|(name, value)| {
            let name = match name.as_str() {
                "host" => "Host".to_owned(),
                "user-agent" => "User-Agent".to_owned(),
                name => request.header_names.written(name).map_or_else(|| title(name), str::to_owned),
            };
            (name, String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    let mut add = |name: &str, value: &str| headers.push((name.to_owned(), value.to_owned()));
    if edge {
        // Where the viewer is, CloudFront would know; here nobody does.
        add("CloudFront-Forwarded-Proto", "https");
        add("CloudFront-Is-Desktop-Viewer", "true");
        add("CloudFront-Is-Mobile-Viewer", "false");
        add("CloudFront-Is-SmartTV-Viewer", "false");
        add("CloudFront-Is-Tablet-Viewer", "false");
    }
    let forwarded = match request.header("x-forwarded-for") {
        Some(before) => format!("{before}, {source_ip}"),
        None => source_ip.to_owned(),
    };
    add("X-Amzn-Trace-Id", trace_id);
    add("X-Forwarded-For", &forwarded);
    add("X-Forwarded-Port", "443");
    add("X-Forwarded-Proto", "https");
    headers
}

/// Under which name a header of a backend or a mapping reaches the caller; `None` when it does not.
pub(super) fn on_answer(name: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    match lower.as_str() {
        "transfer-encoding" => None,
        _ if REMAPPED.contains(&lower.as_str()) => Some(format!("x-amzn-remapped-{lower}")),
        "x-amzn-requestid" => Some("x-amzn-remapped-x-amzn-requestid".to_owned()),
        _ => Some(lower),
    }
}

/// Whether a mapping may not set a header of an integration request: the call fails when it does.
pub(super) fn is_illegal(name: &str, kind: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    match lower.as_str() {
        "content-length" | "transfer-encoding" | "x-amzn-trace-id" | "x-amzn-apigateway-api-id" => true,
        "authorization" | "connection" | "expect" | "proxy-authenticate" | "te" => {
            matches!(kind, "AWS" | "AWS_PROXY")
        }
        _ => false,
    }
}

/// Whether a header is left out of an integration request, wherever it comes from.
pub(super) fn is_dropped(name: &str, kind: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    match lower.as_str() {
        "connection" | "expect" | "proxy-authenticate" | "te" => true,
        "referer" => kind == "AWS",
        "via" => matches!(kind, "HTTP" | "HTTP_PROXY"),
        _ => false,
    }
}

/// The usual spelling of a name whose own is not known.
fn title(name: &str) -> String {
    let words: Vec<String> = name
        .split('-')
        .map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
        })
        .collect();
    words.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_gateway_writes_itself_comes_back_renamed() {
        assert_eq!(on_answer("WWW-Authenticate").unwrap(), "x-amzn-remapped-www-authenticate");
        assert_eq!(on_answer("Content-Length").unwrap(), "x-amzn-remapped-content-length");
        assert_eq!(on_answer("X-Mine").unwrap(), "x-mine");
        assert_eq!(on_answer("Transfer-Encoding"), None);
    }

    #[test]
    fn a_mapping_must_not_sign_for_the_gateway() {
        assert!(is_illegal("Authorization", "AWS") && !is_illegal("Authorization", "HTTP"));
        assert!(is_illegal("Content-Length", "HTTP"));
    }
}
