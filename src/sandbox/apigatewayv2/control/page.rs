use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Ask;
use crate::sandbox::ServiceError;
use crate::sandbox::apigatewayv2::fault::bad_request;

/// How many items a page has where the caller does not say, and at most.
const USUAL: usize = 25;
const MOST: usize = 500;

/// Answers one page of a list: `maxResults` items after the one that `nextToken` stands for.
pub(super) fn page(ask: &Ask<'_>, items: Vec<(String, Value)>) -> Result<Value, ServiceError> {
    let size = match ask.query("maxResults").filter(|text| !text.is_empty()) {
        None => USUAL,
        Some(text) => match text.parse::<usize>() {
            Ok(size @ 1..=MOST) => size,
            Ok(_) => return Err(bad_request(format!("MaxResults must be between 1 and {MOST}"))),
            Err(_) => return Err(bad_request("MaxResults must be an integer")),
        },
    };
    let start = match ask.query("nextToken").filter(|text| !text.is_empty()) {
        None => 0,
        Some(token) => {
            let last = STANDARD.decode(&token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            let found = last.and_then(|last| items.iter().position(|(id, _)| *id == last));
            found.ok_or_else(|| bad_request("Invalid nextToken"))? + 1
        }
    };
    let more = items.len() > start + size;
    let shown: Vec<(String, Value)> = items.into_iter().skip(start).take(size).collect();
    let mut body = json!({});
    if let Some((last, _)) = shown.last().filter(|_| more) {
        body["nextToken"] = STANDARD.encode(last).into();
    }
    body["items"] = shown.into_iter().map(|(_, item)| item).collect();
    Ok(body)
}
