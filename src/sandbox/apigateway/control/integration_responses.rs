use serde::Deserialize;
use serde_json::Value;

use super::Ask;
use super::ask::wire;
use super::{integrations, reference};
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::entity::{IntegrationResponse, Map, Method};
use crate::sandbox::apigateway::fault::{bad_request, check_status_code};
use crate::sandbox::apigateway::patch;
use crate::sandbox::apigateway::state::Region;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    selection_pattern: Option<String>,
    response_parameters: Option<Map<String>>,
    response_templates: Option<Map<Option<String>>>,
    content_handling: Option<String>,
}

pub(super) fn put(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let code = ask.path("status_code").to_owned();
    check_status_code(&code)?;
    let input: Input = ask.input()?;
    let mut response = IntegrationResponse {
        status_code: code.clone(),
        selection_pattern: input.selection_pattern,
        response_parameters: input.response_parameters,
        response_templates: input.response_templates,
        content_handling: input.content_handling,
    };
    settle(&mut response);
    reference::integration(region, ask)?;
    check(reference::method(region, ask)?, &response)?;
    let body = wire(&response)?;
    reference::integration(region, ask)?.integration_responses.insert(code, response);
    Ok(body)
}

/// An empty template is none.
fn settle(response: &mut IntegrationResponse) {
    for template in response.response_templates.iter_mut().flat_map(Map::values_mut) {
        if template.as_deref() == Some("") {
            *template = None;
        }
    }
}

/// Whether headers are declared by the method's response, and their sources can be read.
pub(super) fn check(method: &Method, response: &IntegrationResponse) -> Result<(), ServiceError> {
    if let Some(pattern) = &response.selection_pattern {
        regex::Regex::new(pattern)
            .map_err(|_| bad_request(format!("Invalid selection pattern specified: {pattern}")))?;
    }
    for (content_type, _) in response.response_templates.iter().flatten() {
        integrations::check_content_type(content_type)?;
    }
    let declared = method
        .method_responses
        .get(&response.status_code)
        .and_then(|found| found.response_parameters.as_ref());
    for (target, source) in response.response_parameters.iter().flatten() {
        if !declared.is_some_and(|declared| declared.contains_key(target)) {
            return Err(integrations::no_mapping("parameter ", target));
        }
        let places = ["header.", "multivalueheader.", "body"];
        let from_backend = source
            .strip_prefix("integration.response.")
            .is_some_and(|rest| places.iter().any(|place| rest.starts_with(place)));
        if !from_backend && !integrations::is_common_source(source) {
            return Err(integrations::no_mapping("", source));
        }
    }
    Ok(())
}

pub(super) fn get(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    wire(found(region, ask)?)
}

pub(super) fn update(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let operations = ask.patches()?;
    let mut changed = patch::apply(found(region, ask)?, &operations, &patch::INTEGRATION_RESPONSE)?;
    settle(&mut changed);
    check(reference::method(region, ask)?, &changed)?;
    let body = wire(&changed)?;
    *found(region, ask)? = changed;
    Ok(body)
}

pub(super) fn delete(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    // Recorded: here an unknown method is answered as an unknown integration.
    let resource = reference::resource(region, ask)?;
    if !resource.resource_methods.contains_key(ask.path("http_method")) {
        return Err(reference::no_integration());
    }
    found(region, ask)?;
    reference::integration(region, ask)?.integration_responses.shift_remove(ask.path("status_code"));
    Ok(Value::Null)
}

fn found<'a>(region: &'a mut Region, ask: &Ask<'_>) -> Result<&'a mut IntegrationResponse, ServiceError> {
    let code = ask.path("status_code");
    check_status_code(code)?;
    reference::integration(region, ask)?
        .integration_responses
        .get_mut(code)
        .ok_or_else(reference::no_status_code)
}
