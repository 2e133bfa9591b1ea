use serde_json::{Map, Value, json};

use super::authorizer::permit;
use super::definition::{conditional_paths, each_operation, only_if, push, within};
use super::event::Route;
use super::expansion::{Expansion, Inherited};
use super::implicit::HTTP_API;
use super::part::Part;
use super::python2::all_unmarked;
use crate::text::did_you_mean;

const ANY: &str = "x-amazon-apigateway-any-method";

/// Returns the definition of an HTTP API: the one given or a new one with its routes, and what the API's properties say.
pub(super) fn definition(
    expansion: &mut Expansion<'_>,
    id: &str,
    properties: &Part<'_>,
    routes: &[Route],
    inherited: &Inherited,
) -> Value {
    let own = properties.get("DefinitionBody");
    let mut document = own.as_ref().map_or_else(
        || {
            json!({
                "info": { "version": "1.0", "title": { "Ref": "AWS::StackName" } },
                "paths": {},
                "openapi": "3.0.1",
            })
        },
        |body| body.value.clone(),
    );
    if own.is_none() {
        for route in routes {
            add(expansion, &mut document, route);
        }
        if id == HTTP_API {
            conditional_paths(expansion, &mut document, routes, id);
        }
    }
    authorize(expansion, &mut document, id, properties.get("Auth").as_ref(), routes, inherited);
    let mut tags = Map::from_iter([("httpapi:createdBy".to_owned(), Value::from("SAM"))]);
    for (key, tag) in properties.get("Tags").map(|tags| tags.members()).unwrap_or_default() {
        tags.insert(key.to_owned(), tag.value.clone());
    }
    tags.sort_keys();
    let told = tags.iter().map(|(key, tag)| json!({ "name": key, "x-amazon-apigateway-tag-value": tag }));
    document["tags"] = told.collect();
    if let Some(cors) = properties.get("CorsConfiguration")
        && let Some(told) = cors_of(expansion, &cors)
    {
        document["x-amazon-apigateway-cors"] = told;
    }
    if let Some(name) = properties.get("Name") {
        within(&mut document, "info")["title"] = name.value.clone();
    }
    if let Some(description) = properties.get("Description") {
        within(&mut document, "info")["description"] = description.value.clone();
    }
    if let Some(off) = properties.get("DisableExecuteApiEndpoint") {
        let told = json!({ "disableExecuteApiEndpoint": off.value });
        push(&mut document["servers"], json!({ "x-amazon-apigateway-endpoint-configuration": told }));
    }
    for key in ["servers", "tags"] {
        if document.get(key).is_some_and(Value::is_null)
            && let Some(members) = document.as_object_mut()
        {
            members.shift_remove(key);
        }
    }
    all_unmarked(document)
}

/// Returns a route as API Gateway names it.
pub(super) fn route_key(route: &Route) -> String {
    if route.path == "$default" {
        return route.path.clone();
    }
    let method = if route.method == ANY { "ANY".to_owned() } else { route.method.to_uppercase() };
    format!("{method} {}", route.path)
}

fn add(expansion: &mut Expansion<'_>, document: &mut Value, route: &Route) {
    let part = route.part();
    let version = part.get("PayloadFormatVersion");
    let version = version.map_or_else(|| "2.0".into(), |version| version.value.clone());
    let mut integration = json!({
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": only_if(route.condition.as_deref(), json!({ "Fn::Sub": format!(
            "arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/{}/invocations",
            route.function
        ) })),
        "payloadFormatVersion": version,
    });
    if let Some(limit) = part.get("TimeoutInMillis") {
        integration["timeoutInMillis"] = limit.value.clone();
    }
    let mut operation = json!({ "x-amazon-apigateway-integration": integration, "responses": {} });
    if route.path == "$default" {
        operation["isDefaultRoute"] = true.into();
    }
    for (at, _) in route.path.match_indices('{') {
        let name = route.path[at + 1..].split('}').next().unwrap_or_default();
        push(&mut operation["parameters"], json!({ "name": name, "in": "path", "required": true }));
    }
    if let Some(auth) = part.get("Auth") {
        expansion.known(&auth, &["AuthorizationScopes", "Authorizer"], "`Auth`");
    }
    let operation = only_if(route.condition.as_deref(), operation);
    within(within(document, "paths"), &route.path)[route.method.as_str()] = operation;
}

