//! Finds what a request's path names, in AWS's words when it is not there.

use super::Ask;
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::entity::{Api, Integration, Method, Resource};
use crate::sandbox::apigateway::fault::not_found;
use crate::sandbox::apigateway::state::Region;

const RESOURCE: &str = "Invalid Resource identifier specified";
const METHOD: &str = "Invalid Method identifier specified";
const INTEGRATION: &str = "Invalid Integration identifier specified";

pub(super) fn api<'a>(region: &'a Region, ask: &Ask<'_>) -> Result<&'a Api, ServiceError> {
    region.api(&ask.scope.account, ask.path("restapi_id"))
}

pub(super) fn api_mut<'a>(region: &'a mut Region, ask: &Ask<'_>) -> Result<&'a mut Api, ServiceError> {
    region.api_mut(&ask.scope.account, ask.path("restapi_id"))
}

/// What lies within a resource answers an unknown API with the resource's error.
pub(super) fn api_of_resource<'a>(
    region: &'a mut Region,
    ask: &Ask<'_>,
) -> Result<&'a mut Api, ServiceError> {
    region.apis.get_mut(ask.path("restapi_id")).ok_or_else(|| not_found(RESOURCE))
}

pub(super) fn resource<'a>(region: &'a mut Region, ask: &Ask<'_>) -> Result<&'a mut Resource, ServiceError> {
    api_of_resource(region, ask)?
        .definition
        .resources
        .get_mut(ask.path("resource_id"))
        .ok_or_else(|| not_found(RESOURCE))
}

pub(super) fn method<'a>(region: &'a mut Region, ask: &Ask<'_>) -> Result<&'a mut Method, ServiceError> {
    resource(region, ask)?.resource_methods.get_mut(ask.path("http_method")).ok_or_else(|| not_found(METHOD))
}

pub(super) fn integration<'a>(
    region: &'a mut Region,
    ask: &Ask<'_>,
) -> Result<&'a mut Integration, ServiceError> {
    method(region, ask)?.method_integration.as_mut().ok_or_else(|| not_found(INTEGRATION))
}

pub(super) fn no_integration() -> ServiceError {
    not_found(INTEGRATION)
}

pub(super) fn no_resource() -> ServiceError {
    not_found(RESOURCE)
}

pub(super) fn no_method() -> ServiceError {
    not_found(METHOD)
}

pub(super) fn no_status_code() -> ServiceError {
    not_found("Invalid Response status code specified")
}
