use serde_json::{Value, json};

use crate::sandbox::apigateway::entity::{Definition, Resource, Stage};

pub(super) type Object = serde_json::Map<String, Value>;

/// Which document: OpenAPI 3 or 2.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Form {
    OpenApi,
    Swagger,
}

/// Writes a definition as an OpenAPI document.
pub(super) struct Writer<'a> {
    pub definition: &'a Definition,
    pub form: Form,
    pub integrations: bool,
    pub authorizers: bool,
    pub everything: bool,
}

impl Writer<'_> {
    pub(super) fn document(&self, stage: &Stage, region: &str) -> Value {
        let rest_api = &self.definition.rest_api;
        let host = format!("{}.execute-api.{region}.amazonaws.com", rest_api.id);
        let mut info = Object::new();
        info.insert("title".to_owned(), json!(rest_api.name));
        if let Some(text) = &rest_api.description {
            info.insert("description".to_owned(), json!(text));
        }
        let version = rest_api.version.clone();
        let version =
            version.unwrap_or_else(|| rest_api.created_date.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
        info.insert("version".to_owned(), json!(version));
        let mut document = Object::new();
        if self.form == Form::OpenApi {
            document.insert("openapi".to_owned(), json!("3.0.1"));
            document.insert("info".to_owned(), Value::Object(info));
            document.insert(
                "servers".to_owned(),
                json!([{
                    "url": format!("https://{host}/{{basePath}}"),
                    "variables": { "basePath": { "default": stage.stage_name } },
                }]),
            );
        } else {
            document.insert("swagger".to_owned(), json!("2.0"));
            document.insert("info".to_owned(), Value::Object(info));
            document.insert("host".to_owned(), json!(host));
            document.insert("basePath".to_owned(), json!(format!("/{}", stage.stage_name)));
            document.insert("schemes".to_owned(), json!(["https"]));
        }
        document.insert("paths".to_owned(), self.paths());
        self.components(&mut document);
        if self.everything {
            self.settings(&mut document);
        }
        Value::Object(document)
    }

    fn paths(&self) -> Value {
        let mut resources: Vec<&Resource> = self
            .definition
            .resources
            .values()
            .filter(|resource| !resource.resource_methods.is_empty())
            .collect();
        resources.sort_by(|a, b| a.path.cmp(&b.path));
        let mut paths = Object::new();
        for resource in resources {
            let mut methods = Object::new();
            for (verb, method) in &resource.resource_methods {
                let name = if verb == "ANY" {
                    "x-amazon-apigateway-any-method".to_owned()
                } else {
                    verb.to_lowercase()
                };
                methods.insert(name, self.method(resource, method));
            }
            paths.insert(resource.path.clone(), Value::Object(methods));
        }
        Value::Object(paths)
    }

    pub(super) fn reference(&self, model: &str) -> Value {
        match self.form {
            Form::OpenApi => json!({ "$ref": format!("#/components/schemas/{model}") }),
            Form::Swagger => json!({ "$ref": format!("#/definitions/{model}") }),
        }
    }

    pub(super) fn typed(&self, kind: &str) -> Value {
        match self.form {
            Form::OpenApi => json!({ "schema": { "type": kind } }),
            Form::Swagger => json!({ "type": kind }),
        }
    }
}
