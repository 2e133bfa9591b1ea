use serde_json::{Map as Object, Value, json};

use super::Ask;
use crate::sandbox::apigatewayv2::entity::{Api, Authorizer, Definition, Integration, Route};
use crate::sandbox::apigatewayv2::fault::{bad_request, not_found};
use crate::sandbox::apigatewayv2::state::Region;
use crate::sandbox::{Response, ServiceError};

/// Writes an API as OpenAPI 3.0: as a stage has it deployed, or as it stands now.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-export.html>
pub(super) fn export(region: &mut Region, ask: &Ask<'_>) -> Result<Response, ServiceError> {
    let api = ask.api(region)?;
    if ask.path("specification") != "OAS30" {
        return Err(bad_request("Invalid specification specified. Must be one of [OAS30]"));
    }
    if api.is_web_socket() {
        return Err(bad_request("Export is only supported for HTTP APIs"));
    }
    let extensions = ask.query("includeExtensions").as_deref() != Some("false");
    let definition = match ask.query("stageName").filter(|name| !name.is_empty()) {
        None => Definition::of(api),
        Some(name) => {
            let stage =
                api.stages.get(&name).ok_or_else(|| not_found("Invalid stage identifier specified"))?;
            let deployment = stage.deployment_id.as_ref().and_then(|id| api.deployments.get(id));
            let deployment = deployment
                .ok_or_else(|| bad_request("The stage has no deployment that could be exported"))?;
            deployment.definition.as_ref().clone()
        }
    };
    let document = document(api, &definition, extensions);
    match ask.query("outputType").as_deref() {
        Some("JSON") => {
            let mut response = Response::json(200, &Value::Null);
            response.body = format!("{document:#}").into();
            Ok(response)
        }
        Some("YAML") => {
            let mut response = Response::empty(200).with_header("content-type", "application/yaml");
            response.body = yaml(&document, 0).into();
            Ok(response)
        }
        _ => Err(bad_request("Invalid output type specified. Must be one of [JSON, YAML]")),
    }
}

fn document(api: &Api, definition: &Definition, extensions: bool) -> Value {
    let mut info = json!({ "title": api.name });
    info["version"] = json!(api.version.as_deref().unwrap_or(&api.created_date));
    if let Some(description) = &api.description {
        info["description"] = json!(description);
    }
    let mut root = json!({ "openapi": "3.0.1", "info": info });
    root["servers"] = json!([{
        "url": format!("{}/{{basePath}}", api.api_endpoint),
        "variables": { "basePath": { "default": "" } },
    }]);
    if !api.tags.is_empty() {
        let tags = api.tags.iter().map(|(name, value)| {
            if extensions {
                json!({ "name": name, "x-amazon-apigateway-tag-value": value })
            } else {
                json!({ "name": name })
            }
        });
        root["tags"] = tags.collect();
    }
    let mut paths = Object::new();
    for route in definition.routes.values() {
        add_route(&mut paths, definition, route, extensions);
    }
    root["paths"] = Value::Object(paths);
    if extensions {
        let schemes: Object<String, Value> =
            definition.authorizers.values().map(|one| (one.name.clone(), scheme(one))).collect();
        if !schemes.is_empty() {
            root["components"] = json!({ "securitySchemes": schemes });
        }
        if let Some(cors) = &definition.cors {
            root["x-amazon-apigateway-cors"] = json!(cors);
        }
        root["x-amazon-apigateway-importexport-version"] = json!("1.0");
    }
    root
}

