use serde_json::{Value, json};

use super::integration;
use super::writer::{Form, Object, Writer};
use crate::sandbox::apigateway::entity::{Method, Resource};

impl Writer<'_> {
    pub(super) fn method(&self, resource: &Resource, method: &Method) -> Value {
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
        if let Some(integration) = method.method_integration.as_ref().filter(|_| self.integrations) {
            entry.insert("x-amazon-apigateway-integration".to_owned(), integration::write(integration));
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
        let model = method.request_models.as_ref().and_then(|models| models.first());
        if let Some((_, model)) = model.filter(|_| self.form == Form::Swagger) {
            parameters.push(json!({
                "in": "body", "name": model, "required": true, "schema": self.reference(model),
            }));
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
