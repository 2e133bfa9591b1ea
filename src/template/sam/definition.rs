use serde_json::{Map, Value, json};

use super::event::{ANY, Route, Starts};
use super::expansion::{Expansion, attribute};
use super::implicit::{REST_API, combined};
use super::part::Part;
use super::python2::{all_marked, marked, unmarked};

/// The keys of a path that are operations.
const METHODS: [&str; 8] =
    ["delete", "get", "head", "options", "patch", "post", "put", "x-amazon-apigateway-any-method"];

/// Starts the definition of a REST API.
pub(super) fn empty() -> Value {
    json!({
        "swagger": "2.0",
        "info": { "version": "1.0", "title": { "Ref": "AWS::StackName" } },
        "paths": {},
    })
}

/// Returns a member of a mapping, made when it is not there.
pub(super) fn within<'v>(value: &'v mut Value, key: &str) -> &'v mut Value {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    &mut value[key]
}

/// Returns the branch of `Fn::If` that is there when its condition holds, or the value itself.
pub(super) fn unconditional(value: &mut Value) -> &mut Value {
    if value.get("Fn::If").is_some() { &mut value["Fn::If"][1] } else { value }
}

/// Does something with every operation of a definition.
pub(super) fn each_operation(document: &mut Value, mut work: impl FnMut(&str, &str, &mut Value)) {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        let item = unconditional(item).as_object_mut();
        for (method, operation) in item.into_iter().flatten() {
            let method = unmarked(method);
            if METHODS.contains(&method) {
                work(unmarked(path), method, unconditional(operation));
            }
        }
    }
}

/// What stands for a value when a condition holds.
pub(super) fn only_if(condition: Option<&str>, value: Value) -> Value {
    match condition {
        Some(condition) => json!({ "Fn::If": [marked(condition), value, { "Ref": "AWS::NoValue" }] }),
        None => value,
    }
}

/// Puts the routes that lead to functions into the definition of a REST API.
pub(super) fn add_routes(
    expansion: &mut Expansion<'_>,
    document: &mut Value,
    routes: &[Route],
    auth: Option<&Part<'_>>,
) {
    let default = auth.and_then(|auth| auth.text("DefaultAuthorizer"));
    for route in routes {
        let part = route.part();
        if let Some(starts) = &route.machine {
            let operation = machine_operation(route, starts);
            let method = if route.method == ANY { route.method.clone() } else { marked(&route.method) };
            within(within(document, "paths"), &marked(&route.path))[method.as_str()] = operation;
            continue;
        }
        let own_auth = part.get("Auth");
        let mut integration = json!({
            "type": "aws_proxy",
            "httpMethod": "POST",
            "uri": only_if(route.condition.as_deref(), json!({ "Fn::Sub": uri(&route.function) })),
        });
        let authorizer = own_auth.as_ref().and_then(|own| own.text("Authorizer"));
        if authorizer == Some("AWS_IAM") || (default == Some("AWS_IAM") && own_auth.is_none()) {
            let role = own_auth.as_ref().and_then(|own| own.get("InvokeRole"));
            let role = role.or_else(|| auth.and_then(|auth| auth.get("InvokeRole")));
            match role.as_ref().map(|role| role.value) {
                Some(Value::String(none)) if none == "NONE" => {}
                None => integration["credentials"] = "arn:aws:iam::*:user/*".into(),
                Some(Value::String(caller)) if caller == "CALLER_CREDENTIALS" => {
                    integration["credentials"] = "arn:aws:iam::*:user/*".into();
                }
                Some(role) => integration["credentials"] = all_marked(role),
            }
        }
        if let Some(limit) = part.get("TimeoutInMillis") {
            integration["timeoutInMillis"] = limit.value.clone();
        }
        let mut operation = json!({ "x-amazon-apigateway-integration": integration, "responses": {} });
        request_model(expansion, document, &mut operation, &part);
        request_parameters(expansion, &mut operation, &part);
        let operation = only_if(route.condition.as_deref(), operation);
        let method = if route.method == ANY { route.method.clone() } else { marked(&route.method) };
        within(within(document, "paths"), &marked(&route.path))[method.as_str()] = operation;
    }
    let Some(api) = routes.first().map(|route| route.api.clone()).filter(|api| api == REST_API) else {
        return;
    };
    conditional_paths(expansion, document, routes, &api);
}

/// The operation of a route that starts a state machine with the request's body.
fn machine_operation(route: &Route, starts: &Starts) -> Value {
    let uri = "arn:${AWS::Partition}:apigateway:${AWS::Region}:states:action/StartExecution";
    let body = if route.part().flag("UnescapeMappingTemplate") == Some(true) {
        r#"$util.escapeJavaScript($input.json('$')).replaceAll("\\'","'")"#
    } else {
        "$util.escapeJavaScript($input.json('$'))"
    };
    let template = format!("{{\"input\": \"{body}\", \"stateMachineArn\": \"${{{}}}\"}}", starts.machine);
    let operation = json!({
        "x-amazon-apigateway-integration": {
            "type": "aws",
            "httpMethod": "POST",
            "uri": only_if(route.condition.as_deref(), json!({ "Fn::Sub": uri })),
            "responses": { "200": { "statusCode": "200" }, "400": { "statusCode": "400" } },
            "credentials": attribute(&starts.role, "Arn"),
            "requestTemplates": { "application/json": { "Fn::Sub": template } },
        },
        "responses": { "200": { "description": "OK" }, "400": { "description": "Bad Request" } },
    });
    only_if(route.condition.as_deref(), operation)
}