fn add_route(paths: &mut Object<String, Value>, definition: &Definition, route: &Route, extensions: bool) {
    let (verb, path) = route.route_key.split_once(' ').unwrap_or(("ANY", "/$default"));
    let method =
        if verb == "ANY" { "x-amazon-apigateway-any-method".to_owned() } else { verb.to_ascii_lowercase() };
    if !extensions && verb == "ANY" {
        // OpenAPI itself has no word for any method.
        return;
    }
    let mut operation = json!({
        "responses": { "default": { "description": format!("Default response for {}", route.route_key) } },
    });
    if let Some(name) = &route.operation_name {
        operation["operationId"] = json!(name);
    }
    if extensions {
        if route.route_key == "$default" {
            operation["isDefaultRoute"] = json!(true);
        }
        let authorizer = route.authorizer_id.as_ref().and_then(|id| definition.authorizers.get(id));
        match (route.authorization_type.as_str(), authorizer) {
            ("JWT" | "CUSTOM", Some(authorizer)) => {
                let scopes = route.authorization_scopes.clone().unwrap_or_default();
                operation["security"] = json!([{ &authorizer.name: scopes }]);
            }
            ("AWS_IAM", _) => operation["x-amazon-apigateway-auth"] = json!({ "type": "AWS_IAM" }),
            _ => {}
        }
        if let Some(found) = route.integration_id().and_then(|id| definition.integrations.get(id)) {
            operation["x-amazon-apigateway-integration"] = integration(found);
        }
    }
    let item = paths.entry(path).or_insert_with(|| json!({}));
    item[&method] = operation;
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let parameters: Vec<Value> = names
        .map(|name| {
            json!({
                "name": name,
                "in": "path",
                "description": format!("Generated path parameter for {name}"),
                "required": true,
                "schema": { "type": "string" },
            })
        })
        .collect();
    if !parameters.is_empty() {
        item["parameters"] = json!(parameters);
    }
}

fn integration(integration: &Integration) -> Value {
    let mut body = Object::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            body.insert(name.to_owned(), value);
        }
    };
    let text = |member: &Option<String>| member.as_ref().map(|text| json!(text));
    put("integrationSubtype", text(&integration.integration_subtype));
    put("credentials", text(&integration.credentials_arn));
    put("description", text(&integration.description));
    put("responseParameters", integration.response_parameters.as_ref().map(|found| json!(found)));
    put("requestParameters", integration.request_parameters.as_ref().map(|found| json!(found)));
    put("payloadFormatVersion", text(&integration.payload_format_version));
    put("type", Some(json!(integration.integration_type.to_ascii_lowercase())));
    put("httpMethod", text(&integration.integration_method));
    put("uri", text(&integration.integration_uri));
    put("connectionType", Some(json!(integration.connection_type)));
    put("connectionId", text(&integration.connection_id));
    put("tlsConfig", integration.tls_config.clone());
    put(
        "timeoutInMillis",
        integration.timeout_in_millis.filter(|time| *time != 30_000).map(|time| json!(time)),
    );
    Value::Object(body)
}

/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authorizer.html>
fn scheme(authorizer: &Authorizer) -> Value {
    let source = authorizer.identity_source.join(",");
    if let Some(jwt) = &authorizer.jwt_configuration {
        return json!({
            "type": "oauth2",
            "flows": {},
            "x-amazon-apigateway-authorizer": {
                "identitySource": source,
                "jwtConfiguration": jwt,
                "type": "jwt",
            },
        });
    }
    let mut extension = json!({
        "type": "request",
        "identitySource": source,
        "authorizerUri": authorizer.authorizer_uri,
        "authorizerPayloadFormatVersion": authorizer.authorizer_payload_format_version,
        "authorizerResultTtlInSeconds": authorizer.authorizer_result_ttl_in_seconds,
        "enableSimpleResponses": authorizer.enable_simple_responses,
    });
    if let Some(arn) = &authorizer.authorizer_credentials_arn {
        extension["authorizerCredentials"] = json!(arn);
    }
    let name = authorizer.identity_source.iter().find_map(|source| source.strip_prefix("$request.header."));
    json!({
        "type": "apiKey",
        "name": name.unwrap_or("Unused"),
        "in": "header",
        "x-amazon-apigateway-authorizer": extension,
    })
}

/// Writes a document as block YAML with quoted texts.
fn yaml(value: &Value, depth: usize) -> String {
    let indent = "  ".repeat(depth);
    let nested = |value: &Value| match value {
        Value::Object(members) if !members.is_empty() => format!("\n{}", yaml(value, depth + 1)),
        Value::Array(items) if !items.is_empty() => format!("\n{}", yaml(value, depth)),
        scalar => format!(" {scalar}\n"),
    };
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| format!("{indent}{}:{}", Value::from(name.as_str()), nested(value)))
            .collect(),
        Value::Array(items) => items
            .iter()
            .map(|item| match item {
                Value::Object(members) if !members.is_empty() => {
                    let inner = yaml(item, depth + 1);
                    format!("{indent}- {}", inner.trim_start())
                }
                other => format!("{indent}-{}", nested(other)),
            })
            .collect(),
        scalar => format!("{indent}{scalar}\n"),
    }
}
