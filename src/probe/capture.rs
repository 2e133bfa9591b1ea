use indexmap::IndexMap;
use serde_json::Value;
use serde_json_path::JsonPath;

use super::Variables;

/// Takes values out of an answer, by name and JSONPath (RFC 9535). On failure returns what was looked for and not there.
pub(super) fn capture(
    document: &Value,
    selectors: &IndexMap<String, String>,
    into: &mut Variables,
) -> Result<(), CaptureError> {
    for (name, selector) in selectors {
        let path = JsonPath::parse(selector)
            .map_err(|error| CaptureError::Malformed(format!("`{selector}` is no JSONPath: {error}")))?;
        let value = match path.query(document).first() {
            None | Some(Value::Null) => return Err(CaptureError::Absent(selector.clone())),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        into.insert(name.clone(), value);
    }
    Ok(())
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum CaptureError {
    /// The answer does not hold it.
    Absent(String),
    /// The definition's fault.
    Malformed(String),
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn capture_one(selector: &str) -> Result<String, CaptureError> {
        let answer = json!({ "status": 201, "body": { "id": "o-17", "total": 450, "note": null } });
        let mut variables = Variables::new();
        let selectors = IndexMap::from([("it".to_owned(), selector.to_owned())]);
        capture(&answer, &selectors, &mut variables).map(|()| variables["it"].clone())
    }

    #[test]
    fn text_is_captured_without_its_quotes_and_numbers_as_written() {
        assert_eq!(capture_one("$.body.id").as_deref(), Ok("o-17"));
        assert_eq!(capture_one("$.body.total").as_deref(), Ok("450"));
    }

    #[test]
    fn what_is_absent_or_null_is_not_captured() {
        for selector in ["$.body.nope", "$.body.note"] {
            assert_eq!(capture_one(selector), Err(CaptureError::Absent(selector.to_owned())));
        }
        assert!(matches!(capture_one("body.id"), Err(CaptureError::Malformed(_))));
    }
}
