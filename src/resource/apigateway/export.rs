use serde_json::{Map, Value, json};

const INTEGRATION: &str = "x-amazon-apigateway-integration";
const ANY: &str = "x-amazon-apigateway-any-method";
const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", ANY];

/// Reads the routes of a deployment out of its OpenAPI 3 export with integrations
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-export-api.html>): a list of
/// `{method, path, integration: {type, uri, httpMethod, ...}, function, authorization, apiKeyRequired}`.
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
            let (authorization, key) = security(export, operation);
            routes.push(json!({
                "method": if verb == ANY { "ANY".to_owned() } else { verb.to_uppercase() },
                "path": path,
                "integration": operation.get(INTEGRATION).map(integration),
                "function": null,
                "authorization": authorization,
                "apiKeyRequired": key,
            }));
        }
    }
    routes
}

/// Writes the type as the API has it: exports say `aws_proxy` and `mock`.
fn integration(extension: &Value) -> Value {
    let mut integration = extension.clone();
    if let Some(kind) = integration.get("type").and_then(Value::as_str).map(str::to_uppercase) {
        integration["type"] = kind.into();
    }
    integration
}

/// Returns the authorisation of an operation, and whether it needs an API key.
fn security(export: &Value, operation: &Value) -> (&'static str, bool) {
    let mut authorization = "NONE";
    let mut key = false;
    let requirements = operation.get("security").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let names = requirements.iter().filter_map(Value::as_object).flat_map(Map::keys);
    for name in names {
        let scheme = &export["components"]["securitySchemes"][name];
        let kind = scheme["x-amazon-apigateway-authtype"].as_str().unwrap_or_default();
        match kind {
            "awsSigv4" => authorization = "AWS_IAM",
            "cognito_user_pools" => authorization = "COGNITO_USER_POOLS",
            "" if scheme["in"] == "header" && scheme["name"] == "x-api-key" => key = true,
            _ => authorization = "CUSTOM",
        }
    }
    // An export names the method's own setting too where it is IAM.
    if operation["x-amazon-apigateway-auth"]["type"] == "AWS_IAM" {
        authorization = "AWS_IAM";
    }
    (authorization, key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_read_with_integration_and_security() {
        let export = json!({
            "paths": {
                "/orders/{id}": {
                    "parameters": [],
                    "get": {
                        "security": [{"api_key": []}],
                        INTEGRATION: {"type": "aws_proxy", "httpMethod": "POST", "uri": "arn:x"}
                    },
                    "x-amazon-apigateway-any-method": {"security": [{"sigv4": []}]}
                }
            },
            "components": {"securitySchemes": {
                "api_key": {"type": "apiKey", "name": "x-api-key", "in": "header"},
                "sigv4": {"type": "apiKey", "name": "Authorization", "in": "header",
                          "x-amazon-apigateway-authtype": "awsSigv4"}
            }}
        });
        assert_eq!(
            routes(&export),
            [
                json!({"method": "GET", "path": "/orders/{id}", "function": null, "authorization": "NONE",
                       "apiKeyRequired": true,
                       "integration": {"type": "AWS_PROXY", "httpMethod": "POST", "uri": "arn:x"}}),
                json!({"method": "ANY", "path": "/orders/{id}", "function": null, "authorization": "AWS_IAM",
                       "apiKeyRequired": false, "integration": null}),
            ]
        );
    }
}
