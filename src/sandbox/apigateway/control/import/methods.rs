use serde_json::Value;

use super::document::Document;
use super::{integration, schemas, security};
use crate::context::Random;
use crate::sandbox::apigateway::control::{Ask, integration_responses, integrations, methods, resources};
use crate::sandbox::apigateway::entity::{Definition, Map, Method, MethodResponse};
use crate::sandbox::apigateway::fault::bad_request;
use crate::sandbox::apigateway::identifier;
use crate::sandbox::{AccountId, ServiceError};

const VERBS: [&str; 7] = ["get", "put", "post", "delete", "options", "head", "patch"];
const ANY: &str = "x-amazon-apigateway-any-method";

/// Makes resources and methods of every path, with `before` before it.
pub(super) fn add(
    document: &Document,
    definition: &mut Definition,
    before: &str,
    ask: &Ask<'_>,
) -> Result<(), ServiceError> {
    let (random, account) = (ask.random, &ask.scope.account);
    for (path, item) in document.root["paths"].as_object().into_iter().flatten() {
        let item = document.resolve(item);
        let resource = resource_at(definition, &format!("{before}{path}"), random)?;
        for (name, operation) in item.as_object().into_iter().flatten() {
            let verb = if name == ANY {
                "ANY".to_owned()
            } else if VERBS.contains(&name.as_str()) {
                name.to_uppercase()
            } else {
                continue;
            };
            let method = read(document, definition, item, operation, &verb, &resource, random);
            check(definition, &method, account).map_err(|error| {
                let message = format!(
                    "Errors found during import:\n\tUnable to put integration on '{verb}' for resource at path \
                     '{path}': {}",
                    error.message
                );
                bad_request(message)
            })?;
            if let Some(found) = definition.resources.get_mut(&resource) {
                found.resource_methods.insert(verb, method);
            }
        }
    }
    Ok(())
}

fn check(definition: &Definition, method: &Method, account: &AccountId) -> Result<(), ServiceError> {
    methods::check(definition, method)?;
    if let Some(integration) = &method.method_integration {
        integrations::check(method, integration, account)?;
        for response in integration.integration_responses.values() {
            integration_responses::check(method, response)?;
        }
    }
    Ok(())
}

/// Returns the resource of a path, making it and what lies above it.
fn resource_at(definition: &mut Definition, path: &str, random: &Random) -> Result<String, ServiceError> {
    let mut parent = definition.rest_api.root_resource_id.clone();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        let there = definition.resources.values().find(|resource| {
            resource.parent_id.as_deref() == Some(&parent) && resource.path_part.as_deref() == Some(part)
        });
        parent = match there {
            Some(resource) => resource.id.clone(),
            None => resources::add(definition, &parent, part, identifier::short(random))?,
        };
    }
    Ok(parent)
}

fn read(
    document: &Document,
    definition: &mut Definition,
    item: &Value,
    operation: &Value,
    verb: &str,
    resource: &str,
    random: &Random,
) -> Method {
    let demand = security::demand(document, definition, operation);
    let mut request_models = Map::new();
    let parameters = parameters(document, definition, item, operation, &mut request_models, random);
    if let Some(content) = document.resolve(&operation["requestBody"])["content"].as_object() {
        for (kind, media) in content {
            if let Some(model) = schemas::model_for(definition, &media["schema"], random) {
                request_models.insert(kind.clone(), model);
            }
        }
    }
    let validator = operation.get("x-amazon-apigateway-request-validator");
    let validator = validator.or_else(|| document.root.get("x-amazon-apigateway-request-validator"));
    let validator = validator.and_then(Value::as_str).and_then(|name| {
        definition
            .validators
            .values()
            .find(|found| found.name.as_deref() == Some(name))
            .map(|found| found.id.clone())
    });
    let given = operation.get("x-amazon-apigateway-integration").map(|given| document.resolve(given));
    Method {
        http_method: verb.to_owned(),
        authorization_type: demand.authorization_type,
        authorizer_id: demand.authorizer_id,
        api_key_required: demand.api_key_required,
        request_validator_id: validator,
        operation_name: operation["operationId"].as_str().map(str::to_owned),
        request_parameters: Some(parameters).filter(|found| !found.is_empty()),
        request_models: Some(request_models).filter(|found| !found.is_empty()),
        method_responses: responses(document, definition, operation, random),
        method_integration: given
            .filter(|given| given.is_object())
            .map(|given| integration::read(given, resource)),
        authorization_scopes: demand.scopes,
    }
}

fn parameters(
    document: &Document,
    definition: &mut Definition,
    item: &Value,
    operation: &Value,
    request_models: &mut Map<String>,
    random: &Random,
) -> Map<bool> {
    let mut found = Map::new();
    for list in [&item["parameters"], &operation["parameters"]] {
        for parameter in list.as_array().into_iter().flatten() {
            let parameter = document.resolve(parameter);
            let name = parameter["name"].as_str().unwrap_or_default();
            let required = parameter["required"].as_bool().unwrap_or(false);
            let place = match parameter["in"].as_str() {
                Some("query") => "querystring",
                Some("header") => "header",
                Some("path") => "path",
                Some("body") => {
                    if let Some(model) = schemas::model_for(definition, &parameter["schema"], random) {
                        for kind in document.media_types(operation, "consumes") {
                            request_models.insert(kind, model.clone());
                        }
                    }
                    continue;
                }
                _ => continue,
            };
            found.insert(format!("method.request.{place}.{name}"), required);
        }
    }
    found
}

fn responses(
    document: &Document,
    definition: &mut Definition,
    operation: &Value,
    random: &Random,
) -> Map<MethodResponse> {
    let mut found = Map::new();
    for (code, response) in operation["responses"].as_object().into_iter().flatten() {
        // `default` and ranges name no status.
        if code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        let response = document.resolve(response);
        let headers = response["headers"].as_object().into_iter().flatten();
        let headers: Map<bool> =
            headers.map(|(name, _)| (format!("method.response.header.{name}"), false)).collect();
        let mut models = Map::new();
        for (kind, media) in response["content"].as_object().into_iter().flatten() {
            if let Some(model) = schemas::model_for(definition, &media["schema"], random) {
                models.insert(kind.clone(), model);
            }
        }
        if let Some(model) = schemas::model_for(definition, &response["schema"], random) {
            for kind in document.media_types(operation, "produces") {
                models.insert(kind, model.clone());
            }
        }
        let response = MethodResponse {
            status_code: code.clone(),
            response_parameters: Some(headers).filter(|headers| !headers.is_empty()),
            response_models: Some(models).filter(|models| !models.is_empty()),
        };
        found.insert(code.clone(), response);
    }
    found
}
