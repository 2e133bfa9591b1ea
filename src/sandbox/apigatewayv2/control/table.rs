use std::collections::HashMap;

use serde_json::{Map as Object, Value};

use self::Handler::{Json, Raw, ResetCache};
use super::{
    Ask, Parsed, apis, authorizers, cors, deployments, domains, export, import, integrations, mappings,
    models, responses, routes, stages, tags, vpc_links,
};
use crate::sandbox::apigatewayv2::state::Region;
use crate::sandbox::coverage::Api;
use crate::sandbox::{Request, Response, ServiceError};

/// What carries an operation out.
#[derive(Debug, Clone, Copy)]
pub(in crate::sandbox::apigatewayv2) enum Handler {
    /// Answers JSON, or nothing for null.
    Json(fn(&mut Region, &Ask<'_>) -> Result<Value, ServiceError>),
    /// Answers with headers of its own.
    Raw(fn(&mut Region, &Ask<'_>) -> Result<Response, ServiceError>),
    /// Forgets what authorizers said.
    ResetCache(fn(&mut Region, &Ask<'_>) -> Result<Value, ServiceError>),
}

/// One operation of the API Gateway v2 API.
#[derive(Debug)]
pub(in crate::sandbox::apigatewayv2) struct Entry {
    pub name: &'static str,
    method: &'static str,
    /// Segments in braces are parameters.
    path: &'static str,
    /// The status of an answer that is no error.
    pub status: u16,
    pub handler: Handler,
}

const fn entry(
    name: &'static str,
    method: &'static str,
    path: &'static str,
    status: u16,
    handler: Handler,
) -> Entry {
    Entry { name, method, path, status, handler }
}

/// Every operation that is covered, as botocore's service model has it.
#[rustfmt::skip]
pub(in crate::sandbox::apigatewayv2) const TABLE: &[Entry] = &[
    entry("CreateApi", "POST", "apis", 201, Json(apis::create)),
    entry("GetApis", "GET", "apis", 200, Json(apis::list)),
    entry("ImportApi", "PUT", "apis", 201, Json(import::import)),
    entry("GetApi", "GET", "apis/{apiId}", 200, Json(apis::get)),
    entry("UpdateApi", "PATCH", "apis/{apiId}", 200, Json(apis::update)),
    entry("ReimportApi", "PUT", "apis/{apiId}", 201, Json(import::reimport)),
    entry("DeleteApi", "DELETE", "apis/{apiId}", 204, Json(apis::delete)),
    entry("DeleteCorsConfiguration", "DELETE", "apis/{apiId}/cors", 204, Json(cors::delete)),
    entry("ExportApi", "GET", "apis/{apiId}/exports/{specification}", 200, Raw(export::export)),
    entry("CreateAuthorizer", "POST", "apis/{apiId}/authorizers", 201, Json(authorizers::create)),
    entry("GetAuthorizers", "GET", "apis/{apiId}/authorizers", 200, Json(authorizers::list)),
    entry("GetAuthorizer", "GET", "apis/{apiId}/authorizers/{authorizerId}", 200, Json(authorizers::get)),
    entry("UpdateAuthorizer", "PATCH", "apis/{apiId}/authorizers/{authorizerId}", 200, Json(authorizers::update)),
    entry("DeleteAuthorizer", "DELETE", "apis/{apiId}/authorizers/{authorizerId}", 204, Json(authorizers::delete)),
    entry("CreateDeployment", "POST", "apis/{apiId}/deployments", 201, Json(deployments::create)),
    entry("GetDeployments", "GET", "apis/{apiId}/deployments", 200, Json(deployments::list)),
    entry("GetDeployment", "GET", "apis/{apiId}/deployments/{deploymentId}", 200, Json(deployments::get)),
    entry("UpdateDeployment", "PATCH", "apis/{apiId}/deployments/{deploymentId}", 200, Json(deployments::update)),
    entry("DeleteDeployment", "DELETE", "apis/{apiId}/deployments/{deploymentId}", 204, Json(deployments::delete)),
    entry("CreateIntegration", "POST", "apis/{apiId}/integrations", 201, Json(integrations::create)),
    entry("GetIntegrations", "GET", "apis/{apiId}/integrations", 200, Json(integrations::list)),
    entry("GetIntegration", "GET", "apis/{apiId}/integrations/{integrationId}", 200, Json(integrations::get)),
    entry("UpdateIntegration", "PATCH", "apis/{apiId}/integrations/{integrationId}", 200, Json(integrations::update)),
    entry("DeleteIntegration", "DELETE", "apis/{apiId}/integrations/{integrationId}", 204, Json(integrations::delete)),
    entry("CreateIntegrationResponse", "POST", "apis/{apiId}/integrations/{integrationId}/integrationresponses", 201, Json(responses::create_of_integration)),
    entry("GetIntegrationResponses", "GET", "apis/{apiId}/integrations/{integrationId}/integrationresponses", 200, Json(responses::list_of_integration)),
    entry("GetIntegrationResponse", "GET", "apis/{apiId}/integrations/{integrationId}/integrationresponses/{integrationResponseId}", 200, Json(responses::get_of_integration)),
    entry("UpdateIntegrationResponse", "PATCH", "apis/{apiId}/integrations/{integrationId}/integrationresponses/{integrationResponseId}", 200, Json(responses::update_of_integration)),
    entry("DeleteIntegrationResponse", "DELETE", "apis/{apiId}/integrations/{integrationId}/integrationresponses/{integrationResponseId}", 204, Json(responses::delete_of_integration)),
    entry("CreateModel", "POST", "apis/{apiId}/models", 201, Json(models::create)),
    entry("GetModels", "GET", "apis/{apiId}/models", 200, Json(models::list)),
    entry("GetModel", "GET", "apis/{apiId}/models/{modelId}", 200, Json(models::get)),
    entry("GetModelTemplate", "GET", "apis/{apiId}/models/{modelId}/template", 200, Json(models::template)),
    entry("UpdateModel", "PATCH", "apis/{apiId}/models/{modelId}", 200, Json(models::update)),
    entry("DeleteModel", "DELETE", "apis/{apiId}/models/{modelId}", 204, Json(models::delete)),
    entry("CreateRoute", "POST", "apis/{apiId}/routes", 201, Json(routes::create)),
    entry("GetRoutes", "GET", "apis/{apiId}/routes", 200, Json(routes::list)),
    entry("GetRoute", "GET", "apis/{apiId}/routes/{routeId}", 200, Json(routes::get)),
    entry("UpdateRoute", "PATCH", "apis/{apiId}/routes/{routeId}", 200, Json(routes::update)),
    entry("DeleteRoute", "DELETE", "apis/{apiId}/routes/{routeId}", 204, Json(routes::delete)),
    entry("DeleteRouteRequestParameter", "DELETE", "apis/{apiId}/routes/{routeId}/requestparameters/{requestParameterKey}", 204, Json(routes::delete_parameter)),
    entry("CreateRouteResponse", "POST", "apis/{apiId}/routes/{routeId}/routeresponses", 201, Json(responses::create_of_route)),
    entry("GetRouteResponses", "GET", "apis/{apiId}/routes/{routeId}/routeresponses", 200, Json(responses::list_of_route)),
    entry("GetRouteResponse", "GET", "apis/{apiId}/routes/{routeId}/routeresponses/{routeResponseId}", 200, Json(responses::get_of_route)),
    entry("UpdateRouteResponse", "PATCH", "apis/{apiId}/routes/{routeId}/routeresponses/{routeResponseId}", 200, Json(responses::update_of_route)),
    entry("DeleteRouteResponse", "DELETE", "apis/{apiId}/routes/{routeId}/routeresponses/{routeResponseId}", 204, Json(responses::delete_of_route)),
    entry("CreateStage", "POST", "apis/{apiId}/stages", 201, Json(stages::create)),
    entry("GetStages", "GET", "apis/{apiId}/stages", 200, Json(stages::list)),
    entry("GetStage", "GET", "apis/{apiId}/stages/{stageName}", 200, Json(stages::get)),
    entry("UpdateStage", "PATCH", "apis/{apiId}/stages/{stageName}", 200, Json(stages::update)),
    entry("DeleteStage", "DELETE", "apis/{apiId}/stages/{stageName}", 204, Json(stages::delete)),
    entry("DeleteAccessLogSettings", "DELETE", "apis/{apiId}/stages/{stageName}/accesslogsettings", 204, Json(stages::delete_access_log)),
    entry("DeleteRouteSettings", "DELETE", "apis/{apiId}/stages/{stageName}/routesettings/{routeKey}", 204, Json(stages::delete_route_settings)),
    entry("ResetAuthorizersCache", "DELETE", "apis/{apiId}/stages/{stageName}/cache/authorizers", 204, ResetCache(stages::exists)),
    entry("CreateDomainName", "POST", "domainnames", 201, Json(domains::create)),
    entry("GetDomainNames", "GET", "domainnames", 200, Json(domains::list)),
    entry("GetDomainName", "GET", "domainnames/{domainName}", 200, Json(domains::get)),
    entry("UpdateDomainName", "PATCH", "domainnames/{domainName}", 200, Json(domains::update)),
    entry("DeleteDomainName", "DELETE", "domainnames/{domainName}", 204, Json(domains::delete)),
    entry("CreateApiMapping", "POST", "domainnames/{domainName}/apimappings", 201, Json(mappings::create)),
    entry("GetApiMappings", "GET", "domainnames/{domainName}/apimappings", 200, Json(mappings::list)),
    entry("GetApiMapping", "GET", "domainnames/{domainName}/apimappings/{apiMappingId}", 200, Json(mappings::get)),
    entry("UpdateApiMapping", "PATCH", "domainnames/{domainName}/apimappings/{apiMappingId}", 200, Json(mappings::update)),
    entry("DeleteApiMapping", "DELETE", "domainnames/{domainName}/apimappings/{apiMappingId}", 204, Json(mappings::delete)),
    entry("CreateVpcLink", "POST", "vpclinks", 201, Json(vpc_links::create)),
    entry("GetVpcLinks", "GET", "vpclinks", 200, Json(vpc_links::list)),
    entry("GetVpcLink", "GET", "vpclinks/{vpcLinkId}", 200, Json(vpc_links::get)),
    entry("UpdateVpcLink", "PATCH", "vpclinks/{vpcLinkId}", 200, Json(vpc_links::update)),
    entry("DeleteVpcLink", "DELETE", "vpclinks/{vpcLinkId}", 202, Json(vpc_links::delete)),
    entry("GetTags", "GET", "tags/{resourceArn}", 200, Json(tags::get)),
    entry("TagResource", "POST", "tags/{resourceArn}", 201, Json(tags::add)),
    entry("UntagResource", "DELETE", "tags/{resourceArn}", 204, Json(tags::remove)),
];

/// Finds the operation of a request and reads its body.
pub(in crate::sandbox::apigatewayv2) fn parse(request: &Request) -> Result<Parsed, ServiceError> {
    let segments = request.segments();
    let found = TABLE.iter().filter(|entry| entry.method == request.method.as_str());
    let found = segments
        .split_first()
        .and_then(|(_, rest)| found.into_iter().find_map(|entry| Some((entry, captures(entry.path, rest)?))));
    let Some((entry, path)) = found else {
        return Err(lacking(request, &segments));
    };
    Ok(Parsed { entry, path, body: read(request)? })
}

/// Refuses an operation that AWS has by its name, and anything else as AWS does.
fn lacking(request: &Request, segments: &[String]) -> ServiceError {
    let parts: Vec<&str> = segments.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    let named =
        Api::of("apigatewayv2").and_then(|api| api.at(request.method.as_str(), &parts, &request.raw_query));
    match named {
        Some(name) => ServiceError::not_covered("apigatewayv2", name),
        None => ServiceError::new(404, "UnknownOperationException", "no operation has this method and path"),
    }
}

fn captures(pattern: &'static str, segments: &[String]) -> Option<HashMap<&'static str, String>> {
    let mut captures = HashMap::new();
    let mut rest = segments;
    for part in pattern.split('/') {
        let (first, more) = rest.split_first()?;
        rest = more;
        if let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            if first.is_empty() {
                return None;
            }
            // An ARN, and the key of a route, may come with their slashes unescaped.
            if name == "resourceArn" || name == "routeKey" {
                let whole: Vec<&str> = std::iter::once(first).chain(rest).map(String::as_str).collect();
                captures.insert(name, whole.join("/"));
                return Some(captures);
            }
            captures.insert(name, first.clone());
        } else if part != first {
            return None;
        }
    }
    let trailing = rest.len() == 1 && rest[0].is_empty();
    (rest.is_empty() || trailing).then_some(captures)
}

fn read(request: &Request) -> Result<Object<String, Value>, ServiceError> {
    let unreadable = |text: String| ServiceError::new(400, "SerializationException", text);
    if request.body.is_empty() {
        return Ok(Object::new());
    }
    match serde_json::from_slice(&request.body) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(unreadable("the body is not a JSON object".to_owned())),
        Err(error) => Err(unreadable(error.to_string())),
    }
}
