use std::collections::HashMap;

use aws_sdk_apigateway::types::{Integration, Method};
use serde_json::{Map, Value, json};

use crate::resource::properties::{Shaped, sorted};

/// Returns a method in CloudFormation's property shape.
pub(super) fn properties(api: &str, resource: &str, http_method: &str, method: &Method) -> Value {
    let responses: Vec<Value> = in_order(method.method_responses())
        .into_iter()
        .map(|(status, response)| {
            Shaped::new()
                .with("StatusCode", status.as_str())
                .filled("ResponseParameters", sorted(response.response_parameters()))
                .filled("ResponseModels", sorted(response.response_models()))
                .done()
        })
        .collect();
    Shaped::new()
        .with("RestApiId", api)
        .with("ResourceId", resource)
        .with("HttpMethod", http_method)
        .with("AuthorizationType", method.authorization_type().unwrap_or("NONE"))
        .maybe("AuthorizerId", method.authorizer_id())
        .filled("AuthorizationScopes", method.authorization_scopes().into())
        .with("ApiKeyRequired", method.api_key_required().unwrap_or(false))
        .maybe("OperationName", method.operation_name())
        .filled("RequestModels", sorted(method.request_models()))
        .filled("RequestParameters", sorted(method.request_parameters()))
        .maybe("RequestValidatorId", method.request_validator_id())
        .maybe("Integration", method.method_integration().map(integration))
        .filled("MethodResponses", responses.into())
        .done()
}

fn integration(integration: &Integration) -> Value {
    let responses: Vec<Value> = in_order(integration.integration_responses())
        .into_iter()
        .map(|(status, response)| {
            Shaped::new()
                .with("StatusCode", status.as_str())
                .maybe("SelectionPattern", response.selection_pattern())
                .filled("ResponseParameters", sorted(response.response_parameters()))
                .filled("ResponseTemplates", sorted(response.response_templates()))
                .maybe(
                    "ContentHandling",
                    response
                        .content_handling()
                        .map(aws_sdk_apigateway::types::ContentHandlingStrategy::as_str),
                )
                .done()
        })
        .collect();
    Shaped::new()
        .maybe("Type", integration.r#type().map(aws_sdk_apigateway::types::IntegrationType::as_str))
        .maybe("IntegrationHttpMethod", integration.http_method())
        .maybe("Uri", integration.uri())
        .maybe("Credentials", integration.credentials())
        .maybe(
            "ConnectionType",
            integration.connection_type().map(aws_sdk_apigateway::types::ConnectionType::as_str),
        )
        .maybe("ConnectionId", integration.connection_id())
        .filled("RequestParameters", sorted(integration.request_parameters()))
        .filled("RequestTemplates", sorted(integration.request_templates()))
        .maybe("PassthroughBehavior", integration.passthrough_behavior())
        .maybe(
            "ContentHandling",
            integration.content_handling().map(aws_sdk_apigateway::types::ContentHandlingStrategy::as_str),
        )
        .maybe(
            "TimeoutInMillis",
            (integration.timeout_in_millis() > 0).then(|| integration.timeout_in_millis()),
        )
        .maybe("CacheNamespace", integration.cache_namespace())
        .filled("CacheKeyParameters", integration.cache_key_parameters().into())
        .filled("IntegrationResponses", responses.into())
        .done()
}

/// Returns a method of the draft as [`export::routes`](super::export::routes) returns one of a deployment.
pub(super) fn route(path: &str, http_method: &str, method: &Method) -> Value {
    json!({
        "method": http_method,
        "path": path,
        "integration": method.method_integration().map(draft_integration),
        "function": null,
        "authorization": method.authorization_type().unwrap_or("NONE"),
        "apiKeyRequired": method.api_key_required().unwrap_or(false),
    })
}

fn draft_integration(integration: &Integration) -> Value {
    let mut responses = Map::new();
    for (status, response) in in_order(integration.integration_responses()) {
        let pattern = response.selection_pattern().filter(|pattern| !pattern.is_empty()).unwrap_or("default");
        let told = Shaped::new()
            .with("statusCode", status.as_str())
            .filled("responseParameters", sorted(response.response_parameters()))
            .filled("responseTemplates", sorted(response.response_templates()))
            .done();
        responses.insert(pattern.to_owned(), told);
    }
    Shaped::new()
        .maybe("type", integration.r#type().map(aws_sdk_apigateway::types::IntegrationType::as_str))
        .maybe("httpMethod", integration.http_method())
        .maybe("uri", integration.uri())
        .maybe("credentials", integration.credentials())
        .filled("requestParameters", sorted(integration.request_parameters()))
        .filled("requestTemplates", sorted(integration.request_templates()))
        .maybe("passthroughBehavior", integration.passthrough_behavior())
        .maybe(
            "timeoutInMillis",
            (integration.timeout_in_millis() > 0).then(|| integration.timeout_in_millis()),
        )
        .filled("responses", responses.into())
        .done()
}

fn in_order<V>(map: Option<&HashMap<String, V>>) -> Vec<(&String, &V)> {
    let mut entries: Vec<_> = map.into_iter().flatten().collect();
    entries.sort_by_key(|(key, _)| *key);
    entries
}
