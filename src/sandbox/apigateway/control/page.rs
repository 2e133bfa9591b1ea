use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Ask;
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::fault::bad_request;

const USUAL: usize = 25;
const MOST: usize = 500;

/// Answers a list: `limit` entries from `position` on (25 unless told, 500 at most), and where the next page begins.
/// A position names the entry that it begins with, so that deleting what was listed does not lose entries.
pub(super) fn page(ask: &Ask<'_>, entries: Vec<(String, Value)>) -> Result<Value, ServiceError> {
    let (entries, next) = cut(ask, entries)?;
    let items: Vec<Value> = entries.into_iter().map(|(_, value)| value).collect();
    let mut body = json!({ "item": items });
    if let Some(next) = next {
        body["position"] = next.into();
    }
    Ok(body)
}

/// A page's entries, and where the next page begins.
type Page = (Vec<(String, Value)>, Option<String>);

/// Cuts one page out of a list.
pub(super) fn cut(ask: &Ask<'_>, entries: Vec<(String, Value)>) -> Result<Page, ServiceError> {
    let limit = match ask.query("limit") {
        None => USUAL,
        Some(text) => match text.parse::<i64>() {
            Ok(number) if number > 0 => usize::try_from(number).unwrap_or(MOST).min(MOST),
            Ok(_) => USUAL,
            Err(_) => return Err(bad_request("Invalid limit specified")),
        },
    };
    let start = match ask.query("position").filter(|position| !position.is_empty()) {
        None => 0,
        Some(position) => {
            let key = STANDARD.decode(&position).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            key.and_then(|key| entries.iter().position(|(name, _)| *name == key))
                .ok_or_else(|| bad_request("Invalid position parameter specified"))?
        }
    };
    let next = entries.get(start + limit).map(|(key, _)| STANDARD.encode(key));
    Ok((entries.into_iter().skip(start).take(limit).collect(), next))
}
