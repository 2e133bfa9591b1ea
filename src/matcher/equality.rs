use std::cmp::Ordering;

use serde_json::{Map, Number, Value};

use super::Mismatch;
use super::judge::Judgement;
use super::selector::member;

/// Compares strictly on type, and says where objects and lists of the same length differ.
pub(super) fn differences(expected: &Value, actual: &Value, path: &str) -> Judgement {
    let mismatch = |missing: Vec<Value>, extra: Vec<Value>| Mismatch {
        path: path.to_owned(),
        expected: expected.to_string(),
        actual: Some(actual.clone()),
        missing,
        extra,
        note: None,
    };
    match (expected, actual) {
        _ if same(expected, actual) => Judgement::Holds,
        (Value::Object(wanted), Value::Object(found)) => {
            let only = |a: &Map<String, Value>, b: &Map<String, Value>| {
                a.keys().filter(|key| !b.contains_key(*key)).map(|key| Value::from(key.as_str())).collect()
            };
            let (missing, extra): (Vec<_>, Vec<_>) = (only(wanted, found), only(found, wanted));
            if missing.is_empty() && extra.is_empty() {
                let fields = wanted.iter().filter_map(|(key, value)| {
                    found.get(key).map(|actual| differences(value, actual, &member(path, key)))
                });
                Judgement::all(fields)
            } else {
                Judgement::Differs(vec![mismatch(missing, extra)])
            }
        }
        (Value::Array(wanted), Value::Array(found)) if wanted.len() == found.len() => {
            let items = wanted.iter().zip(found).enumerate();
            Judgement::all(
                items.map(|(i, (value, actual))| differences(value, actual, &format!("{path}[{i}]"))),
            )
        }
        (Value::String(text), Value::Number(number)) | (Value::Number(number), Value::String(text))
            if *text == number.to_string() =>
        {
            let note = Some(format!("{} is not {}", kind_of(actual), kind_of(expected)));
            Judgement::Differs(vec![Mismatch { note, ..mismatch(vec![], vec![]) }])
        }
        _ => Judgement::Differs(vec![mismatch(vec![], vec![])]),
    }
}

/// Whether two values are equal; numbers by their value, for JSON has one kind of number.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => order(a, b).is_eq(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

/// Orders numbers by value: exactly where both are whole, else as 64-bit floats.
pub(super) fn order(a: &Number, b: &Number) -> Ordering {
    match (a.as_i128(), b.as_i128()) {
        (Some(a), Some(b)) => a.cmp(&b),
        // A JSON number is never NaN, so there is always an order.
        _ => a.as_f64().partial_cmp(&b.as_f64()).unwrap_or(Ordering::Equal),
    }
}

/// Returns the kind of a value, with its article.
pub(super) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
