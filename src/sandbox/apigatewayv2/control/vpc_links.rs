use serde_json::Value;

use super::overlay::overlay;
use super::page::page;
use super::{Ask, ask::wire, tags};
use crate::sandbox::ServiceError;
use crate::sandbox::apigatewayv2::entity::VpcLink;
use crate::sandbox::apigatewayv2::fault::{bad_request, unknown};
use crate::sandbox::apigatewayv2::identifier;
use crate::sandbox::apigatewayv2::state::Region;

/// Makes a link. There is no network behind it: an integration through it is answered 501 by name.
/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/vpclinks.html>
pub(super) fn create(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let blank = VpcLink {
        created_date: ask.moment(),
        vpc_link_id: identifier::short(ask.random),
        vpc_link_status: "AVAILABLE".to_owned(),
        vpc_link_status_message: "VPC link is ready to route traffic".to_owned(),
        vpc_link_version: "V2".to_owned(),
        ..VpcLink::default()
    };
    let link = overlay(&blank, ask.body(), &["name", "securityGroupIds", "subnetIds", "tags"])?;
    if link.subnet_ids.is_empty() {
        return Err(bad_request("SubnetIds for a vpc link cannot be empty"));
    }
    check(&link)?;
    let answer = wire(&link, &[])?;
    region.vpc_links.insert(link.vpc_link_id.clone(), link);
    Ok(answer)
}

fn check(link: &VpcLink) -> Result<(), ServiceError> {
    if link.name.is_empty() || link.name.chars().count() > 128 {
        return Err(bad_request("Invalid VpcLink name specified"));
    }
    tags::check(&link.tags)
}

pub(super) fn get(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let id = ask.path("vpcLinkId");
    wire(region.vpc_links.get(id).ok_or_else(|| unknown("VpcLink", id))?, &[])
}

pub(super) fn list(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let items = region.vpc_links.values().map(|one| Ok((one.vpc_link_id.clone(), wire(one, &[])?)));
    page(ask, items.collect::<Result<_, ServiceError>>()?)
}

pub(super) fn update(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let id = ask.path("vpcLinkId");
    let link = region.vpc_links.get_mut(id).ok_or_else(|| unknown("VpcLink", id))?;
    let changed: VpcLink = overlay(link, ask.body(), &["name"])?;
    check(&changed)?;
    *link = changed;
    wire(link, &[])
}

/// A link that an integration goes through stays.
pub(super) fn delete(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let id = ask.path("vpcLinkId");
    let mut integrations = region.apis.values().flat_map(|api| api.integrations.values());
    if integrations.any(|integration| integration.connection_id.as_deref() == Some(id)) {
        return Err(bad_request("Cannot delete vpc link. Vpc link is referenced by an integration."));
    }
    region.vpc_links.shift_remove(id).map(|_| Value::Null).ok_or_else(|| unknown("VpcLink", id))
}