/// Returns the address that a function is called at. What comes from an alias counts as the transform's own text.
fn uri(function: &str) -> String {
    let uri = format!(
        "arn:aws:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/{function}/invocations"
    );
    if function.contains(".Arn}") { marked(&uri) } else { uri }
}

/// Leaves out, in an implicit API, the paths all of whose functions a condition leaves out.
pub(super) fn conditional_paths(
    expansion: &mut Expansion<'_>,
    document: &mut Value,
    routes: &[Route],
    api: &str,
) {
    let paths = document.get("paths").and_then(Value::as_object);
    let paths: Vec<String> = paths.into_iter().flatten().map(|(path, _)| path.clone()).collect();
    for path in paths {
        let mut conditions: Vec<Option<String>> = Vec::new();
        for route in routes.iter().filter(|route| route.path == unmarked(&path)) {
            if !conditions.contains(&route.condition) {
                conditions.push(route.condition.clone());
            }
        }
        let words: String = unmarked(&path).replace('/', "SLASH");
        let words: String = words.chars().filter(char::is_ascii_alphanumeric).collect();
        if let Some(condition) = combined(expansion, &conditions, &format!("{api}{words}PathCondition")) {
            let item = document["paths"][path.as_str()].take();
            document["paths"][path.as_str()] = only_if(Some(&condition), item);
        }
    }
}

fn request_model(
    expansion: &mut Expansion<'_>,
    document: &mut Value,
    operation: &mut Value,
    part: &Part<'_>,
) {
    let Some(model) = part.get("RequestModel") else { return };
    expansion.known(&model, &["Model", "Required", "ValidateBody", "ValidateParameters"], "`RequestModel`");
    let Some(name) = model.text("Model") else {
        expansion.refuse(&model.at, "`RequestModel` needs the name of a model in `Model`");
        return;
    };
    let three = document.get("openapi").is_some();
    let name = name.to_lowercase();
    if three {
        let mut body = json!({
            "content": { "application/json": { "schema": { "$ref": format!("#/components/schemas/{name}") } } },
        });
        if let Some(required) = model.get("Required") {
            body["required"] = required.value.clone();
        }
        operation["requestBody"] = body;
    } else {
        let mut parameter = json!({ "name": marked(&name), "schema": { "$ref": format!("#/definitions/{name}") }, "in": "body" });
        if let Some(required) = model.get("Required") {
            parameter["required"] = required.value.clone();
        }
        operation["parameters"] = json!([parameter]);
    }
    if model.get("ValidateBody").is_none() && model.get("ValidateParameters").is_none() {
        return;
    }
    let (body, parameters) =
        (model.flag("ValidateBody") == Some(true), model.flag("ValidateParameters") == Some(true));
    let validator = match (body, parameters) {
        (true, true) => "body-and-params",
        (true, false) => "body-only",
        (false, true) => "params-only",
        (false, false) => "no-validation",
    };
    operation["x-amazon-apigateway-request-validator"] = validator.into();
    within(document, "x-amazon-apigateway-request-validators")[validator] =
        json!({ "validateRequestParameters": parameters, "validateRequestBody": body });
}

fn request_parameters(expansion: &mut Expansion<'_>, operation: &mut Value, part: &Part<'_>) {
    let Some(parameters) = part.get("RequestParameters") else { return };
    for parameter in parameters.items() {
        let members = parameter.members();
        let (name, options) = match (parameter.value.as_str(), members.as_slice()) {
            (Some(name), _) => (name, None),
            (None, [(name, options)]) => (*name, Some(options)),
            _ => {
                expansion
                    .refuse(&parameter.at, "a request parameter is a name, or one name with its options");
                continue;
            }
        };
        let place = name.strip_prefix("method.request.").and_then(|rest| rest.split_once('.'));
        let (place, short) = match place {
            Some(("querystring", short)) => ("query", short),
            Some((place @ ("header" | "path"), short)) => (place, short),
            _ => {
                let message =
                    "a request parameter is `method.request.header.`, `querystring.` or `path.` and its name";
                expansion.refuse(&parameter.at, message);
                continue;
            }
        };
        let mut required = place == "path";
        if let Some(options) = options {
            expansion.known(options, &["Caching", "Required"], "a request parameter");
            required |= options.flag("Required") == Some(true);
            if options.flag("Caching") == Some(true) {
                let keys = within(&mut operation["x-amazon-apigateway-integration"], "cacheKeyParameters");
                push(keys, marked(name).into());
            }
        }
        let place = if place == "query" { place.to_owned() } else { marked(place) };
        let told = json!({ "in": place, "name": marked(short), "required": required, "type": "string" });
        push(&mut operation["parameters"], told);
    }
}

/// Adds an element to a list that may not be there yet.
pub(super) fn push(list: &mut Value, element: Value) {
    match list {
        Value::Array(items) => items.push(element),
        other => *other = Value::Array(vec![element]),
    }
}
