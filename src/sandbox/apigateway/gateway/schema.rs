//! JSON schema (draft 4) as models use it.

use regex::Regex;
use serde_json::Value;

use crate::sandbox::apigateway::entity::{Map, Model};

/// References may go round in circles; beyond this depth a document is refused.
const DEEPEST: usize = 64;

/// Whether a document fits a model.
pub(super) fn fits(models: &Map<Model>, model: &Model, document: &Value) -> bool {
    let schema = parsed(model);
    Check { models, root: &schema }.fits(&schema, document, 0)
}

fn parsed(model: &Model) -> Value {
    model.schema.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

struct Check<'a> {
    models: &'a Map<Model>,
    root: &'a Value,
}

impl Check<'_> {
    fn fits(&self, schema: &Value, document: &Value, depth: usize) -> bool {
        if depth > DEEPEST {
            return false;
        }
        let Some(rules) = schema.as_object() else { return schema != &Value::Bool(false) };
        if let Some(reference) = rules.get("$ref").and_then(Value::as_str) {
            return self.refers(reference, document, depth + 1);
        }
        let all = |name: &str| rules.get(name).and_then(Value::as_array);
        let each = |schemas: &Vec<Value>| -> usize {
            schemas.iter().filter(|schema| self.fits(schema, document, depth + 1)).count()
        };
        has_type(rules.get("type"), document)
            && all("enum").is_none_or(|values| values.contains(document))
            && all("allOf").is_none_or(|schemas| each(schemas) == schemas.len())
            && all("anyOf").is_none_or(|schemas| each(schemas) > 0)
            && all("oneOf").is_none_or(|schemas| each(schemas) == 1)
            && rules.get("not").is_none_or(|schema| !self.fits(schema, document, depth + 1))
            && match document {
                Value::Object(_) => self.object(rules, document, depth),
                Value::Array(entries) => self.array(rules, entries, depth),
                Value::String(text) => string(rules, text),
                Value::Number(_) => number(rules, document),
                _ => true,
            }
    }

    /// `#/definitions/x`, or another model's URL.
    fn refers(&self, reference: &str, document: &Value, depth: usize) -> bool {
        if let Some(pointer) = reference.strip_prefix('#') {
            return self.root.pointer(pointer).is_some_and(|schema| self.fits(schema, document, depth));
        }
        let name = reference.rsplit('/').next().unwrap_or_default();
        self.models.get(name).is_some_and(|model| {
            let root = parsed(model);
            Check { models: self.models, root: &root }.fits(&root, document, depth)
        })
    }

    fn object(&self, rules: &serde_json::Map<String, Value>, document: &Value, depth: usize) -> bool {
        let Some(members) = document.as_object() else { return true };
        let required = rules.get("required").and_then(Value::as_array);
        let missing = required.is_some_and(|names| {
            names.iter().filter_map(Value::as_str).any(|name| !members.contains_key(name))
        });
        if missing || !within(rules, "minProperties", "maxProperties", members.len()) {
            return false;
        }
        let properties = rules.get("properties").and_then(Value::as_object);
        let patterns = rules.get("patternProperties").and_then(Value::as_object);
        let others = rules.get("additionalProperties");
        members.iter().all(|(name, value)| {
            let mut known = false;
            if let Some(schema) = properties.and_then(|properties| properties.get(name)) {
                known = true;
                if !self.fits(schema, value, depth + 1) {
                    return false;
                }
            }
            for (pattern, schema) in patterns.into_iter().flatten() {
                if Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(name)) {
                    known = true;
                    if !self.fits(schema, value, depth + 1) {
                        return false;
                    }
                }
            }
            known || others.is_none_or(|schema| self.fits(schema, value, depth + 1))
        })
    }

    fn array(&self, rules: &serde_json::Map<String, Value>, entries: &[Value], depth: usize) -> bool {
        if !within(rules, "minItems", "maxItems", entries.len()) {
            return false;
        }
        if rules.get("uniqueItems") == Some(&Value::Bool(true))
            && entries.iter().enumerate().any(|(position, entry)| entries[..position].contains(entry))
        {
            return false;
        }
        match rules.get("items") {
            None => true,
            Some(Value::Array(schemas)) => entries.iter().enumerate().all(|(position, entry)| {
                let rule = schemas.get(position).or_else(|| rules.get("additionalItems"));
                rule.is_none_or(|schema| self.fits(schema, entry, depth + 1))
            }),
            Some(schema) => entries.iter().all(|entry| self.fits(schema, entry, depth + 1)),
        }
    }
}

