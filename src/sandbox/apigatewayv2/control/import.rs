use serde_json::{Map as Object, Value};

use super::{Ask, apis, authorizers, deployments, integrations, routes};
use crate::sandbox::apigatewayv2::entity::{Api, Authorizer, Integration, JwtConfiguration, Map, Route};
use crate::sandbox::apigatewayv2::fault::bad_request;
use crate::sandbox::apigatewayv2::identifier;
use crate::sandbox::apigatewayv2::state::Region;
use crate::sandbox::{Cors, ServiceError};

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", ANY];
const ANY: &str = "x-amazon-apigateway-any-method";

/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis.html#ImportApi>
pub(super) fn import(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = read(apis::blank(ask), ask)?;
    let answer = apis::wire(&api)?;
    region.apis.insert(api.api_id.clone(), api);
    Ok(answer)
}

/// Puts a definition in the place of what the API had; its stages stay.
pub(super) fn reimport(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = ask.api(region)?;
    if api.is_web_socket() {
        return Err(bad_request("Import is only supported for HTTP APIs"));
    }
    let emptied = Api {
        routes: Map::new(),
        integrations: Map::new(),
        authorizers: Map::new(),
        cors_configuration: None,
        description: None,
        version: None,
        ..api.clone()
    };
    *api = read(emptied, ask)?;
    deployments::changed(api, ask);
    apis::wire(api)
}

/// Reads the definition in the body into an API that has nothing in it.
fn read(mut api: Api, ask: &Ask<'_>) -> Result<Api, ServiceError> {
    let unreadable = || bad_request("Unable to build importer with provided input.");
    let text = ask.text("body").ok_or_else(unreadable)?;
    let root: Value = match serde_json::from_str(text) {
        Ok(root) => root,
        Err(_) => serde_saphyr::from_str(text).map_err(|_| unreadable())?,
    };
    let version = root["openapi"].as_str().unwrap_or_default();
    if !version.starts_with("3.0") {
        return Err(bad_request("Only OpenAPI 3.0 is currently supported for HTTP Apis"));
    }
    let warnings = missing_references(&root);
    if !warnings.is_empty() && ask.query("failOnWarnings").as_deref() == Some("true") {
        return Err(bad_request(format!("Warnings found during import:\n\t{}", warnings.join("\n\t"))));
    }
    api.warnings = warnings;
    describe(&mut api, &root)?;
    for (name, scheme) in root["components"]["securitySchemes"].as_object().into_iter().flatten() {
        if let Some(authorizer) = authorizer(ask, name, scheme) {
            authorizers::add(&mut api, authorizer)?;
        }
    }
    let base = base_path(&root, ask.query("basepath").as_deref())?;
    for (path, item) in root["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if METHODS.contains(&method.as_str()) {
                add_route(&mut api, ask, &root, (&format!("{base}{path}"), method), operation)?;
            }
        }
    }
    apis::check(&api)?;
    Ok(api)
}

/// Takes name, version, description, CORS and tags.
fn describe(api: &mut Api, root: &Value) -> Result<(), ServiceError> {
    let info = &root["info"];
    if let Some(title) = scalar(&info["title"]) {
        api.name = title;
    }
    api.version = scalar(&info["version"]);
    api.description = scalar(&info["description"]);
    if root["x-amazon-apigateway-cors"].is_object() {
        let cors: Cors = serde_json::from_value(root["x-amazon-apigateway-cors"].clone())
            .map_err(|error| bad_request(format!("x-amazon-apigateway-cors: {error}")))?;
        api.cors_configuration = Some(cors);
    }
    for tag in root["tags"].as_array().into_iter().flatten() {
        if let (Some(name), Some(value)) =
            (tag["name"].as_str(), scalar(&tag["x-amazon-apigateway-tag-value"]))
        {
            api.tags.insert(name.to_owned(), value);
        }
    }
    Ok(())
}

/// The path of the first server, as `basepath` says to take it: not at all, before each path, or without its first part.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-import-api-basePath.html>
fn base_path(root: &Value, mode: Option<&str>) -> Result<String, ServiceError> {
    let server = &root["servers"][0];
    let mut url = server["url"].as_str().unwrap_or_default().to_owned();
    for (name, variable) in server["variables"].as_object().into_iter().flatten() {
        let value = scalar(&variable["default"]).unwrap_or_default();
        url = url.replace(&format!("{{{name}}}"), value.trim_start_matches('/'));
    }
    let after_host = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    let path = after_host.split_once('/').map_or("", |(_, path)| path).trim_end_matches('/');
    match mode {
        None | Some("ignore" | "") => Ok(String::new()),
        Some("prepend") if path.is_empty() => Ok(String::new()),
        Some("prepend") => Ok(format!("/{path}")),
        Some("split") => Ok(path.split_once('/').map_or(String::new(), |(_, rest)| format!("/{rest}"))),
        Some(_) => Err(bad_request("Invalid basepath specified. Must be one of [ignore, prepend, split]")),
    }
}

