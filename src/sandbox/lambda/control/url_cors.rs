use serde_json::{Map, Value, json};

use super::constraint::{number, serialization, violated};
use crate::sandbox::ServiceError;

/// How many items each list may have, and how long each item may be.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_Cors.html>
const LISTS: [(&str, &str, usize, usize); 4] = [
    ("AllowHeaders", "cors.allowHeaders", 100, 1024),
    ("AllowMethods", "cors.allowMethods", 6, 6),
    ("AllowOrigins", "cors.allowOrigins", 100, 253),
    ("ExposeHeaders", "cors.exposeHeaders", 100, 1024),
];

/// Reads `Cors`. `None`: not given; `Some(None)`: given empty, which takes it away.
#[allow(clippy::option_option)]
pub(super) fn read(given: Option<&Value>) -> Result<Option<Option<Value>>, ServiceError> {
    let map = match given {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(map)) => map,
        Some(other) => return Err(serialization(other, "a structure")),
    };
    let mut out = Map::new();
    for (key, member, most, longest) in LISTS {
        let Some(value) = map.get(key).filter(|value| !value.is_null()) else { continue };
        let list = value.as_array().ok_or_else(|| serialization(value, "a list"))?;
        if list.len() > most {
            let shown = shown(list);
            return Err(violated(&shown, member, &format!("have length less than or equal to {most}")));
        }
        for item in list {
            let text = item.as_str().ok_or_else(|| serialization(item, "a string"))?;
            if text.is_empty() || text.chars().count() > longest {
                return Err(violated(
                    &shown(list),
                    member,
                    &format!(
                        "satisfy constraint: [Member must have length less than or equal to {longest}, Member must have length \
                         greater than or equal to 1, Member must not be null]"
                    ),
                ));
            }
        }
        if !list.is_empty() {
            out.insert(key.to_owned(), value.clone());
        }
    }
    if let Some(value) = map.get("AllowCredentials").filter(|value| !value.is_null()) {
        let allowed = value.as_bool().ok_or_else(|| serialization(value, "a boolean"))?;
        out.insert("AllowCredentials".to_owned(), json!(allowed));
    }
    if let Some(value) = map.get("MaxAge").filter(|value| !value.is_null()) {
        out.insert("MaxAge".to_owned(), json!(number(value, "cors.maxAge", 0, 86_400)?));
    }
    Ok(Some((!out.is_empty()).then_some(Value::Object(out))))
}

fn shown(list: &[Value]) -> String {
    let items: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
    format!("[{}]", items.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_configuration_takes_the_old_one_away() {
        assert_eq!(read(None).unwrap(), None);
        assert_eq!(read(Some(&json!({}))).unwrap(), Some(None));
        let given = json!({ "AllowOrigins": ["*"], "MaxAge": 5 });
        assert_eq!(read(Some(&given)).unwrap(), Some(Some(given)));
    }

    #[test]
    fn what_lambda_does_not_take_is_refused() {
        let error = read(Some(&json!({ "MaxAge": 86_401 }))).unwrap_err();
        assert!(error.message.contains("'cors.maxAge'"), "{}", error.message);
        assert!(read(Some(&json!({ "AllowMethods": ["PROPFIND"] }))).is_err());
    }
}
