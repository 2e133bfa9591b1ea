use serde_json::{Value, json};

use super::overlay::{check_length, overlay};
use super::page::page;
use super::{Ask, ask::wire, web_socket};
use crate::sandbox::ServiceError;
use crate::sandbox::apigatewayv2::entity::{Api, Model};
use crate::sandbox::apigatewayv2::fault::{bad_request, conflict, unknown};
use crate::sandbox::apigatewayv2::identifier;
use crate::sandbox::apigatewayv2::state::Region;

const SETTABLE: [&str; 4] = ["contentType", "description", "name", "schema"];

/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-models.html>
pub(super) fn create(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = ask.api(region)?;
    web_socket::need_for_models(api)?;
    let blank = Model {
        model_id: identifier::short(ask.random),
        content_type: Some("application/json".to_owned()),
        ..Model::default()
    };
    put(api, overlay(&blank, ask.body(), &SETTABLE)?)
}

fn put(api: &mut Api, model: Model) -> Result<Value, ServiceError> {
    let plain = !model.name.is_empty() && model.name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !plain || model.name.len() > 128 {
        return Err(bad_request("Model name must be alphanumeric and must not be empty"));
    }
    check_length(model.description.as_deref(), "Description", 1024)?;
    let schema = model.schema.as_deref().unwrap_or_default();
    if schema.is_empty() {
        return Err(bad_request("Model schema must not be empty"));
    }
    let json = model.content_type.as_deref() == Some("application/json");
    if json && !serde_json::from_str::<Value>(schema).is_ok_and(|schema| schema.is_object()) {
        return Err(bad_request("Invalid model specified: the schema is not a JSON object"));
    }
    if api.models.values().any(|other| other.model_id != model.model_id && other.name == model.name) {
        return Err(conflict(format!("Model name already exists for this API: {}", model.name)));
    }
    let answer = wire(&model, &[])?;
    api.models.insert(model.model_id.clone(), model);
    Ok(answer)
}

fn found<'a>(api: &'a Api, ask: &Ask<'_>) -> Result<&'a Model, ServiceError> {
    let id = ask.path("modelId");
    api.models.get(id).ok_or_else(|| unknown("Model", id))
}

pub(super) fn get(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    wire(found(ask.api(region)?, ask)?, &[])
}

pub(super) fn list(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let all = ask.api(region)?.models.values();
    let items = all.map(|one| Ok((one.model_id.clone(), wire(one, &[])?)));
    page(ask, items.collect::<Result<_, ServiceError>>()?)
}

/// A mapping template that lets everything through: what a schema says of it is not looked at.
pub(super) fn template(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    found(ask.api(region)?, ask)?;
    Ok(json!({ "value": "#set($inputRoot = $input.path('$'))\n{ }" }))
}

pub(super) fn update(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = ask.api(region)?;
    let changed = overlay(found(api, ask)?, ask.body(), &SETTABLE)?;
    let before = found(api, ask)?.name.clone();
    if changed.name != before && refers(api, &before) {
        return Err(bad_request(format!("Cannot rename model {before}: a route refers to it")));
    }
    put(api, changed)
}

fn refers(api: &Api, name: &str) -> bool {
    let names = |models: &Option<super::super::entity::Map<String>>| {
        models.iter().flatten().any(|(_, model)| model == name)
    };
    api.routes.values().any(|route| {
        names(&route.request_models)
            || route.responses.values().any(|response| names(&response.response_models))
    })
}

/// A model that a route refers to stays.
pub(super) fn delete(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = ask.api(region)?;
    let (id, name) = found(api, ask).map(|model| (model.model_id.clone(), model.name.clone()))?;
    if refers(api, &name) {
        return Err(conflict(format!("Cannot delete model {name}: a route refers to it")));
    }
    api.models.shift_remove(&id);
    Ok(Value::Null)
}
