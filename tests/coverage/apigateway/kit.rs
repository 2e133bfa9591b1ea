use serde_json::{Map, Value, json};

use crate::coverage::{Answer, Bench};

pub(super) const NOT_FOUND: &str = "NotFoundException";
pub(super) const BAD_REQUEST: &str = "BadRequestException";
pub(super) const CONFLICT: &str = "ConflictException";

/// An account with one of everything: an API with `GET /orders` (a mock), deployed to `prod`, and what may stand around it.
pub(super) struct Kit<'a> {
    bench: &'a Bench,
    /// What the parameters of paths stand for.
    names: Map<String, Value>,
}

impl<'a> Kit<'a> {
    pub(super) fn of(bench: &'a Bench) -> Self {
        let mut kit = Self { bench, names: Map::new() };
        for (name, value) in [
            ("http_method", "GET"),
            ("status_code", "200"),
            ("stage_name", "prod"),
            ("model_name", "Order"),
            ("response_type", "DEFAULT_4XX"),
            ("doc_version", "1"),
            ("domain_name", "api.shop.example"),
            ("base_path", "v1"),
            ("export_type", "oas30"),
        ] {
            kit.names.insert(name.to_owned(), value.into());
        }
        let api = kit.make("CreateRestApi", json!({ "name": "shop" }));
        kit.name("restapi_id", &api, "/id");
        kit.name("parent_id", &api, "/rootResourceId");
        let arn = format!("arn:aws:apigateway:eu-west-1::/restapis/{}", api.text("/id"));
        kit.names.insert("resource_arn".to_owned(), arn.into());
        let resource = kit.make("CreateResource", json!({ "pathPart": "orders" }));
        kit.name("resource_id", &resource, "/id");
        kit.make("PutMethod", json!({ "authorizationType": "NONE" }));
        let template = json!({ "application/json": "{\"statusCode\": 200}" });
        kit.make("PutIntegration", json!({ "type": "MOCK", "requestTemplates": template }));
        kit.make("PutMethodResponse", json!({ "responseModels": { "application/json": "Empty" } }));
        kit.make("PutIntegrationResponse", json!({}));
        let schema =
            json!({ "name": "Order", "contentType": "application/json", "schema": "{\"type\":\"object\"}" });
        kit.make("CreateModel", schema);
        let validator =
            kit.make("CreateRequestValidator", json!({ "name": "all", "validateRequestBody": true }));
        kit.name("requestvalidator_id", &validator, "/id");
        let authorizer = kit.make("CreateAuthorizer", authorizer("guard"));
        kit.name("authorizer_id", &authorizer, "/id");
        kit.make("PutGatewayResponse", json!({ "responseTemplates": { "application/json": "{}" } }));
        let part = json!({ "location": { "type": "API" }, "properties": "{\"description\":\"a shop\"}" });
        let part = kit.make("CreateDocumentationPart", part);
        kit.name("part_id", &part, "/id");
        kit.make("CreateDocumentationVersion", json!({ "documentationVersion": "1" }));
        let deployment = kit.make("CreateDeployment", json!({ "stageName": "prod" }));
        kit.name("deployment_id", &deployment, "/id");
        let key = kit.make("CreateApiKey", json!({ "name": "key", "enabled": true }));
        kit.name("api_Key", &key, "/id");
        kit.name("keyId", &key, "/id");
        let plan = kit.make("CreateUsagePlan", json!({ "name": "plan" }));
        kit.name("usageplanId", &plan, "/id");
        kit.make("CreateUsagePlanKey", json!({ "keyId": key.text("/id"), "keyType": "API_KEY" }));
        let load_balancer = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/net/x/1";
        let link = kit.make("CreateVpcLink", json!({ "name": "link", "targetArns": [load_balancer] }));
        kit.name("vpclink_id", &link, "/id");
        let certificate = kit.make("GenerateClientCertificate", json!({ "description": "first" }));
        kit.name("clientcertificate_id", &certificate, "/clientCertificateId");
        let domain = format!("api-{}.shop.example", api.text("/id"));
        kit.names.insert("domain_name".to_owned(), domain.clone().into());
        kit.make("CreateDomainName", json!({ "domainName": domain }));
        let mapping = json!({ "basePath": "v1", "restApiId": api.text("/id"), "stage": "prod" });
        kit.make("CreateBasePathMapping", mapping);
        kit
    }

    pub(super) fn name(&mut self, name: &str, answer: &Answer, pointer: &str) {
        self.names.insert(name.to_owned(), answer.text(pointer).into());
    }

    /// The path's parameters, and more. What a path does not have is ignored in query and body.
    pub(super) fn input(&self, more: Value) -> Value {
        let mut input = self.names.clone();
        let Value::Object(more) = more else { panic!("an input is an object") };
        input.extend(more);
        Value::Object(input)
    }

    pub(super) fn make(&self, operation: &str, more: Value) -> Answer {
        self.bench.of("apigateway", operation, self.input(more))
    }

    /// Calls the operation that the case is about; it must succeed.
    pub(super) fn call(&self, more: Value) -> Answer {
        self.bench.call(self.input(more))
    }

    pub(super) fn refused(&self, more: Value, status: u16, code: &str) {
        self.bench.refused(self.input(more), status, code);
    }

    /// The operation is refused for something that is not there.
    pub(super) fn without(&self, name: &str) {
        self.refused(json!({ name: "nothing" }), 404, NOT_FOUND);
    }

    pub(super) fn id(&self, name: &str) -> String {
        self.names[name].as_str().unwrap_or_default().to_owned()
    }

    /// Applies one patch operation.
    pub(super) fn patch(&self, path: &str, value: &str) -> Answer {
        self.call(patch(path, value))
    }

    /// Refuses a path that nothing has.
    pub(super) fn no_such_path(&self) {
        self.refused(patch("/nothing", "x"), 400, BAD_REQUEST);
    }
}

pub(super) fn patch(path: &str, value: &str) -> Value {
    json!({ "patchOperations": [{ "op": "replace", "path": path, "value": value }] })
}

pub(super) fn authorizer(name: &str) -> Value {
    let function = "arn:aws:lambda:eu-west-1:123456789012:function:guard";
    let uri = format!("arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/{function}/invocations");
    json!({ "name": name, "type": "TOKEN", "authorizerUri": uri,
        "identitySource": "method.request.header.Authorization" })
}

pub(super) fn document(title: &str) -> String {
    let paths = json!({ "/items": { "get": { "responses": { "200": { "description": "ok" } },
        "x-amazon-apigateway-integration": { "type": "mock" } } } });
    json!({ "openapi": "3.0.1", "info": { "title": title, "version": "1" }, "paths": paths }).to_string()
}
