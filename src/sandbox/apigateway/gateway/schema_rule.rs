//! The rules of a JSON schema (draft 4) that need no other schema. Each says what is wrong, as AWS's validator words it.

use regex::Regex;
use serde_json::Value;

pub(super) type Object = serde_json::Map<String, Value>;

/// Whether a list of allowed values has a document.
pub(super) fn holds(values: &Value, document: &Value) -> bool {
    values.as_array().is_none_or(|values| values.contains(document))
}

/// Whether a pattern of a schema finds something in a text; one that cannot be read finds nothing.
pub(super) fn finds(pattern: &str, text: &str) -> bool {
    Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(text))
}

/// The kind of a value against `type`.
pub(super) fn of_type(rule: Option<&Value>, document: &Value) -> Option<String> {
    let mut allowed: Vec<&str> = match rule? {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    let whole = document.as_f64().is_some_and(|number| number.fract() == 0.0);
    let is = |kind: &str| match kind {
        "object" => document.is_object(),
        "array" => document.is_array(),
        "string" => document.is_string(),
        "boolean" => document.is_boolean(),
        "null" => document.is_null(),
        "number" => document.is_number(),
        "integer" => document.is_i64() || document.is_u64() || whole,
        _ => true,
    };
    if allowed.iter().any(|kind| is(kind)) {
        return None;
    }
    // Whole numbers are numbers.
    if allowed.contains(&"number") && !allowed.contains(&"integer") {
        allowed.push("integer");
    }
    allowed.sort_unstable();
    let kind = match document {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) if whole => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let allowed = Value::from(allowed);
    Some(format!("instance type ({kind}) does not match any allowed primitive type (allowed: {allowed})"))
}

/// A limit of a schema on how many there are of something.
fn limit(rules: &Object, name: &str) -> Option<usize> {
    rules.get(name).and_then(Value::as_u64).and_then(|limit| usize::try_from(limit).ok())
}

/// What an object has to have, apart from what its members are.
pub(super) fn object(rules: &Object, members: &Object) -> Vec<String> {
    let mut problems = vec![];
    let required = rules.get("required").and_then(Value::as_array).into_iter().flatten();
    let mut missing: Vec<&str> =
        required.filter_map(Value::as_str).filter(|name| !members.contains_key(*name)).collect();
    missing.sort_unstable();
    if !missing.is_empty() {
        problems.push(format!("object has missing required properties ({})", Value::from(missing)));
    }
    let found = members.len();
    if let Some(least) = limit(rules, "minProperties").filter(|least| found < *least) {
        problems.push(format!(
            "object has too few properties (found {found} but schema requires at least {least})"
        ));
    }
    if let Some(most) = limit(rules, "maxProperties").filter(|most| found > *most) {
        problems.push(format!(
            "object has too many properties (found {found} but schema requires at most {most})"
        ));
    }
    if rules.get("additionalProperties") == Some(&Value::Bool(false)) {
        let named = |place: &str| rules.get(place).and_then(Value::as_object);
        let known = |name: &str| {
            named("properties").is_some_and(|properties| properties.contains_key(name))
                || named("patternProperties").into_iter().flatten().any(|(pattern, _)| finds(pattern, name))
        };
        let mut strange: Vec<&str> = members.keys().map(String::as_str).filter(|name| !known(name)).collect();
        strange.sort_unstable();
        if !strange.is_empty() {
            let strange = Value::from(strange);
            problems.push(format!(
                "object instance has properties which are not allowed by the schema: {strange}"
            ));
        }
    }
    problems
}

/// How many entries an array may have.
pub(super) fn array(rules: &Object, entries: &[Value]) -> Vec<String> {
    let mut problems = vec![];
    let found = entries.len();
    if let Some(least) = limit(rules, "minItems").filter(|least| found < *least) {
        problems.push(format!(
            "array is too short: must have at least {least} elements but instance has {found} elements"
        ));
    }
    if let Some(most) = limit(rules, "maxItems").filter(|most| found > *most) {
        problems.push(format!(
            "array is too long: must have at most {most} elements but instance has {found} elements"
        ));
    }
    let twice = |(position, entry): (usize, &Value)| entries[..position].contains(entry);
    if rules.get("uniqueItems") == Some(&Value::Bool(true)) && entries.iter().enumerate().any(twice) {
        problems.push("array must not contain duplicate elements".to_owned());
    }
    let fixed = rules.get("items").and_then(Value::as_array).map(Vec::len);
    let closed = rules.get("additionalItems") == Some(&Value::Bool(false));
    if let Some(most) = fixed.filter(|most| closed && found > *most) {
        problems.push(format!("array only allows {most} elements, found {found}"));
    }
    problems
}

/// Length and pattern of a text, in characters.
pub(super) fn string(rules: &Object, text: &str) -> Vec<String> {
    let mut problems = vec![];
    let found = text.chars().count();
    if let Some(least) = limit(rules, "minLength").filter(|least| found < *least) {
        problems.push(format!("string \"{text}\" is too short (length: {found}, required minimum: {least})"));
    }
    if let Some(most) = limit(rules, "maxLength").filter(|most| found > *most) {
        problems.push(format!("string \"{text}\" is too long (length: {found}, maximum allowed: {most})"));
    }
    let pattern = rules.get("pattern").and_then(Value::as_str);
    if let Some(pattern) = pattern.filter(|pattern| !finds(pattern, text)) {
        problems.push(format!("ECMA 262 regex \"{pattern}\" does not match input string \"{text}\""));
    }
    problems
}

/// Limits of a number.
pub(super) fn number(rules: &Object, document: &Value) -> Vec<String> {
    let Some(number) = document.as_f64() else { return vec![] };
    let bound = |name: &str| rules.get(name).and_then(|limit| Some((limit, limit.as_f64()?)));
    let exclusive = |name: &str| rules.get(name) == Some(&Value::Bool(true));
    let mut problems = vec![];
    if let Some((shown, least)) = bound("minimum") {
        if number < least {
            problems.push(format!(
                "numeric instance is lower than the required minimum (minimum: {shown}, found: {document})"
            ));
        } else if exclusive("exclusiveMinimum") && number <= least {
            problems
                .push(format!("numeric instance is not strictly greater than the required minimum {shown}"));
        }
    }
    if let Some((shown, most)) = bound("maximum") {
        if number > most {
            problems.push(format!(
                "numeric instance is greater than the required maximum (maximum: {shown}, found: {document})"
            ));
        } else if exclusive("exclusiveMaximum") && number >= most {
            problems
                .push(format!("numeric instance is not strictly lower than the required maximum {shown}"));
        }
    }
    if let Some((shown, step)) = bound("multipleOf") {
        let quotient = number / step;
        if step == 0.0 || (quotient - quotient.round()).abs() >= 1e-9 {
            problems.push(format!("remainder of division is not zero ({document} / {shown})"));
        }
    }
    problems
}
