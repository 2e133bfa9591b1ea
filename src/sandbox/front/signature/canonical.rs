use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};

use super::Claim;
use crate::sandbox::Request;

/// What RFC 3986 leaves unreserved stays as it is; all else is escaped.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// The same within a path, where the slash separates.
const ESCAPED_IN_PATH: &AsciiSet = &ESCAPED.remove(b'/');

/// Builds the canonical request whose digest is signed.
pub(super) fn canonical_request(request: &Request, claim: &Claim, payload_hash: &str) -> String {
    let path = if claim.credential.service == "s3" {
        object_path(&request.raw_path)
    } else {
        escape_again(&request.raw_path)
    };
    let query = canonical_query(&request.raw_query, claim.is_presigned());
    let mut headers = String::new();
    for name in &claim.signed_headers {
        headers.push_str(name);
        headers.push(':');
        headers.push_str(&header_value(request, name));
        headers.push('\n');
    }
    let signed = claim.signed_headers.join(";");
    format!("{}\n{path}\n{query}\n{headers}\n{signed}\n{payload_hash}", request.method)
}

/// Outside S3 a path is escaped once more after dot segments and empty segments were removed.
fn escape_again(raw_path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in raw_path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            segment => kept.push(segment),
        }
    }
    let mut path = String::from("/");
    path.push_str(&kept.join("/"));
    let folder = raw_path.ends_with('/') || raw_path.ends_with("/.") || raw_path.ends_with("/..");
    if folder && !kept.is_empty() {
        path.push('/');
    }
    percent_encode(path.as_bytes(), ESCAPED_IN_PATH).to_string()
}

/// An object's key is escaped once, whatever it holds: dots and double slashes are part of it.
fn object_path(raw_path: &str) -> String {
    let decoded: Vec<u8> = percent_decode_str(raw_path).collect();
    percent_encode(&decoded, ESCAPED_IN_PATH).to_string()
}

fn canonical_query(raw_query: &str, presigned: bool) -> String {
    let escape = |text: &str| {
        // A plus is a space here, as in a form: SDKs that send one sign `%20`.
        let text = text.replace('+', "%20");
        let decoded: Vec<u8> = percent_decode_str(&text).collect();
        percent_encode(&decoded, ESCAPED).to_string()
    };
    let mut pairs: Vec<(String, String)> = raw_query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(key, value)| (escape(key), escape(value)))
        .filter(|(key, _)| !(presigned && key == "X-Amz-Signature"))
        .collect();
    pairs.sort();
    pairs.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("&")
}

/// A header's values, trimmed, inner runs of spaces made one, joined by commas.
fn header_value(request: &Request, name: &str) -> String {
    let values: Vec<String> = request
        .headers
        .get_all(name)
        .iter()
        .map(|value| {
            let text = String::from_utf8_lossy(value.as_bytes());
            text.split(' ').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ").trim().to_owned()
        })
        .collect();
    values.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_outside_s3_is_escaped_twice() {
        assert_eq!(escape_again("/functions/arn%3Aaws"), "/functions/arn%253Aaws");
        assert_eq!(escape_again("/stages/$default"), "/stages/%24default");
        assert_eq!(escape_again("//a/./b/../c/"), "/a/c/");
        assert_eq!(escape_again("/"), "/");
        assert_eq!(escape_again("/.."), "/");
    }

    #[test]
    fn an_object_key_keeps_its_dots_and_slashes() {
        assert_eq!(object_path("/bucket//a/../b%20c+d"), "/bucket//a/../b%20c%2Bd");
    }

    #[test]
    fn a_query_is_sorted_by_its_escaped_form() {
        assert_eq!(canonical_query("b=2&a=%C3%BC&a=&flag&X-Amz-Signature=x", true), "a=&a=%C3%BC&b=2&flag=");
        assert_eq!(canonical_query("q=one+two", false), "q=one%20two");
    }
}
