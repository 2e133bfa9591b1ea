use serde_json::{Value, json};

use super::Ask;
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::fault::bad_request;
use crate::sandbox::apigateway::patch;
use crate::sandbox::apigateway::state::Region;

fn shape(region: &Region) -> Value {
    let mut body = json!({
        "throttleSettings": { "burstLimit": 5000, "rateLimit": 10000.0 },
        "features": ["UsagePlans"],
        "apiKeyVersion": "4",
    });
    if let Some(role) = &region.account.cloudwatch_role_arn {
        body["cloudwatchRoleArn"] = json!(role);
    }
    body
}

#[expect(clippy::unnecessary_wraps, reason = "handlers share one signature")]
pub(super) fn get(region: &mut Region, _: &Ask<'_>) -> Result<Value, ServiceError> {
    Ok(shape(region))
}

pub(super) fn update(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let mut operations = ask.patches()?;
    // Usage plans are on in every account; asking for them again changes nothing.
    if operations.iter().any(|operation| operation.path == "/features" && operation.is_removal()) {
        return Err(bad_request("Usage Plans cannot be disabled once enabled"));
    }
    operations.retain(|operation| {
        operation.path != "/features" || operation.value.as_deref() != Some("UsagePlans")
    });
    let changed = patch::apply(&region.account, &operations, &patch::ACCOUNT)?;
    let role = changed.cloudwatch_role_arn.as_deref();
    if role.is_some_and(|role| !role.starts_with("arn:aws:iam::") || !role.contains(":role/")) {
        return Err(bad_request("Invalid ARN specified in the request"));
    }
    region.account = changed;
    Ok(shape(region))
}
