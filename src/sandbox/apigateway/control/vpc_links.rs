use serde::Deserialize;
use serde_json::Value;

use super::Ask;
use super::ask::{wire, wire_with_tags};
use super::page::page;
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::entity::{Map, VpcLink};
use crate::sandbox::apigateway::fault::{bad_request, not_found};
use crate::sandbox::apigateway::state::Region;
use crate::sandbox::apigateway::{identifier, patch};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    name: Option<String>,
    description: Option<String>,
    target_arns: Option<Vec<String>>,
    tags: Option<Map<String>>,
}

pub(super) fn create(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let input: Input = ask.input()?;
    let name = input.name.unwrap_or_default();
    if name.is_empty() {
        return Err(bad_request("Name cannot be empty"));
    }
    let target_arns = input.target_arns.unwrap_or_default();
    if let Some(wrong) =
        target_arns.iter().find(|arn| arn.splitn(6, ':').count() < 6 || !arn.starts_with("arn:"))
    {
        return Err(bad_request(format!("Invalid ARN. ARN is not well formed {wrong}")));
    }
    let mut link = VpcLink {
        id: identifier::short(ask.random),
        name,
        description: input.description,
        target_arns,
        status: "PENDING".to_owned(),
        status_message: None,
        tags: input.tags.unwrap_or_default(),
    };
    let body = wire(&link)?;
    // Nothing has to be built here, so it is ready when it is asked for again.
    "AVAILABLE".clone_into(&mut link.status);
    link.status_message = Some("Your vpc link is ready for use".to_owned());
    region.vpc_links.insert(link.id.clone(), link);
    Ok(body)
}

pub(super) fn get(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    wire_with_tags(region.vpc_links.get(ask.path("vpclink_id")).ok_or_else(unknown)?)
}

pub(super) fn list(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let entries = region
        .vpc_links
        .iter()
        .map(|(id, link)| Ok((id.clone(), wire(link)?)))
        .collect::<Result<_, ServiceError>>()?;
    page(ask, entries)
}

pub(super) fn update(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let operations = ask.patches()?;
    let link = region.vpc_links.get_mut(ask.path("vpclink_id")).ok_or_else(unknown)?;
    *link = patch::apply(link, &operations, &patch::VPC_LINK)?;
    wire_with_tags(link)
}

/// A link that an integration goes through stays.
pub(super) fn delete(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let id = ask.path("vpclink_id");
    let mut users = vec![];
    for api in region.apis.values() {
        for (resource, method) in api.definition.methods() {
            let integration = method.method_integration.as_ref();
            if integration.is_some_and(|integration| integration.connection_id.as_deref() == Some(id)) {
                let at = &api.definition.rest_api.id;
                users.push(format!("{}:{}:{at}", method.http_method, resource.id));
            }
        }
    }
    if !users.is_empty() && region.vpc_links.contains_key(id) {
        return Err(bad_request(format!(
            "Cannot delete vpc link. Vpc link '{id}', is referenced in [{}] in format of [Method:Resource:Api].",
            users.join(", ")
        )));
    }
    region.vpc_links.shift_remove(id).map(|_| Value::Null).ok_or_else(unknown)
}

fn unknown() -> ServiceError {
    not_found("Invalid Vpc Link identifier specified")
}
