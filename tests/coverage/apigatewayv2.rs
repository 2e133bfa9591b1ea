use serde_json::{Value, json};

use super::bench::Bench;

const FUNCTION: &str = "arn:aws:lambda:eu-west-1:111122223333:function:work";
const AUTHORIZER: &str = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:work/invocations";
const DOCUMENT: &str =
    r#"{"openapi":"3.0.1","info":{"title":"shop","version":"1"},"paths":{"/a":{"get":{}}}}"#;
const NONE: &str = "NotFoundException";
const BAD: &str = "BadRequestException";

fn api(b: &Bench) -> String {
    b.also("CreateApi", json!({ "name": "shop", "protocolType": "HTTP" })).text("/apiId")
}

/// Makes something within an API that is there, and returns the API and the identifier that `member` holds.
fn within(b: &Bench, operation: &str, mut input: Value, member: &str) -> (String, String) {
    let api = api(b);
    input["apiId"] = json!(api);
    let made = b.also(operation, input).text(member);
    (api, made)
}

fn integration(b: &Bench) -> (String, String) {
    let input =
        json!({ "integrationType": "AWS_PROXY", "integrationUri": FUNCTION, "payloadFormatVersion": "2.0" });
    within(b, "CreateIntegration", input, "/integrationId")
}

fn route(b: &Bench) -> (String, String) {
    within(b, "CreateRoute", json!({ "routeKey": "GET /a" }), "/routeId")
}

fn stage(b: &Bench) -> (String, String) {
    within(b, "CreateStage", json!({ "stageName": "dev" }), "/stageName")
}

fn authorizer(b: &Bench) -> (String, String) {
    let input = json!({
        "name": "door", "authorizerType": "REQUEST", "authorizerUri": AUTHORIZER,
        "authorizerPayloadFormatVersion": "2.0", "identitySource": ["$request.header.Authorization"],
    });
    within(b, "CreateAuthorizer", input, "/authorizerId")
}

fn deployment(b: &Bench) -> (String, String) {
    let (api, _) = route(b);
    let id = b.also("CreateDeployment", json!({ "apiId": api })).text("/deploymentId");
    (api, id)
}

/// A custom domain of the account's own.
fn domain(b: &Bench) -> String {
    let name = format!("d{}.example.com", b.account);
    let certificate = format!("arn:aws:acm:eu-west-1:{}:certificate/x", b.account);
    b.also(
        "CreateDomainName",
        json!({ "domainName": name, "domainNameConfigurations": [{ "certificateArn": certificate }] }),
    );
    name
}

fn mapping(b: &Bench) -> (String, String) {
    let (api, stage) = stage(b);
    let name = domain(b);
    let input = json!({ "domainName": name, "apiId": api, "stage": stage, "apiMappingKey": "v1" });
    (name, b.also("CreateApiMapping", input).text("/apiMappingId"))
}

fn link(b: &Bench) -> String {
    b.also("CreateVpcLink", json!({ "name": "link", "subnetIds": ["subnet-1"] })).text("/vpcLinkId")
}

fn web_socket(b: &Bench) -> String {
    let input = json!({ "name": "chat", "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action" });
    b.also("CreateApi", input).text("/apiId")
}

fn model(b: &Bench) -> (String, String) {
    let api = web_socket(b);
    let input = json!({ "apiId": api, "name": "Order", "schema": "{\"type\":\"object\"}" });
    let made = b.also("CreateModel", input).text("/modelId");
    (api, made)
}

/// Where an integration response of a WebSocket API is, and its identifier.
fn integration_response(b: &Bench) -> (Value, String) {
    let api = web_socket(b);
    let made = b.also("CreateIntegration", json!({ "apiId": api, "integrationType": "MOCK" }));
    let at = json!({ "apiId": api, "integrationId": made.text("/integrationId") });
    let key = with(&at, "integrationResponseKey", "$default");
    let id = b.also("CreateIntegrationResponse", key).text("/integrationResponseId");
    (at, id)
}

