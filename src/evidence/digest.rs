use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::Evidence;

/// Returns the SHA-256 of a value in lower-case hexadecimal. Keys are sorted first, so that equal values have equal digests.
pub fn digest(value: &Value) -> String {
    hex::encode(Sha256::digest(canonical(value)))
}

/// Returns a value as compact JSON with its keys in order of their code points.
pub fn canonical(value: &Value) -> String {
    sorted(value).to_string()
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(key, _)| *key);
            Value::Object(fields.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect())
        }
        other => other.clone(),
    }
}

impl Evidence {
    /// Returns the digest that names this record. It fails only on what JSON cannot hold, which no record has.
    pub fn digest(&self) -> Result<String, serde_json::Error> {
        serde_json::to_value(self).map(|record| digest(&record))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_order_of_keys_does_not_count_and_that_of_elements_does() {
        assert_eq!(
            canonical(&json!({"b": [{"d": 1, "c": 2}], "a": null})),
            r#"{"a":null,"b":[{"c":2,"d":1}]}"#
        );
        assert_eq!(digest(&json!({"a": 1, "b": 2})), digest(&json!({"b": 2, "a": 1})));
        assert_ne!(digest(&json!([1, 2])), digest(&json!([2, 1])));
    }

    #[test]
    fn the_digest_is_the_known_one() {
        // printf '{}' | sha256sum
        assert_eq!(digest(&json!({})), "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
    }
}
