use serde::Deserialize;
use serde_json::Value;

use super::Ask;
use super::ask::wire;
use super::page::page;
use super::reference;
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::entity::RequestValidator;
use crate::sandbox::apigateway::fault::{bad_request, conflict, not_found};
use crate::sandbox::apigateway::state::Region;
use crate::sandbox::apigateway::{identifier, patch};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    name: Option<String>,
    validate_request_body: Option<bool>,
    validate_request_parameters: Option<bool>,
}

pub(super) fn create(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let input: Input = ask.input()?;
    let api = region
        .apis
        .get_mut(ask.path("restapi_id"))
        .ok_or_else(|| bad_request("Invalid REST API identifier specified"))?;
    let validator = RequestValidator {
        id: identifier::short(ask.random),
        name: input.name.filter(|name| !name.is_empty()),
        validate_request_body: input.validate_request_body.unwrap_or(false),
        validate_request_parameters: input.validate_request_parameters.unwrap_or(false),
    };
    let body = wire(&validator)?;
    api.definition.validators.insert(validator.id.clone(), validator);
    Ok(body)
}

pub(super) fn get(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    wire(found(region, ask)?)
}

pub(super) fn list(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = reference::api(region, ask)?;
    let entries = api
        .definition
        .validators
        .iter()
        .map(|(id, validator)| Ok((id.clone(), wire(validator)?)))
        .collect::<Result<_, ServiceError>>()?;
    page(ask, entries)
}

pub(super) fn update(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let operations = ask.patches()?;
    let changed = patch::apply(found(region, ask)?, &operations, &patch::REQUEST_VALIDATOR)?;
    let body = wire(&changed)?;
    *found(region, ask)? = changed;
    Ok(body)
}

pub(super) fn delete(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let id = found(region, ask)?.id.clone();
    let definition = &mut reference::api_mut(region, ask)?.definition;
    let user = definition.methods().find(|(_, method)| method.request_validator_id.as_ref() == Some(&id));
    if let Some((resource, method)) = user {
        return Err(conflict(format!(
            "Cannot delete request validator '{id}', is referenced in method request: {}/{}",
            resource.path, method.http_method
        )));
    }
    definition.validators.shift_remove(&id);
    Ok(Value::Null)
}

fn found<'a>(region: &'a mut Region, ask: &Ask<'_>) -> Result<&'a mut RequestValidator, ServiceError> {
    region
        .apis
        .get_mut(ask.path("restapi_id"))
        .and_then(|api| api.definition.validators.get_mut(ask.path("requestvalidator_id")))
        .ok_or_else(|| not_found("Invalid Request Validator identifier specified"))
}