fn authorize(
    expansion: &mut Expansion<'_>,
    document: &mut Value,
    id: &str,
    auth: Option<&Part<'_>>,
    routes: &[Route],
    inherited: &Inherited,
) {
    let none = json!({});
    let nothing = Part::new(&none, &inherited.origin);
    let auth = auth.unwrap_or(&nothing);
    expansion.known(auth, &["Authorizers", "DefaultAuthorizer", "EnableIamAuthorizer"], "`Auth`");
    let authorizers = auth.get("Authorizers").map(|given| given.members()).unwrap_or_default();
    let mut schemes = Map::new();
    for (name, authorizer) in &authorizers {
        if let Some(scheme) = scheme(expansion, id, name, authorizer, inherited) {
            schemes.insert((*name).to_owned(), scheme);
        }
    }
    if auth.flag("EnableIamAuthorizer") == Some(true) {
        let scheme = json!({
            "type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "awsSigv4",
        });
        schemes.insert("AWS_IAM".to_owned(), scheme);
    }
    let default = auth.text("DefaultAuthorizer");
    if let Some(name) = default.filter(|name| !schemes.contains_key(*name)) {
        let at = auth.get("DefaultAuthorizer").map_or_else(|| auth.at.clone(), |part| part.at);
        let help = did_you_mean(name, schemes.keys().map(String::as_str));
        expansion.refuse(&at, format!("`Authorizers` has no `{name}`")).help = help;
    }
    for route in routes {
        let Some(own) = route.part().get("Auth") else { continue };
        match own.text("Authorizer") {
            Some("NONE") if default.is_none() => {
                expansion.refuse(&own.at, "`NONE` means something only where there is a `DefaultAuthorizer`");
            }
            Some("NONE") | None => {}
            Some(name) if !schemes.contains_key(name) => {
                let help = did_you_mean(name, schemes.keys().map(String::as_str));
                expansion.refuse(&own.at, format!("the API has no authorizer `{name}`")).help = help;
            }
            Some(_) => {}
        }
    }
    let scopes_of = |name: &str| {
        let authorizer =
            authorizers.iter().find(|(known, _)| *known == name).map(|(_, authorizer)| authorizer);
        let scopes = authorizer.and_then(|authorizer| authorizer.get("AuthorizationScopes"));
        scopes.map_or_else(|| json!([]), |scopes| scopes.value.clone())
    };
    each_operation(document, |path, method, operation| {
        let route = routes.iter().find(|route| route.path == path && route.method == method);
        let own = route.and_then(|route| route.part().get("Auth"));
        let asked = own.as_ref().and_then(|own| own.text("Authorizer")).or(default);
        let has_own = operation.get("security").is_some();
        if let Some(name) = asked.filter(|_| !has_own && method != "options") {
            let own_scopes = own.as_ref().and_then(|own| own.get("AuthorizationScopes"));
            let scopes = own_scopes.map_or_else(|| scopes_of(name), |scopes| scopes.value.clone());
            operation["security"] = json!([{ name: scopes }]);
        }
    });
    for (name, scheme) in schemes {
        within(within(document, "components"), "securitySchemes")[name.as_str()] = scheme;
    }
}

