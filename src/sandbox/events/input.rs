use serde_json::{Map, Value};

/// What surrounds an event when a rule hands it on.
pub(super) struct Surroundings<'a> {
    pub(super) rule_arn: &'a str,
    pub(super) rule_name: &'a str,
    /// When the bus took it.
    pub(super) ingested: &'a str,
}

/// Makes what a target gets of an event: the event, a part of it, or a text of its own.
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html>
pub(super) fn make(target: &Map<String, Value>, event: &Value, around: &Surroundings<'_>) -> String {
    if let Some(text) = target.get("Input").and_then(Value::as_str) {
        return text.to_owned();
    }
    if let Some(path) = target.get("InputPath").and_then(Value::as_str) {
        return at(event, path).unwrap_or(Value::Null).to_string();
    }
    let Some(transformer) = target.get("InputTransformer") else { return event.to_string() };
    let template = transformer["InputTemplate"].as_str().unwrap_or_default();
    let paths = transformer["InputPathsMap"].as_object();
    fill(template, &|name| match name {
        "aws.events.rule-arn" => Some(around.rule_arn.into()),
        "aws.events.rule-name" => Some(around.rule_name.into()),
        "aws.events.event.ingestion-time" => Some(around.ingested.into()),
        "aws.events.event.json" => Some(event.clone()),
        "aws.events.event" => {
            let mut bare = event.clone();
            if let Some(members) = bare.as_object_mut() {
                members.shift_remove("detail");
            }
            Some(bare)
        }
        name => {
            let path = paths?.get(name)?.as_str()?;
            Some(at(event, path).unwrap_or_else(|| Value::String(String::new())))
        }
    })
}

/// Finds what a path such as `$.detail.items[0].name` leads to; `[*]` takes all.
pub(super) fn at(event: &Value, path: &str) -> Option<Value> {
    let mut rest = path.strip_prefix('$')?;
    let mut found = vec![event.clone()];
    let mut many = false;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('[') {
            let (inner, after) = after.split_once(']')?;
            rest = after;
            if inner == "*" {
                many = true;
                found = found.iter().filter_map(Value::as_array).flatten().cloned().collect();
            } else if let Some(key) =
                inner.strip_prefix(['\'', '"']).and_then(|key| key.strip_suffix(['\'', '"']))
            {
                found = found.iter().filter_map(|value| value.get(key)).cloned().collect();
            } else {
                let index: usize = inner.parse().ok()?;
                found = found.iter().filter_map(|value| value.get(index)).cloned().collect();
            }
        } else {
            let after = rest.strip_prefix('.')?;
            let end = after.find(['.', '[']).unwrap_or(after.len());
            let key = &after[..end];
            rest = &after[end..];
            if key == "*" {
                many = true;
                found = found.iter().filter_map(Value::as_object).flat_map(Map::values).cloned().collect();
            } else {
                found = found.iter().filter_map(|value| value.get(key)).cloned().collect();
            }
        }
    }
    if many { Some(found.into()) } else { found.into_iter().next() }
}

/// Whether a path can be read at all.
pub(super) fn is_path(path: &str) -> bool {
    let Some(rest) = path.strip_prefix('$') else { return false };
    rest.is_empty()
        || ((rest.starts_with('.') || rest.starts_with('[')) && !rest.ends_with('.') && !rest.contains(".."))
}

/// Fills a template's `<name>`s: within quotes with text, elsewhere with JSON. What is not a name stays.
fn fill(template: &str, value_of: &dyn Fn(&str) -> Option<Value>) -> String {
    let mut out = String::new();
    let mut quoted = false;
    let mut rest = template;
    while let Some(next) = rest.chars().next() {
        if next == '\\' {
            // An escape goes over as it is, with what it escapes.
            let end = rest.char_indices().nth(2).map_or(rest.len(), |(at, _)| at);
            out.push_str(&rest[..end]);
            rest = &rest[end..];
            continue;
        }
        if next == '<'
            && let Some((name, after)) = rest[1..].split_once('>')
            && let Some(value) = value_of(name)
        {
            if quoted {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let escaped = Value::String(text).to_string();
                out.push_str(&escaped[1..escaped.len() - 1]);
            } else {
                out.push_str(&value.to_string());
            }
            rest = after;
            continue;
        }
        quoted ^= next == '"';
        out.push(next);
        rest = &rest[next.len_utf8()..];
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn made(target: &Value) -> String {
        let event = json!({
            "source": "shop", "detail-type": "Order", "detail": { "id": "a\"1", "n": 3, "items": [{ "k": "x" }, { "k": "y" }] }
        });
        let around = Surroundings { rule_arn: "arn", rule_name: "rule", ingested: "2026-11-22T10:00:00Z" };
        make(target.as_object().unwrap(), &event, &around)
    }

    #[test]
    fn a_target_gets_what_it_asked_for() {
        assert_eq!(made(&json!({ "Input": "{\"a\":1}" })), "{\"a\":1}");
        assert_eq!(made(&json!({ "InputPath": "$.detail.n" })), "3");
        assert_eq!(made(&json!({ "InputPath": "$.detail-type" })), "\"Order\"");
        assert_eq!(made(&json!({ "InputPath": "$.detail.items[*].k" })), "[\"x\",\"y\"]");
        assert_eq!(made(&json!({ "InputPath": "$.detail.items[1].k" })), "\"y\"");
        assert_eq!(made(&json!({ "InputPath": "$.nothing" })), "null");
        assert!(made(&json!({})).contains("\"source\":\"shop\""));
    }

    #[test]
    fn a_template_is_filled_with_text_in_quotes_and_json_elsewhere() {
        let paths = json!({ "id": "$.detail.id", "n": "$.detail.n", "none": "$.detail.none" });
        let with = |template: &str| {
            made(&json!({ "InputTransformer": { "InputPathsMap": paths, "InputTemplate": template } }))
        };
        assert_eq!(with("\"order <id> of <n>\""), "\"order a\\\"1 of 3\"");
        assert_eq!(
            with("{\"id\": <id>, \"n\": <n>, \"by\": \"<aws.events.rule-name>\"}"),
            "{\"id\": \"a\\\"1\", \"n\": 3, \"by\": \"rule\"}"
        );
        assert_eq!(with("{\"none\": <none>, \"odd\": \"a < b\"}"), "{\"none\": \"\", \"odd\": \"a < b\"}");
        let whole: Value = serde_json::from_str(&with("<aws.events.event.json>")).unwrap();
        assert_eq!(whole["source"], "shop");
    }
}
