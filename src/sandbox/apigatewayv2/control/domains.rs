use serde_json::{Value, json};

use super::overlay::overlay;
use super::page::page;
use super::{Ask, ask::wire, tags};
use crate::sandbox::ServiceError;
use crate::sandbox::apigatewayv2::entity::{Domain, Map};
use crate::sandbox::apigatewayv2::fault::{bad_request, conflict, not_found};
use crate::sandbox::apigatewayv2::identifier;
use crate::sandbox::apigatewayv2::state::Region;

const WITHIN: [&str; 1] = ["mappings"];

pub(super) fn unknown() -> ServiceError {
    not_found("The domain name resource specified in the request was not found.")
}

/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/domainnames.html>
pub(super) fn create(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let name = ask.text("domainName").unwrap_or_default().to_owned();
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-*".contains(&byte);
    if name.is_empty() || name.len() > 512 || !name.bytes().all(plain) {
        return Err(bad_request("The domain name you provided is not supported on Amazon API Gateway."));
    }
    if region.domains.contains_key(&name) {
        return Err(conflict("The domain name resource already exists."));
    }
    let blank = Domain {
        api_mapping_selection_expression: "$request.basepath".to_owned(),
        domain_name_arn: format!("arn:aws:apigateway:{}::/domainnames/{name}", ask.scope.region),
        domain_name: name.clone(),
        routing_mode: "API_MAPPING_ONLY".to_owned(),
        ..Domain::default()
    };
    let settable = ["domainNameConfigurations", "mutualTlsAuthentication", "routingMode", "tags"];
    let mut domain = overlay(&blank, ask.body(), &settable)?;
    tags::check(&domain.tags)?;
    check(ask, &domain)?;
    for configuration in &mut domain.domain_name_configurations {
        complete(ask, configuration, None);
    }
    let answer = wire(&domain, &WITHIN)?;
    region.domains.insert(name, domain);
    Ok(answer)
}

fn check(ask: &Ask<'_>, domain: &Domain) -> Result<(), ServiceError> {
    // The API reference does not ask for a configuration; there is never more than one.
    let [configuration] = domain.domain_name_configurations.as_slice() else {
        if domain.domain_name_configurations.is_empty() {
            return Ok(());
        }
        return Err(bad_request("Only one DomainNameConfiguration can be specified"));
    };
    let text = |name: &str| configuration.get(name).and_then(Value::as_str);
    if text("endpointType") == Some("EDGE") {
        return Err(bad_request("EDGE endpoint type is not supported for APIGatewayV2 domainName"));
    }
    let arn = text("certificateArn").unwrap_or_default();
    let parts: Vec<&str> = arn.split(':').collect();
    if parts.len() < 6 || parts[0] != "arn" || !["acm", "iam"].contains(&parts[2]) {
        return Err(bad_request(format!("Invalid certificate ARN: {arn}")));
    }
    if parts[2] == "acm" && parts[3] != ask.scope.region {
        return Err(bad_request(format!(
            "Invalid certificate ARN: {arn}. Certificate must be in '{}'.",
            ask.scope.region
        )));
    }
    if domain.routing_mode != "API_MAPPING_ONLY" {
        return Err(ServiceError::not_covered("apigatewayv2", "CreateDomainName with routing rules"));
    }
    Ok(())
}

/// Fills in what AWS gives a configuration.
fn complete(ask: &Ask<'_>, configuration: &mut Map<Value>, before: Option<&Map<Value>>) {
    let target = before.and_then(|before| before.get("apiGatewayDomainName").cloned()).unwrap_or_else(|| {
        json!(format!("d-{}.execute-api.{}.amazonaws.com", identifier::api(ask.random), ask.scope.region))
    });
    configuration.insert("apiGatewayDomainName".to_owned(), target);
    configuration.entry("domainNameStatus".to_owned()).or_insert_with(|| json!("AVAILABLE"));
    configuration.entry("endpointType".to_owned()).or_insert_with(|| json!("REGIONAL"));
    configuration.entry("ipAddressType".to_owned()).or_insert_with(|| json!("ipv4"));
    configuration.entry("securityPolicy".to_owned()).or_insert_with(|| json!("TLS_1_2"));
    // One zone a region; the number has no meaning here beyond being there.
    configuration.entry("hostedZoneId".to_owned()).or_insert_with(|| json!("Z1UJRXOUMOOFQ8"));
}

pub(super) fn get(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    wire(region.domains.get(ask.path("domainName")).ok_or_else(unknown)?, &WITHIN)
}

pub(super) fn list(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let items = region.domains.values().map(|one| Ok((one.domain_name.clone(), wire(one, &WITHIN)?)));
    page(ask, items.collect::<Result<_, ServiceError>>()?)
}

pub(super) fn update(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let before = region.domains.get_mut(ask.path("domainName")).ok_or_else(unknown)?;
    let settable = ["domainNameConfigurations", "mutualTlsAuthentication", "routingMode"];
    let mut domain = overlay(before, ask.body(), &settable)?;
    check(ask, &domain)?;
    for configuration in &mut domain.domain_name_configurations {
        complete(ask, configuration, before.domain_name_configurations.first());
    }
    *before = domain;
    wire(before, &WITHIN)
}

/// A domain goes with its mappings.
pub(super) fn delete(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    region.domains.shift_remove(ask.path("domainName")).map(|_| Value::Null).ok_or_else(unknown)
}
