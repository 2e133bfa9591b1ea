use std::net::IpAddr;

use serde_json::{Map, Value};

/// An event pattern: what `EventBridge` rules and the filters of event source mappings are written in.
///
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html>
#[derive(Debug, Clone)]
pub struct EventPattern(Fields);

#[derive(Debug, Clone)]
struct Fields {
    /// All of them must match.
    all: Vec<(String, Node)>,
    /// Of each list, one must match.
    any: Vec<Vec<Fields>>,
}

#[derive(Debug, Clone)]
enum Node {
    Nested(Fields),
    /// One of them must match.
    Leaf(Vec<Test>),
}

#[derive(Debug, Clone)]
enum Test {
    Equals(Value),
    IgnoreCase(String),
    Prefix {
        text: String,
        ignore_case: bool,
    },
    Suffix {
        text: String,
        ignore_case: bool,
    },
    /// What must stand between the stars.
    Wildcard(Vec<String>),
    Numeric(Vec<(Comparison, f64)>),
    Exists(bool),
    Cidr(IpAddr, u8),
    /// None of them may match.
    Not(Vec<Test>),
}

#[derive(Debug, Clone, Copy)]
enum Comparison {
    Equal,
    Less,
    AtMost,
    More,
    AtLeast,
}

impl EventPattern {
    /// Reads a pattern; fails with a sentence that says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        match serde_json::from_str(text) {
            Ok(Value::Object(map)) if map.is_empty() => Err("Event pattern is empty".to_owned()),
            Ok(Value::Object(map)) => Ok(Self(fields(&map)?)),
            Ok(_) => Err("Filter is not an object".to_owned()),
            Err(_) => Err("Event pattern is not valid JSON".to_owned()),
        }
    }

    /// Whether an event is one that the pattern describes.
    pub fn matches(&self, event: &Value) -> bool {
        matches_fields(&self.0, event)
    }
}

fn fields(map: &Map<String, Value>) -> Result<Fields, String> {
    let mut out = Fields { all: vec![], any: vec![] };
    for (key, value) in map {
        match value {
            Value::Array(list) if key == "$or" && list.len() > 1 && list.iter().all(Value::is_object) => {
                let branches = list.iter().filter_map(Value::as_object).map(fields);
                out.any.push(branches.collect::<Result<_, _>>()?);
            }
            Value::Object(nested) if nested.is_empty() => {
                return Err(format!("Empty objects are not allowed at '{key}'"));
            }
            Value::Object(nested) => out.all.push((key.clone(), Node::Nested(fields(nested)?))),
            Value::Array(list) if list.is_empty() => {
                return Err(format!("Empty arrays are not allowed at '{key}'"));
            }
            Value::Array(list) => {
                let tests = list.iter().map(test).collect::<Result<_, _>>()?;
                out.all.push((key.clone(), Node::Leaf(tests)));
            }
            _ => return Err(format!("\"{key}\" must be an object or an array")),
        }
    }
    Ok(out)
}

fn test(value: &Value) -> Result<Test, String> {
    let Value::Object(map) = value else {
        return if value.is_array() {
            Err("Match value must be String, number, true, false, or null".to_owned())
        } else {
            Ok(Test::Equals(value.clone()))
        };
    };
    let mut entries = map.iter();
    let (Some((operator, operand)), None) = (entries.next(), entries.next()) else {
        return Err("Only one key allowed in match expression".to_owned());
    };
    let text = || {
        operand
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| format!("{operator} match pattern must be a string"))
    };
    Ok(match operator.as_str() {
        "prefix" | "suffix" => {
            let (text, ignore_case) = match operand.get("equals-ignore-case").and_then(Value::as_str) {
                Some(inner) => (inner.to_lowercase(), true),
                None => (text()?, false),
            };
            if operator == "prefix" {
                Test::Prefix { text, ignore_case }
            } else {
                Test::Suffix { text, ignore_case }
            }
        }
        "equals-ignore-case" => Test::IgnoreCase(text()?.to_lowercase()),
        "wildcard" => Test::Wildcard(wildcard(&text()?)?),
        "exists" => {
            Test::Exists(operand.as_bool().ok_or("exists match pattern must be either true or false.")?)
        }
        "numeric" => Test::Numeric(numeric(operand)?),
        "cidr" => cidr(&text()?)?,
        "anything-but" => Test::Not(match operand {
            Value::Array(list) if list.is_empty() => return Err("Empty arrays are not allowed".to_owned()),
            Value::Array(list) => list.iter().map(test).collect::<Result<_, _>>()?,
            Value::Object(inner) => several(inner)?,
            scalar => vec![Test::Equals(scalar.clone())],
        }),
        other => return Err(format!("Unrecognized match type {other}")),
    })
}

