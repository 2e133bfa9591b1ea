use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::constraint::{invalid, violated};
use crate::sandbox::{Request, ServiceError};

/// Lambda's lists are never longer than this, whatever `MaxItems` asks for.
const MOST: usize = 50;

/// Cuts one page out of a sorted list of (key, item), as `Marker` and `MaxItems` ask; `member` is the list's name in the answer.
/// The marker is the last key shown, so that a list that changes meanwhile loses and repeats nothing.
pub(super) fn page(
    request: &Request,
    member: &str,
    items: Vec<(String, Value)>,
) -> Result<Value, ServiceError> {
    let most = match request.query_value("MaxItems") {
        None => MOST,
        Some(text) => text
            .parse::<usize>()
            .ok()
            .filter(|most| (1..=10_000).contains(most))
            .ok_or_else(|| violated(&text, "maxItems", "have value between 1 and 10000"))?
            .min(MOST),
    };
    let after = match request.query_value("Marker").filter(|marker| !marker.is_empty()) {
        None => None,
        Some(marker) => {
            let bytes = URL_SAFE_NO_PAD.decode(&marker).map_err(|_| invalid("Invalid Marker"))?;
            Some(String::from_utf8(bytes).map_err(|_| invalid("Invalid Marker"))?)
        }
    };
    let start = match &after {
        None => 0,
        Some(after) => items.iter().position(|(key, _)| key > after).unwrap_or(items.len()),
    };
    let mut rest = items.into_iter().skip(start).peekable();
    let mut shown = vec![];
    let mut last = String::new();
    while shown.len() < most
        && let Some((key, item)) = rest.next()
    {
        shown.push(item);
        last = key;
    }
    let mut out = Map::new();
    out.insert(member.to_owned(), Value::Array(shown));
    if rest.peek().is_some() {
        out.insert("NextMarker".to_owned(), json!(URL_SAFE_NO_PAD.encode(last)));
    }
    Ok(Value::Object(out))
}
