use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use super::arn::PARTS;
use super::{Argument, Expectation, Matcher, OPERATORS};

impl JsonSchema for Matcher {
    fn schema_name() -> Cow<'static, str> {
        "Matcher".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let matcher = generator.subschema_for::<Self>();
        let operators: Map<String, Value> = OPERATORS
            .iter()
            .map(|operator| {
                let mut schema = argument(operator.argument, &matcher);
                schema["description"] = format!("Holds when the value {}.", operator.holds).into();
                (operator.name.to_owned(), schema)
            })
            .collect();
        json_schema!({
            "description": "A plain value, which must be equal and of the same type, or a map with one operator.",
            "anyOf": [
                { "type": ["string", "number", "boolean"] },
                {
                    "type": "object",
                    "properties": operators,
                    "minProperties": 1,
                    "maxProperties": 1,
                    "additionalProperties": false
                }
            ]
        })
    }
}

impl JsonSchema for Expectation {
    fn schema_name() -> Cow<'static, str> {
        "Expectation".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let matcher = generator.subschema_for::<Matcher>();
        json_schema!({
            "description": "Selectors with matchers. A bare name such as `status` means `$.status`; else a JSONPath (RFC 9535).",
            "type": "object",
            "minProperties": 1,
            "patternProperties": { r"^(\$|[A-Za-z_][A-Za-z0-9_-]*$)": matcher },
            "additionalProperties": false
        })
    }
}

fn argument(argument: Argument, matcher: &Schema) -> Value {
    match argument {
        Argument::Value => json!({}),
        Argument::Values => json!({ "type": "array", "minItems": 1 }),
        Argument::Matcher => json!({ "allOf": [matcher] }),
        Argument::Matchers => json!({ "type": "array", "minItems": 1, "items": matcher }),
        Argument::Number => json!({ "type": "number" }),
        Argument::Range => {
            json!({ "type": "array", "minItems": 2, "maxItems": 2, "items": { "type": "number" } })
        }
        Argument::Text => json!({ "type": "string", "minLength": 1 }),
        Argument::Pattern => json!({ "type": "string", "format": "regex" }),
        Argument::Flag => json!({ "type": "boolean" }),
        Argument::Fields => json!({ "type": "object", "minProperties": 1, "additionalProperties": matcher }),
        Argument::Arn => {
            let parts: Map<String, Value> =
                PARTS.iter().map(|part| ((*part).to_owned(), json!(matcher))).collect();
            json!({ "anyOf": [
                { "type": "string", "pattern": "^arn:" },
                { "type": "object", "minProperties": 1, "properties": parts, "additionalProperties": false }
            ] })
        }
    }
}