/// Where a route response of a WebSocket API is, and its identifier.
fn route_response(b: &Bench) -> (Value, String) {
    let api = web_socket(b);
    let route = b.also("CreateRoute", json!({ "apiId": api, "routeKey": "send" })).text("/routeId");
    let at = json!({ "apiId": api, "routeId": route });
    let id =
        b.also("CreateRouteResponse", with(&at, "routeResponseKey", "$default")).text("/routeResponseId");
    (at, id)
}

fn with(input: &Value, name: &str, value: &str) -> Value {
    let mut input = input.clone();
    input[name] = json!(value);
    input
}

operations! { "apigatewayv2";
    create_api:
        |b: &Bench| { b.call(json!({ "name": "shop", "protocolType": "HTTP" })).has("/routeSelectionExpression", "$request.method $request.path"); },
        |b: &Bench| { b.refused(json!({ "name": "shop", "protocolType": "FTP" }), 400, BAD); };
    get_apis:
        |b: &Bench| { let id = api(b); b.call(json!({})).has("/items/0/apiId", id); },
        |b: &Bench| { b.refused(json!({ "maxResults": "0" }), 400, BAD); };
    import_api:
        |b: &Bench| { b.call(json!({ "body": DOCUMENT })).has("/name", "shop"); },
        |b: &Bench| { b.refused(json!({ "body": "{}" }), 400, BAD); };
    get_api:
        |b: &Bench| { let id = api(b); b.call(json!({ "apiId": id })).has("/name", "shop"); },
        |b: &Bench| { b.refused(json!({ "apiId": "none" }), 404, NONE); };
    update_api:
        |b: &Bench| { let id = api(b); b.call(json!({ "apiId": id, "name": "store" })).has("/name", "store"); },
        |b: &Bench| { let id = api(b); b.refused(json!({ "apiId": id, "routeSelectionExpression": "$request.body.a" }), 400, BAD); };
    reimport_api:
        |b: &Bench| { let id = api(b); b.call(json!({ "apiId": id, "body": DOCUMENT })); b.also("GetRoutes", json!({ "apiId": id })).has("/items/0/routeKey", "GET /a"); },
        |b: &Bench| { b.refused(json!({ "apiId": "none", "body": DOCUMENT }), 404, NONE); };
    delete_api:
        |b: &Bench| { let id = api(b); b.call(json!({ "apiId": id })); assert_eq!(b.ask("apigatewayv2", "GetApi", json!({ "apiId": id })).status, 404); },
        |b: &Bench| { b.refused(json!({ "apiId": "none" }), 404, NONE); };
    delete_cors_configuration:
        |b: &Bench| { let cors = json!({ "allowOrigins": ["*"] }); let id = b.also("CreateApi", json!({ "name": "shop", "protocolType": "HTTP", "corsConfiguration": cors })).text("/apiId"); b.call(json!({ "apiId": id })); b.also("GetApi", json!({ "apiId": id })).lacks("/corsConfiguration"); },
        |b: &Bench| { b.refused(json!({ "apiId": "none" }), 404, NONE); };
    export_api:
        |b: &Bench| { let (id, _) = route(b); b.call(json!({ "apiId": id, "specification": "OAS30", "outputType": "JSON" })).has("/openapi", "3.0.1"); },
        |b: &Bench| { let id = api(b); b.refused(json!({ "apiId": id, "specification": "OAS20", "outputType": "JSON" }), 400, BAD); };
    create_authorizer:
        |b: &Bench| { let (id, made) = authorizer(b); b.also("GetAuthorizer", json!({ "apiId": id, "authorizerId": made })).has("/authorizerResultTtlInSeconds", 300); },
        |b: &Bench| { let id = api(b); b.refused(json!({ "apiId": id, "name": "door", "authorizerType": "JWT" }), 400, BAD); };
    get_authorizers:
        |b: &Bench| { let (id, made) = authorizer(b); b.call(json!({ "apiId": id })).has("/items/0/authorizerId", made); },
        |b: &Bench| { b.refused(json!({ "apiId": "none" }), 404, NONE); };
    get_authorizer:
        |b: &Bench| { let (id, made) = authorizer(b); b.call(json!({ "apiId": id, "authorizerId": made })).has("/name", "door"); },
        |b: &Bench| { let id = api(b); b.refused(json!({ "apiId": id, "authorizerId": "none" }), 404, NONE); };
    update_authorizer:
        |b: &Bench| { let (id, made) = authorizer(b); b.call(json!({ "apiId": id, "authorizerId": made, "authorizerResultTtlInSeconds": 0 })).has("/authorizerResultTtlInSeconds", 0); },
        |b: &Bench| { let (id, made) = authorizer(b); b.refused(json!({ "apiId": id, "authorizerId": made, "authorizerResultTtlInSeconds": 3601 }), 400, BAD); };
    delete_authorizer:
        |b: &Bench| { let (id, made) = authorizer(b); b.call(json!({ "apiId": id, "authorizerId": made })); b.also("GetAuthorizers", json!({ "apiId": id })).lacks("/items"); },
        |b: &Bench| { let (id, made) = authorizer(b); b.also("CreateRoute", json!({ "apiId": id, "routeKey": "GET /a", "authorizationType": "CUSTOM", "authorizerId": made })); b.refused(json!({ "apiId": id, "authorizerId": made }), 409, "ConflictException"); };
    create_deployment:
        |b: &Bench| { let (id, _) = route(b); b.call(json!({ "apiId": id })).has("/deploymentStatus", "DEPLOYED"); },
        |b: &Bench| { let id = api(b); b.refused(json!({ "apiId": id }), 400, BAD); };
    get_deployments:
        |b: &Bench| { let (id, made) = deployment(b); b.call(json!({ "apiId": id })).has("/items/0/deploymentId", made); },
        |b: &Bench| { b.refused(json!({ "apiId": "none" }), 404, NONE); };
    get_deployment:
        |b: &Bench| { let (id, made) = deployment(b); b.call(json!({ "apiId": id, "deploymentId": made })).has("/autoDeployed", false); },
        |b: &Bench| { let id = api(b); b.refused(json!({ "apiId": id, "deploymentId": "none" }), 404, NONE); };
    update_deployment:
        |b: &Bench| { let (id, made) = deployment(b); b.call(json!({ "apiId": id, "deploymentId": made, "description": "first" })).has("/description", "first"); },
        |b: &Bench| { let id = api(b); b.refused(json!({ "apiId": id, "deploymentId": "none" }), 404, NONE); };
    delete_deployment:
        |b: &Bench| { let (id, made) = deployment(b); b.call(json!({ "apiId": id, "deploymentId": made })); b.also("GetDeployments", json!({ "apiId": id })).lacks("/items"); },
        |b: &Bench| { let (id, made) = deployment(b); b.also("CreateStage", json!({ "apiId": id, "stageName": "dev", "deploymentId": made })); b.refused(json!({ "apiId": id, "deploymentId": made }), 400, BAD); };
    create_integration:
        |b: &Bench| { let (id, made) = integration(b); b.also("GetIntegration", json!({ "apiId": id, "integrationId": made })).has("/timeoutInMillis", 30_000); },
        |b: &Bench| { let id = api(b); b.refused(json!({ "apiId": id, "integrationType": "MOCK" }), 400, BAD); };
    get_integrations:
        |b: &Bench| { let (id, made) = integration(b); b.call(json!({ "apiId": id })).has("/items/0/integrationId", made); },
        |b: &Bench| { b.refused(json!({ "apiId": "none" }), 404, NONE); };
    get_integration:
        |b: &Bench| { let (id, made) = integration(b); b.call(json!({ "apiId": id, "integrationId": made })).has("/integrationUri", FUNCTION); },
        |b: &Bench| { let id = api(b); b.refused(json!({ "apiId": id, "integrationId": "none" }), 404, NONE); };
    update_integration:
        |b: &Bench| { let (id, made) = integration(b); b.call(json!({ "apiId": id, "integrationId": made, "payloadFormatVersion": "1.0" })).has("/payloadFormatVersion", "1.0"); },
        |b: &Bench| { let (id, made) = integration(b); b.refused(json!({ "apiId": id, "integrationId": made, "timeoutInMillis": 1 }), 400, BAD); };
    delete_integration:
        |b: &Bench| { let (id, made) = integration(b); b.call(json!({ "apiId": id, "integrationId": made })); b.also("GetIntegrations", json!({ "apiId": id })).lacks("/items"); },
        |b: &Bench| { let (id, made) = integration(b); b.also("CreateRoute", json!({ "apiId": id, "routeKey": "GET /a", "target": format!("integrations/{made}") })); b.refused(json!({ "apiId": id, "integrationId": made }), 409, "ConflictException"); };
    create_route:
        |b: &Bench| { let (id, made) = route(b); b.also("GetRoute", json!({ "apiId": id, "routeId": made })).has("/authorizationType", "NONE"); },
        |b: &Bench| { let id = api(b); b.refused(json!({ "apiId": id, "routeKey": "TRACE /a" }), 400, BAD); };
    get_routes:
        |b: &Bench| { let (id, made) = route(b); b.call(json!({ "apiId": id })).has("/items/0/routeId", made); },
        |b: &Bench| { b.refused(json!({ "apiId": "none" }), 404, NONE); };
    get_route:
        |b: &Bench| { let (id, made) = route(b); b.call(json!({ "apiId": id, "routeId": made })).has("/routeKey", "GET /a"); },
        |b: &Bench| { let id = api(b); b.refused(json!({ "apiId": id, "routeId": "none" }), 404, NONE); };
    update_route:
        |b: &Bench| { let (id, made) = route(b); b.call(json!({ "apiId": id, "routeId": made, "routeKey": "POST /a" })).has("/routeKey", "POST /a"); },
        |b: &Bench| { let (id, made) = route(b); b.refused(json!({ "apiId": id, "routeId": made, "apiKeyRequired": true }), 400, BAD); };
    delete_route:
        |b: &Bench| { let (id, made) = route(b); b.call(json!({ "apiId": id, "routeId": made })); b.also("GetRoutes", json!({ "apiId": id })).lacks("/items"); },
        |b: &Bench| { let id = api(b); b.refused(json!({ "apiId": id, "routeId": "none" }), 404, NONE); };
    delete_route_request_parameter:
        |b: &Bench| { let (id, _) = route(b); let parameters = json!({ "action": { "required": true } }); let made = b.also("CreateRoute", json!({ "apiId": id, "routeKey": "GET /b", "requestParameters": parameters })).text("/routeId"); b.call(json!({ "apiId": id, "routeId": made, "requestParameterKey": "action" })); b.also("GetRoute", json!({ "apiId": id, "routeId": made })).has("/requestParameters", json!({})); },
        |b: &Bench| { let (id, made) = route(b); b.refused(json!({ "apiId": id, "routeId": made, "requestParameterKey": "none" }), 404, NONE); };
    create_stage:
        |b: &Bench| { let id = api(b); b.call(json!({ "apiId": id, "stageName": "dev" })).has("/defaultRouteSettings/detailedMetricsEnabled", false); },
        |b: &Bench| { let (id, name) = stage(b); b.refused(json!({ "apiId": id, "stageName": name }), 409, "ConflictException"); };
    get_stages:
        |b: &Bench| { let (id, name) = stage(b); b.call(json!({ "apiId": id })).has("/items/0/stageName", name); },
        |b: &Bench| { b.refused(json!({ "apiId": "none" }), 404, NONE); };
    get_stage:
        |b: &Bench| { let (id, name) = stage(b); b.call(json!({ "apiId": id, "stageName": name })).has("/stageName", "dev"); },
        |b: &Bench| { let id = api(b); b.refused(json!({ "apiId": id, "stageName": "none" }), 404, NONE); };
    update_stage:
        |b: &Bench| { let (id, name) = stage(b); b.call(json!({ "apiId": id, "stageName": name, "stageVariables": { "a": "b" } })).has("/stageVariables/a", "b"); },
        |b: &Bench| { let (id, name) = stage(b); b.refused(json!({ "apiId": id, "stageName": name, "deploymentId": "none" }), 400, BAD); };
    delete_stage:
        |b: &Bench| { let (id, name) = stage(b); b.call(json!({ "apiId": id, "stageName": name })); b.also("GetStages", json!({ "apiId": id })).lacks("/items"); },
        |b: &Bench| { let id = api(b); b.refused(json!({ "apiId": id, "stageName": "none" }), 404, NONE); };
    delete_access_log_settings:
        |b: &Bench| { let (id, name) = stage(b); let log = json!({ "destinationArn": format!("arn:aws:logs:eu-west-1:{}:log-group:l", b.account), "format": "$context.requestId" }); b.also("UpdateStage", json!({ "apiId": id, "stageName": name, "accessLogSettings": log })); b.call(json!({ "apiId": id, "stageName": name })); b.also("GetStage", json!({ "apiId": id, "stageName": name })).lacks("/accessLogSettings"); },
        |b: &Bench| { let id = api(b); b.refused(json!({ "apiId": id, "stageName": "none" }), 404, NONE); };
    delete_route_settings:
        |b: &Bench| { let (id, _) = route(b); let settings = json!({ "GET /a": { "throttlingBurstLimit": 1 } }); b.also("CreateStage", json!({ "apiId": id, "stageName": "dev", "routeSettings": settings })); b.call(json!({ "apiId": id, "stageName": "dev", "routeKey": "GET /a" })); b.also("GetStage", json!({ "apiId": id, "stageName": "dev" })).has("/routeSettings", json!({})); },
        |b: &Bench| { let (id, name) = stage(b); b.refused(json!({ "apiId": id, "stageName": name, "routeKey": "GET /a" }), 404, NONE); };
    reset_authorizers_cache:
        |b: &Bench| { let (id, name) = stage(b); b.call(json!({ "apiId": id, "stageName": name })); },
        |b: &Bench| { let id = api(b); b.refused(json!({ "apiId": id, "stageName": "none" }), 404, NONE); };
    create_domain_name:
        |b: &Bench| { let name = domain(b); b.also("GetDomainName", json!({ "domainName": name })).has("/domainNameConfigurations/0/endpointType", "REGIONAL"); },
        |b: &Bench| { b.refused(json!({ "domainName": "a b" }), 400, BAD); };
    get_domain_names:
        |b: &Bench| { let name = domain(b); b.call(json!({})).has("/items/0/domainName", name); },
        |b: &Bench| { b.refused(json!({ "nextToken": "?" }), 400, BAD); };
    get_domain_name:
        |b: &Bench| { let name = domain(b); b.call(json!({ "domainName": name })).has("/apiMappingSelectionExpression", "$request.basepath"); },
        |b: &Bench| { b.refused(json!({ "domainName": "none.example.com" }), 404, NONE); };
    update_domain_name:
        |b: &Bench| { let name = domain(b); let certificate = format!("arn:aws:acm:eu-west-1:{}:certificate/y", b.account); b.call(json!({ "domainName": name, "domainNameConfigurations": [{ "certificateArn": certificate }] })).has("/domainNameConfigurations/0/certificateArn", certificate); },
        |b: &Bench| { b.refused(json!({ "domainName": "none.example.com" }), 404, NONE); };
    delete_domain_name:
        |b: &Bench| { let name = domain(b); b.call(json!({ "domainName": name })); b.also("GetDomainNames", json!({})).lacks("/items"); },
        |b: &Bench| { b.refused(json!({ "domainName": "none.example.com" }), 404, NONE); };
    create_api_mapping:
        |b: &Bench| { let (name, made) = mapping(b); b.also("GetApiMapping", json!({ "domainName": name, "apiMappingId": made })).has("/apiMappingKey", "v1"); },
        |b: &Bench| { let name = domain(b); let (api, stage) = stage(b); b.refused(json!({ "domainName": name, "apiId": api, "stage": stage, "apiMappingKey": "/v1" }), 400, BAD); };
    get_api_mappings:
        |b: &Bench| { let (name, made) = mapping(b); b.call(json!({ "domainName": name })).has("/items/0/apiMappingId", made); },
        |b: &Bench| { b.refused(json!({ "domainName": "none.example.com" }), 404, NONE); };
    get_api_mapping:
        |b: &Bench| { let (name, made) = mapping(b); b.call(json!({ "domainName": name, "apiMappingId": made })).has("/stage", "dev"); },
        |b: &Bench| { let name = domain(b); b.refused(json!({ "domainName": name, "apiMappingId": "none" }), 404, NONE); };
    update_api_mapping:
        |b: &Bench| { let (name, made) = mapping(b); b.call(json!({ "domainName": name, "apiMappingId": made, "apiMappingKey": "v2" })).has("/apiMappingKey", "v2"); },
        |b: &Bench| { let (name, made) = mapping(b); b.refused(json!({ "domainName": name, "apiMappingId": made, "apiId": "none" }), 404, NONE); };
    delete_api_mapping:
        |b: &Bench| { let (name, made) = mapping(b); b.call(json!({ "domainName": name, "apiMappingId": made })); b.also("GetApiMappings", json!({ "domainName": name })).lacks("/items"); },
        |b: &Bench| { let name = domain(b); b.refused(json!({ "domainName": name, "apiMappingId": "none" }), 404, NONE); };
    create_vpc_link:
        |b: &Bench| { let id = link(b); b.also("GetVpcLink", json!({ "vpcLinkId": id })).has("/vpcLinkVersion", "V2"); },
        |b: &Bench| { b.refused(json!({ "name": "link", "subnetIds": [] }), 400, BAD); };
    get_vpc_links:
        |b: &Bench| { let id = link(b); b.call(json!({})).has("/items/0/vpcLinkId", id); },
        |b: &Bench| { b.refused(json!({ "maxResults": "many" }), 400, BAD); };
    get_vpc_link:
        |b: &Bench| { let id = link(b); b.call(json!({ "vpcLinkId": id })).has("/name", "link"); },
        |b: &Bench| { b.refused(json!({ "vpcLinkId": "none" }), 404, NONE); };
    update_vpc_link:
        |b: &Bench| { let id = link(b); b.call(json!({ "vpcLinkId": id, "name": "other" })).has("/name", "other"); },
        |b: &Bench| { b.refused(json!({ "vpcLinkId": "none", "name": "other" }), 404, NONE); };
    delete_vpc_link:
        |b: &Bench| { let id = link(b); b.call(json!({ "vpcLinkId": id })); b.also("GetVpcLinks", json!({})).lacks("/items"); },
        |b: &Bench| { b.refused(json!({ "vpcLinkId": "none" }), 404, NONE); };
    get_tags:
        |b: &Bench| { let id = api(b); let arn = format!("arn:aws:apigateway:eu-west-1::/apis/{id}"); b.call(json!({ "resource-arn": arn })).has("/tags", json!({})); },
        |b: &Bench| { b.refused(json!({ "resource-arn": "arn:aws:apigateway:eu-west-1::/apis/none" }), 404, NONE); };
    tag_resource:
        |b: &Bench| { let id = api(b); let arn = format!("arn:aws:apigateway:eu-west-1::/apis/{id}"); b.call(json!({ "resource-arn": arn, "tags": { "a": "b" } })); b.also("GetApi", json!({ "apiId": id })).has("/tags/a", "b"); },
        |b: &Bench| { let id = api(b); let arn = format!("arn:aws:apigateway:eu-west-1::/apis/{id}"); b.refused(json!({ "resource-arn": arn, "tags": { "aws:a": "b" } }), 400, BAD); };
    untag_resource:
        |b: &Bench| { let id = b.also("CreateApi", json!({ "name": "shop", "protocolType": "HTTP", "tags": { "a": "b" } })).text("/apiId"); let arn = format!("arn:aws:apigateway:eu-west-1::/apis/{id}"); b.call(json!({ "resource-arn": arn, "tagKeys": ["a"] })); b.also("GetApi", json!({ "apiId": id })).has("/tags", json!({})); },
        |b: &Bench| { b.refused(json!({ "resource-arn": "arn:aws:apigateway:eu-west-1::/apis/none", "tagKeys": ["a"] }), 404, NONE); };
    create_model:
        |b: &Bench| { let (id, made) = model(b); b.also("GetModel", json!({ "apiId": id, "modelId": made })).has("/contentType", "application/json"); },
        |b: &Bench| { let id = api(b); b.refused(json!({ "apiId": id, "name": "m", "schema": "{}" }), 400, BAD); };
    get_models:
        |b: &Bench| { let (id, made) = model(b); b.call(json!({ "apiId": id })).has("/items/0/modelId", made); },
        |b: &Bench| { b.refused(json!({ "apiId": "none" }), 404, NONE); };
    get_model:
        |b: &Bench| { let (id, made) = model(b); b.call(json!({ "apiId": id, "modelId": made })).has("/name", "Order"); },
        |b: &Bench| { let id = api(b); b.refused(json!({ "apiId": id, "modelId": "none" }), 404, NONE); };
    get_model_template:
        |b: &Bench| { let (id, made) = model(b); b.call(json!({ "apiId": id, "modelId": made })).text("/value"); },
        |b: &Bench| { let id = api(b); b.refused(json!({ "apiId": id, "modelId": "none" }), 404, NONE); };
    update_model:
        |b: &Bench| { let (id, made) = model(b); b.call(json!({ "apiId": id, "modelId": made, "name": "Line" })).has("/name", "Line"); },
        |b: &Bench| { let (id, made) = model(b); b.refused(json!({ "apiId": id, "modelId": made, "schema": "{bad" }), 400, BAD); };
    delete_model:
        |b: &Bench| { let (id, made) = model(b); b.call(json!({ "apiId": id, "modelId": made })); b.also("GetModels", json!({ "apiId": id })).lacks("/items"); },
        |b: &Bench| { let (id, made) = model(b); b.also("CreateRoute", json!({ "apiId": id, "routeKey": "send", "requestModels": { "send": "Order" } })); b.refused(json!({ "apiId": id, "modelId": made }), 409, "ConflictException"); };
    create_integration_response:
        |b: &Bench| { let (at, made) = integration_response(b); b.also("GetIntegrationResponse", with(&at, "integrationResponseId", &made)).has("/integrationResponseKey", "$default"); },
        |b: &Bench| { let (at, _) = integration_response(b); b.refused(with(&at, "integrationResponseKey", "2xx"), 400, BAD); };
    get_integration_responses:
        |b: &Bench| { let (at, made) = integration_response(b); b.call(at).has("/items/0/integrationResponseId", made); },
        |b: &Bench| { let (id, made) = integration(b); b.refused(json!({ "apiId": id, "integrationId": made }), 400, BAD); };
    get_integration_response:
        |b: &Bench| { let (at, made) = integration_response(b); b.call(with(&at, "integrationResponseId", &made)).has("/integrationResponseKey", "$default"); },
        |b: &Bench| { let (at, _) = integration_response(b); b.refused(with(&at, "integrationResponseId", "none"), 404, NONE); };
    update_integration_response:
        |b: &Bench| { let (at, made) = integration_response(b); b.call(with(&with(&at, "integrationResponseId", &made), "integrationResponseKey", "/5../")).has("/integrationResponseKey", "/5../"); },
        |b: &Bench| { let (at, _) = integration_response(b); b.refused(with(&at, "integrationResponseId", "none"), 404, NONE); };
    delete_integration_response:
        |b: &Bench| { let (at, made) = integration_response(b); b.call(with(&at, "integrationResponseId", &made)); b.also("GetIntegrationResponses", at).lacks("/items"); },
        |b: &Bench| { let (at, _) = integration_response(b); b.refused(with(&at, "integrationResponseId", "none"), 404, NONE); };
    create_route_response:
        |b: &Bench| { let (at, made) = route_response(b); b.also("GetRouteResponse", with(&at, "routeResponseId", &made)).has("/routeResponseKey", "$default"); },
        |b: &Bench| { let (at, _) = route_response(b); b.refused(with(&at, "routeResponseKey", "$default"), 409, "ConflictException"); };
    get_route_responses:
        |b: &Bench| { let (at, made) = route_response(b); b.call(at).has("/items/0/routeResponseId", made); },
        |b: &Bench| { let (id, made) = route(b); b.refused(json!({ "apiId": id, "routeId": made }), 400, BAD); };
    get_route_response:
        |b: &Bench| { let (at, made) = route_response(b); b.call(with(&at, "routeResponseId", &made)).has("/routeResponseKey", "$default"); },
        |b: &Bench| { let (at, _) = route_response(b); b.refused(with(&at, "routeResponseId", "none"), 404, NONE); };
    update_route_response:
        |b: &Bench| { let (at, made) = route_response(b); b.call(with(&with(&at, "routeResponseId", &made), "modelSelectionExpression", "default")).has("/modelSelectionExpression", "default"); },
        |b: &Bench| { let (at, made) = route_response(b); b.refused(with(&with(&at, "routeResponseId", &made), "routeResponseKey", "other"), 400, BAD); };
    delete_route_response:
        |b: &Bench| { let (at, made) = route_response(b); b.call(with(&at, "routeResponseId", &made)); b.also("GetRouteResponses", at).lacks("/items"); },
        |b: &Bench| { let (at, _) = route_response(b); b.refused(with(&at, "routeResponseId", "none"), 404, NONE); };
}

