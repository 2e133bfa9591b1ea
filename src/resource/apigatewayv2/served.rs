use serde_json::{Map, Value, json};

const INTEGRATION: &str = "x-amazon-apigateway-integration";
const AUTHORIZER: &str = "x-amazon-apigateway-authorizer";
const ANY: &str = "x-amazon-apigateway-any-method";
const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", ANY];

/// Reads the routes of a deployed HTTP API out of its OpenAPI 3 export
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-export.html>), in the form that REST APIs have:
/// `{method, path, integration: {type, uri, httpMethod, ...}, function, authorization, apiKeyRequired}`. The route that takes what no
/// other does has the path `$default`.
///
/// `function` is null here: which resource an integration means is found where all resources are known.
pub(super) fn routes(export: &Value) -> Vec<Value> {
    let nothing = Map::new();
    let paths = export.get("paths").and_then(Value::as_object).unwrap_or(&nothing);
    let mut routes = Vec::new();
    for (path, item) in paths {
        for (verb, operation) in item.as_object().unwrap_or(&nothing) {
            if !METHODS.contains(&verb.as_str()) {
                continue;
            }
            let default = operation["isDefaultRoute"] == true || path == "/$default";
            routes.push(route(
                if verb == ANY { "ANY" } else { verb },
                if default { "$default" } else { path },
                operation.get(INTEGRATION),
                authorization(export, operation),
            ));
        }
    }
    routes
}

/// Makes a route of its parts. Exports write an integration's type in small letters.
pub(super) fn route(method: &str, path: &str, integration: Option<&Value>, authorization: &str) -> Value {
    let mut integration = integration.cloned();
    if let Some(integration) = &mut integration
        && let Some(kind) = integration.get("type").and_then(Value::as_str).map(str::to_uppercase)
    {
        integration["type"] = kind.into();
    }
    json!({
        "method": method.to_uppercase(),
        "path": path,
        "integration": integration,
        "function": null,
        "authorization": authorization,
        "apiKeyRequired": false,
    })
}

fn authorization(export: &Value, operation: &Value) -> &'static str {
    if operation["x-amazon-apigateway-auth"]["type"] == "AWS_IAM" {
        return "AWS_IAM";
    }
    let requirements = operation.get("security").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut names = requirements.iter().filter_map(Value::as_object).flat_map(Map::keys);
    let Some(name) = names.next() else { return "NONE" };
    let scheme = &export["components"]["securitySchemes"][name];
    if scheme["x-amazon-apigateway-authtype"] == "awsSigv4" {
        return "AWS_IAM";
    }
    match scheme[AUTHORIZER]["type"].as_str() {
        Some("jwt") => "JWT",
        _ => "CUSTOM",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_read_with_integration_and_authorization() {
        let integration = json!({"type": "aws_proxy", "uri": "arn:x", "payloadFormatVersion": "2.0"});
        let export = json!({
            "paths": {
                "/orders/{id}": {
                    "get": {"security": [{"Tokens": ["read"]}], INTEGRATION: integration},
                    "post": {"security": [{"Gate": []}]},
                    "delete": {"x-amazon-apigateway-auth": {"type": "AWS_IAM"}},
                    "parameters": [],
                },
                "/$default": {ANY: {"isDefaultRoute": true}},
            },
            "components": {"securitySchemes": {
                "Tokens": {"type": "oauth2", AUTHORIZER: {"type": "jwt"}},
                "Gate": {"type": "apiKey", AUTHORIZER: {"type": "request"}},
            }},
        });
        let read = routes(&export);
        let told: Vec<_> = read
            .iter()
            .map(|route| format!("{} {} {}", route["method"], route["path"], route["authorization"]))
            .collect();
        assert_eq!(
            told,
            [
                r#""GET" "/orders/{id}" "JWT""#,
                r#""POST" "/orders/{id}" "CUSTOM""#,
                r#""DELETE" "/orders/{id}" "AWS_IAM""#,
                r#""ANY" "$default" "NONE""#,
            ]
        );
        assert_eq!(read[0]["integration"]["type"], "AWS_PROXY");
        assert_eq!(read[1]["integration"], Value::Null);
    }
}