fn scheme(
    expansion: &mut Expansion<'_>,
    api: &str,
    name: &str,
    authorizer: &Part<'_>,
    inherited: &Inherited,
) -> Option<Value> {
    let known = [
        "AuthorizationScopes",
        "AuthorizerPayloadFormatVersion",
        "EnableFunctionDefaultPermissions",
        "EnableSimpleResponses",
        "FunctionArn",
        "FunctionInvokeRole",
        "Identity",
        "IdentitySource",
        "JwtConfiguration",
    ];
    expansion.known(authorizer, &known, &format!("the authorizer `{name}`"));
    if let Some(jwt) = authorizer.get("JwtConfiguration") {
        let mut told = json!({ "type": "jwt", "jwtConfiguration": jwt.value });
        match authorizer.get("IdentitySource") {
            Some(source) => told["identitySource"] = source.value.clone(),
            None => {
                expansion.refuse(&authorizer.at, format!("the authorizer `{name}` needs `IdentitySource`"));
            }
        }
        return Some(json!({ "type": "oauth2", "x-amazon-apigateway-authorizer": told }));
    }
    let Some(function) = authorizer.get("FunctionArn") else {
        let message = format!("the authorizer `{name}` needs `JwtConfiguration` or `FunctionArn`");
        expansion.refuse(&authorizer.at, message);
        return None;
    };
    let mut told = json!({
        "type": "request",
        "authorizerUri": { "Fn::Sub": [
            "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${__FunctionArn__}/invocations",
            { "__FunctionArn__": function.value },
        ] },
    });
    if let Some(identity) = authorizer.get("Identity") {
        expansion.known(
            &identity,
            &["Context", "Headers", "QueryStrings", "ReauthorizeEvery", "StageVariables"],
            "`Identity`",
        );
        let kinds = [
            ("Headers", "$request.header."),
            ("QueryStrings", "$request.querystring."),
            ("StageVariables", "$stageVariables."),
            ("Context", "$context."),
        ];
        let mut sources = Vec::new();
        for (key, prefix) in kinds {
            let names = identity.get(key).map(|names| names.items()).unwrap_or_default();
            sources.extend(
                names.iter().filter_map(|name| name.value.as_str()).map(|name| format!("{prefix}{name}")),
            );
        }
        if !sources.is_empty() {
            told["identitySource"] = sources.into();
        }
        if let Some(seconds) = identity.get("ReauthorizeEvery") {
            told["authorizerResultTtlInSeconds"] = seconds.value.clone();
        }
    }
    if let Some(role) = authorizer.get("FunctionInvokeRole").filter(|role| role.value != "NONE") {
        told["authorizerCredentials"] = role.value.clone();
    }
    if let Some(version) = authorizer.get("AuthorizerPayloadFormatVersion") {
        told["authorizerPayloadFormatVersion"] = version.value.clone();
    } else {
        let message = format!("the authorizer `{name}` needs `AuthorizerPayloadFormatVersion`");
        expansion.refuse(&authorizer.at, message);
    }
    if let Some(simple) = authorizer.get("EnableSimpleResponses") {
        told["enableSimpleResponses"] = simple.value.clone();
    }
    if authorizer.flag("EnableFunctionDefaultPermissions") == Some(true) {
        let origin = inherited.condition_alone().from(&authorizer.at);
        permit(expansion, api, name, "arn:${AWS::Partition}", &function, &origin);
    }
    Some(
        json!({ "type": "apiKey", "name": "Unused", "in": "header", "x-amazon-apigateway-authorizer": told }),
    )
}

fn cors_of(expansion: &mut Expansion<'_>, cors: &Part<'_>) -> Option<Value> {
    match cors.value {
        Value::Bool(true) => return Some(json!({ "allowOrigins": ["*"] })),
        Value::Bool(false) => return None,
        _ => {}
    }
    let keys = [
        ("AllowCredentials", "allowCredentials"),
        ("AllowHeaders", "allowHeaders"),
        ("AllowMethods", "allowMethods"),
        ("AllowOrigins", "allowOrigins"),
        ("ExposeHeaders", "exposeHeaders"),
        ("MaxAge", "maxAge"),
    ];
    expansion.known(cors, &keys.map(|(given, _)| given), "`CorsConfiguration`");
    let told =
        keys.iter().filter_map(|(given, told)| Some(((*told).to_owned(), cors.get(given)?.value.clone())));
    Some(Value::Object(told.collect()))
}
