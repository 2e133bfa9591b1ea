use serde_json::Value;

use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::fault::bad_request;

/// A definition as it was sent, with what depends on its version.
#[derive(Debug)]
pub(in crate::sandbox::apigateway::control) struct Document {
    pub root: Value,
}

impl Document {
    /// Reads JSON or YAML; anything that is not OpenAPI 2 or 3 is refused.
    pub(in crate::sandbox::apigateway::control) fn parse(bytes: &[u8]) -> Result<Self, ServiceError> {
        let unreadable = || bad_request("Unable to build importer with provided input.");
        let text = std::str::from_utf8(bytes).map_err(|_| unreadable())?;
        let root: Value = match serde_json::from_str(text) {
            Ok(root) => root,
            Err(_) => serde_saphyr::from_str(text).map_err(|_| unreadable())?,
        };
        let version = root["openapi"].as_str().or_else(|| root["swagger"].as_str());
        let known = version.is_some_and(|version| version.starts_with("3.") || version == "2.0");
        if !known || !root.is_object() {
            return Err(unreadable());
        }
        Ok(Self { root })
    }

    pub(super) fn is_openapi3(&self) -> bool {
        self.root.get("openapi").is_some()
    }

    /// Returns an entry, or what it refers to within the document. References that go in circles end.
    pub(super) fn resolve<'a>(&'a self, mut entry: &'a Value) -> &'a Value {
        for _ in 0..16 {
            let Some(reference) = entry.get("$ref").and_then(Value::as_str) else { return entry };
            let Some(found) = reference.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer))
            else {
                return entry;
            };
            entry = found;
        }
        entry
    }

    /// Named schemas: `components.schemas` or `definitions`.
    pub(super) fn schemas(&self) -> &Value {
        if self.is_openapi3() { &self.root["components"]["schemas"] } else { &self.root["definitions"] }
    }

    /// Named ways to authenticate: `components.securitySchemes` or `securityDefinitions`.
    pub(super) fn security_schemes(&self) -> &Value {
        if self.is_openapi3() {
            &self.root["components"]["securitySchemes"]
        } else {
            &self.root["securityDefinitions"]
        }
    }

    /// Media types of an operation, or of the whole document (OpenAPI 2); JSON where there are none.
    pub(super) fn media_types(&self, operation: &Value, member: &str) -> Vec<String> {
        let list = operation[member].as_array().or_else(|| self.root[member].as_array());
        let list: Vec<String> =
            list.into_iter().flatten().filter_map(|kind| kind.as_str().map(str::to_owned)).collect();
        if list.is_empty() { vec!["application/json".to_owned()] } else { list }
    }
}

/// The name at the end of a reference such as `#/components/schemas/Order`.
pub(super) fn referred_name(schema: &Value) -> Option<&str> {
    let reference = schema.get("$ref")?.as_str()?;
    reference.rsplit('/').next().filter(|name| !name.is_empty())
}

/// Text of a scalar; definitions write codes and sizes as numbers as well as text.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}
