use serde_json::{Value, json};

use super::Ask;
use crate::sandbox::ServiceError;
use crate::sandbox::apigatewayv2::entity::Map;
use crate::sandbox::apigatewayv2::fault::{bad_request, not_found};
use crate::sandbox::apigatewayv2::state::Region;

/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-supported-resources.html>
pub(super) fn check(tags: &Map<String>) -> Result<(), ServiceError> {
    if tags.len() > 50 {
        return Err(bad_request("A resource can have at most 50 tags"));
    }
    for (key, value) in tags {
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(bad_request("Tag keys must not start with aws:, which is reserved"));
        }
        if key.is_empty() || key.chars().count() > 128 || value.chars().count() > 256 {
            return Err(bad_request("Tag keys have 1 to 128 characters, and tag values at most 256"));
        }
    }
    Ok(())
}

/// Finds the tags of what an ARN names: `arn:aws:apigateway:REGION::/apis/ID`, `.../stages/NAME`, `/vpclinks/ID`,
/// `/domainnames/NAME`; some clients write `/v2` before it.
fn tags<'r>(region: &'r mut Region, ask: &Ask<'_>) -> Result<&'r mut Map<String>, ServiceError> {
    let arn = ask.path("resourceArn");
    let invalid = || not_found("Invalid resource identifier specified");
    let (head, path) =
        arn.split_once("::/").ok_or_else(|| bad_request("Invalid ARN specified in the request"))?;
    if head.split(':').nth(3) != Some(ask.scope.region.as_str()) || !head.contains(":apigateway:") {
        return Err(bad_request("Invalid ARN specified in the request"));
    }
    let parts: Vec<&str> = path.strip_prefix("v2/").unwrap_or(path).split('/').collect();
    match parts.as_slice() {
        ["apis", id] => region.api_mut(&ask.scope.account, id).map(|api| &mut api.tags),
        ["apis", id, "stages", name] => {
            let api = region.api_mut(&ask.scope.account, id)?;
            api.stages.get_mut(*name).map(|stage| &mut stage.tags).ok_or_else(invalid)
        }
        ["vpclinks", id] => region.vpc_links.get_mut(*id).map(|link| &mut link.tags).ok_or_else(invalid),
        ["domainnames", name] => {
            region.domains.get_mut(*name).map(|domain| &mut domain.tags).ok_or_else(invalid)
        }
        _ => Err(invalid()),
    }
}

pub(super) fn get(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    Ok(json!({ "tags": tags(region, ask)? }))
}

pub(super) fn add(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let there = tags(region, ask)?;
    let mut all = there.clone();
    for (key, value) in ask.body().get("tags").and_then(Value::as_object).into_iter().flatten() {
        let text = value.as_str().ok_or_else(|| bad_request("Tag values must be text"))?;
        all.insert(key.clone(), text.to_owned());
    }
    check(&all)?;
    *there = all;
    Ok(json!({}))
}

pub(super) fn remove(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let there = tags(region, ask)?;
    for (_, key) in ask.request.query().iter().filter(|(name, _)| name == "tagKeys") {
        there.shift_remove(key);
    }
    Ok(Value::Null)
}
