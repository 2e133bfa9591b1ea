use serde_json::{Value, json};

use super::{Ask, reference};
use crate::sandbox::apigateway::entity::{Definition, Integration, Method, Resource, Stage};
use crate::sandbox::apigateway::fault::{bad_request, not_found};
use crate::sandbox::apigateway::state::Region;
use crate::sandbox::{Response, ServiceError};

type Object = serde_json::Map<String, Value>;

/// Which document: OpenAPI 3 or 2.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Form {
    OpenApi,
    Swagger,
}

/// Writes what a stage's deployment holds as an OpenAPI document: what is live, not what is being worked on.
/// <https://docs.aws.amazon.com/apigateway/latest/api/API_GetExport.html>
pub(super) fn export(region: &mut Region, ask: &Ask<'_>) -> Result<Response, ServiceError> {
    let kind = ask.path("export_type");
    let form = match kind {
        "oas30" => Form::OpenApi,
        "swagger" => Form::Swagger,
        _ => return Err(bad_request(format!("No API exporter for type '{kind}'"))),
    };
    let api = reference::api(region, ask)?;
    let stage = api
        .stages
        .get(ask.path("stage_name"))
        .ok_or_else(|| not_found("Invalid stage identifier specified"))?;
    let deployment = api.deployments.get(&stage.deployment_id);
    let deployment = deployment.ok_or_else(|| not_found("Invalid Deployment identifier specified"))?;
    let extensions = ask.query("extensions").unwrap_or_default();
    let wanted: Vec<&str> = extensions.split(',').map(str::trim).collect();
    let has = |name: &str| wanted.contains(&name) || wanted.contains(&"apigateway");
    let writer = Writer {
        definition: deployment.frozen.definition(),
        form,
        integrations: has("integrations"),
        authorizers: has("authorizers"),
        everything: wanted.contains(&"apigateway"),
    };
    let document = writer.document(stage, &ask.scope.region);
    let text = serde_json::to_string_pretty(&document)
        .map_err(|error| ServiceError::new(500, "InternalFailure", error.to_string()))?;
    let accept = ask.request.header("accept").unwrap_or_default();
    if accept.contains("yaml") {
        return Err(ServiceError::not_covered("apigateway", "GetExport as YAML"));
    }
    let name = format!("attachment; filename=\"{kind}_{}.json\"", version(ask));
    let mut response = Response::empty(200)
        .with_header("content-type", "application/octet-stream")
        .with_header("content-disposition", &name);
    response.body = text.into();
    Ok(response)
}

fn version(ask: &Ask<'_>) -> String {
    ask.now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

struct Writer<'a> {
    definition: &'a Definition,
    form: Form,
    integrations: bool,
    authorizers: bool,
    everything: bool,
}

