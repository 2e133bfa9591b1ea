use serde_json::Value;

use super::document::{Document, referred_name};
use crate::context::Random;
use crate::sandbox::apigateway::entity::{Definition, Model};
use crate::sandbox::apigateway::identifier;

/// Makes a model of every named schema.
pub(super) fn add(document: &Document, definition: &mut Definition, random: &Random) {
    for (name, schema) in document.schemas().as_object().into_iter().flatten() {
        // API Gateway's names are alphanumeric; others are left out, as AWS does with a warning.
        if name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            put(definition, name, schema, random);
        } else {
            definition
                .rest_api
                .warnings
                .push(format!("Model name '{name}' is not alphanumeric; it was ignored"));
        }
    }
}

fn put(definition: &mut Definition, name: &str, schema: &Value, random: &Random) {
    let api = definition.rest_api.id.clone();
    let id = definition.models.get(name).map(|there| there.id.clone());
    let model = Model {
        id: id.unwrap_or_else(|| identifier::short(random)),
        name: name.to_owned(),
        description: schema["description"].as_str().map(str::to_owned),
        schema: Some(relocate(schema.clone(), &api).to_string()),
        content_type: "application/json".to_owned(),
    };
    definition.models.insert(name.to_owned(), model);
}

/// Returns the name of the model for a schema: the one that it refers to, or a new one of its own.
pub(super) fn model_for(definition: &mut Definition, schema: &Value, random: &Random) -> Option<String> {
    if let Some(name) = referred_name(schema) {
        return definition.models.contains_key(name).then(|| name.to_owned());
    }
    schema.as_object().filter(|members| !members.is_empty())?;
    let name = format!("MODEL{}", identifier::short(random));
    put(definition, &name, schema, random);
    Some(name)
}

/// A model refers to another by its URL.
fn relocate(mut schema: Value, api: &str) -> Value {
    match &mut schema {
        Value::Object(members) => {
            for (name, value) in members.iter_mut() {
                let local = value.as_str().filter(|text| name == "$ref" && text.starts_with('#'));
                if let Some(model) = local.and_then(|text| text.rsplit('/').next()) {
                    *value = format!("https://apigateway.amazonaws.com/restapis/{api}/models/{model}").into();
                } else {
                    *value = relocate(value.take(), api);
                }
            }
        }
        Value::Array(entries) => {
            for entry in entries {
                *entry = relocate(entry.take(), api);
            }
        }
        _ => {}
    }
    schema
}
