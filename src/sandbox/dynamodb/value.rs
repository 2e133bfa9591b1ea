use serde_json::{Map, Value};

use super::fault::validation;
use crate::sandbox::ServiceError;

/// How deep lists and maps may nest.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html>
const DEEPEST: usize = 32;

/// Brings every number of a request or an answer into the form that DynamoDB gives: plain decimal, no needless zeros.
/// What is no number is left for the store to refuse.
pub(super) fn normalise(value: &mut Value) {
    match value {
        Value::Object(members) => {
            let only = members.len() == 1;
            for (name, member) in members.iter_mut() {
                match member {
                    Value::String(text) if only && name == "N" => *text = plain(text),
                    Value::Array(texts) if only && name == "NS" => {
                        for text in texts {
                            if let Value::String(text) = text {
                                *text = plain(text);
                            }
                        }
                    }
                    member => normalise(member),
                }
            }
        }
        Value::Array(members) => members.iter_mut().for_each(normalise),
        _ => {}
    }
}

/// Refuses items that nest deeper than AWS keeps them.
pub(super) fn check_depth(item: &Map<String, Value>) -> Result<(), ServiceError> {
    if item.values().all(|value| fits(value, DEEPEST)) {
        return Ok(());
    }
    Err(validation(
        "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit",
    ))
}

fn fits(value: &Value, levels: usize) -> bool {
    let Some((kind, content)) = value.as_object().and_then(|members| members.iter().next()) else {
        return true;
    };
    let inner: Box<dyn Iterator<Item = &Value>> = match (kind.as_str(), content) {
        ("L", Value::Array(items)) => Box::new(items.iter()),
        ("M", Value::Object(items)) => Box::new(items.values()),
        _ => return true,
    };
    if levels == 0 {
        return false;
    }
    let mut inner = inner;
    inner.all(|value| fits(value, levels - 1))
}

/// Rewrites a decimal number without exponent and needless zeros.
fn plain(text: &str) -> String {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()),
        None => (rest, Some(0)),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let (Some(exponent), true) = (exponent, digits.bytes().all(|byte| byte.is_ascii_digit())) else {
        return text.to_owned();
    };
    // DynamoDB's numbers end at 10^126; larger ones are refused by the store.
    if digits.is_empty() || exponent.unsigned_abs() > 200 {
        return text.to_owned();
    }
    let significant = digits.trim_start_matches('0');
    if significant.is_empty() {
        return "0".to_owned();
    }
    // The point stands after this many of `digits`.
    let Ok(length) = i32::try_from(whole.len()) else { return text.to_owned() };
    let point = length + exponent;
    let shown = match usize::try_from(point) {
        Err(_) | Ok(0) => {
            let zeros = "0".repeat(point.unsigned_abs() as usize);
            format!("0.{zeros}{digits}")
        }
        Ok(point) if point >= digits.len() => format!("{digits}{}", "0".repeat(point - digits.len())),
        Ok(point) => format!("{}.{}", &digits[..point], &digits[point..]),
    };
    let (whole, fraction) = shown.split_once('.').unwrap_or((&shown, ""));
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_plain() {
        for (given, shown) in [
            ("1.500", "1.5"),
            ("-0.0", "0"),
            ("+007", "7"),
            ("1e3", "1000"),
            ("1.25E-3", "0.00125"),
            ("12.5e1", "125"),
            (".5", "0.5"),
            ("1.2345678901234567890123456789012345679E+37", "12345678901234567890123456789012345679"),
            ("abc", "abc"),
            ("1e999999", "1e999999"),
            ("", ""),
        ] {
            assert_eq!(plain(given), shown, "{given}");
        }
    }

    #[test]
    fn an_attribute_called_n_is_no_number() {
        let mut item = serde_json::json!({ "N": { "S": "1.0" }, "m": { "M": { "N": { "N": "1.0" } } } });
        normalise(&mut item);
        assert_eq!(item, serde_json::json!({ "N": { "S": "1.0" }, "m": { "M": { "N": { "N": "1" } } } }));
    }
}
