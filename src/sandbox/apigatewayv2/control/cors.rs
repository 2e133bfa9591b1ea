use serde_json::Value;

use super::{Ask, deployments};
use crate::sandbox::apigatewayv2::fault::bad_request;
use crate::sandbox::apigatewayv2::state::Region;
use crate::sandbox::{Cors, ServiceError};

const METHODS: [&str; 8] = ["*", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "DELETE"];

/// Checks a configuration as AWS does.
/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid.html#apis-apiid-model-cors>
pub(super) fn check(cors: &Cors) -> Result<(), ServiceError> {
    let origins = cors.allow_origins.as_deref().unwrap_or_default();
    if cors.allow_credentials == Some(true) && origins.iter().any(|origin| origin == "*") {
        return Err(bad_request("allow-credentials is not supported if 'allow-origin' is *"));
    }
    if let Some(wrong) = origins.iter().find(|origin| *origin != "*" && !is_origin(origin)) {
        return Err(bad_request(format!("Invalid format for origin: {wrong}")));
    }
    let methods = cors.allow_methods.as_deref().unwrap_or_default();
    if let Some(wrong) = methods.iter().find(|method| !METHODS.contains(&method.as_str())) {
        return Err(bad_request(format!("Invalid method specified for CORS: {wrong}")));
    }
    // <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid.html>: from -1 to 86,400 seconds.
    if cors.max_age.is_some_and(|seconds| !(-1..=86_400).contains(&seconds)) {
        return Err(bad_request("MaxAge must be between -1 and 86400"));
    }
    Ok(())
}

fn is_origin(origin: &str) -> bool {
    origin.split_once("://").is_some_and(|(scheme, rest)| {
        let known = ["http", "https"].contains(&scheme) || scheme.ends_with("-extension");
        known && !rest.is_empty() && !rest.contains(['/', ' ', '?', '#'])
    })
}

pub(super) fn delete(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = ask.api(region)?;
    api.cors_configuration = None;
    deployments::changed(api, ask);
    Ok(Value::Null)
}
