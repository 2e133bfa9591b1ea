use serde_json::{Map, Value};

use super::fault::{invalid_token, violated};
use crate::sandbox::ServiceError;

/// The most that one answer has, where the call does not say otherwise.
const USUAL: usize = 100;
const MOST: u64 = 1000;

/// Cuts a page out of a list; a token is how many came before, in hexadecimal.
pub(super) fn cut<T>(
    all: impl Iterator<Item = T>,
    body: &Map<String, Value>,
) -> Result<(Vec<T>, Option<String>), ServiceError> {
    let most = match body.get("maxResults").filter(|most| !most.is_null()) {
        None => USUAL,
        Some(given) => match given.as_u64() {
            Some(0) => USUAL,
            Some(most) if most <= MOST => usize::try_from(most).unwrap_or(USUAL),
            _ => {
                let must = if given.as_i64().is_some_and(|given| given < 0) {
                    "have value greater than or equal to 0"
                } else {
                    "have value less than or equal to 1000"
                };
                return Err(violated(&given.to_string(), "maxResults", must));
            }
        },
    };
    let before = match body.get("nextToken").and_then(Value::as_str) {
        None => 0,
        Some(token) => usize::from_str_radix(token, 16).map_err(|_| invalid_token())?,
    };
    let mut rest = all.skip(before);
    let page: Vec<T> = rest.by_ref().take(most).collect();
    let next = rest.next().map(|_| format!("{:x}", before + page.len()));
    Ok((page, next))
}