fn authorizer(ask: &Ask<'_>, name: &str, scheme: &Value) -> Option<Authorizer> {
    let extension = scheme.get("x-amazon-apigateway-authorizer")?;
    let source = match &extension["identitySource"] {
        Value::String(text) => text.split(',').map(|part| part.trim().to_owned()).collect(),
        Value::Array(list) => list.iter().filter_map(|part| part.as_str().map(str::to_owned)).collect(),
        _ => vec![],
    };
    let text = |member: &str| scalar(&extension[member]);
    let jwt = &extension["jwtConfiguration"];
    let audience = jwt["audience"].as_array().into_iter().flatten();
    Some(Authorizer {
        authorizer_id: identifier::short(ask.random),
        name: name.to_owned(),
        authorizer_type: text("type").unwrap_or_default().to_ascii_uppercase(),
        authorizer_uri: text("authorizerUri"),
        authorizer_credentials_arn: text("authorizerCredentials"),
        authorizer_payload_format_version: text("authorizerPayloadFormatVersion"),
        authorizer_result_ttl_in_seconds: extension["authorizerResultTtlInSeconds"].as_i64(),
        enable_simple_responses: extension["enableSimpleResponses"].as_bool(),
        identity_validation_expression: None,
        identity_source: source,
        jwt_configuration: jwt.is_object().then(|| JwtConfiguration {
            audience: Some(audience.filter_map(scalar).collect()),
            issuer: scalar(&jwt["issuer"]),
        }),
    })
}

fn add_route(
    api: &mut Api,
    ask: &Ask<'_>,
    root: &Value,
    (path, method): (&str, &str),
    operation: &Value,
) -> Result<(), ServiceError> {
    let default = operation["isDefaultRoute"].as_bool() == Some(true) || path.ends_with("/$default");
    let verb = if method == ANY { "ANY".to_owned() } else { method.to_ascii_uppercase() };
    let mut route = Route {
        route_id: identifier::part(ask.random),
        route_key: if default { "$default".to_owned() } else { format!("{verb} {path}") },
        authorization_type: "NONE".to_owned(),
        authorization_scopes: Some(vec![]),
        request_parameters: Some(Map::new()),
        operation_name: scalar(&operation["operationId"]),
        ..Route::default()
    };
    let security = operation.get("security").unwrap_or(&root["security"]);
    let wanted = security.as_array().into_iter().flatten().filter_map(Value::as_object);
    for (name, scopes) in wanted.flatten() {
        authorize(api, root, &mut route, name, scopes);
    }
    if operation["x-amazon-apigateway-auth"]["type"].as_str() == Some("AWS_IAM") {
        "AWS_IAM".clone_into(&mut route.authorization_type);
    }
    let mut extension = &operation["x-amazon-apigateway-integration"];
    if let Some(reference) = extension["$ref"].as_str() {
        let found = reference.strip_prefix('#').and_then(|pointer| root.pointer(pointer));
        extension = found.ok_or_else(|| bad_request(format!("{reference} is missing")))?;
    }
    if extension.is_object() {
        let made = integrations::add(api, integration(ask, extension)?)?;
        route.target = Some(format!("integrations/{}", made.integration_id));
    }
    routes::add(api, route)
}

fn authorize(api: &Api, root: &Value, route: &mut Route, name: &str, scopes: &Value) {
    let found = api.authorizers.values().find(|authorizer| authorizer.name == name);
    if let Some(authorizer) = found {
        route.authorizer_id = Some(authorizer.authorizer_id.clone());
        if authorizer.authorizer_type == "JWT" {
            "JWT".clone_into(&mut route.authorization_type);
            let scopes = scopes.as_array().into_iter().flatten().filter_map(scalar);
            route.authorization_scopes = Some(scopes.collect());
        } else {
            "CUSTOM".clone_into(&mut route.authorization_type);
        }
    } else if root["components"]["securitySchemes"][name]["x-amazon-apigateway-authtype"] == "awsSigv4" {
        "AWS_IAM".clone_into(&mut route.authorization_type);
    }
}

/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html>
fn integration(ask: &Ask<'_>, extension: &Value) -> Result<Integration, ServiceError> {
    let text = |member: &str| scalar(&extension[member]);
    let unreadable =
        |error: serde_json::Error| bad_request(format!("x-amazon-apigateway-integration: {error}"));
    let texts = |members: &Object<String, Value>| {
        members
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), scalar(value)?)))
            .collect::<Map<String>>()
    };
    let responses = match &extension["responseParameters"] {
        Value::Null => None,
        found => Some(serde_json::from_value(found.clone()).map_err(unreadable)?),
    };
    Ok(Integration {
        integration_id: identifier::part(ask.random),
        integration_type: text("type").unwrap_or_default().to_ascii_uppercase(),
        integration_subtype: text("integrationSubtype"),
        integration_method: text("httpMethod"),
        integration_uri: text("uri"),
        connection_type: text("connectionType").unwrap_or_else(|| "INTERNET".to_owned()),
        connection_id: text("connectionId"),
        credentials_arn: text("credentials"),
        description: text("description"),
        payload_format_version: text("payloadFormatVersion"),
        request_parameters: extension["requestParameters"].as_object().map(texts),
        response_parameters: responses,
        timeout_in_millis: Some(extension["timeoutInMillis"].as_i64().unwrap_or(30_000)),
        tls_config: extension.get("tlsConfig").cloned(),
        ..Integration::default()
    })
}

/// Warns of answers' schemas that the document refers to and does not have.
fn missing_references(root: &Value) -> Vec<String> {
    let mut warnings = vec![];
    for (path, item) in root["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            for (status, response) in operation["responses"].as_object().into_iter().flatten() {
                for media in response["content"].as_object().into_iter().flatten().map(|(_, media)| media) {
                    let reference = media["schema"]["$ref"].as_str().unwrap_or_default();
                    let there =
                        reference.strip_prefix('#').is_none_or(|pointer| root.pointer(pointer).is_some());
                    if !there {
                        warnings.push(format!(
                            "Parse issue: attribute paths.'{path}'({method}).responses.{status}.content.schema.\
                             {reference} is missing"
                        ));
                    }
                }
            }
        }
    }
    warnings
}

/// Text of a scalar; definitions write versions and codes as numbers as well as text.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}
