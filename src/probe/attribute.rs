use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Number, Value};

/// Turns plain JSON into a DynamoDB attribute: a string is `S`, a number `N`, a list `L`, an object `M`.
pub(super) fn attribute(value: &Value) -> AttributeValue {
    match value {
        Value::Null => AttributeValue::Null(true),
        Value::Bool(yes) => AttributeValue::Bool(*yes),
        Value::Number(number) => AttributeValue::N(number.to_string()),
        Value::String(text) => AttributeValue::S(text.clone()),
        Value::Array(elements) => AttributeValue::L(elements.iter().map(attribute).collect()),
        Value::Object(members) => AttributeValue::M(attributes(members)),
    }
}

/// Turns a JSON object into the attributes of an item or of a key.
pub(super) fn attributes(members: &Map<String, Value>) -> HashMap<String, AttributeValue> {
    members.iter().map(|(name, value)| (name.clone(), attribute(value))).collect()
}

/// Turns the attributes of an item into plain JSON, in order of their names.
///
/// Sets become lists in a fixed order, since DynamoDB keeps none; binary becomes base64.
pub(super) fn plain_item(attributes: &HashMap<String, AttributeValue>) -> Value {
    let mut names: Vec<_> = attributes.keys().collect();
    names.sort();
    Value::Object(names.into_iter().map(|name| (name.clone(), plain(&attributes[name]))).collect())
}

fn plain(attribute: &AttributeValue) -> Value {
    match attribute {
        AttributeValue::S(text) => Value::String(text.clone()),
        AttributeValue::N(digits) => number(digits),
        AttributeValue::Bool(yes) => Value::Bool(*yes),
        AttributeValue::B(bytes) => Value::String(BASE64.encode(bytes)),
        AttributeValue::L(elements) => Value::Array(elements.iter().map(plain).collect()),
        AttributeValue::M(members) => plain_item(members),
        AttributeValue::Ss(texts) => sorted(texts.iter().cloned().map(Value::String).collect()),
        AttributeValue::Ns(numbers) => sorted(numbers.iter().map(|digits| number(digits)).collect()),
        AttributeValue::Bs(blobs) => {
            sorted(blobs.iter().map(|bytes| Value::String(BASE64.encode(bytes))).collect())
        }
        // `NULL: true`, and whatever type a later DynamoDB may bring.
        _ => Value::Null,
    }
}

fn sorted(mut elements: Vec<Value>) -> Value {
    elements.sort_by_key(ToString::to_string);
    Value::Array(elements)
}

/// Reads a number of DynamoDB's (38 digits) without changing it: what a JSON number cannot hold exactly stays text,
/// so that no check passes on a rounded value.
fn number(digits: &str) -> Value {
    let (sign, magnitude) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let exact = decimal(magnitude).and_then(|(whole, fraction)| {
        if fraction.is_empty() {
            let text = format!("{sign}{whole}");
            return text
                .parse::<i64>()
                .map(Number::from)
                .or_else(|_| text.parse::<u64>().map(Number::from))
                .ok();
        }
        let float: f64 = digits.parse().ok()?;
        let kept = decimal(&float.abs().to_string()) == Some((whole, fraction));
        kept.then(|| Number::from_f64(float)).flatten()
    });
    exact.map_or_else(|| Value::String(digits.to_owned()), Value::Number)
}

/// Splits a decimal without exponent into its significant digits before and after the point.
fn decimal(magnitude: &str) -> Option<(String, String)> {
    let (whole, fraction) = magnitude.split_once('.').unwrap_or((magnitude, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Some((whole.to_owned(), fraction.trim_end_matches('0').to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn plain_json_survives_the_way_through_dynamodb() {
        let item = json!({ "id": "o-1", "lines": [{ "sku": "kettle", "count": 2 }], "none": null, "paid": true,
            "total": 19.99 });
        let Value::Object(members) = &item else { panic!("an object") };
        assert_eq!(plain_item(&attributes(members)), item);
    }

    #[test]
    fn numbers_keep_their_value_or_stay_text() {
        let cases = [
            ("10", json!(10)),
            ("10.00", json!(10)),
            ("-3", json!(-3)),
            ("0.1", json!(0.1)),
            ("19.90", json!(19.9)),
            ("18446744073709551615", json!(u64::MAX)),
            ("0.1000000000000000055511151231257827", json!("0.1000000000000000055511151231257827")),
            ("99999999999999999999999999999999999999", json!("99999999999999999999999999999999999999")),
        ];
        for (digits, expected) in cases {
            assert_eq!(number(digits), expected, "{digits}");
        }
    }

    #[test]
    fn sets_have_a_fixed_order() {
        let set = AttributeValue::Ss(vec!["b".into(), "a".into()]);
        assert_eq!(plain(&set), json!(["a", "b"]));
    }
}