/// Takes a wildcard apart at its stars; a backslash before a star or a backslash makes it a plain one.
fn wildcard(text: &str) -> Result<Vec<String>, String> {
    let mut parts = vec![String::new()];
    let mut letters = text.chars().peekable();
    let mut star = false;
    while let Some(letter) = letters.next() {
        if letter == '*' {
            if star {
                return Err("Consecutive wildcard characters".to_owned());
            }
            parts.push(String::new());
            star = true;
            continue;
        }
        star = false;
        let plain = match letter {
            '\\' => match letters.next() {
                Some(next @ ('*' | '\\')) => next,
                _ => return Err("Invalid escape character".to_owned()),
            },
            other => other,
        };
        if let Some(part) = parts.last_mut() {
            part.push(plain);
        }
    }
    Ok(parts)
}

/// Reads `{"prefix": [..]}` of `anything-but`, whose operand may be a list.
fn several(map: &Map<String, Value>) -> Result<Vec<Test>, String> {
    let mut out = vec![];
    for (operator, operand) in map {
        let operands = operand.as_array().cloned().unwrap_or_else(|| vec![operand.clone()]);
        for operand in operands {
            let single: Map<String, Value> = [(operator.clone(), operand)].into_iter().collect();
            out.push(test(&Value::Object(single))?);
        }
    }
    Ok(out)
}

fn numeric(operand: &Value) -> Result<Vec<(Comparison, f64)>, String> {
    let wrong = || "Value of numeric must be an array of comparisons".to_owned();
    let list = operand.as_array().filter(|list| matches!(list.len(), 2 | 4)).ok_or_else(wrong)?;
    list.chunks(2)
        .map(|pair| {
            let comparison = match pair[0].as_str() {
                Some("=") => Comparison::Equal,
                Some("<") => Comparison::Less,
                Some("<=") => Comparison::AtMost,
                Some(">") => Comparison::More,
                Some(">=") => Comparison::AtLeast,
                _ => return Err("Unrecognized numeric range operator".to_owned()),
            };
            pair[1].as_f64().map(|number| (comparison, number)).ok_or_else(wrong)
        })
        .collect()
}

fn cidr(text: &str) -> Result<Test, String> {
    let wrong = || format!("Malformed CIDR, one '/' required: {text}");
    let (address, bits) = text.split_once('/').ok_or_else(wrong)?;
    let address: IpAddr = address.parse().map_err(|_| wrong())?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits: u8 = bits.parse().ok().filter(|bits| *bits <= most).ok_or_else(wrong)?;
    Ok(Test::Cidr(address, bits))
}

fn matches_fields(fields: &Fields, event: &Value) -> bool {
    // Of a list of objects, one has to match whole.
    if let Value::Array(items) = event {
        return items.iter().any(|item| matches_fields(fields, item));
    }
    let all = fields.all.iter().all(|(key, node)| {
        let value = event.get(key);
        match node {
            Node::Nested(inner) => matches_fields(inner, value.unwrap_or(&Value::Null)),
            Node::Leaf(tests) => tests.iter().any(|test| passes(test, value)),
        }
    });
    all && fields.any.iter().all(|branches| branches.iter().any(|branch| matches_fields(branch, event)))
}

fn passes(test: &Test, value: Option<&Value>) -> bool {
    match (test, value) {
        (Test::Exists(wanted), value) => value.is_some() == *wanted,
        (_, None) => false,
        // Of a list of values one suffices, except that none of them may be what it must not be.
        (Test::Not(tests), Some(Value::Array(items))) => {
            items.iter().any(|item| !tests.iter().any(|test| passes(test, Some(item))))
        }
        (test, Some(Value::Array(items))) => items.iter().any(|item| passes(test, Some(item))),
        (Test::Not(tests), value) => !tests.iter().any(|test| passes(test, value)),
        (Test::Equals(Value::Number(wanted)), Some(Value::Number(given))) => {
            wanted.as_f64() == given.as_f64()
        }
        (Test::Equals(wanted), Some(given)) => wanted == given,
        (Test::Numeric(bounds), Some(given)) => given.as_f64().is_some_and(|given| {
            bounds.iter().all(|(comparison, bound)| match comparison {
                Comparison::Equal => (given - bound).abs() < 1e-9,
                Comparison::Less => given < *bound,
                Comparison::AtMost => given <= *bound,
                Comparison::More => given > *bound,
                Comparison::AtLeast => given >= *bound,
            })
        }),
        (test, Some(Value::String(given))) => passes_text(test, given),
        _ => false,
    }
}

