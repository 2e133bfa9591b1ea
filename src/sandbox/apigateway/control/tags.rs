use serde::Deserialize;
use serde_json::{Value, json};

use super::Ask;
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::entity::Map;
use crate::sandbox::apigateway::fault::{bad_request, not_found};
use crate::sandbox::apigateway::state::Region;

#[derive(Debug, Deserialize)]
struct Input {
    tags: Option<Map<String>>,
}

/// Finds the tags of `arn:aws:apigateway:REGION::/restapis/ID` and of what else can have tags.
fn found<'a>(region: &'a mut Region, arn: &str) -> Result<&'a mut Map<String>, ServiceError> {
    let path = arn.splitn(6, ':').nth(5).filter(|_| arn.starts_with("arn:"));
    let path = path.ok_or_else(|| bad_request("Invalid ARN specified in the request"))?;
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let tags = match parts.as_slice() {
        ["restapis", id] => region.apis.get_mut(*id).map(|api| &mut api.definition.rest_api.tags),
        ["restapis", id, "stages", name] => {
            region.apis.get_mut(*id).and_then(|api| api.stages.get_mut(*name)).map(|stage| &mut stage.tags)
        }
        ["apikeys", id] => region.api_keys.get_mut(*id).map(|key| &mut key.tags),
        ["usageplans", id] => region.usage_plans.get_mut(*id).map(|plan| &mut plan.tags),
        ["clientcertificates", id] => {
            region.client_certificates.get_mut(*id).map(|certificate| &mut certificate.tags)
        }
        ["vpclinks", id] => region.vpc_links.get_mut(*id).map(|link| &mut link.tags),
        ["domainnames", name] => region.domain_names.get_mut(*name).map(|domain| &mut domain.tags),
        _ => return Err(bad_request("Invalid ARN specified in the request")),
    };
    tags.ok_or_else(|| not_found(format!("Invalid resource identifier specified: {arn}")))
}

pub(super) fn add(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let input: Input = ask.input()?;
    let more = input.tags.unwrap_or_default();
    if more.keys().any(|key| key.starts_with("aws:")) {
        return Err(bad_request("Invalid tag key. Tag keys may not begin with aws:"));
    }
    let tags = found(region, ask.path("resource_arn"))?;
    let new = more.keys().filter(|key| !tags.contains_key(*key)).count();
    if tags.len() + new > 50 {
        return Err(bad_request("A resource may not have more than 50 tags"));
    }
    tags.extend(more);
    Ok(Value::Null)
}

pub(super) fn remove(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let tags = found(region, ask.path("resource_arn"))?;
    for (name, value) in ask.request.query() {
        if name == "tagKeys" {
            tags.shift_remove(&value);
        }
    }
    Ok(Value::Null)
}

pub(super) fn get(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let tags = found(region, ask.path("resource_arn"))?;
    Ok(json!({ "tags": tags }))
}
