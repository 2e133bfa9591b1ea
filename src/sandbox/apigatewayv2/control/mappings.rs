use serde_json::Value;

use super::overlay::overlay;
use super::page::page;
use super::{Ask, ask::wire, domains};
use crate::sandbox::ServiceError;
use crate::sandbox::apigatewayv2::entity::ApiMapping;
use crate::sandbox::apigatewayv2::fault::{bad_request, conflict, not_found};
use crate::sandbox::apigatewayv2::identifier;
use crate::sandbox::apigatewayv2::state::Region;

const SETTABLE: [&str; 3] = ["apiId", "apiMappingKey", "stage"];

fn unknown() -> ServiceError {
    not_found("The api mapping resource specified in the request was not found.")
}

/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/domainnames-domainname-apimappings.html>
pub(super) fn create(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    if !region.domains.contains_key(ask.path("domainName")) {
        return Err(domains::unknown());
    }
    let blank = ApiMapping { api_mapping_id: identifier::short(ask.random), ..ApiMapping::default() };
    let mapping = overlay(&blank, ask.body(), &SETTABLE)?;
    put(region, ask, mapping)
}

fn put(region: &mut Region, ask: &Ask<'_>, mapping: ApiMapping) -> Result<Value, ServiceError> {
    check_key(&mapping.api_mapping_key)?;
    let api = region.apis.get(&mapping.api_id).ok_or_else(|| {
        not_found("Invalid API identifier specified The resource specified in the request was not found.")
    })?;
    if !api.stages.contains_key(&mapping.stage) {
        return Err(bad_request("Invalid stage identifier specified"));
    }
    let domain = region.domains.get_mut(ask.path("domainName")).ok_or_else(domains::unknown)?;
    let same = |other: &ApiMapping| {
        other.api_mapping_id != mapping.api_mapping_id && other.api_mapping_key == mapping.api_mapping_key
    };
    if domain.mappings.values().any(same) {
        return Err(conflict("ApiMapping key already exists for this domain name"));
    }
    let answer = wire(&mapping, &[])?;
    domain.mappings.insert(mapping.api_mapping_id.clone(), mapping);
    Ok(answer)
}

/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mappings.html>
fn check_key(key: &str) -> Result<(), ServiceError> {
    if key.starts_with('/') || key.contains("//") {
        return Err(bad_request("API mapping key should not start with a '/' or have consecutive '/'s."));
    }
    if key.ends_with('/') {
        return Err(bad_request("API mapping key should not end with a '/'."));
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"$-_.+!*'()/".contains(&byte);
    if key.len() > 300 || !key.bytes().all(plain) {
        return Err(bad_request("API mapping key contains invalid characters or is too long."));
    }
    Ok(())
}

pub(super) fn get(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let domain = region.domains.get(ask.path("domainName")).ok_or_else(domains::unknown)?;
    wire(domain.mappings.get(ask.path("apiMappingId")).ok_or_else(unknown)?, &[])
}

pub(super) fn list(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let domain = region.domains.get(ask.path("domainName")).ok_or_else(domains::unknown)?;
    let items = domain.mappings.values().map(|one| Ok((one.api_mapping_id.clone(), wire(one, &[])?)));
    page(ask, items.collect::<Result<_, ServiceError>>()?)
}

pub(super) fn update(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let domain = region.domains.get(ask.path("domainName")).ok_or_else(domains::unknown)?;
    let before = domain.mappings.get(ask.path("apiMappingId")).ok_or_else(unknown)?;
    let mapping = overlay(before, ask.body(), &SETTABLE)?;
    put(region, ask, mapping)
}

pub(super) fn delete(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let domain = region.domains.get_mut(ask.path("domainName")).ok_or_else(domains::unknown)?;
    domain.mappings.shift_remove(ask.path("apiMappingId")).map(|_| Value::Null).ok_or_else(unknown)
}
