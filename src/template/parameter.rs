use serde_json::Value;

use super::resolve::text_of;
use crate::text::one_of;

pub(super) const PARAMETER_KEYS: [&str; 11] = [
    "AllowedPattern",
    "AllowedValues",
    "ConstraintDescription",
    "Default",
    "Description",
    "MaxLength",
    "MaxValue",
    "MinLength",
    "MinValue",
    "NoEcho",
    "Type",
];
pub(super) const PARAMETER_TYPES: [&str; 4] = ["String", "Number", "CommaDelimitedList", "List<Number>"];

/// Returns the value of a parameter, given or by default, if its declaration admits it; else words that follow its name.
pub(super) fn parameter_value(declaration: &Value, given: Option<&str>) -> Result<Value, String> {
    let text = given.map(str::to_owned).or_else(|| declaration.get("Default").and_then(text_of));
    let text = text.ok_or("has no default and was not given")?;
    let kind = declaration["Type"].as_str().unwrap_or("String");
    let items: Vec<&str> = match kind {
        "CommaDelimitedList" | "List<Number>" => text.split(',').map(str::trim).collect(),
        _ => vec![&text],
    };
    let limit =
        |key: &str| declaration.get(key).and_then(text_of).and_then(|limit| limit.parse::<f64>().ok());
    for item in &items {
        if kind.contains("Number") {
            let number: f64 = item.parse().map_err(|_| format!("must be a number, and is `{item}`"))?;
            if limit("MinValue").is_some_and(|least| number < least)
                || limit("MaxValue").is_some_and(|most| number > most)
            {
                return Err(format!("is out of range: `{item}`"));
            }
        }
        if let Some(Value::Array(allowed)) = declaration.get("AllowedValues") {
            let allowed: Vec<String> = allowed.iter().filter_map(text_of).collect();
            if !allowed.iter().any(|value| value == item) {
                return Err(format!("must be {}, and is `{item}`", one_of(&allowed)));
            }
        }
        if let Some(pattern) = declaration.get("AllowedPattern").and_then(Value::as_str) {
            let whole = regex::Regex::new(&format!("^(?:{pattern})$"));
            let whole =
                whole.map_err(|_| format!("has an AllowedPattern that cannot be read: `{pattern}`"))?;
            if !whole.is_match(item) {
                return Err(format!("must match `{pattern}`, and is `{item}`"));
            }
        }
    }
    // Lengths are small: no precision is lost.
    #[expect(clippy::cast_precision_loss, reason = "a parameter holds 4,096 bytes at most")]
    let length = text.chars().count() as f64;
    if limit("MinLength").is_some_and(|least| length < least)
        || limit("MaxLength").is_some_and(|most| length > most)
    {
        return Err(format!("has a length that is not allowed: `{text}`"));
    }
    Ok(if kind == "String" || kind == "Number" { text.into() } else { items.into_iter().collect() })
}
