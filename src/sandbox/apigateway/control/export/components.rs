use serde_json::{Value, json};

use super::writer::{Form, Object, Writer};

impl Writer<'_> {
    pub(super) fn components(&self, document: &mut Object) {
        let schemas: Object = self
            .definition
            .models
            .values()
            .filter(|model| self.is_used(&model.name) || !matches!(model.name.as_str(), "Empty" | "Error"))
            .filter_map(|model| {
                let schema = serde_json::from_str::<Value>(model.schema.as_deref()?).ok()?;
                Some((model.name.clone(), self.relocate(schema)))
            })
            .collect();
        let schemes = self.security_schemes();
        match self.form {
            Form::OpenApi => {
                let mut components = Object::new();
                if !schemas.is_empty() {
                    components.insert("schemas".to_owned(), Value::Object(schemas));
                }
                if !schemes.is_empty() {
                    components.insert("securitySchemes".to_owned(), Value::Object(schemes));
                }
                document.insert("components".to_owned(), Value::Object(components));
            }
            Form::Swagger => {
                if !schemes.is_empty() {
                    document.insert("securityDefinitions".to_owned(), Value::Object(schemes));
                }
                if !schemas.is_empty() {
                    document.insert("definitions".to_owned(), Value::Object(schemas));
                }
            }
        }
    }

    fn is_used(&self, model: &str) -> bool {
        self.definition.methods().any(|(_, method)| {
            let responses =
                method.method_responses.values().filter_map(|found| found.response_models.as_ref());
            method.request_models.iter().chain(responses).flatten().any(|(_, name)| name == model)
        })
    }

    /// Models refer to each other by URL; a document refers within itself.
    fn relocate(&self, mut schema: Value) -> Value {
        match &mut schema {
            Value::Object(members) => {
                members.shift_remove("$schema");
                for (name, value) in members.iter_mut() {
                    if name == "$ref" {
                        if let Some((_, model)) = value.as_str().and_then(|text| text.rsplit_once('/')) {
                            *value = self.reference(model)["$ref"].clone();
                        }
                    } else {
                        *value = self.relocate(value.take());
                    }
                }
            }
            Value::Array(values) => {
                for value in values {
                    *value = self.relocate(value.take());
                }
            }
            _ => {}
        }
        schema
    }

    fn security_schemes(&self) -> Object {
        let mut schemes = Object::new();
        if self.definition.methods().any(|(_, method)| method.api_key_required) {
            schemes.insert(
                "api_key".to_owned(),
                json!({ "type": "apiKey", "name": "x-api-key", "in": "header" }),
            );
        }
        if self.everything
            && self.definition.methods().any(|(_, method)| method.authorization_type == "AWS_IAM")
        {
            let scheme = json!({
                "type": "apiKey", "name": "Authorization", "in": "header",
                "x-amazon-apigateway-authtype": "awsSigv4",
            });
            schemes.insert("sigv4".to_owned(), scheme);
        }
        for authorizer in self.definition.authorizers.values().filter(|_| self.authorizers) {
            let source = authorizer.identity_source.as_deref().unwrap_or_default();
            let header = source.strip_prefix("method.request.header.").unwrap_or("Unused");
            let mut detail = Object::new();
            let kind = match authorizer.kind.as_str() {
                "TOKEN" => "token",
                "REQUEST" => "request",
                _ => "cognito_user_pools",
            };
            detail.insert("type".to_owned(), json!(kind));
            let members = [
                ("authorizerUri", authorizer.authorizer_uri.as_ref()),
                ("authorizerCredentials", authorizer.authorizer_credentials.as_ref()),
                ("identityValidationExpression", authorizer.identity_validation_expression.as_ref()),
                ("identitySource", authorizer.identity_source.as_ref().filter(|_| kind == "request")),
            ];
            for (name, value) in members {
                if let Some(value) = value {
                    detail.insert(name.to_owned(), json!(value));
                }
            }
            if let Some(arns) = &authorizer.provider_arns {
                detail.insert("providerARNs".to_owned(), json!(arns));
            }
            if let Some(ttl) =
                authorizer.authorizer_result_ttl_in_seconds.filter(|_| kind != "cognito_user_pools")
            {
                detail.insert("authorizerResultTtlInSeconds".to_owned(), json!(ttl));
            }
            let scheme = json!({
                "type": "apiKey", "name": header, "in": "header",
                "x-amazon-apigateway-authtype": authorizer.auth_type,
                "x-amazon-apigateway-authorizer": detail,
            });
            schemes.insert(authorizer.name.clone(), scheme);
        }
        schemes
    }
}
