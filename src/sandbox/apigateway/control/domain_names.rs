use serde::Deserialize;
use serde_json::Value;

use super::Ask;
use super::ask::{wire, wire_with_tags};
use super::page::page;
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::entity::{BasePathMapping, DomainName, EndpointConfiguration, Map};
use crate::sandbox::apigateway::fault::{bad_request, conflict, not_found};
use crate::sandbox::apigateway::identifier;
use crate::sandbox::apigateway::patch;
use crate::sandbox::apigateway::state::Region;

/// The hosted zone of every CloudFront distribution.
const CLOUDFRONT_ZONE: &str = "Z2FDTNDATAQYW2";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    domain_name: Option<String>,
    certificate_name: Option<String>,
    certificate_arn: Option<String>,
    regional_certificate_arn: Option<String>,
    endpoint_configuration: Option<EndpointConfiguration>,
    security_policy: Option<String>,
    tags: Option<Map<String>>,
}

pub(super) fn create(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let input: Input = ask.input()?;
    let name = input.domain_name.unwrap_or_default();
    if name.is_empty() {
        return Err(bad_request("No Domain Name specified"));
    }
    if region.domain_names.contains_key(&name) {
        return Err(conflict("The domain name you provided already exists."));
    }
    let endpoint = input.endpoint_configuration.filter(|endpoint| !endpoint.types.is_empty());
    let endpoint = endpoint.unwrap_or(EndpointConfiguration {
        types: vec!["EDGE".to_owned()],
        ip_address_type: Some("ipv4".to_owned()),
        vpc_endpoint_ids: vec![],
    });
    let edge = endpoint.types.iter().any(|kind| kind == "EDGE");
    let target = identifier::long(ask.random);
    let domain = DomainName {
        domain_name: name.clone(),
        certificate_name: input.certificate_name,
        certificate_arn: input.certificate_arn,
        certificate_upload_date: ask.now,
        regional_domain_name: (!edge)
            .then(|| format!("d-{target}.execute-api.{}.amazonaws.com", ask.scope.region)),
        regional_hosted_zone_id: (!edge).then(|| format!("Z{}", target.to_uppercase())),
        regional_certificate_arn: input.regional_certificate_arn,
        distribution_domain_name: edge.then(|| format!("d{target}.cloudfront.net")),
        distribution_hosted_zone_id: edge.then(|| CLOUDFRONT_ZONE.to_owned()),
        endpoint_configuration: endpoint,
        domain_name_status: "AVAILABLE".to_owned(),
        security_policy: input.security_policy.unwrap_or_else(|| "TLS_1_2".to_owned()),
        tags: input.tags.unwrap_or_default(),
        mappings: Map::new(),
    };
    let body = shape(&domain, false)?;
    region.domain_names.insert(name, domain);
    Ok(body)
}

/// Mappings are a resource of their own.
fn shape(domain: &DomainName, tags: bool) -> Result<Value, ServiceError> {
    let mut body = if tags { wire_with_tags(domain)? } else { wire(domain)? };
    if let Some(members) = body.as_object_mut() {
        members.shift_remove("mappings");
    }
    Ok(body)
}

pub(super) fn get(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    shape(found(region, ask)?, true)
}

pub(super) fn list(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let entries = region
        .domain_names
        .iter()
        .map(|(name, domain)| Ok((name.clone(), shape(domain, false)?)))
        .collect::<Result<_, ServiceError>>()?;
    page(ask, entries)
}

pub(super) fn update(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let operations = ask.patches()?;
    let domain = found(region, ask)?;
    *domain = patch::apply(domain, &operations, &patch::DOMAIN_NAME)?;
    shape(domain, true)
}

pub(super) fn delete(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let name = found(region, ask)?.domain_name.clone();
    region.domain_names.shift_remove(&name);
    Ok(Value::Null)
}

fn found<'a>(region: &'a mut Region, ask: &Ask<'_>) -> Result<&'a mut DomainName, ServiceError> {
    region
        .domain_names
        .get_mut(ask.path("domain_name"))
        .ok_or_else(|| not_found("Invalid domain name identifier specified"))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct MappingInput {
    base_path: Option<String>,
    rest_api_id: Option<String>,
    stage: Option<String>,
}

pub(super) fn map(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let input: MappingInput = ask.input()?;
    found(region, ask)?;
    let base_path = input.base_path.filter(|path| !path.is_empty()).unwrap_or_else(|| "(none)".to_owned());
    let mapping = BasePathMapping {
        base_path: base_path.clone(),
        rest_api_id: input.rest_api_id.unwrap_or_default(),
        stage: input.stage.filter(|stage| !stage.is_empty()),
    };
    check_mapping(region, &mapping)?;
    let domain = found(region, ask)?;
    if domain.mappings.contains_key(&base_path) {
        return Err(conflict("Base path already exists for this domain name"));
    }
    let body = wire(&mapping)?;
    domain.mappings.insert(base_path, mapping);
    Ok(body)
}

fn check_mapping(region: &Region, mapping: &BasePathMapping) -> Result<(), ServiceError> {
    if mapping.base_path.contains('/') {
        return Err(bad_request(
            "API Gateway V1 doesn't support the slash character (/) in base path mappings. To create a multi-level \
             base path mapping, use API Gateway V2.",
        ));
    }
    let api = region.apis.get(&mapping.rest_api_id);
    let api = api.ok_or_else(|| bad_request("Invalid REST API identifier specified"))?;
    if mapping.stage.as_ref().is_some_and(|stage| !api.stages.contains_key(stage)) {
        return Err(bad_request("Invalid stage identifier specified"));
    }
    Ok(())
}

pub(super) fn get_mapping(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let domain = found(region, ask)?;
    wire(domain.mappings.get(ask.path("base_path")).ok_or_else(no_mapping)?)
}

pub(super) fn list_mappings(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let domain = found(region, ask)?;
    let entries = domain
        .mappings
        .iter()
        .map(|(path, mapping)| Ok((path.clone(), wire(mapping)?)))
        .collect::<Result<_, ServiceError>>()?;
    page(ask, entries)
}

pub(super) fn update_mapping(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let operations = ask.patches()?;
    let base_path = ask.path("base_path");
    let current = found(region, ask)?.mappings.get(base_path).ok_or_else(no_mapping)?;
    let changed = patch::apply(current, &operations, &patch::BASE_PATH_MAPPING)?;
    check_mapping(region, &changed)?;
    let domain = found(region, ask)?;
    if changed.base_path != base_path && domain.mappings.contains_key(&changed.base_path) {
        return Err(conflict("Base path already exists for this domain name"));
    }
    let body = wire(&changed)?;
    domain.mappings.shift_remove(base_path);
    domain.mappings.insert(changed.base_path.clone(), changed);
    Ok(body)
}

pub(super) fn unmap(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let domain = found(region, ask)?;
    domain.mappings.shift_remove(ask.path("base_path")).map(|_| Value::Null).ok_or_else(no_mapping)
}

fn no_mapping() -> ServiceError {
    not_found("Invalid base path mapping identifier specified")
}
