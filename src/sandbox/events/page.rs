use serde_json::{Map, Value};

use super::fault::{validation, violated};
use crate::sandbox::ServiceError;

/// The most that one answer has, where the call does not want fewer.
const MOST: usize = 100;

/// Cuts a page out of named things in the order of their names; a token is the last name of the page before, in hexadecimal.
pub(super) fn cut<'a, T>(
    named: impl Iterator<Item = (&'a str, T)>,
    body: &Map<String, Value>,
) -> Result<(Vec<T>, Option<String>), ServiceError> {
    let most = match body.get("Limit").filter(|limit| !limit.is_null()) {
        None => MOST,
        Some(limit) => {
            let within = limit.as_u64().filter(|limit| (1..=100).contains(limit));
            let must = if limit.as_i64().is_some_and(|limit| limit < 1) {
                "have value greater than or equal to 1"
            } else {
                "have value less than or equal to 100"
            };
            within
                .and_then(|limit| usize::try_from(limit).ok())
                .ok_or_else(|| violated(&limit.to_string(), "limit", must))?
        }
    };
    let after = match body.get("NextToken").and_then(Value::as_str) {
        None => String::new(),
        Some(token) => hex::decode(token)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or_else(|| validation("NextToken is invalid."))?,
    };
    let mut rest = named.filter(|(name, _)| *name > after.as_str());
    let mut last = "";
    let mut taken = Vec::new();
    for (name, item) in rest.by_ref().take(most) {
        last = name;
        taken.push(item);
    }
    let next = rest.next().map(|_| hex::encode(last));
    Ok((taken, next))
}
