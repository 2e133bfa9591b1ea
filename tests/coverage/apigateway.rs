mod kit;

use serde_json::json;

use super::bench::Bench;
use kit::{BAD_REQUEST, CONFLICT, Kit, NOT_FOUND, authorizer, document, patch};

operations! { "apigateway";
    create_api_key:
        |b: &Bench| { Kit::of(b).call(json!({ "name": "another" })).has("/name", "another"); },
        |b: &Bench| Kit::of(b).refused(json!({ "name": "short", "value": "x" }), 400, BAD_REQUEST);
    create_authorizer:
        |b: &Bench| { Kit::of(b).call(authorizer("second")).has("/authorizerResultTtlInSeconds", 300); },
        |b: &Bench| Kit::of(b).refused(authorizer("guard"), 400, BAD_REQUEST);
    create_base_path_mapping:
        |b: &Bench| { let kit = Kit::of(b); kit.call(json!({ "restApiId": kit.id("restapi_id") })).has("/basePath", "(none)"); },
        |b: &Bench| { let kit = Kit::of(b); kit.refused(json!({ "basePath": "v1", "restApiId": kit.id("restapi_id") }), 409, CONFLICT) };
    create_deployment:
        |b: &Bench| { Kit::of(b).call(json!({ "description": "second" })).has("/description", "second"); },
        |b: &Bench| {
            let kit = Kit::of(b);
            let empty = kit.make("CreateRestApi", json!({ "name": "empty" })).text("/id");
            kit.refused(json!({ "restapi_id": empty }), 400, BAD_REQUEST);
        };
    create_documentation_part:
        |b: &Bench| { Kit::of(b).call(json!({ "location": { "type": "RESOURCE", "path": "/" }, "properties": "{}" })).text("/id"); },
        |b: &Bench| Kit::of(b).refused(json!({ "location": { "type": "API" }, "properties": "{}" }), 409, CONFLICT);
    create_documentation_version:
        |b: &Bench| { Kit::of(b).call(json!({ "documentationVersion": "2" })).has("/version", "2"); },
        |b: &Bench| Kit::of(b).refused(json!({ "documentationVersion": "1" }), 409, CONFLICT);
    create_domain_name:
        |b: &Bench| { let kit = Kit::of(b); let name = format!("{}.example", kit.id("restapi_id")); kit.call(json!({ "domainName": name })).has("/domainName", name); },
        |b: &Bench| { let kit = Kit::of(b); kit.refused(json!({ "domainName": kit.id("domain_name") }), 409, CONFLICT) };
    create_model:
        |b: &Bench| { Kit::of(b).call(json!({ "name": "Item", "contentType": "application/json", "schema": "{\"type\":\"object\"}" })).has("/name", "Item"); },
        |b: &Bench| Kit::of(b).refused(json!({ "name": "Item", "contentType": "application/json", "schema": "{bad" }), 400, BAD_REQUEST);
    create_request_validator:
        |b: &Bench| { Kit::of(b).call(json!({ "name": "second" })).has("/validateRequestBody", false); },
        |b: &Bench| Kit::of(b).refused(json!({ "restapi_id": "nothing", "name": "second" }), 400, BAD_REQUEST);
    create_resource:
        |b: &Bench| { Kit::of(b).call(json!({ "pathPart": "{id}" })).has("/path", "/{id}"); },
        |b: &Bench| Kit::of(b).refused(json!({ "pathPart": "orders" }), 409, CONFLICT);
    create_rest_api:
        |b: &Bench| { Kit::of(b).call(json!({ "name": "other" })).has("/apiKeySource", "HEADER"); },
        |b: &Bench| Kit::of(b).refused(json!({ "name": "other", "description": "" }), 400, BAD_REQUEST);
    create_stage:
        |b: &Bench| { let kit = Kit::of(b); kit.call(json!({ "stageName": "test", "deploymentId": kit.id("deployment_id") })).has("/stageName", "test"); },
        |b: &Bench| { let kit = Kit::of(b); kit.refused(json!({ "stageName": "prod", "deploymentId": kit.id("deployment_id") }), 409, CONFLICT) };
    create_usage_plan:
        |b: &Bench| { Kit::of(b).call(json!({ "name": "second" })).has("/name", "second"); },
        |b: &Bench| Kit::of(b).refused(json!({ "name": "second", "apiStages": [{ "apiId": "nothing", "stage": "prod" }] }), 404, NOT_FOUND);
    create_usage_plan_key:
        |b: &Bench| {
            let kit = Kit::of(b);
            let key = kit.make("CreateApiKey", json!({ "name": "second" })).text("/id");
            kit.call(json!({ "keyId": key, "keyType": "API_KEY" })).has("/id", key);
        },
        |b: &Bench| Kit::of(b).refused(json!({ "keyId": "nothing", "keyType": "API_KEY" }), 404, NOT_FOUND);
    create_vpc_link:
        |b: &Bench| { Kit::of(b).call(json!({ "name": "l", "targetArns": ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/net/y/1"] })).has("/status", "PENDING"); },
        |b: &Bench| Kit::of(b).refused(json!({ "name": "l", "targetArns": ["nothing"] }), 400, BAD_REQUEST);
    delete_api_key:
        |b: &Bench| { Kit::of(b).call(json!({})); },
        |b: &Bench| Kit::of(b).without("api_Key");
    delete_authorizer:
        |b: &Bench| { Kit::of(b).call(json!({})); },
        |b: &Bench| Kit::of(b).without("authorizer_id");
    delete_base_path_mapping:
        |b: &Bench| { Kit::of(b).call(json!({})); },
        |b: &Bench| Kit::of(b).without("base_path");
    delete_client_certificate:
        |b: &Bench| { Kit::of(b).call(json!({})); },
        |b: &Bench| {
            let kit = Kit::of(b);
            kit.make("UpdateStage", patch("/clientCertificateId", &kit.id("clientcertificate_id")));
            kit.refused(json!({}), 400, BAD_REQUEST);
        };
    delete_deployment:
        |b: &Bench| { let kit = Kit::of(b); let id = kit.make("CreateDeployment", json!({})).text("/id"); kit.call(json!({ "deployment_id": id })); },
        |b: &Bench| Kit::of(b).refused(json!({}), 400, BAD_REQUEST);
    delete_documentation_part:
        |b: &Bench| { Kit::of(b).call(json!({})); },
        |b: &Bench| Kit::of(b).without("part_id");
    delete_documentation_version:
        |b: &Bench| { Kit::of(b).call(json!({})); },
        |b: &Bench| Kit::of(b).without("doc_version");
    delete_domain_name:
        |b: &Bench| { Kit::of(b).call(json!({})); },
        |b: &Bench| Kit::of(b).without("domain_name");
    delete_gateway_response:
        |b: &Bench| { Kit::of(b).call(json!({})); },
        |b: &Bench| Kit::of(b).refused(json!({ "response_type": "UNAUTHORIZED" }), 404, NOT_FOUND);
    delete_integration:
        |b: &Bench| { Kit::of(b).call(json!({})); },
        |b: &Bench| Kit::of(b).without("resource_id");
    delete_integration_response:
        |b: &Bench| { Kit::of(b).call(json!({})); },
        |b: &Bench| Kit::of(b).refused(json!({ "status_code": "404" }), 404, NOT_FOUND);
    delete_method:
        |b: &Bench| { Kit::of(b).call(json!({})); },
        |b: &Bench| Kit::of(b).refused(json!({ "http_method": "PUT" }), 404, NOT_FOUND);
    delete_method_response:
        |b: &Bench| { Kit::of(b).call(json!({})); },
        |b: &Bench| Kit::of(b).refused(json!({ "status_code": "404" }), 404, NOT_FOUND);
    delete_model:
        |b: &Bench| { Kit::of(b).call(json!({})); },
        |b: &Bench| Kit::of(b).without("model_name");
    delete_request_validator:
        |b: &Bench| { Kit::of(b).call(json!({})); },
        |b: &Bench| Kit::of(b).without("requestvalidator_id");
    delete_resource:
        |b: &Bench| { Kit::of(b).call(json!({})); },
        |b: &Bench| { let kit = Kit::of(b); kit.refused(json!({ "resource_id": kit.id("parent_id") }), 400, BAD_REQUEST) };
    delete_rest_api:
        |b: &Bench| { let kit = Kit::of(b); kit.make("DeleteBasePathMapping", json!({})); kit.call(json!({})); },
        |b: &Bench| Kit::of(b).without("restapi_id");
    delete_stage:
        |b: &Bench| { let kit = Kit::of(b); kit.make("DeleteBasePathMapping", json!({})); kit.call(json!({})); },
        |b: &Bench| Kit::of(b).without("stage_name");
    delete_usage_plan:
        |b: &Bench| { Kit::of(b).call(json!({})); },
        |b: &Bench| Kit::of(b).without("usageplanId");
    delete_usage_plan_key:
        |b: &Bench| { Kit::of(b).call(json!({})); },
        |b: &Bench| Kit::of(b).without("keyId");
    delete_vpc_link:
        |b: &Bench| { Kit::of(b).call(json!({})); },
        |b: &Bench| Kit::of(b).without("vpclink_id");
    flush_stage_authorizers_cache:
        |b: &Bench| { Kit::of(b).call(json!({})); },
        |b: &Bench| Kit::of(b).without("stage_name");
    flush_stage_cache:
        |b: &Bench| { Kit::of(b).call(json!({})); },
        |b: &Bench| Kit::of(b).without("stage_name");
    generate_client_certificate:
        |b: &Bench| { assert!(b.call(json!({ "tags": { "k": "v" } })).text("/pemEncodedCertificate").starts_with("-----BEGIN CERTIFICATE-----\n")); },
        |b: &Bench| { b.refused(json!({ "description": 1 }), 400, "SerializationException"); };
    get_account:
        |b: &Bench| { b.call(json!({})).has("/throttleSettings/burstLimit", 5000); },
        |b: &Bench| { b.refused_to_others(json!({}), 403, "AccessDeniedException"); };
    get_api_key:
        |b: &Bench| { Kit::of(b).call(json!({})).has("/name", "key").lacks("/value"); },
        |b: &Bench| Kit::of(b).without("api_Key");
    get_api_keys:
        |b: &Bench| { Kit::of(b).call(json!({})).has("/item/0/name", "key"); },
        |b: &Bench| { b.refused_to_others(json!({}), 403, "AccessDeniedException"); };
    get_authorizer:
        |b: &Bench| { Kit::of(b).call(json!({})).has("/name", "guard"); },
        |b: &Bench| Kit::of(b).without("authorizer_id");
    get_authorizers:
        |b: &Bench| { Kit::of(b).call(json!({})).has("/item/0/name", "guard"); },
        |b: &Bench| Kit::of(b).without("restapi_id");
    get_base_path_mapping:
        |b: &Bench| { Kit::of(b).call(json!({})).has("/stage", "prod"); },
        |b: &Bench| Kit::of(b).without("base_path");
    get_base_path_mappings:
        |b: &Bench| { Kit::of(b).call(json!({})).has("/item/0/basePath", "v1"); },
        |b: &Bench| Kit::of(b).without("domain_name");
    get_client_certificate:
        |b: &Bench| { Kit::of(b).call(json!({})).has("/description", "first"); },
        |b: &Bench| Kit::of(b).without("clientcertificate_id");
    get_client_certificates:
        |b: &Bench| { let kit = Kit::of(b); kit.call(json!({})).has("/item/0/clientCertificateId", kit.id("clientcertificate_id")); },
        |b: &Bench| { b.refused_to_others(json!({}), 403, "AccessDeniedException"); };
    get_deployment:
        |b: &Bench| { Kit::of(b).call(json!({})).text("/createdDate"); },
        |b: &Bench| Kit::of(b).without("deployment_id");
    get_deployments:
        |b: &Bench| { let kit = Kit::of(b); kit.call(json!({})).has("/item/0/id", kit.id("deployment_id")); },
        |b: &Bench| Kit::of(b).without("restapi_id");
    get_documentation_part:
        |b: &Bench| { Kit::of(b).call(json!({})).has("/location/type", "API"); },
        |b: &Bench| Kit::of(b).without("part_id");
    get_documentation_parts:
        |b: &Bench| { Kit::of(b).call(json!({})).has("/item/0/location/type", "API"); },
        |b: &Bench| Kit::of(b).without("restapi_id");
    get_documentation_version:
        |b: &Bench| { Kit::of(b).call(json!({})).has("/version", "1"); },
        |b: &Bench| Kit::of(b).without("doc_version");
    get_documentation_versions:
        |b: &Bench| { Kit::of(b).call(json!({})).has("/item/0/version", "1"); },
        |b: &Bench| Kit::of(b).without("restapi_id");
    get_domain_name:
        |b: &Bench| { Kit::of(b).call(json!({})).has("/domainNameStatus", "AVAILABLE"); },
        |b: &Bench| Kit::of(b).without("domain_name");
    get_domain_names:
        |b: &Bench| { let kit = Kit::of(b); kit.call(json!({})).has("/item/0/domainName", kit.id("domain_name")); },
        |b: &Bench| { b.refused_to_others(json!({}), 403, "AccessDeniedException"); };
    get_export:
        |b: &Bench| { assert!(Kit::of(b).call(json!({})).raw.contains("/orders")); },
        |b: &Bench| Kit::of(b).without("stage_name");
    get_gateway_response:
        |b: &Bench| { Kit::of(b).call(json!({})).has("/defaultResponse", false); },
        |b: &Bench| Kit::of(b).without("restapi_id");
    get_gateway_responses:
        |b: &Bench| { Kit::of(b).call(json!({})).has("/item/0/responseType", "ACCESS_DENIED"); },
        |b: &Bench| Kit::of(b).without("restapi_id");
    get_integration:
        |b: &Bench| { Kit::of(b).call(json!({})).has("/type", "MOCK"); },
        |b: &Bench| Kit::of(b).refused(json!({ "http_method": "PUT" }), 404, NOT_FOUND);
    get_integration_response:
        |b: &Bench| { Kit::of(b).call(json!({})).has("/statusCode", "200"); },
        |b: &Bench| Kit::of(b).refused(json!({ "status_code": "404" }), 404, NOT_FOUND);
    get_method:
        |b: &Bench| { Kit::of(b).call(json!({})).has("/methodIntegration/type", "MOCK"); },
        |b: &Bench| Kit::of(b).refused(json!({ "http_method": "PUT" }), 404, NOT_FOUND);
    get_method_response:
        |b: &Bench| { Kit::of(b).call(json!({})).has("/responseModels/application~1json", "Empty"); },
        |b: &Bench| Kit::of(b).refused(json!({ "status_code": "404" }), 404, NOT_FOUND);
    get_model:
        |b: &Bench| { Kit::of(b).call(json!({})).has("/contentType", "application/json"); },
        |b: &Bench| Kit::of(b).without("model_name");
    get_model_template:
        |b: &Bench| { Kit::of(b).call(json!({})).text("/value"); },
        |b: &Bench| Kit::of(b).without("model_name");
    get_models:
        |b: &Bench| { assert!(Kit::of(b).call(json!({})).raw.contains("Order")); },
        |b: &Bench| Kit::of(b).without("restapi_id");
    get_request_validator:
        |b: &Bench| { Kit::of(b).call(json!({})).has("/name", "all"); },
        |b: &Bench| Kit::of(b).without("requestvalidator_id");
    get_request_validators:
        |b: &Bench| { Kit::of(b).call(json!({})).has("/item/0/name", "all"); },
        |b: &Bench| Kit::of(b).without("restapi_id");
    get_resource:
        |b: &Bench| { Kit::of(b).call(json!({})).has("/path", "/orders"); },
        |b: &Bench| Kit::of(b).without("resource_id");
    get_resources:
        |b: &Bench| { assert!(Kit::of(b).call(json!({})).raw.contains("/orders")); },
        |b: &Bench| Kit::of(b).without("restapi_id");
    get_rest_api:
        |b: &Bench| { Kit::of(b).call(json!({})).has("/name", "shop"); },
        |b: &Bench| Kit::of(b).without("restapi_id");
    get_rest_apis:
        |b: &Bench| { Kit::of(b).call(json!({})).has("/item/0/name", "shop"); },
        |b: &Bench| { b.refused_to_others(json!({}), 403, "AccessDeniedException"); };
    get_stage:
        |b: &Bench| { let kit = Kit::of(b); kit.call(json!({})).has("/deploymentId", kit.id("deployment_id")); },
        |b: &Bench| Kit::of(b).without("stage_name");
    get_stages:
        |b: &Bench| { Kit::of(b).call(json!({})).has("/item/0/stageName", "prod"); },
        |b: &Bench| Kit::of(b).without("restapi_id");
    get_tags:
        |b: &Bench| { let kit = Kit::of(b); kit.make("TagResource", json!({ "tags": { "k": "v" } })); kit.call(json!({})).has("/tags/k", "v"); },
        |b: &Bench| Kit::of(b).refused(json!({ "resource_arn": "arn:aws:apigateway:eu-west-1::/restapis/nothing" }), 404, NOT_FOUND);
    get_usage:
        |b: &Bench| {
            let kit = Kit::of(b);
            kit.make("UpdateUsagePlan", json!({ "patchOperations": [
                { "op": "add", "path": "/quota/limit", "value": "10" }, { "op": "add", "path": "/quota/period", "value": "DAY" },
            ] }));
            let days = json!({ "startDate": "2026-01-01", "endDate": "2026-01-02" });
            kit.call(days).has(&format!("/values/{}", kit.id("keyId")), json!([[0, 10], [0, 10]])).has("/endDate", "2026-01-02");
        },
        |b: &Bench| Kit::of(b).refused(json!({ "startDate": "2026-01-02", "endDate": "2026-01-01" }), 400, BAD_REQUEST);
    get_usage_plan:
        |b: &Bench| { Kit::of(b).call(json!({})).has("/name", "plan"); },
        |b: &Bench| Kit::of(b).without("usageplanId");
    get_usage_plan_key:
        |b: &Bench| { Kit::of(b).call(json!({})).has("/name", "key"); },
        |b: &Bench| Kit::of(b).without("keyId");
    get_usage_plan_keys:
        |b: &Bench| { Kit::of(b).call(json!({})).has("/item/0/name", "key"); },
        |b: &Bench| Kit::of(b).without("usageplanId");
    get_usage_plans:
        |b: &Bench| { let kit = Kit::of(b); b.call(json!({})).has("/item/0/id", kit.id("usageplanId")); },
        |b: &Bench| { b.refused_to_others(json!({}), 403, "AccessDeniedException"); };
    get_vpc_link:
        |b: &Bench| { Kit::of(b).call(json!({})).has("/status", "AVAILABLE"); },
        |b: &Bench| Kit::of(b).without("vpclink_id");
    get_vpc_links:
        |b: &Bench| { Kit::of(b).call(json!({})).has("/item/0/name", "link"); },
        |b: &Bench| { b.refused_to_others(json!({}), 403, "AccessDeniedException"); };
    import_api_keys:
        |b: &Bench| {
            let kit = Kit::of(b);
            let file = format!("Name,key,enabled,usageplanIds\nfirst,abcdefghijklmnopqrst1,TRUE,\"{},none\"\n", kit.id("usageplanId"));
            let made = b.call(json!({ "?format": "csv", "$": file }));
            assert!(made.text("/warnings/0").contains("none"), "{made:?}");
            kit.make("GetUsagePlanKeys", json!({})).has("/item/1/id", made.text("/ids/0")).has("/item/1/name", "first");
        },
        |b: &Bench| { b.refused(json!({ "?format": "csv", "$": "name,value\na,b" }), 400, BAD_REQUEST); };
    import_documentation_parts:
        |b: &Bench| {
            let kit = Kit::of(b);
            let parts = json!([{ "location": { "type": "RESOURCE", "path": "/orders" }, "properties": { "description": "all" } }]);
            let document = json!({ "openapi": "3.0.1", "x-amazon-apigateway-documentation": { "documentationParts": parts } });
            let input = json!({ "restapi_id": kit.id("restapi_id"), "?mode": "overwrite", "$": document.to_string() });
            let made = b.call(input);
            kit.make("GetDocumentationParts", json!({})).has("/item/0/id", made.text("/ids/0")).lacks("/item/1");
        },
        |b: &Bench| { let kit = Kit::of(b); b.refused(json!({ "restapi_id": kit.id("restapi_id"), "$": document("none") }), 400, BAD_REQUEST); };
    import_rest_api:
        |b: &Bench| { b.call(json!({ "$": document("imported") })).has("/name", "imported"); },
        |b: &Bench| { b.refused(json!({ "$": "{bad" }), 400, BAD_REQUEST); };
    put_gateway_response:
        |b: &Bench| { Kit::of(b).call(json!({ "response_type": "UNAUTHORIZED", "statusCode": "403" })).has("/statusCode", "403"); },
        |b: &Bench| Kit::of(b).refused(json!({ "statusCode": "9999" }), 400, "ValidationException");
    put_integration:
        |b: &Bench| { Kit::of(b).call(json!({ "type": "HTTP_PROXY", "httpMethod": "GET", "uri": "https://shop.example/" })).has("/connectionType", "INTERNET"); },
        |b: &Bench| Kit::of(b).refused(json!({ "type": "HTTP_PROXY", "httpMethod": "GET", "uri": "nothing" }), 400, BAD_REQUEST);
    put_integration_response:
        |b: &Bench| { Kit::of(b).call(json!({ "selectionPattern": "2.." })).has("/selectionPattern", "2.."); },
        |b: &Bench| Kit::of(b).refused(json!({ "responseParameters": { "method.response.header.X": "'x'" } }), 400, BAD_REQUEST);
    put_method:
        |b: &Bench| { Kit::of(b).call(json!({ "http_method": "PUT", "authorizationType": "AWS_IAM" })).has("/authorizationType", "AWS_IAM"); },
        |b: &Bench| Kit::of(b).refused(json!({ "authorizationType": "NONE" }), 409, CONFLICT);
    put_method_response:
        |b: &Bench| { Kit::of(b).call(json!({ "status_code": "404" })).has("/statusCode", "404"); },
        |b: &Bench| Kit::of(b).refused(json!({}), 409, CONFLICT);
    put_rest_api:
        |b: &Bench| { let kit = Kit::of(b); b.call(json!({ "restapi_id": kit.id("restapi_id"), "?mode": "merge", "$": document("merged") })).text("/id"); },
        |b: &Bench| { let kit = Kit::of(b); b.refused(json!({ "restapi_id": kit.id("restapi_id"), "$": "{bad" }), 400, BAD_REQUEST); };
    tag_resource:
        |b: &Bench| { Kit::of(b).call(json!({ "tags": { "k": "v" } })); },
        |b: &Bench| Kit::of(b).refused(json!({ "resource_arn": "arn:aws:apigateway:eu-west-1::/restapis/nothing", "tags": { "k": "v" } }), 404, NOT_FOUND);
    test_invoke_authorizer:
        |b: &Bench| { Kit::of(b).call(json!({ "headers": { "Authorization": "t" } })).has("/clientStatus", 500); },
        |b: &Bench| Kit::of(b).without("authorizer_id");
    test_invoke_method:
        |b: &Bench| { Kit::of(b).call(json!({})).has("/status", 200); },
        |b: &Bench| Kit::of(b).refused(json!({ "http_method": "PUT" }), 404, NOT_FOUND);
    untag_resource:
        |b: &Bench| { let kit = Kit::of(b); kit.make("TagResource", json!({ "tags": { "k": "v" } })); kit.call(json!({ "tagKeys": "k" })); },
        |b: &Bench| Kit::of(b).refused(json!({ "resource_arn": "arn:aws:apigateway:eu-west-1::/restapis/nothing", "tagKeys": "k" }), 404, NOT_FOUND);
    update_account:
        |b: &Bench| { let role = b.role("apigateway.amazonaws.com"); b.call(patch("/cloudwatchRoleArn", &role)).has("/cloudwatchRoleArn", role); },
        |b: &Bench| { b.refused(patch("/nothing", "x"), 400, BAD_REQUEST); };
    update_api_key:
        |b: &Bench| { Kit::of(b).patch("/enabled", "false").has("/enabled", false); },
        |b: &Bench| Kit::of(b).no_such_path();
    update_authorizer:
        |b: &Bench| { Kit::of(b).patch("/authorizerResultTtlInSeconds", "0").has("/authorizerResultTtlInSeconds", 0); },
        |b: &Bench| Kit::of(b).no_such_path();
    update_base_path_mapping:
        |b: &Bench| { Kit::of(b).patch("/basePath", "v2").has("/basePath", "v2"); },
        |b: &Bench| Kit::of(b).no_such_path();
    update_client_certificate:
        |b: &Bench| { Kit::of(b).patch("/description", "new").has("/description", "new"); },
        |b: &Bench| Kit::of(b).no_such_path();
    update_deployment:
        |b: &Bench| { Kit::of(b).patch("/description", "new").has("/description", "new"); },
        |b: &Bench| Kit::of(b).no_such_path();
    update_documentation_part:
        |b: &Bench| { Kit::of(b).patch("/properties", "{\"description\":\"new\"}").has("/properties", "{\"description\":\"new\"}"); },
        |b: &Bench| Kit::of(b).no_such_path();
    update_documentation_version:
        |b: &Bench| { Kit::of(b).patch("/description", "new").has("/description", "new"); },
        |b: &Bench| Kit::of(b).no_such_path();
    update_domain_name:
        |b: &Bench| { Kit::of(b).patch("/securityPolicy", "TLS_1_0").has("/securityPolicy", "TLS_1_0"); },
        |b: &Bench| Kit::of(b).no_such_path();
    update_gateway_response:
        |b: &Bench| { Kit::of(b).patch("/statusCode", "418").has("/statusCode", "418"); },
        |b: &Bench| Kit::of(b).no_such_path();
    update_integration:
        |b: &Bench| { Kit::of(b).patch("/timeoutInMillis", "5000").has("/timeoutInMillis", 5000); },
        |b: &Bench| Kit::of(b).no_such_path();
    update_integration_response:
        |b: &Bench| { Kit::of(b).patch("/selectionPattern", "2..").has("/selectionPattern", "2.."); },
        |b: &Bench| Kit::of(b).no_such_path();
    update_method:
        |b: &Bench| { Kit::of(b).patch("/apiKeyRequired", "true").has("/apiKeyRequired", true); },
        |b: &Bench| Kit::of(b).no_such_path();
    update_method_response:
        |b: &Bench| { Kit::of(b).patch("/responseModels/application~1json", "Error").has("/responseModels/application~1json", "Error"); },
        |b: &Bench| Kit::of(b).no_such_path();
    update_model:
        |b: &Bench| { Kit::of(b).patch("/description", "new").has("/description", "new"); },
        |b: &Bench| Kit::of(b).no_such_path();
    update_request_validator:
        |b: &Bench| { Kit::of(b).patch("/validateRequestParameters", "true").has("/validateRequestParameters", true); },
        |b: &Bench| Kit::of(b).no_such_path();
    update_resource:
        |b: &Bench| { Kit::of(b).patch("/pathPart", "items").has("/path", "/items"); },
        |b: &Bench| Kit::of(b).no_such_path();
    update_rest_api:
        |b: &Bench| { Kit::of(b).patch("/name", "new").has("/name", "new"); },
        |b: &Bench| Kit::of(b).no_such_path();
    update_stage:
        |b: &Bench| { Kit::of(b).patch("/variables/v", "1").has("/variables/v", "1"); },
        |b: &Bench| Kit::of(b).no_such_path();
    update_usage:
        |b: &Bench| {
            let kit = Kit::of(b);
            kit.make("UpdateUsagePlan", json!({ "patchOperations": [
                { "op": "add", "path": "/quota/limit", "value": "10" }, { "op": "add", "path": "/quota/period", "value": "DAY" },
            ] }));
            kit.patch("/remaining", "15").has(&format!("/values/{}", kit.id("keyId")), json!([[0, 15]]));
        },
        |b: &Bench| Kit::of(b).refused(patch("/remaining", "15"), 400, BAD_REQUEST);
    update_usage_plan:
        |b: &Bench| { Kit::of(b).patch("/throttle/rateLimit", "5").has("/throttle/rateLimit", 5.0); },
        |b: &Bench| Kit::of(b).no_such_path();
    update_vpc_link:
        |b: &Bench| { Kit::of(b).patch("/name", "new").has("/name", "new"); },
        |b: &Bench| Kit::of(b).no_such_path();
}
