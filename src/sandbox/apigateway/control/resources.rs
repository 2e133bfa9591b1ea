use serde::Deserialize;
use serde_json::{Value, json};

use super::Ask;
use super::ask::wire;
use super::page::page;
use super::reference;
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::entity::{Definition, Map, Resource};
use crate::sandbox::apigateway::fault::{bad_request, conflict};
use crate::sandbox::apigateway::identifier;
use crate::sandbox::apigateway::patch;
use crate::sandbox::apigateway::state::Region;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    path_part: Option<String>,
}

pub(super) fn create(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let input: Input = ask.input()?;
    let path_part = input.path_part.unwrap_or_default();
    let api = reference::api_mut(region, ask)?;
    let id = add(&mut api.definition, ask.path("parent_id"), &path_part, identifier::short(ask.random))?;
    api.definition.resources.get(&id).map_or_else(|| Err(reference::no_resource()), wire)
}

/// Adds a resource below `parent`, and returns its id.
pub(super) fn add(
    definition: &mut Definition,
    parent: &str,
    path_part: &str,
    id: String,
) -> Result<String, ServiceError> {
    check_place(definition, parent, path_part, None)?;
    let path = join(&definition.resources[parent].path, path_part);
    let resource = Resource {
        id: id.clone(),
        parent_id: Some(parent.to_owned()),
        path_part: Some(path_part.to_owned()),
        path,
        resource_methods: Map::new(),
    };
    definition.resources.insert(id.clone(), resource);
    Ok(id)
}

fn join(parent: &str, part: &str) -> String {
    format!("{}/{part}", parent.trim_end_matches('/'))
}

/// Whether a path part may stand below a parent, next to its siblings; `itself` is the resource that moves.
fn check_place(
    definition: &Definition,
    parent: &str,
    path_part: &str,
    itself: Option<&str>,
) -> Result<(), ServiceError> {
    let above = definition.resources.get(parent).ok_or_else(reference::no_resource)?;
    check_path_part(path_part)?;
    if above.is_greedy() {
        let part = above.path_part.as_deref().unwrap_or_default();
        return Err(bad_request(format!(
            "Cannot create a child of a resource with a greedy path variable: {part}"
        )));
    }
    let siblings = definition
        .resources
        .values()
        .filter(|other| other.parent_id.as_deref() == Some(parent) && Some(other.id.as_str()) != itself);
    for sibling in siblings {
        let there = sibling.path_part.as_deref().unwrap_or_default();
        if there == path_part {
            return Err(conflict(format!(
                "Another resource with the same parent already has this name: {path_part}"
            )));
        }
        if sibling.is_variable() && path_part.starts_with('{') {
            return Err(bad_request(format!(
                "A sibling ({there}) of this resource already has a variable path part -- only one is allowed"
            )));
        }
    }
    Ok(())
}

fn check_path_part(part: &str) -> Result<(), ServiceError> {
    let inner = part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    let inner = inner.map(|name| name.strip_suffix('+').unwrap_or(name));
    let name = inner.unwrap_or(part);
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"._-:".contains(&byte);
    if !name.is_empty() && name.bytes().all(legal) {
        return Ok(());
    }
    Err(bad_request(
        "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the \
         beginning and the end.",
    ))
}

pub(super) fn get(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let embed = ask.embeds("methods");
    shape(reference::resource(region, ask)?, embed)
}

pub(super) fn list(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let embed = ask.embeds("methods");
    let api = reference::api(region, ask)?;
    let entries = api
        .definition
        .resources
        .iter()
        .map(|(id, resource)| Ok((id.clone(), shape(resource, embed)?)))
        .collect::<Result<_, ServiceError>>()?;
    page(ask, entries)
}

/// Without `embed=methods` AWS names the methods but leaves them empty.
fn shape(resource: &Resource, embed: bool) -> Result<Value, ServiceError> {
    let mut body = wire(resource)?;
    let methods = body.get_mut("resourceMethods").and_then(Value::as_object_mut);
    if let Some(methods) = methods.filter(|_| !embed) {
        methods.values_mut().for_each(|method| *method = json!({}));
    }
    Ok(body)
}

pub(super) fn update(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let operations = ask.patches()?;
    let id = ask.path("resource_id").to_owned();
    let current = reference::resource(region, ask)?.clone();
    let changed = patch::apply(&current, &operations, &patch::RESOURCE)?;
    if current.parent_id.is_none() {
        if let Some(operation) = operations.first() {
            let member = operation.path.trim_start_matches('/');
            return Err(bad_request(format!("Root resource cannot update its {member}.")));
        }
        return shape(&current, false);
    }
    let definition = &mut reference::api_of_resource(region, ask)?.definition;
    let parent = changed.parent_id.clone().unwrap_or_default();
    if !definition.resources.contains_key(&parent) {
        return Err(reference::no_resource());
    }
    let mut above = Some(parent.clone());
    while let Some(ancestor) = above {
        if ancestor == id {
            return Err(bad_request("Resources cannot be cyclical."));
        }
        above = definition.resources.get(&ancestor).and_then(|resource| resource.parent_id.clone());
    }
    let part = changed.path_part.clone().unwrap_or_default();
    check_place(definition, &parent, &part, Some(&id))?;
    let children = definition.resources.values().any(|other| other.parent_id.as_deref() == Some(&id));
    if changed.is_greedy() && children {
        return Err(bad_request(format!(
            "Cannot create a child of a resource with a greedy path variable: {part}"
        )));
    }
    let path = join(&definition.resources[&parent].path, &part);
    let resource = Resource { path, ..changed };
    let body = shape(&resource, false)?;
    definition.resources.insert(id.clone(), resource);
    settle_paths(definition, &id);
    Ok(body)
}

/// Gives everything below a resource the path that follows from it.
fn settle_paths(definition: &mut Definition, id: &str) {
    let path = definition.resources[id].path.clone();
    let children: Vec<String> = definition
        .resources
        .values()
        .filter(|other| other.parent_id.as_deref() == Some(id))
        .map(|other| other.id.clone())
        .collect();
    for child in children {
        if let Some(resource) = definition.resources.get_mut(&child) {
            resource.path = join(&path, resource.path_part.as_deref().unwrap_or_default());
        }
        settle_paths(definition, &child);
    }
}

pub(super) fn delete(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let resource = reference::resource(region, ask)?;
    if resource.parent_id.is_none() {
        return Err(bad_request("Root resource cannot be deleted."));
    }
    let id = resource.id.clone();
    let definition = &mut reference::api_of_resource(region, ask)?.definition;
    remove(definition, &id);
    Ok(Value::Null)
}

/// Removes a resource with everything below it.
fn remove(definition: &mut Definition, id: &str) {
    definition.resources.shift_remove(id);
    let children: Vec<String> = definition
        .resources
        .values()
        .filter(|other| other.parent_id.as_deref() == Some(id))
        .map(|other| other.id.clone())
        .collect();
    for child in children {
        remove(definition, &child);
    }
}
