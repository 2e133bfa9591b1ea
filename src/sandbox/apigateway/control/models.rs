use serde::Deserialize;
use serde_json::{Value, json};

use super::Ask;
use super::ask::wire;
use super::page::page;
use super::reference;
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::entity::{Api, Model};
use crate::sandbox::apigateway::fault::{bad_request, conflict, not_found};
use crate::sandbox::apigateway::state::Region;
use crate::sandbox::apigateway::{identifier, patch};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    name: Option<String>,
    description: Option<String>,
    schema: Option<String>,
    content_type: Option<String>,
}

pub(super) fn create(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let input: Input = ask.input()?;
    let api = reference::api_mut(region, ask)?;
    let model = Model {
        id: identifier::short(ask.random),
        name: input.name.unwrap_or_default(),
        description: input.description.filter(|text| !text.is_empty()),
        schema: input.schema,
        content_type: input.content_type.unwrap_or_default(),
    };
    if model.name.is_empty() {
        return Err(bad_request("Model name must be non-empty"));
    }
    if !model.name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(bad_request(format!("Model name must be alphanumeric: {}", model.name)));
    }
    if api.definition.models.contains_key(&model.name) {
        return Err(conflict("Model name already exists for this REST API"));
    }
    check(&model)?;
    let body = wire(&model)?;
    api.definition.models.insert(model.name.clone(), model);
    Ok(body)
}

/// A JSON model needs a schema that is a JSON object.
fn check(model: &Model) -> Result<(), ServiceError> {
    let schema = model.schema.as_deref().unwrap_or_default();
    if schema.trim().is_empty() {
        return Err(bad_request("Model schema must have at least 1 property or array items defined"));
    }
    if model.content_type.ends_with("json")
        && !serde_json::from_str::<Value>(schema).is_ok_and(|value| value.is_object())
    {
        return Err(bad_request(format!(
            "Invalid model specified: Validation Result: warnings : [], errors : [Invalid model schema specified. \
             Unable to parse the schema of model {}]",
            model.name
        )));
    }
    Ok(())
}

pub(super) fn get(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    wire(found(region, ask)?)
}

pub(super) fn list(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = reference::api(region, ask)?;
    let entries = api
        .definition
        .models
        .iter()
        .map(|(name, model)| Ok((name.clone(), wire(model)?)))
        .collect::<Result<_, ServiceError>>()?;
    page(ask, entries)
}

pub(super) fn update(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let operations = ask.patches()?;
    let changed = patch::apply(found(region, ask)?, &operations, &patch::MODEL)?;
    check(&changed)?;
    let body = wire(&changed)?;
    *found(region, ask)? = changed;
    Ok(body)
}

pub(super) fn delete(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    found(region, ask)?;
    let name = ask.path("model_name");
    let api = reference::api_mut(region, ask)?;
    if let Some(user) = user_of(api, name) {
        return Err(conflict(format!("Cannot delete model '{name}', is referenced in {user}")));
    }
    api.definition.models.shift_remove(name);
    Ok(Value::Null)
}

/// The method that refers to a model, as AWS names it in its message.
fn user_of(api: &Api, name: &str) -> Option<String> {
    api.definition.methods().find_map(|(resource, method)| {
        let place = format!("{}/{}", resource.path, method.http_method);
        if method.request_models.iter().flatten().any(|(_, model)| model == name) {
            return Some(format!("method request: {place}"));
        }
        let answers = |(_, response): (&String, &crate::sandbox::apigateway::entity::MethodResponse)| {
            response.response_models.iter().flatten().any(|(_, model)| model == name)
        };
        method.method_responses.iter().any(answers).then(|| format!("method response: {place}"))
    })
}

/// A mapping template that goes through a model's top-level properties, as a starting point for an author.
pub(super) fn template(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let model = found(region, ask)?;
    let schema: Value =
        model.schema.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let names = schema["properties"].as_object().map(|properties| {
        let lines: Vec<String> =
            properties.keys().map(|name| format!("  \"{name}\" : \"$inputRoot.{name}\"")).collect();
        lines.join(",\n")
    });
    let body = names.filter(|lines| !lines.is_empty()).unwrap_or_default();
    Ok(json!({ "value": format!("#set($inputRoot = $input.path('$'))\n{{\n{body}\n}}") }))
}

fn found<'a>(region: &'a mut Region, ask: &Ask<'_>) -> Result<&'a mut Model, ServiceError> {
    let name = ask.path("model_name");
    let unknown = || not_found(format!("Invalid model name specified: {name}"));
    region
        .apis
        .get_mut(ask.path("restapi_id"))
        .and_then(|api| api.definition.models.get_mut(name))
        .ok_or_else(unknown)
}
