//! What WebSocket APIs have and HTTP APIs do not: AWS refuses it in these words.

use serde_json::{Value, json};

use super::Ask;
use crate::sandbox::ServiceError;
use crate::sandbox::apigatewayv2::fault::{bad_request, unknown};
use crate::sandbox::apigatewayv2::state::Region;

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-integrationresponse.html>
pub(super) fn integration_response(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let id = ask.path("integrationId");
    if !ask.api(region)?.integrations.contains_key(id) {
        return Err(unknown("Integration", id));
    }
    Err(bad_request("IntegrationResponses are currently not supported for this API protocol type."))
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-routeresponse.html>
pub(super) fn route_response(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let id = ask.path("routeId");
    if !ask.api(region)?.routes.contains_key(id) {
        return Err(unknown("Route", id));
    }
    Err(bad_request("RouteResponses are currently not supported for this API protocol type."))
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-model.html>
pub(super) fn model(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    ask.api(region)?;
    Err(bad_request("Currently, Models are not permitted for APIs with a protocol type of HTTP"))
}

pub(super) fn models(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    ask.api(region)?;
    Ok(json!({ "items": [] }))
}

pub(super) fn absent_model(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    ask.api(region)?;
    Err(unknown("Model", ask.path("modelId")))
}
