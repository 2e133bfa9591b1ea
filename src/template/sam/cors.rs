use serde_json::{Map, Value, json};

use super::definition::unconditional;
use super::expansion::Expansion;
use super::part::Part;

/// Puts an `OPTIONS` method that answers preflight requests on every path of a REST API that has none.
pub(super) fn add(expansion: &mut Expansion<'_>, document: &mut Value, cors: &Part<'_>) {
    let text = cors.value.is_string() || cors.is_intrinsic();
    if !text {
        let known = ["AllowCredentials", "AllowHeaders", "AllowMethods", "AllowOrigin", "MaxAge"];
        expansion.known(cors, &known, "`Cors`");
        if cors.value.as_object().is_none_or(Map::is_empty) {
            expansion.refuse(&cors.at, "`Cors` is an origin in quotes, or a mapping with `AllowOrigin`");
            return;
        }
    }
    let origin = if text { Some(cors.clone()) } else { cors.get("AllowOrigin") };
    let credentials = !text && cors.flag("AllowCredentials") == Some(true);
    if credentials && origin.as_ref().is_none_or(|origin| origin.value == "'*'" || origin.value == "*") {
        let message = "`AllowCredentials` works only for an `AllowOrigin` that is not `'*'`";
        expansion.refuse(&cors.at, message);
        return;
    }
    let three = document.get("openapi").is_some();
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (_, item) in paths.into_iter().flatten() {
        let Some(item) = unconditional(item).as_object_mut() else { continue };
        if item.contains_key("options") {
            continue;
        }
        let methods = match if text { None } else { cors.get("AllowMethods") } {
            Some(given) => given.value.clone(),
            None => allowed(item).into(),
        };
        let mut told: Vec<(&str, Value)> = Vec::new();
        let given = |key| if text { None } else { cors.get(key) };
        if let Some(headers) = given("AllowHeaders") {
            told.push(("Access-Control-Allow-Headers", headers.value.clone()));
        }
        told.push(("Access-Control-Allow-Methods", methods));
        told.push((
            "Access-Control-Allow-Origin",
            origin.as_ref().map_or("'*'".into(), |origin| origin.value.clone()),
        ));
        if let Some(age) = given("MaxAge") {
            told.push(("Access-Control-Max-Age", age.value.clone()));
        }
        if credentials {
            told.push(("Access-Control-Allow-Credentials", "'true'".into()));
        }
        item.insert("options".to_owned(), preflight(&told, three));
    }
}

/// Returns the methods of a path, in quotes as a mapping of headers wants it.
fn allowed(item: &Map<String, Value>) -> String {
    let mut methods: Vec<String> = if item.contains_key("x-amazon-apigateway-any-method") {
        ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"].map(str::to_owned).to_vec()
    } else {
        item.keys().map(|method| method.to_uppercase()).collect()
    };
    methods.push("OPTIONS".to_owned());
    methods.sort_unstable();
    format!("'{}'", methods.join(","))
}

fn preflight(headers: &[(&str, Value)], three: bool) -> Value {
    let kind = |name: &str| {
        let kind = if name == "Access-Control-Max-Age" { "integer" } else { "string" };
        if three { json!({ "schema": { "type": kind } }) } else { json!({ "type": kind }) }
    };
    let shapes: Map<String, Value> =
        headers.iter().map(|(name, _)| ((*name).to_owned(), kind(name))).collect();
    let values: Map<String, Value> = headers
        .iter()
        .map(|(name, value)| (format!("method.response.header.{name}"), value.clone()))
        .collect();
    let mut operation = json!({
        "summary": "CORS support",
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "requestTemplates": { "application/json": "{\n  \"statusCode\" : 200\n}\n" },
            "responses": {
                "default": {
                    "statusCode": "200",
                    "responseParameters": values,
                    "responseTemplates": { "application/json": "{}\n" },
                },
            },
        },
        "responses": { "200": { "description": "Default response for CORS method", "headers": shapes } },
    });
    if three && let Some(members) = operation.as_object_mut() {
        members.shift_remove("consumes");
        members.shift_remove("produces");
    }
    operation
}
