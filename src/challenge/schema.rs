use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::raw::{
    RawBinding, RawBreaks, RawChallenge, RawCredit, RawFault, RawNearMiss, RawSolution, RawWaivers, RawWay,
};

/// Returns the JSON Schema of `challenge.yaml`.
pub fn challenge_schema() -> Schema {
    generator().into_root_schema_for::<RawChallenge>()
}

/// Returns the JSON Schema of `faults/<id>.yaml`.
pub fn fault_schema() -> Schema {
    generator().into_root_schema_for::<RawFault>()
}

/// Returns the JSON Schema of `solutions/<id>/solution.yaml`.
pub fn solution_schema() -> Schema {
    generator().into_root_schema_for::<RawSolution>()
}

/// Returns the JSON Schema of `near-misses/<id>/near-miss.yaml`.
pub fn near_miss_schema() -> Schema {
    generator().into_root_schema_for::<RawNearMiss>()
}

/// Returns the JSON Schema of `waivers.yaml`.
pub fn waivers_schema() -> Schema {
    generator().into_root_schema_for::<RawWaivers>()
}

fn generator() -> SchemaGenerator {
    SchemaSettings::draft2020_12().into_generator()
}

impl JsonSchema for RawCredit {
    fn schema_name() -> Cow<'static, str> {
        "Credit".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "How the verdicts of a task's checks become its points.",
            "anyOf": [
                { "enum": ["proportional", "all-or-nothing"] },
                {
                    "type": "object",
                    "properties": { "at-least": { "type": "integer", "minimum": 1 } },
                    "required": ["at-least"],
                    "additionalProperties": false
                }
            ]
        })
    }
}

impl JsonSchema for RawBinding {
    fn schema_name() -> Cow<'static, str> {
        "Binding".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let way = generator.subschema_for::<RawWay>();
        json_schema!({
            "description": "A logical id, a route whose function is meant, or a way from another binding.",
            "anyOf": [{ "type": "string" }, way]
        })
    }
}

impl JsonSchema for RawBreaks {
    fn schema_name() -> Cow<'static, str> {
        "Breaks".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let ids = || serde_json::json!({ "type": "array", "items": { "type": "string" } });
        json_schema!({
            "description": "Ids of the tasks that fail, or those with the checks that fail.",
            "anyOf": [ids(), { "type": "object", "additionalProperties": ids() }]
        })
    }
}