impl Writer<'_> {
    fn document(&self, stage: &Stage, region: &str) -> Value {
        let rest_api = &self.definition.rest_api;
        let host = format!("{}.execute-api.{region}.amazonaws.com", rest_api.id);
        let mut info = Object::new();
        info.insert("title".to_owned(), json!(rest_api.name));
        if let Some(text) = &rest_api.description {
            info.insert("description".to_owned(), json!(text));
        }
        let version = rest_api.version.clone();
        let version =
            version.unwrap_or_else(|| rest_api.created_date.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
        info.insert("version".to_owned(), json!(version));
        let mut document = Object::new();
        if self.form == Form::OpenApi {
            document.insert("openapi".to_owned(), json!("3.0.1"));
            document.insert("info".to_owned(), Value::Object(info));
            document.insert(
                "servers".to_owned(),
                json!([{
                    "url": format!("https://{host}/{{basePath}}"),
                    "variables": { "basePath": { "default": stage.stage_name } },
                }]),
            );
        } else {
            document.insert("swagger".to_owned(), json!("2.0"));
            document.insert("info".to_owned(), Value::Object(info));
            document.insert("host".to_owned(), json!(host));
            document.insert("basePath".to_owned(), json!(format!("/{}", stage.stage_name)));
            document.insert("schemes".to_owned(), json!(["https"]));
        }
        document.insert("paths".to_owned(), self.paths());
        self.components(&mut document);
        if self.everything {
            self.settings(&mut document);
        }
        Value::Object(document)
    }

    fn paths(&self) -> Value {
        let mut resources: Vec<&Resource> = self
            .definition
            .resources
            .values()
            .filter(|resource| !resource.resource_methods.is_empty())
            .collect();
        resources.sort_by(|a, b| a.path.cmp(&b.path));
        let mut paths = Object::new();
        for resource in resources {
            let mut methods = Object::new();
            for (verb, method) in &resource.resource_methods {
                let name = if verb == "ANY" {
                    "x-amazon-apigateway-any-method".to_owned()
                } else {
                    verb.to_lowercase()
                };
                methods.insert(name, self.method(resource, method));
            }
            paths.insert(resource.path.clone(), Value::Object(methods));
        }
        Value::Object(paths)
    }

    fn method(&self, resource: &Resource, method: &Method) -> Value {
        let mut entry = Object::new();
        if let Some(name) = &method.operation_name {
            entry.insert("operationId".to_owned(), json!(name));
        }
        let types = media_types(method);
        if self.form == Form::Swagger {
            if let Some(models) = &method.request_models {
                entry.insert("consumes".to_owned(), json!(models.keys().collect::<Vec<_>>()));
            }
            if !types.is_empty() {
                entry.insert("produces".to_owned(), json!(types));
            }
        }
        let parameters = self.parameters(resource, method);
        if !parameters.is_empty() {
            entry.insert("parameters".to_owned(), json!(parameters));
        }
        if let Some(models) = method.request_models.as_ref().filter(|_| self.form == Form::OpenApi) {
            let content: Object = models
                .iter()
                .map(|(kind, model)| (kind.clone(), json!({ "schema": self.reference(model) })))
                .collect();
            entry.insert("requestBody".to_owned(), json!({ "content": content, "required": true }));
        }
        let mut responses = Object::new();
        for (code, response) in &method.method_responses {
            let mut body = Object::new();
            body.insert("description".to_owned(), json!(format!("{code} response")));
            let headers: Object = response
                .response_parameters
                .iter()
                .flatten()
                .filter_map(|(name, _)| name.strip_prefix("method.response.header."))
                .map(|name| (name.to_owned(), self.typed("string")))
                .collect();
            if !headers.is_empty() {
                body.insert("headers".to_owned(), Value::Object(headers));
            }
            if let Some(models) = response.response_models.as_ref().filter(|models| !models.is_empty()) {
                if self.form == Form::OpenApi {
                    let content: Object = models
                        .iter()
                        .map(|(kind, model)| (kind.clone(), json!({ "schema": self.reference(model) })))
                        .collect();
                    body.insert("content".to_owned(), Value::Object(content));
                } else if let Some((_, model)) = models.first() {
                    body.insert("schema".to_owned(), self.reference(model));
                }
            }
            responses.insert(code.clone(), Value::Object(body));
        }
        entry.insert("responses".to_owned(), Value::Object(responses));
        let security = self.security(method);
        if !security.is_empty() {
            entry.insert("security".to_owned(), json!(security));
        }
        if self.everything {
            if method.authorization_type == "AWS_IAM" {
                entry.insert("x-amazon-apigateway-auth".to_owned(), json!({ "type": "AWS_IAM" }));
            }
            let validator = method.request_validator_id.as_ref();
            if let Some(found) = validator.and_then(|id| self.definition.validators.get(id)) {
                let name = found.name.clone().unwrap_or_else(|| found.id.clone());
                entry.insert("x-amazon-apigateway-request-validator".to_owned(), json!(name));
            }
        }
        if self.integrations {
            if let Some(integration) = &method.method_integration {
                entry
                    .insert("x-amazon-apigateway-integration".to_owned(), integration_extension(integration));
            }
        }
        Value::Object(entry)
    }

    fn parameters(&self, resource: &Resource, method: &Method) -> Vec<Value> {
        let mut parameters = vec![];
        let mut add = |name: &str, place: &str, required: bool| {
            let mut entry = json!({ "name": name, "in": place, "required": required });
            match self.form {
                Form::OpenApi => entry["schema"] = json!({ "type": "string" }),
                Form::Swagger => entry["type"] = json!("string"),
            }
            parameters.push(entry);
        };
        let declared = method.request_parameters.iter().flatten();
        let named: Vec<(&str, &str, bool)> = declared
            .filter_map(|(name, required)| {
                let (place, name) = name.strip_prefix("method.request.")?.split_once('.')?;
                let place = match place {
                    "querystring" | "multivaluequerystring" => "query",
                    "header" | "multivalueheader" => "header",
                    _ => "path",
                };
                Some((name, place, *required))
            })
            .collect();
        for part in resource.path.split('/').filter(|part| part.starts_with('{')) {
            let name = part.trim_matches(['{', '}']).trim_end_matches('+');
            if !named.iter().any(|(known, place, _)| *place == "path" && *known == name) {
                add(name, "path", true);
            }
        }
        for (name, place, required) in named {
            add(name, place, required || place == "path");
        }
        if self.form == Form::Swagger {
            if let Some((_, model)) = method.request_models.as_ref().and_then(|models| models.first()) {
                parameters.push(json!({
                    "in": "body", "name": model, "required": true, "schema": self.reference(model),
                }));
            }
        }
        parameters
    }

    fn security(&self, method: &Method) -> Vec<Value> {
        let mut security = vec![];
        let authorizer = method.authorizer_id.as_ref().filter(|_| self.authorizers);
        if let Some(found) = authorizer.and_then(|id| self.definition.authorizers.get(id)) {
            let mut entry = Object::new();
            entry.insert(found.name.clone(), json!(method.authorization_scopes.clone().unwrap_or_default()));
            security.push(Value::Object(entry));
        } else if method.authorization_type == "AWS_IAM" && self.everything {
            security.push(json!({ "sigv4": [] }));
        }
        if method.api_key_required {
            security.push(json!({ "api_key": [] }));
        }
        security
    }

    fn components(&self, document: &mut Object) {
        let schemas: Object = self
            .definition
            .models
            .values()
            .filter(|model| self.is_used(&model.name) || !matches!(model.name.as_str(), "Empty" | "Error"))
            .filter_map(|model| {
                let schema = serde_json::from_str::<Value>(model.schema.as_deref()?).ok()?;
                Some((model.name.clone(), self.relocate(schema)))
            })
            .collect();
        let schemes = self.security_schemes();
        match self.form {
            Form::OpenApi => {
                let mut components = Object::new();
                if !schemas.is_empty() {
                    components.insert("schemas".to_owned(), Value::Object(schemas));
                }
                if !schemes.is_empty() {
                    components.insert("securitySchemes".to_owned(), Value::Object(schemes));
                }
                document.insert("components".to_owned(), Value::Object(components));
            }
            Form::Swagger => {
                if !schemes.is_empty() {
                    document.insert("securityDefinitions".to_owned(), Value::Object(schemes));
                }
                if !schemas.is_empty() {
                    document.insert("definitions".to_owned(), Value::Object(schemas));
                }
            }
        }
    }

    fn is_used(&self, model: &str) -> bool {
        self.definition.methods().any(|(_, method)| {
            let responses =
                method.method_responses.values().filter_map(|found| found.response_models.as_ref());
            method.request_models.iter().chain(responses).flatten().any(|(_, name)| name == model)
        })
    }

    /// Models refer to each other by URL; a document refers within itself.
    fn relocate(&self, mut schema: Value) -> Value {
        match &mut schema {
            Value::Object(members) => {
                members.shift_remove("$schema");
                for (name, value) in members.iter_mut() {
                    if name == "$ref" {
                        if let Some((_, model)) = value.as_str().and_then(|text| text.rsplit_once('/')) {
                            *value = self.reference(model)["$ref"].clone();
                        }
                    } else {
                        *value = self.relocate(value.take());
                    }
                }
            }
            Value::Array(values) => {
                for value in values {
                    *value = self.relocate(value.take());
                }
            }
            _ => {}
        }
        schema
    }

    fn security_schemes(&self) -> Object {
        let mut schemes = Object::new();
        if self.definition.methods().any(|(_, method)| method.api_key_required) {
            schemes.insert(
                "api_key".to_owned(),
                json!({ "type": "apiKey", "name": "x-api-key", "in": "header" }),
            );
        }
        if self.everything
            && self.definition.methods().any(|(_, method)| method.authorization_type == "AWS_IAM")
        {
            let scheme = json!({
                "type": "apiKey", "name": "Authorization", "in": "header",
                "x-amazon-apigateway-authtype": "awsSigv4",
            });
            schemes.insert("sigv4".to_owned(), scheme);
        }
        for authorizer in self.definition.authorizers.values().filter(|_| self.authorizers) {
            let source = authorizer.identity_source.as_deref().unwrap_or_default();
            let header = source.strip_prefix("method.request.header.").unwrap_or("Unused");
            let mut detail = Object::new();
            let kind = match authorizer.kind.as_str() {
                "TOKEN" => "token",
                "REQUEST" => "request",
                _ => "cognito_user_pools",
            };
            detail.insert("type".to_owned(), json!(kind));
            let members = [
                ("authorizerUri", authorizer.authorizer_uri.as_ref()),
                ("authorizerCredentials", authorizer.authorizer_credentials.as_ref()),
                ("identityValidationExpression", authorizer.identity_validation_expression.as_ref()),
                ("identitySource", authorizer.identity_source.as_ref().filter(|_| kind == "request")),
            ];
            for (name, value) in members {
                if let Some(value) = value {
                    detail.insert(name.to_owned(), json!(value));
                }
            }
            if let Some(arns) = &authorizer.provider_arns {
                detail.insert("providerARNs".to_owned(), json!(arns));
            }
            if let Some(ttl) =
                authorizer.authorizer_result_ttl_in_seconds.filter(|_| kind != "cognito_user_pools")
            {
                detail.insert("authorizerResultTtlInSeconds".to_owned(), json!(ttl));
            }
            let scheme = json!({
                "type": "apiKey", "name": header, "in": "header",
                "x-amazon-apigateway-authtype": authorizer.auth_type,
                "x-amazon-apigateway-authorizer": detail,
            });
            schemes.insert(authorizer.name.clone(), scheme);
        }
        schemes
    }

    fn settings(&self, document: &mut Object) {
        let definition = self.definition;
        if !definition.rest_api.binary_media_types.is_empty() {
            let types = json!(definition.rest_api.binary_media_types);
            document.insert("x-amazon-apigateway-binary-media-types".to_owned(), types);
        }
        if definition.rest_api.api_key_source != "HEADER" {
            let source = json!(definition.rest_api.api_key_source);
            document.insert("x-amazon-apigateway-api-key-source".to_owned(), source);
        }
        if let Some(policy) = &definition.rest_api.policy {
            let policy = serde_json::from_str(policy).unwrap_or_else(|_| json!(policy));
            document.insert("x-amazon-apigateway-policy".to_owned(), policy);
        }
        if !definition.gateway_responses.is_empty() {
            let responses: Object = definition
                .gateway_responses
                .iter()
                .map(|(kind, response)| {
                    let mut entry = json!({
                        "responseParameters": response.response_parameters,
                        "responseTemplates": response.response_templates,
                    });
                    if let Some(code) =
                        response.status_code.as_ref().and_then(|code| code.parse::<u16>().ok())
                    {
                        entry["statusCode"] = json!(code);
                    }
                    (kind.clone(), entry)
                })
                .collect();
            document.insert("x-amazon-apigateway-gateway-responses".to_owned(), Value::Object(responses));
        }
        if !definition.validators.is_empty() {
            let validators: Object = definition
                .validators
                .values()
                .map(|validator| {
                    let name = validator.name.clone().unwrap_or_else(|| validator.id.clone());
                    let entry = json!({
                        "validateRequestParameters": validator.validate_request_parameters,
                        "validateRequestBody": validator.validate_request_body,
                    });
                    (name, entry)
                })
                .collect();
            document.insert("x-amazon-apigateway-request-validators".to_owned(), Value::Object(validators));
        }
    }

    fn reference(&self, model: &str) -> Value {
        match self.form {
            Form::OpenApi => json!({ "$ref": format!("#/components/schemas/{model}") }),
            Form::Swagger => json!({ "$ref": format!("#/definitions/{model}") }),
        }
    }

    fn typed(&self, kind: &str) -> Value {
        match self.form {
            Form::OpenApi => json!({ "schema": { "type": kind } }),
            Form::Swagger => json!({ "type": kind }),
        }
    }
}

