use serde::Deserialize;
use serde_json::Value;

use super::Ask;
use super::ask::wire;
use super::page::page;
use super::reference;
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::entity::{DocumentationPart, DocumentationVersion, Stage};
use crate::sandbox::apigateway::fault::{bad_request, conflict, not_found, not_in_enumeration};
use crate::sandbox::apigateway::state::Region;
use crate::sandbox::apigateway::{identifier, patch};

const TYPES: &str = "RESPONSE_BODY, RESPONSE, METHOD, MODEL, AUTHORIZER, RESPONSE_HEADER, RESOURCE, PATH_PARAMETER, \
    REQUEST_BODY, QUERY_PARAMETER, API, REQUEST_HEADER";

#[derive(Debug, Deserialize)]
struct PartInput {
    location: Option<Value>,
    properties: Option<String>,
}

pub(super) fn create_part(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let input: PartInput = ask.input()?;
    let location = input.location.unwrap_or_default();
    check_location(&location, "createDocumentationPartInput")?;
    let api = reference::api_mut(region, ask)?;
    let properties = input.properties.filter(|text| !text.is_empty());
    let properties =
        properties.ok_or_else(|| bad_request("Documentation part properties must be non-empty"))?;
    if api.documentation_parts.values().any(|part| part.location == location) {
        return Err(conflict("Documentation part already exists for the specified location"));
    }
    let part = DocumentationPart { id: identifier::short(ask.random), location, properties };
    let body = wire(&part)?;
    api.documentation_parts.insert(part.id.clone(), part);
    Ok(body)
}

/// Whether a location names what can be documented; `input` is what AWS's validation messages call the request.
pub(super) fn check_location(location: &Value, input: &str) -> Result<(), ServiceError> {
    let kind = location["type"].as_str().unwrap_or_default();
    if TYPES.split(", ").any(|known| known == kind) {
        return Ok(());
    }
    Err(not_in_enumeration(kind, &format!("{input}.location.type"), TYPES))
}

pub(super) fn get_part(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    wire(part(region, ask)?)
}

pub(super) fn list_parts(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let filters = ["type", "name", "path"].map(|name| (name, ask.query(name)));
    let fits = |part: &&DocumentationPart| {
        filters
            .iter()
            .all(|(name, value)| value.as_ref().is_none_or(|value| part.location[*name] == value.as_str()))
    };
    let api = reference::api(region, ask)?;
    let entries = api
        .documentation_parts
        .values()
        .filter(fits)
        .map(|part| Ok((part.id.clone(), wire(part)?)))
        .collect::<Result<_, ServiceError>>()?;
    page(ask, entries)
}

pub(super) fn update_part(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let operations = ask.patches()?;
    let part = part(region, ask)?;
    *part = patch::apply(part, &operations, &patch::DOCUMENTATION_PART)?;
    wire(part)
}

pub(super) fn delete_part(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let parts = &mut reference::api_mut(region, ask)?.documentation_parts;
    parts.shift_remove(ask.path("part_id")).map(|_| Value::Null).ok_or_else(no_part)
}

fn part<'a>(region: &'a mut Region, ask: &Ask<'_>) -> Result<&'a mut DocumentationPart, ServiceError> {
    region
        .apis
        .get_mut(ask.path("restapi_id"))
        .and_then(|api| api.documentation_parts.get_mut(ask.path("part_id")))
        .ok_or_else(no_part)
}

fn no_part() -> ServiceError {
    not_found("Invalid Documentation part identifier specified")
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct VersionInput {
    documentation_version: Option<String>,
    description: Option<String>,
    stage_name: Option<String>,
}

pub(super) fn create_version(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let input: VersionInput = ask.input()?;
    let api = reference::api_mut(region, ask)?;
    let name = input.documentation_version.unwrap_or_default();
    if name.is_empty() {
        return Err(bad_request("Documentation version must be non-empty"));
    }
    if api.documentation_versions.contains_key(&name) {
        return Err(conflict("Documentation version already exists"));
    }
    if let Some(stage) = input.stage_name {
        let stage = api.stages.get_mut(&stage);
        let stage = stage.ok_or_else(|| bad_request("Invalid stage identifier specified"))?;
        stage.documentation_version = Some(name.clone());
    }
    let version =
        DocumentationVersion { version: name.clone(), created_date: ask.now, description: input.description };
    let body = wire(&version)?;
    api.documentation_versions.insert(name, version);
    Ok(body)
}

pub(super) fn get_version(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    wire(version(region, ask)?)
}

pub(super) fn list_versions(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = reference::api(region, ask)?;
    let entries = api
        .documentation_versions
        .iter()
        .map(|(name, version)| Ok((name.clone(), wire(version)?)))
        .collect::<Result<_, ServiceError>>()?;
    page(ask, entries)
}

pub(super) fn update_version(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let operations = ask.patches()?;
    let version = version(region, ask)?;
    *version = patch::apply(version, &operations, &patch::DOCUMENTATION_VERSION)?;
    wire(version)
}

/// A version that a stage shows stays.
pub(super) fn delete_version(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = reference::api_mut(region, ask)?;
    let shown = |stage: &&Stage| stage.documentation_version.as_deref() == Some(ask.path("doc_version"));
    if let Some(stage) = api.stages.values().find(shown) {
        let name = &stage.stage_name;
        return Err(bad_request(format!("Documentation version is in use by stage {name}")));
    }
    let versions = &mut api.documentation_versions;
    versions.shift_remove(ask.path("doc_version")).map(|_| Value::Null).ok_or_else(no_version)
}

fn version<'a>(region: &'a mut Region, ask: &Ask<'_>) -> Result<&'a mut DocumentationVersion, ServiceError> {
    let name = ask.path("doc_version");
    reference::api_mut(region, ask)?.documentation_versions.get_mut(name).ok_or_else(no_version)
}

fn no_version() -> ServiceError {
    not_found("Invalid Documentation version specified")
}