fn passes_text(test: &Test, given: &str) -> bool {
    let cased = |ignore_case: bool| if ignore_case { given.to_lowercase() } else { given.to_owned() };
    match test {
        Test::IgnoreCase(wanted) => given.to_lowercase() == *wanted,
        Test::Prefix { text, ignore_case } => cased(*ignore_case).starts_with(text),
        Test::Suffix { text, ignore_case } => cased(*ignore_case).ends_with(text),
        Test::Wildcard(pattern) => is_like(pattern, given),
        Test::Cidr(network, bits) => given.parse().is_ok_and(|address| is_within(address, *network, *bits)),
        _ => false,
    }
}

/// Whether a text has these parts in their order: it begins with the first and ends with the last.
fn is_like(parts: &[String], given: &str) -> bool {
    let [first, middle @ .., last] = parts else { return parts.first().is_some_and(|whole| whole == given) };
    let Some(mut rest) = given.strip_prefix(first.as_str()) else { return false };
    for part in middle {
        match rest.find(part.as_str()) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last.as_str())
}

fn is_within(address: IpAddr, network: IpAddr, bits: u8) -> bool {
    match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            let shift = 32 - u32::from(bits);
            (u64::from(address.to_bits()) >> shift) == (u64::from(network.to_bits()) >> shift)
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => {
            let shift = 128 - u32::from(bits);
            let cut = |bits: u128| bits.checked_shr(shift).unwrap_or(0);
            cut(address.to_bits()) == cut(network.to_bits())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fits(pattern: &Value, event: &Value) -> bool {
        EventPattern::parse(&pattern.to_string()).unwrap().matches(event)
    }

    #[test]
    fn a_pattern_describes_events_by_their_values() {
        let event = json!({ "source": "shop", "detail": { "state": "paid", "total": 12.5, "tags": ["a", "b"], "ip": "10.0.0.7" } });
        for (pattern, wanted) in [
            (json!({ "source": ["shop"] }), true),
            (json!({ "source": ["other", "shop"] }), true),
            (json!({ "source": ["Shop"] }), false),
            (json!({ "detail": { "state": [{ "prefix": "pa" }] } }), true),
            (json!({ "detail": { "state": [{ "suffix": "id" }] } }), true),
            (json!({ "detail": { "state": [{ "equals-ignore-case": "PAID" }] } }), true),
            (json!({ "detail": { "state": [{ "wildcard": "p*d" }] } }), true),
            (json!({ "detail": { "state": [{ "wildcard": "p\\*d" }] } }), false),
            (json!({ "source": [{ "wildcard": "*h*p" }] }), true),
            (json!({ "source": [{ "wildcard": "shop" }] }), true),
            (json!({ "source": [{ "anything-but": { "wildcard": "s*" } }] }), false),
            (json!({ "detail": { "state": [{ "anything-but": ["new", "paid"] }] } }), false),
            (json!({ "detail": { "state": [{ "anything-but": { "prefix": "x" } }] } }), true),
            (json!({ "detail": { "total": [{ "numeric": [">", 10, "<=", 12.5] }] } }), true),
            (json!({ "detail": { "total": [{ "numeric": ["<", 10] }] } }), false),
            (json!({ "detail": { "tags": ["b"] } }), true),
            (json!({ "detail": { "none": [{ "exists": false }] } }), true),
            (json!({ "detail": { "none": ["x"] } }), false),
            (json!({ "detail": { "ip": [{ "cidr": "10.0.0.0/24" }] } }), true),
            (json!({ "$or": [{ "source": ["x"] }, { "detail": { "state": ["paid"] } }] }), true),
        ] {
            assert_eq!(fits(&pattern, &event), wanted, "{pattern}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for text in [
            "",
            "[]",
            "{}",
            r#"{"a": "b"}"#,
            r#"{"a": []}"#,
            r#"{"a": [{"like": "b"}]}"#,
            r#"{"a": [{"wildcard": "b**"}]}"#,
            r#"{"a": [{"numeric": ["!", 1]}]}"#,
        ] {
            assert!(EventPattern::parse(text).is_err(), "{text}");
        }
    }
}
