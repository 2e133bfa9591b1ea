use serde_json::{Value, json};

use super::writer::{Object, Writer};

impl Writer<'_> {
    pub(super) fn settings(&self, document: &mut Object) {
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
}
