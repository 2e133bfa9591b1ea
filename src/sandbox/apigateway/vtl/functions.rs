//! `$util`

use std::fmt::Write as _;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::datum::Datum;

/// Calls a function of `$util`; `None` when there is no such function.
pub(super) fn call(name: &str, arguments: &[Datum]) -> Option<Datum> {
    let first = arguments.first().cloned().unwrap_or(Datum::Null);
    let text = first.written();
    Some(match name {
        "escapeJavaScript" => Datum::Text(escape(&text)),
        "parseJson" => serde_json::from_str::<Value>(&text).map_or(Datum::Null, |value| Datum::of(&value)),
        "urlEncode" => Datum::Text(form_urlencoded::byte_serialize(text.as_bytes()).collect()),
        "urlDecode" => {
            let plain = text.replace('+', " ");
            let decoded = percent_encoding::percent_decode_str(&plain).decode_utf8_lossy().into_owned();
            Datum::Text(decoded)
        }
        "base64Encode" => Datum::Text(STANDARD.encode(&text)),
        "base64Decode" => {
            let bytes = STANDARD.decode(text.trim()).unwrap_or_default();
            Datum::Text(String::from_utf8_lossy(&bytes).into_owned())
        }
        _ => return None,
    })
}

/// As Apache's `StringEscapeUtils.escapeJavaScript`; a single quote becomes `\'`, which JSON does not know.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '"' => escaped.push_str("\\\""),
            '\'' => escaped.push_str("\\'"),
            '\\' => escaped.push_str("\\\\"),
            '/' => escaped.push_str("\\/"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            '\u{8}' => escaped.push_str("\\b"),
            '\u{c}' => escaped.push_str("\\f"),
            ' '..='~' => escaped.push(letter),
            _ => {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    let _ = write!(escaped, "\\u{unit:04X}");
                }
            }
        }
    }
    escaped
}
