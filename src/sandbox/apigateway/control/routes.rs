use std::collections::HashMap;

use serde_json::{Map, Value};

use self::Handler::{Json, Metered, NotCovered, Raw};
use super::{
    Ask, Parsed, account, api_keys, authorizers, cache_cluster, client_certificates, deployments,
    documentation, documentation_file, domain_names, export, gateway_responses, import,
    integration_responses, integrations, key_file, method_responses, methods, models, resources, rest_apis,
    stages, tags, usage, usage_plans, validators, vpc_links,
};
use crate::sandbox::apigateway::state::{Region, Traffic};
use crate::sandbox::{Request, Response, ServiceError};

/// What carries an operation out.
#[derive(Debug, Clone, Copy)]
pub(in crate::sandbox::apigateway) enum Handler {
    /// Answers JSON, or nothing for null.
    Json(fn(&mut Region, &Ask<'_>) -> Result<Value, ServiceError>),
    /// Answers with headers of its own.
    Raw(fn(&mut Region, &Ask<'_>) -> Result<Response, ServiceError>),
    /// Works on what the data plane counted.
    Metered(fn(&mut Region, &mut Traffic, &Ask<'_>) -> Result<Value, ServiceError>),
    /// Runs a method through the data plane.
    TestInvokeMethod,
    /// Asks an authorizer through the data plane.
    TestInvokeAuthorizer,
    /// Answers 501 with the operation's name.
    NotCovered,
}

/// One operation of the API Gateway API.
#[derive(Debug)]
pub(in crate::sandbox::apigateway) struct Route {
    pub name: &'static str,
    method: &'static str,
    /// Segments in braces are parameters; `?name=value` must be in the query.
    path: &'static str,
    /// The status of an answer that is no error.
    pub status: u16,
    pub handler: Handler,
}

const fn route(
    name: &'static str,
    method: &'static str,
    path: &'static str,
    status: u16,
    handler: Handler,
) -> Route {
    Route { name, method, path, status, handler }
}

/// Every operation, as botocore's service model has it.
#[rustfmt::skip]
pub(super) const ROUTES: &[Route] = &[
    route("ImportApiKeys", "POST", "/apikeys?mode=import", 201, Json(key_file::import)),
    route("ImportRestApi", "POST", "/restapis?mode=import", 201, Json(import::import)),
    route("CreateApiKey", "POST", "/apikeys", 201, Json(api_keys::create)),
    route("CreateAuthorizer", "POST", "/restapis/{restapi_id}/authorizers", 201, Json(authorizers::create)),
    route("CreateBasePathMapping", "POST", "/domainnames/{domain_name}/basepathmappings", 201, Json(domain_names::map)),
    route("CreateDeployment", "POST", "/restapis/{restapi_id}/deployments", 201, Json(deployments::create)),
    route("CreateDocumentationPart", "POST", "/restapis/{restapi_id}/documentation/parts", 201, Json(documentation::create_part)),
    route("CreateDocumentationVersion", "POST", "/restapis/{restapi_id}/documentation/versions", 201, Json(documentation::create_version)),
    route("CreateDomainName", "POST", "/domainnames", 201, Json(domain_names::create)),
    route("CreateDomainNameAccessAssociation", "POST", "/domainnameaccessassociations", 201, NotCovered),
    route("CreateModel", "POST", "/restapis/{restapi_id}/models", 201, Json(models::create)),
    route("CreateRequestValidator", "POST", "/restapis/{restapi_id}/requestvalidators", 201, Json(validators::create)),
    route("CreateResource", "POST", "/restapis/{restapi_id}/resources/{parent_id}", 201, Json(resources::create)),
    route("CreateRestApi", "POST", "/restapis", 201, Json(rest_apis::create)),
    route("CreateStage", "POST", "/restapis/{restapi_id}/stages", 201, Json(stages::create)),
    route("CreateUsagePlan", "POST", "/usageplans", 201, Json(usage_plans::create)),
    route("CreateUsagePlanKey", "POST", "/usageplans/{usageplanId}/keys", 201, Json(usage_plans::add_key)),
    route("CreateVpcLink", "POST", "/vpclinks", 202, Json(vpc_links::create)),
    route("DeleteApiKey", "DELETE", "/apikeys/{api_Key}", 202, Json(api_keys::delete)),
    route("DeleteAuthorizer", "DELETE", "/restapis/{restapi_id}/authorizers/{authorizer_id}", 202, Json(authorizers::delete)),
    route("DeleteBasePathMapping", "DELETE", "/domainnames/{domain_name}/basepathmappings/{base_path}", 202, Json(domain_names::unmap)),
    route("DeleteClientCertificate", "DELETE", "/clientcertificates/{clientcertificate_id}", 202, Json(client_certificates::delete)),
    route("DeleteDeployment", "DELETE", "/restapis/{restapi_id}/deployments/{deployment_id}", 202, Json(deployments::delete)),
    route("DeleteDocumentationPart", "DELETE", "/restapis/{restapi_id}/documentation/parts/{part_id}", 202, Json(documentation::delete_part)),
    route("DeleteDocumentationVersion", "DELETE", "/restapis/{restapi_id}/documentation/versions/{doc_version}", 202, Json(documentation::delete_version)),
    route("DeleteDomainName", "DELETE", "/domainnames/{domain_name}", 202, Json(domain_names::delete)),
    route("DeleteDomainNameAccessAssociation", "DELETE", "/domainnameaccessassociations/{domain_name_access_association_arn}", 202, NotCovered),
    route("DeleteGatewayResponse", "DELETE", "/restapis/{restapi_id}/gatewayresponses/{response_type}", 202, Json(gateway_responses::delete)),
    route("DeleteIntegration", "DELETE", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration", 204, Json(integrations::delete)),
    route("DeleteIntegrationResponse", "DELETE", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration/responses/{status_code}", 204, Json(integration_responses::delete)),
    route("DeleteMethod", "DELETE", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}", 204, Json(methods::delete)),
    route("DeleteMethodResponse", "DELETE", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/responses/{status_code}", 204, Json(method_responses::delete)),
    route("DeleteModel", "DELETE", "/restapis/{restapi_id}/models/{model_name}", 202, Json(models::delete)),
    route("DeleteRequestValidator", "DELETE", "/restapis/{restapi_id}/requestvalidators/{requestvalidator_id}", 202, Json(validators::delete)),
    route("DeleteResource", "DELETE", "/restapis/{restapi_id}/resources/{resource_id}", 202, Json(resources::delete)),
    route("DeleteRestApi", "DELETE", "/restapis/{restapi_id}", 202, Json(rest_apis::delete)),
    route("DeleteStage", "DELETE", "/restapis/{restapi_id}/stages/{stage_name}", 202, Json(stages::delete)),
    route("DeleteUsagePlan", "DELETE", "/usageplans/{usageplanId}", 202, Json(usage_plans::delete)),
    route("DeleteUsagePlanKey", "DELETE", "/usageplans/{usageplanId}/keys/{keyId}", 202, Json(usage_plans::remove_key)),
    route("DeleteVpcLink", "DELETE", "/vpclinks/{vpclink_id}", 202, Json(vpc_links::delete)),
    route("FlushStageAuthorizersCache", "DELETE", "/restapis/{restapi_id}/stages/{stage_name}/cache/authorizers", 202, Json(authorizers::flush)),
    route("FlushStageCache", "DELETE", "/restapis/{restapi_id}/stages/{stage_name}/cache/data", 202, Metered(cache_cluster::flush)),
    route("GenerateClientCertificate", "POST", "/clientcertificates", 201, Json(client_certificates::generate)),
    route("GetAccount", "GET", "/account", 200, Json(account::get)),
    route("GetApiKey", "GET", "/apikeys/{api_Key}", 200, Json(api_keys::get)),
    route("GetApiKeys", "GET", "/apikeys", 200, Json(api_keys::list)),
    route("GetAuthorizer", "GET", "/restapis/{restapi_id}/authorizers/{authorizer_id}", 200, Json(authorizers::get)),
    route("GetAuthorizers", "GET", "/restapis/{restapi_id}/authorizers", 200, Json(authorizers::list)),
    route("GetBasePathMapping", "GET", "/domainnames/{domain_name}/basepathmappings/{base_path}", 200, Json(domain_names::get_mapping)),
    route("GetBasePathMappings", "GET", "/domainnames/{domain_name}/basepathmappings", 200, Json(domain_names::list_mappings)),
    route("GetClientCertificate", "GET", "/clientcertificates/{clientcertificate_id}", 200, Json(client_certificates::get)),
    route("GetClientCertificates", "GET", "/clientcertificates", 200, Json(client_certificates::list)),
    route("GetDeployment", "GET", "/restapis/{restapi_id}/deployments/{deployment_id}", 200, Json(deployments::get)),
    route("GetDeployments", "GET", "/restapis/{restapi_id}/deployments", 200, Json(deployments::list)),
    route("GetDocumentationPart", "GET", "/restapis/{restapi_id}/documentation/parts/{part_id}", 200, Json(documentation::get_part)),
    route("GetDocumentationParts", "GET", "/restapis/{restapi_id}/documentation/parts", 200, Json(documentation::list_parts)),
    route("GetDocumentationVersion", "GET", "/restapis/{restapi_id}/documentation/versions/{doc_version}", 200, Json(documentation::get_version)),
    route("GetDocumentationVersions", "GET", "/restapis/{restapi_id}/documentation/versions", 200, Json(documentation::list_versions)),
    route("GetDomainName", "GET", "/domainnames/{domain_name}", 200, Json(domain_names::get)),
    route("GetDomainNameAccessAssociations", "GET", "/domainnameaccessassociations", 200, NotCovered),
    route("GetDomainNames", "GET", "/domainnames", 200, Json(domain_names::list)),
    route("GetExport", "GET", "/restapis/{restapi_id}/stages/{stage_name}/exports/{export_type}", 200, Raw(export::export)),
    route("GetGatewayResponse", "GET", "/restapis/{restapi_id}/gatewayresponses/{response_type}", 200, Json(gateway_responses::get)),
    route("GetGatewayResponses", "GET", "/restapis/{restapi_id}/gatewayresponses", 200, Json(gateway_responses::list)),
    route("GetIntegration", "GET", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration", 200, Json(integrations::get)),
    route("GetIntegrationResponse", "GET", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration/responses/{status_code}", 200, Json(integration_responses::get)),
    route("GetMethod", "GET", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}", 200, Json(methods::get)),
    route("GetMethodResponse", "GET", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/responses/{status_code}", 200, Json(method_responses::get)),
    route("GetModel", "GET", "/restapis/{restapi_id}/models/{model_name}", 200, Json(models::get)),
    route("GetModelTemplate", "GET", "/restapis/{restapi_id}/models/{model_name}/default_template", 200, Json(models::template)),
    route("GetModels", "GET", "/restapis/{restapi_id}/models", 200, Json(models::list)),
    route("GetRequestValidator", "GET", "/restapis/{restapi_id}/requestvalidators/{requestvalidator_id}", 200, Json(validators::get)),
    route("GetRequestValidators", "GET", "/restapis/{restapi_id}/requestvalidators", 200, Json(validators::list)),
    route("GetResource", "GET", "/restapis/{restapi_id}/resources/{resource_id}", 200, Json(resources::get)),
    route("GetResources", "GET", "/restapis/{restapi_id}/resources", 200, Json(resources::list)),
    route("GetRestApi", "GET", "/restapis/{restapi_id}", 200, Json(rest_apis::get)),
    route("GetRestApis", "GET", "/restapis", 200, Json(rest_apis::list)),
    route("GetSdk", "GET", "/restapis/{restapi_id}/stages/{stage_name}/sdks/{sdk_type}", 200, NotCovered),
    route("GetSdkType", "GET", "/sdktypes/{sdktype_id}", 200, NotCovered),
    route("GetSdkTypes", "GET", "/sdktypes", 200, NotCovered),
    route("GetStage", "GET", "/restapis/{restapi_id}/stages/{stage_name}", 200, Json(stages::get)),
    route("GetStages", "GET", "/restapis/{restapi_id}/stages", 200, Json(stages::list)),
    route("GetTags", "GET", "/tags/{resource_arn}", 200, Json(tags::get)),
    route("GetUsage", "GET", "/usageplans/{usageplanId}/usage", 200, Metered(usage::get)),
    route("GetUsagePlan", "GET", "/usageplans/{usageplanId}", 200, Json(usage_plans::get)),
    route("GetUsagePlanKey", "GET", "/usageplans/{usageplanId}/keys/{keyId}", 200, Json(usage_plans::get_key)),
    route("GetUsagePlanKeys", "GET", "/usageplans/{usageplanId}/keys", 200, Json(usage_plans::list_keys)),
    route("GetUsagePlans", "GET", "/usageplans", 200, Json(usage_plans::list)),
    route("GetVpcLink", "GET", "/vpclinks/{vpclink_id}", 200, Json(vpc_links::get)),
    route("GetVpcLinks", "GET", "/vpclinks", 200, Json(vpc_links::list)),
    route("ImportDocumentationParts", "PUT", "/restapis/{restapi_id}/documentation/parts", 200, Json(documentation_file::import)),
    route("PutGatewayResponse", "PUT", "/restapis/{restapi_id}/gatewayresponses/{response_type}", 201, Json(gateway_responses::put)),
    route("PutIntegration", "PUT", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration", 201, Json(integrations::put)),
    route("PutIntegrationResponse", "PUT", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration/responses/{status_code}", 201, Json(integration_responses::put)),
    route("PutMethod", "PUT", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}", 201, Json(methods::put)),
    route("PutMethodResponse", "PUT", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/responses/{status_code}", 201, Json(method_responses::put)),
    route("PutRestApi", "PUT", "/restapis/{restapi_id}", 200, Json(import::put)),
    route("RejectDomainNameAccessAssociation", "POST", "/rejectdomainnameaccessassociations", 202, NotCovered),
    route("TagResource", "PUT", "/tags/{resource_arn}", 204, Json(tags::add)),
    route("TestInvokeAuthorizer", "POST", "/restapis/{restapi_id}/authorizers/{authorizer_id}", 200, Handler::TestInvokeAuthorizer),
    route("TestInvokeMethod", "POST", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}", 200, Handler::TestInvokeMethod),
    route("UntagResource", "DELETE", "/tags/{resource_arn}", 204, Json(tags::remove)),
    route("UpdateAccount", "PATCH", "/account", 200, Json(account::update)),
    route("UpdateApiKey", "PATCH", "/apikeys/{api_Key}", 200, Json(api_keys::update)),
    route("UpdateAuthorizer", "PATCH", "/restapis/{restapi_id}/authorizers/{authorizer_id}", 200, Json(authorizers::update)),
    route("UpdateBasePathMapping", "PATCH", "/domainnames/{domain_name}/basepathmappings/{base_path}", 200, Json(domain_names::update_mapping)),
    route("UpdateClientCertificate", "PATCH", "/clientcertificates/{clientcertificate_id}", 200, Json(client_certificates::update)),
    route("UpdateDeployment", "PATCH", "/restapis/{restapi_id}/deployments/{deployment_id}", 200, Json(deployments::update)),
    route("UpdateDocumentationPart", "PATCH", "/restapis/{restapi_id}/documentation/parts/{part_id}", 200, Json(documentation::update_part)),
    route("UpdateDocumentationVersion", "PATCH", "/restapis/{restapi_id}/documentation/versions/{doc_version}", 200, Json(documentation::update_version)),
    route("UpdateDomainName", "PATCH", "/domainnames/{domain_name}", 200, Json(domain_names::update)),
    route("UpdateGatewayResponse", "PATCH", "/restapis/{restapi_id}/gatewayresponses/{response_type}", 200, Json(gateway_responses::update)),
    route("UpdateIntegration", "PATCH", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration", 200, Json(integrations::update)),
    route("UpdateIntegrationResponse", "PATCH", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration/responses/{status_code}", 200, Json(integration_responses::update)),
    route("UpdateMethod", "PATCH", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}", 200, Json(methods::update)),
    route("UpdateMethodResponse", "PATCH", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/responses/{status_code}", 201, Json(method_responses::update)),
    route("UpdateModel", "PATCH", "/restapis/{restapi_id}/models/{model_name}", 200, Json(models::update)),
    route("UpdateRequestValidator", "PATCH", "/restapis/{restapi_id}/requestvalidators/{requestvalidator_id}", 200, Json(validators::update)),
    route("UpdateResource", "PATCH", "/restapis/{restapi_id}/resources/{resource_id}", 200, Json(resources::update)),
    route("UpdateRestApi", "PATCH", "/restapis/{restapi_id}", 200, Json(rest_apis::update)),
    route("UpdateStage", "PATCH", "/restapis/{restapi_id}/stages/{stage_name}", 200, Json(stages::update)),
    route("UpdateUsage", "PATCH", "/usageplans/{usageplanId}/keys/{keyId}/usage", 200, Metered(usage::update)),
    route("UpdateUsagePlan", "PATCH", "/usageplans/{usageplanId}", 200, Json(usage_plans::update)),
    route("UpdateVpcLink", "PATCH", "/vpclinks/{vpclink_id}", 200, Json(vpc_links::update)),
];

/// Names the operations that have a handler.
pub(in crate::sandbox::apigateway) fn covered_operations() -> impl Iterator<Item = &'static str> {
    ROUTES.iter().filter(|route| !matches!(route.handler, NotCovered)).map(|route| route.name)
}

/// Finds the operation of a request and reads its body.
pub(in crate::sandbox::apigateway) fn parse(request: &Request) -> Result<Parsed, ServiceError> {
    let segments = request.segments();
    let found = ROUTES.iter().find_map(|route| {
        if route.method != request.method.as_str() {
            return None;
        }
        let (path, query) = route.path.split_once('?').unwrap_or((route.path, ""));
        let captures = captures(path, &segments)?;
        let asked = query
            .split_once('=')
            .is_none_or(|(name, value)| request.query_value(name).is_some_and(|there| there == value));
        asked.then_some((route, captures))
    });
    let Some((route, path)) = found else {
        return Err(ServiceError::new(
            404,
            "UnknownOperationException",
            "no operation has this method and path",
        ));
    };
    let body = if route.reads_json() { read(request)? } else { Value::Object(Map::new()) };
    Ok(Parsed { route, path, body })
}

impl Route {
    /// API definitions come as they are, JSON or YAML.
    fn reads_json(&self) -> bool {
        !matches!(self.name, "ImportRestApi" | "PutRestApi" | "ImportApiKeys" | "ImportDocumentationParts")
    }
}

fn captures(pattern: &'static str, segments: &[String]) -> Option<HashMap<&'static str, String>> {
    let mut captures = HashMap::new();
    let mut rest = segments;
    for part in pattern.trim_start_matches('/').split('/') {
        let (first, more) = rest.split_first()?;
        rest = more;
        if let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            if first.is_empty() {
                return None;
            }
            // An ARN may come with its slashes unescaped.
            if name == "resource_arn" {
                let whole = std::iter::once(first).chain(rest).map(String::as_str).collect::<Vec<_>>();
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

fn read(request: &Request) -> Result<Value, ServiceError> {
    if request.body.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    match serde_json::from_slice(&request.body) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) => Err(ServiceError::new(400, "SerializationException", "the body is not a JSON object")),
        Err(error) => Err(ServiceError::new(400, "SerializationException", error.to_string())),
    }
}
