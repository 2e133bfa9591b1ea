use serde_json::{Map, Value};

use crate::sandbox::EventPattern;

/// The most values that a policy may have, multiplied over its keys.
/// <https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html>
const MOST_COMBINATIONS: usize = 150;
const MOST_KEYS: usize = 5;

/// A subscription's filter policy.
#[derive(Debug, Clone)]
pub(super) struct Filter {
    pattern: EventPattern,
    /// Whether it looks at the message instead of its attributes.
    body: bool,
}

impl Filter {
    /// Reads a policy; fails with what stands after `FilterPolicy: ` in AWS's message.
    pub(super) fn parse(text: &str, body: bool) -> Result<Self, String> {
        let read: Value =
            serde_json::from_str(text).map_err(|error| format!("failed to parse JSON. {error}"))?;
        let Value::Object(keys) = &read else { return Err("Filter policy must be an object".to_owned()) };
        let mut leaves = Vec::new();
        collect(keys, body, &mut leaves)?;
        if leaves.len() > MOST_KEYS {
            return Err(format!("Filter policy can not have more than {MOST_KEYS} keys"));
        }
        if leaves.iter().product::<usize>() > MOST_COMBINATIONS {
            return Err("Filter policy is too complex".to_owned());
        }
        Ok(Self { pattern: EventPattern::parse(text)?, body })
    }

    /// Whether a message passes, by its text or by its attributes as it was published with them.
    pub(super) fn passes(&self, text: &str, attributes: &Map<String, Value>) -> bool {
        if self.body {
            return serde_json::from_str::<Value>(text)
                .is_ok_and(|body| body.is_object() && self.pattern.matches(&body));
        }
        let seen = attributes.iter().map(|(name, attribute)| (name.clone(), value(attribute)));
        self.pattern.matches(&Value::Object(seen.collect()))
    }
}

/// Counts the values of each key.
fn collect(keys: &Map<String, Value>, nested: bool, leaves: &mut Vec<usize>) -> Result<(), String> {
    for (key, value) in keys {
        match value {
            Value::Array(branches) if key == "$or" && branches.iter().all(Value::is_object) => {
                for branch in branches.iter().filter_map(Value::as_object) {
                    collect(branch, nested, leaves)?;
                }
            }
            Value::Array(values) => leaves.push(values.len().max(1)),
            Value::Object(inner) if nested => collect(inner, nested, leaves)?,
            Value::Object(_) => {
                return Err(
                    "Filter policy scope MessageAttributes does not support nested filter policy".to_owned()
                );
            }
            _ => return Err(format!("\"{key}\" must be an object or an array")),
        }
    }
    Ok(())
}

/// An attribute as a filter sees it. <https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html>
fn value(attribute: &Value) -> Value {
    let text = attribute.get("StringValue").and_then(Value::as_str).unwrap_or_default();
    match attribute.get("DataType").and_then(Value::as_str) {
        Some("String.Array") => {
            serde_json::from_str(text).ok().filter(Value::is_array).unwrap_or(Value::Null)
        }
        Some(kind) if kind.starts_with("Number") => text.parse::<f64>().map_or(Value::Null, Value::from),
        Some(kind) if kind.starts_with("Binary") => Value::Null,
        _ => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn passes(policy: &Value, attributes: &Value) -> bool {
        let attributes = attributes.as_object().unwrap();
        Filter::parse(&policy.to_string(), false).unwrap().passes("", attributes)
    }

    #[test]
    fn attributes_are_seen_by_their_types() {
        let attributes = json!({
            "kind": { "DataType": "String", "StringValue": "order" },
            "price": { "DataType": "Number", "StringValue": "100.5" },
            "tags": { "DataType": "String.Array", "StringValue": "[\"new\", 7]" },
            "raw": { "DataType": "Binary", "BinaryValue": "eA==" },
        });
        for (policy, wanted) in [
            (json!({ "kind": ["order", "refund"] }), true),
            (json!({ "kind": [{ "prefix": "ord" }] }), true),
            (json!({ "kind": [{ "anything-but": ["order"] }] }), false),
            (json!({ "price": [{ "numeric": [">", 100, "<=", 101] }] }), true),
            (json!({ "price": ["100.5"] }), false),
            (json!({ "tags": [7] }), true),
            (json!({ "tags": ["old"] }), false),
            (json!({ "raw": [{ "exists": true }] }), true),
            (json!({ "none": [{ "exists": false }] }), true),
            (json!({ "kind": ["order"], "none": ["x"] }), false),
        ] {
            assert_eq!(passes(&policy, &attributes), wanted, "{policy}");
        }
    }

    #[test]
    fn a_policy_of_the_body_reads_the_message() {
        let policy = json!({ "order": { "state": ["paid"] } }).to_string();
        let filter = Filter::parse(&policy, true).unwrap();
        assert!(filter.passes(r#"{"order":{"state":"paid"}}"#, &Map::new()));
        for other in [r#"{"order":{"state":"new"}}"#, "paid", "[]"] {
            assert!(!filter.passes(other, &Map::new()), "{other}");
        }
    }

    #[test]
    fn what_is_no_policy_is_refused() {
        for (text, body) in [
            ("x", false),
            ("[]", false),
            (r#"{"a":{"b":["c"]}}"#, false),
            (r#"{"a":"b"}"#, true),
            (r#"{"a":[1],"b":[1],"c":[1],"d":[1],"e":[1],"f":[1]}"#, false),
        ] {
            assert!(Filter::parse(text, body).is_err(), "{text}");
        }
    }
}