fn has_type(rule: Option<&Value>, document: &Value) -> bool {
    let is = |kind: &str| match kind {
        "object" => document.is_object(),
        "array" => document.is_array(),
        "string" => document.is_string(),
        "boolean" => document.is_boolean(),
        "null" => document.is_null(),
        "number" => document.is_number(),
        "integer" => {
            document.is_i64()
                || document.is_u64()
                || document.as_f64().is_some_and(|number| number.fract() == 0.0)
        }
        _ => true,
    };
    match rule {
        Some(Value::String(kind)) => is(kind),
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).any(is),
        _ => true,
    }
}

fn within(rules: &serde_json::Map<String, Value>, least: &str, most: &str, count: usize) -> bool {
    let limit =
        |name: &str| rules.get(name).and_then(Value::as_u64).and_then(|limit| usize::try_from(limit).ok());
    limit(least).is_none_or(|limit| count >= limit) && limit(most).is_none_or(|limit| count <= limit)
}

fn string(rules: &serde_json::Map<String, Value>, text: &str) -> bool {
    let pattern = rules.get("pattern").and_then(Value::as_str);
    within(rules, "minLength", "maxLength", text.chars().count())
        && pattern.is_none_or(|pattern| Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(text)))
}

fn number(rules: &serde_json::Map<String, Value>, document: &Value) -> bool {
    let Some(number) = document.as_f64() else { return true };
    let limit = |name: &str| rules.get(name).and_then(Value::as_f64);
    let exclusive = |name: &str| rules.get(name) == Some(&Value::Bool(true));
    let low = limit("minimum")
        .is_none_or(|least| if exclusive("exclusiveMinimum") { number > least } else { number >= least });
    let high = limit("maximum")
        .is_none_or(|most| if exclusive("exclusiveMaximum") { number < most } else { number <= most });
    let multiple = limit("multipleOf").is_none_or(|step| {
        let quotient = number / step;
        step != 0.0 && (quotient - quotient.round()).abs() < 1e-9
    });
    low && high && multiple
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn model(name: &str, schema: &Value) -> Model {
        Model {
            id: "m".to_owned(),
            name: name.to_owned(),
            description: None,
            schema: Some(schema.to_string()),
            content_type: "application/json".to_owned(),
        }
    }

    #[test]
    fn documents_are_held_against_the_schema_and_what_it_refers_to() {
        let item = model("Item", &json!({ "type": "object", "required": ["sku"] }));
        let order = model(
            "Order",
            &json!({
                "type": "object",
                "required": ["items"],
                "properties": {
                    "items": {
                        "type": "array", "minItems": 1,
                        "items": { "$ref": "https://apigateway.amazonaws.com/restapis/a/models/Item" },
                    },
                    "note": { "type": "string", "maxLength": 3 },
                    "count": { "type": "integer", "minimum": 1 },
                },
                "additionalProperties": false,
            }),
        );
        let models = Map::from([("Item".to_owned(), item), ("Order".to_owned(), order.clone())]);
        assert!(fits(&models, &order, &json!({ "items": [{ "sku": "a" }], "note": "abc", "count": 1 })));
        for wrong in [
            json!({}),
            json!([]),
            json!({ "items": [] }),
            json!({ "items": [{}] }),
            json!({ "items": [{ "sku": "a" }], "note": "abcd" }),
            json!({ "items": [{ "sku": "a" }], "count": 0 }),
            json!({ "items": [{ "sku": "a" }], "other": 1 }),
        ] {
            assert!(!fits(&models, &order, &wrong), "{wrong}");
        }
    }

    #[test]
    fn a_schema_that_refers_to_itself_for_ever_ends() {
        let circle = model("Circle", &json!({ "$ref": "#" }));
        let models = Map::from([("Circle".to_owned(), circle.clone())]);
        assert!(!fits(&models, &circle, &json!({})));
    }
}
