//! JSON schema (draft 4) as models use it.

use serde_json::Value;

use super::schema_rule::{Object, array, finds, holds, number, object, of_type, string};
use crate::sandbox::apigateway::entity::{Map, Model};

/// References may go round in circles; beyond this depth a document is refused.
const DEEPEST: usize = 64;

/// What keeps a document from fitting a model, in the words of the validator that AWS uses; empty where it fits. Members and
/// entries are looked at only where what holds them is right.
/// <https://github.com/java-json-tools/json-schema-validator>
pub(super) fn problems(models: &Map<Model>, model: &Model, document: &Value) -> Vec<String> {
    let schema = parsed(model);
    Check { models, root: &schema }.look(&schema, document, 0)
}

fn parsed(model: &Model) -> Value {
    model.schema.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

struct Check<'a> {
    models: &'a Map<Model>,
    root: &'a Value,
}

impl Check<'_> {
    fn look(&self, schema: &Value, document: &Value, depth: usize) -> Vec<String> {
        if depth > DEEPEST {
            return vec!["the schema refers to itself too deeply".to_owned()];
        }
        let Some(rules) = schema.as_object() else {
            let refused = schema == &Value::Bool(false);
            return if refused { vec!["the schema allows nothing".to_owned()] } else { vec![] };
        };
        if let Some(reference) = rules.get("$ref").and_then(Value::as_str) {
            return self.refers(reference, document, depth + 1);
        }
        let mut problems = vec![];
        problems.extend(of_type(rules.get("type"), document));
        if let Some(values) = rules.get("enum").filter(|values| !holds(values, document)) {
            problems
                .push(format!("instance value ({document}) not found in enum (possible values: {values})"));
        }
        match document {
            Value::Object(members) => problems.extend(object(rules, members)),
            Value::Array(entries) => problems.extend(array(rules, entries)),
            Value::String(text) => problems.extend(string(rules, text)),
            Value::Number(_) => problems.extend(number(rules, document)),
            _ => {}
        }
        problems.extend(self.combined(rules, document, depth));
        if !problems.is_empty() {
            return problems;
        }
        match document {
            Value::Object(members) => self.members(rules, members, depth),
            Value::Array(entries) => self.entries(rules, entries, depth),
            _ => problems,
        }
    }

    /// `#/definitions/x`, or another model's URL.
    fn refers(&self, reference: &str, document: &Value, depth: usize) -> Vec<String> {
        let unresolved = || vec![format!("JSON Reference \"{reference}\" cannot be resolved")];
        if let Some(pointer) = reference.strip_prefix('#') {
            let found = self.root.pointer(pointer);
            return found.map_or_else(unresolved, |schema| self.look(schema, document, depth));
        }
        let name = reference.rsplit('/').next().unwrap_or_default();
        self.models.get(name).map_or_else(unresolved, |model| {
            let root = parsed(model);
            Check { models: self.models, root: &root }.look(&root, document, depth)
        })
    }

    fn combined(&self, rules: &Object, document: &Value, depth: usize) -> Vec<String> {
        let fits = |schema: &Value| self.look(schema, document, depth + 1).is_empty();
        let counted = |name: &str| {
            let schemas = rules.get(name).and_then(Value::as_array)?;
            Some((schemas.iter().filter(|schema| fits(schema)).count(), schemas.len()))
        };
        let mut problems = vec![];
        if let Some((matched, all)) = counted("allOf").filter(|(matched, all)| matched < all) {
            problems.push(format!(
                "instance failed to match all required schemas (matched only {matched} out of {all})"
            ));
        }
        if let Some((_, all)) = counted("anyOf").filter(|(matched, _)| *matched == 0) {
            problems.push(format!("instance failed to match at least one required schema among {all}"));
        }
        if let Some((matched, all)) = counted("oneOf").filter(|(matched, _)| *matched != 1) {
            problems.push(format!(
                "instance failed to match exactly one schema (matched {matched} out of {all})"
            ));
        }
        if rules.get("not").is_some_and(fits) {
            problems.push("instance matched a schema which it should not have".to_owned());
        }
        problems
    }

    fn members(&self, rules: &Object, members: &Object, depth: usize) -> Vec<String> {
        let properties = rules.get("properties").and_then(Value::as_object);
        let patterns = rules.get("patternProperties").and_then(Value::as_object);
        let others = rules.get("additionalProperties").filter(|others| others.is_object());
        let mut problems = vec![];
        for (name, value) in members {
            let own = properties.and_then(|properties| properties.get(name));
            let by_pattern = patterns.into_iter().flatten().filter(|(pattern, _)| finds(pattern, name));
            let schemas: Vec<&Value> = own.into_iter().chain(by_pattern.map(|(_, schema)| schema)).collect();
            let schemas = if schemas.is_empty() { others.into_iter().collect() } else { schemas };
            problems.extend(schemas.into_iter().flat_map(|schema| self.look(schema, value, depth + 1)));
        }
        problems
    }

    fn entries(&self, rules: &Object, entries: &[Value], depth: usize) -> Vec<String> {
        let rule = |position: usize| match rules.get("items")? {
            Value::Array(schemas) => schemas.get(position).or_else(|| rules.get("additionalItems")),
            schema => Some(schema),
        };
        let looked = entries.iter().enumerate();
        looked
            .filter_map(|(position, entry)| Some((rule(position)?, entry)))
            .flat_map(|(schema, entry)| self.look(schema, entry, depth + 1))
            .collect()
    }
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
        assert_eq!(
            problems(&models, &order, &json!({ "items": [{ "sku": "a" }], "note": "abc", "count": 1 })),
            Vec::<String>::new()
        );
        let one = [
            (json!({}), "object has missing required properties ([\"items\"])"),
            (
                json!([]),
                "instance type (array) does not match any allowed primitive type (allowed: [\"object\"])",
            ),
            (
                json!({ "items": [] }),
                "array is too short: must have at least 1 elements but instance has 0 elements",
            ),
            (json!({ "items": [{}] }), "object has missing required properties ([\"sku\"])"),
            (
                json!({ "items": [{ "sku": "a" }], "count": 0 }),
                "numeric instance is lower than the required minimum (minimum: 1, found: 0)",
            ),
            (
                json!({ "items": [{ "sku": "a" }], "other": 1 }),
                "object instance has properties which are not allowed by the schema: [\"other\"]",
            ),
        ];
        for (wrong, problem) in one {
            assert_eq!(problems(&models, &order, &wrong), [problem], "{wrong}");
        }
        let two = json!({ "items": [{ "sku": "a" }], "note": "abcd", "count": 1.5 });
        assert_eq!(
            problems(&models, &order, &two),
            [
                "string \"abcd\" is too long (length: 4, maximum allowed: 3)",
                "instance type (number) does not match any allowed primitive type (allowed: [\"integer\"])",
            ]
        );
    }

    #[test]
    fn schemas_are_combined() {
        let rules = json!({
            "allOf": [{ "type": "integer" }], "anyOf": [{ "minimum": 10 }], "oneOf": [{}, {}], "not": {},
            "enum": [7],
        });
        let order = model("Order", &rules);
        assert_eq!(
            problems(&Map::new(), &order, &json!("x")),
            [
                "instance value (\"x\") not found in enum (possible values: [7])",
                "instance failed to match all required schemas (matched only 0 out of 1)",
                "instance failed to match exactly one schema (matched 2 out of 2)",
                "instance matched a schema which it should not have",
            ]
        );
    }

    #[test]
    fn a_schema_that_refers_to_itself_for_ever_ends() {
        let circle = model("Circle", &json!({ "$ref": "#" }));
        let models = Map::from([("Circle".to_owned(), circle.clone())]);
        assert_eq!(problems(&models, &circle, &json!({})).len(), 1);
    }
}
