use serde::Deserialize;
use serde_json::Value;

use super::Ask;
use super::ask::wire;
use super::{methods, reference};
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::entity::{Definition, Map, MethodResponse};
use crate::sandbox::apigateway::fault::{bad_request, check_status_code, conflict};
use crate::sandbox::apigateway::patch;
use crate::sandbox::apigateway::state::Region;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    response_parameters: Option<Map<bool>>,
    response_models: Option<Map<String>>,
}

pub(super) fn put(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let code = ask.path("status_code").to_owned();
    check_status_code(&code)?;
    let input: Input = ask.input()?;
    let response = MethodResponse {
        status_code: code.clone(),
        response_parameters: input.response_parameters,
        response_models: input.response_models,
    };
    reference::method(region, ask)?;
    check(&reference::api_of_resource(region, ask)?.definition, &response)?;
    let method = reference::method(region, ask)?;
    if method.method_responses.contains_key(&code) {
        return Err(conflict("Response already exists for this resource"));
    }
    let body = wire(&response)?;
    method.method_responses.insert(code, response);
    Ok(body)
}

fn check(definition: &Definition, response: &MethodResponse) -> Result<(), ServiceError> {
    for (name, _) in response.response_parameters.iter().flatten() {
        if name.strip_prefix("method.response.header.").is_none_or(str::is_empty) {
            return Err(bad_request(format!("Invalid mapping expression specified: {name}")));
        }
    }
    methods::check_models(definition, response.response_models.as_ref())
}

pub(super) fn get(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    wire(found(region, ask)?)
}

pub(super) fn update(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let operations = ask.patches()?;
    let changed = patch::apply(found(region, ask)?, &operations, &patch::METHOD_RESPONSE)?;
    check(&reference::api_of_resource(region, ask)?.definition, &changed)?;
    let body = wire(&changed)?;
    *found(region, ask)? = changed;
    Ok(body)
}

pub(super) fn delete(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    found(region, ask)?;
    reference::method(region, ask)?.method_responses.shift_remove(ask.path("status_code"));
    Ok(Value::Null)
}

fn found<'a>(region: &'a mut Region, ask: &Ask<'_>) -> Result<&'a mut MethodResponse, ServiceError> {
    let code = ask.path("status_code");
    check_status_code(code)?;
    reference::method(region, ask)?.method_responses.get_mut(code).ok_or_else(reference::no_status_code)
}
