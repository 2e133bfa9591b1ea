use serde_json::Value;

use super::document::{Document, scalar};
use super::{base_path, methods, schemas, security, settings};
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::control::ask::{wire, wire_with_tags};
use crate::sandbox::apigateway::control::{Ask, reference, rest_apis};
use crate::sandbox::apigateway::entity::{Definition, Map, Resource};
use crate::sandbox::apigateway::fault::bad_request;
use crate::sandbox::apigateway::identifier;
use crate::sandbox::apigateway::state::Region;

/// `ImportRestApi`: makes an API of a definition.
pub(in crate::sandbox::apigateway::control) fn import(
    region: &mut Region,
    ask: &Ask<'_>,
) -> Result<Value, ServiceError> {
    let document = Document::parse(&ask.request.body)?;
    let input = rest_apis::Input {
        name: document.root["info"]["title"].as_str().map(str::to_owned),
        ..rest_apis::Input::default()
    };
    let mut api = rest_apis::new(ask, input)?;
    apply(&document, &mut api.definition, ask)?;
    if let Some(types) = ask.query("endpointConfigurationTypes") {
        api.definition.rest_api.endpoint_configuration.types = types.split(',').map(str::to_owned).collect();
    }
    let body = wire(&api.definition.rest_api)?;
    region.apis.insert(api.definition.rest_api.id.clone(), api);
    Ok(body)
}

/// `PutRestApi`: lays a definition over an API (`merge`), or replaces what the API holds by it (`overwrite`).
/// Deployments and stages stay as they are.
pub(in crate::sandbox::apigateway::control) fn put(
    region: &mut Region,
    ask: &Ask<'_>,
) -> Result<Value, ServiceError> {
    let document = Document::parse(&ask.request.body)?;
    let api = reference::api_mut(region, ask)?;
    let mut definition = api.definition.clone();
    match ask.query("mode").as_deref() {
        None | Some("" | "merge") => {}
        Some("overwrite") => {
            // Only the API keeps its identifier: the root is another one, too.
            let root = Resource::root(identifier::long(ask.random));
            definition.rest_api.root_resource_id.clone_from(&root.id);
            definition.resources = Map::from([(root.id.clone(), root)]);
            definition.models.clear();
            definition.validators.clear();
            definition.authorizers.clear();
            definition.gateway_responses.clear();
        }
        Some(_) => {
            return Err(bad_request(
                "Enumeration value of OpenAPI import mode must be \"overwrite\" or \"merge\"",
            ));
        }
    }
    apply(&document, &mut definition, ask)?;
    if let Some(title) = document.root["info"]["title"].as_str().filter(|title| !title.is_empty()) {
        title.clone_into(&mut definition.rest_api.name);
    }
    let body = wire_with_tags(&definition.rest_api)?;
    definition.rest_api.warnings.clear();
    api.definition = definition;
    Ok(body)
}

fn apply(document: &Document, definition: &mut Definition, ask: &Ask<'_>) -> Result<(), ServiceError> {
    let info = &document.root["info"];
    if let Some(text) = info["description"].as_str().filter(|text| !text.is_empty()) {
        definition.rest_api.description = Some(text.to_owned());
    }
    if let Some(version) = scalar(&info["version"]) {
        definition.rest_api.version = Some(version);
    }
    if !document.root["paths"].is_object() {
        definition.rest_api.warnings.push("Parse issue: attribute paths is missing".to_owned());
    }
    settings::add(document, definition, ask.random);
    schemas::add(document, definition, ask.random);
    security::add(document, definition, ask.random)?;
    let before = base_path::before_paths(document, ask.query("basepath").as_deref())?;
    methods::add(document, definition, &before, ask)?;
    let strict = ask.query("failonwarnings").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    if strict && !definition.rest_api.warnings.is_empty() {
        let warnings = definition.rest_api.warnings.join("\n\t");
        return Err(bad_request(format!("Warnings found during import:\n\t{warnings}")));
    }
    Ok(())
}