fn media_types(method: &Method) -> Vec<&String> {
    let mut types: Vec<&String> = method
        .method_responses
        .values()
        .flat_map(|response| response.response_models.iter().flat_map(|models| models.keys()))
        .collect();
    types.sort();
    types.dedup();
    types
}

/// Writes `x-amazon-apigateway-integration`:
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html>
fn integration_extension(integration: &Integration) -> Value {
    let mut entry = Object::new();
    let text = |entry: &mut Object, name: &str, value: Option<&String>| {
        if let Some(value) = value {
            entry.insert(name.to_owned(), json!(value));
        }
    };
    entry.insert("type".to_owned(), json!(integration.kind.to_lowercase()));
    text(&mut entry, "credentials", integration.credentials.as_ref());
    text(&mut entry, "httpMethod", integration.http_method.as_ref());
    text(&mut entry, "uri", integration.uri.as_ref());
    let mut responses = Object::new();
    for response in integration.integration_responses.values() {
        let mut body = Object::new();
        body.insert("statusCode".to_owned(), json!(response.status_code));
        if let Some(parameters) = response.response_parameters.as_ref().filter(|found| !found.is_empty()) {
            body.insert("responseParameters".to_owned(), json!(parameters));
        }
        if let Some(templates) = response.response_templates.as_ref().filter(|found| !found.is_empty()) {
            body.insert("responseTemplates".to_owned(), json!(templates));
        }
        text(&mut body, "contentHandling", response.content_handling.as_ref());
        let pattern = response.selection_pattern.clone().filter(|pattern| !pattern.is_empty());
        responses.insert(pattern.unwrap_or_else(|| "default".to_owned()), Value::Object(body));
    }
    if !responses.is_empty() {
        entry.insert("responses".to_owned(), Value::Object(responses));
    }
    if let Some(parameters) = integration.request_parameters.as_ref().filter(|found| !found.is_empty()) {
        entry.insert("requestParameters".to_owned(), json!(parameters));
    }
    if let Some(templates) = integration.request_templates.as_ref().filter(|found| !found.is_empty()) {
        entry.insert("requestTemplates".to_owned(), json!(templates));
    }
    entry.insert("passthroughBehavior".to_owned(), json!(integration.passthrough_behavior.to_lowercase()));
    text(&mut entry, "connectionType", integration.connection_type.as_ref());
    text(&mut entry, "connectionId", integration.connection_id.as_ref());
    if let Some(handling) = &integration.content_handling {
        entry.insert("contentHandling".to_owned(), json!(handling));
    }
    if integration.timeout_in_millis != 29_000 {
        entry.insert("timeoutInMillis".to_owned(), json!(integration.timeout_in_millis));
    }
    if !integration.cache_key_parameters.is_empty() {
        entry.insert("cacheNamespace".to_owned(), json!(integration.cache_namespace));
        entry.insert("cacheKeyParameters".to_owned(), json!(integration.cache_key_parameters));
    }
    Value::Object(entry)
}