mod of_web_sockets {
    use proofmark::context::Context;
    use proofmark::sandbox::{Options, Sandbox};

    use super::*;
    use crate::coverage::request;
    use crate::support::{Keys, Sent};

    /// What HTTP APIs do not have is refused in AWS's words.
    #[test]
    fn is_refused_in_the_words_of_aws() {
        let b = Bench::new("apigatewayv2", "CreateModel");
        let (id, route) = route(&b);
        let input = json!({ "integrationType": "AWS_PROXY", "integrationUri": FUNCTION, "payloadFormatVersion": "2.0", "apiId": id });
        let integration = b.also("CreateIntegration", input).text("/integrationId");
        let cases = [
            ("CreateModel", json!({ "name": "m" }), "Models are not permitted"),
            (
                "CreateRouteResponse",
                json!({ "routeId": route }),
                "RouteResponses are currently not supported",
            ),
            (
                "CreateIntegrationResponse",
                json!({ "integrationId": integration }),
                "IntegrationResponses are currently not",
            ),
        ];
        for (operation, mut input, words) in cases {
            input["apiId"] = json!(id);
            let answer = b.ask("apigatewayv2", operation, input);
            assert_eq!((answer.status, answer.code().as_str()), (400, BAD), "{operation}: {answer:?}");
            assert!(answer.message().contains(words), "{answer:?}");
        }
        b.also("GetModels", json!({ "apiId": id })).lacks("/items");
    }

