use serde::Deserialize;
use serde_json::Value;

use super::Ask;
use super::ask::wire;
use super::reference;
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::entity::{Definition, Map, Method};
use crate::sandbox::apigateway::fault::{bad_request, conflict};
use crate::sandbox::apigateway::patch;
use crate::sandbox::apigateway::state::Region;

const VERBS: [&str; 8] = ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "ANY"];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    authorization_type: Option<String>,
    authorizer_id: Option<String>,
    api_key_required: Option<bool>,
    operation_name: Option<String>,
    request_parameters: Option<Map<bool>>,
    request_models: Option<Map<String>>,
    request_validator_id: Option<String>,
    authorization_scopes: Option<Vec<String>>,
}

pub(super) fn put(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let input: Input = ask.input()?;
    reference::resource(region, ask)?;
    let verb = ask.path("http_method");
    check_verb(verb)?;
    let method = Method {
        http_method: verb.to_owned(),
        authorization_type: input.authorization_type.unwrap_or_default().to_uppercase(),
        authorizer_id: input.authorizer_id.filter(|id| !id.is_empty()),
        api_key_required: input.api_key_required.unwrap_or(false),
        request_validator_id: input.request_validator_id.filter(|id| !id.is_empty()),
        operation_name: input.operation_name.filter(|name| !name.is_empty()),
        request_parameters: input.request_parameters,
        request_models: input.request_models,
        method_responses: Map::new(),
        method_integration: None,
        authorization_scopes: input.authorization_scopes,
    };
    check(&reference::api_of_resource(region, ask)?.definition, &method)?;
    let resource = reference::resource(region, ask)?;
    if resource.resource_methods.contains_key(verb) {
        return Err(conflict("Method already exists for this resource"));
    }
    let body = wire(&method)?;
    resource.resource_methods.insert(verb.to_owned(), method);
    Ok(body)
}

pub(super) fn check_verb(verb: &str) -> Result<(), ServiceError> {
    if VERBS.contains(&verb) {
        return Ok(());
    }
    Err(bad_request(format!("Invalid HttpMethod specified. Valid options are {}", VERBS.join(","))))
}

/// Whether everything that a method refers to is there.
pub(super) fn check(definition: &Definition, method: &Method) -> Result<(), ServiceError> {
    for name in method.request_parameters.iter().flatten().map(|(name, _)| name) {
        check_request_parameter(name)?;
    }
    let mut names: Vec<&str> = method
        .request_parameters
        .iter()
        .flatten()
        .filter_map(|(name, _)| name.splitn(4, '.').nth(3))
        .collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    if names.len() < all {
        return Err(bad_request("Parameter names must be unique across querystring, header and path"));
    }
    match method.authorization_type.as_str() {
        "NONE" | "AWS_IAM" => {}
        "CUSTOM" | "COGNITO_USER_POOLS" => {
            let authorizer = method.authorizer_id.as_ref().and_then(|id| definition.authorizers.get(id));
            let cognito = method.authorization_type == "COGNITO_USER_POOLS";
            if authorizer.is_none_or(|found| (found.kind == "COGNITO_USER_POOLS") != cognito) {
                return Err(bad_request(
                    "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or \
                     COGNITO_USER_POOLS requires a valid authorizer.",
                ));
            }
        }
        _ => {
            return Err(bad_request(
                "Invalid authorization type specified. Valid options are AWS_IAM, NONE, CUSTOM, \
                 COGNITO_USER_POOLS",
            ));
        }
    }
    if method.request_validator_id.as_ref().is_some_and(|id| !definition.validators.contains_key(id)) {
        return Err(bad_request("Invalid Request Validator identifier specified"));
    }
    check_models(definition, method.request_models.as_ref())
}

fn check_request_parameter(name: &str) -> Result<(), ServiceError> {
    let place = name.strip_prefix("method.request.").and_then(|rest| rest.split_once('.'));
    let legal = place.is_some_and(|(place, name)| {
        !name.is_empty()
            && matches!(
                place,
                "path" | "querystring" | "header" | "multivaluequerystring" | "multivalueheader"
            )
    });
    if legal { Ok(()) } else { Err(bad_request(format!("Invalid mapping expression specified: {name}"))) }
}

/// Whether the models that content types map to are there.
pub(super) fn check_models(
    definition: &Definition,
    models: Option<&Map<String>>,
) -> Result<(), ServiceError> {
    for (_, model) in models.into_iter().flatten() {
        if !definition.models.contains_key(model) {
            return Err(bad_request(format!("Invalid model identifier specified: {model}")));
        }
    }
    Ok(())
}

pub(super) fn get(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    wire(reference::method(region, ask)?)
}

pub(super) fn update(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let operations = ask.patches()?;
    let current = reference::method(region, ask)?.clone();
    let mut changed = patch::apply(&current, &operations, &patch::METHOD)?;
    changed.authorization_type = changed.authorization_type.to_uppercase();
    if !matches!(changed.authorization_type.as_str(), "CUSTOM" | "COGNITO_USER_POOLS") {
        // AWS takes no notice of an authorizer where the type has none.
        changed.authorizer_id = None;
    }
    check(&reference::api_of_resource(region, ask)?.definition, &changed)?;
    let body = wire(&changed)?;
    *reference::method(region, ask)? = changed;
    Ok(body)
}

pub(super) fn delete(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let verb = ask.path("http_method").to_owned();
    let resource = reference::resource(region, ask)?;
    resource.resource_methods.shift_remove(&verb).map(|_| Value::Null).ok_or_else(reference::no_method)
}