    #[test]
    fn is_refused_by_name_unless_definitions_are_taken() {
        let running =
            Sandbox::start(&Options { open: true, ..Options::default() }, &Context::system()).unwrap();
        let keys = Keys { id: "111122223333".to_owned(), secret: "x".to_owned(), token: None };
        let input = json!({ "name": "ws", "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action" });
        let sent = request("apigatewayv2", "CreateApi", input).signed(running.address, &keys, "apigateway");
        let answer = super::super::Answer::of(&sent.send(running.address));
        assert_eq!(answer.status, 501, "{answer:?}");
        assert!(answer.message().contains("WEBSOCKET"), "{answer:?}");
        running.stop();
    }

    #[test]
    fn is_defined_and_shown_and_nobody_can_connect() {
        let b = Bench::new("apigatewayv2", "CreateStage");
        let id = web_socket(&b);
        b.also("GetApi", json!({ "apiId": id })).has("/protocolType", "WEBSOCKET");
        let settings =
            json!({ "dataTraceEnabled": false, "detailedMetricsEnabled": false, "loggingLevel": "OFF" });
        b.also("CreateRoute", json!({ "apiId": id, "routeKey": "$connect" }));
        let guarded = b.ask(
            "apigatewayv2",
            "CreateRoute",
            json!({ "apiId": id, "routeKey": "send", "authorizationType": "AWS_IAM" }),
        );
        assert_eq!(guarded.status, 400, "{guarded:?}");
        b.also("CreateStage", json!({ "apiId": id, "stageName": "dev" }))
            .has("/defaultRouteSettings", settings);
        let refused = b.ask(
            "apigatewayv2",
            "UpdateApi",
            json!({ "apiId": id, "corsConfiguration": { "allowOrigins": ["*"] } }),
        );
        assert_eq!((refused.status, refused.code().as_str()), (400, BAD), "{refused:?}");
        let answer = Sent::new("GET", &format!("/_aws/execute-api/{id}/dev/")).send(b.address());
        assert_eq!(answer.status, 501, "{answer:?}");
        assert!(String::from_utf8_lossy(&answer.body).contains("WebSocket"), "{answer:?}");
    }
}
