//! Documentation parts out of an OpenAPI document.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-documenting-api-quick-start-import-export.html>

use serde_json::{Value, json};

use super::Ask;
use super::documentation;
use super::import::Document;
use super::reference;
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::entity::DocumentationPart;
use crate::sandbox::apigateway::fault::bad_request;
use crate::sandbox::apigateway::identifier;
use crate::sandbox::apigateway::state::Region;

/// Lays the parts of a document over those that are there (`merge`), or puts them in their place (`overwrite`).
pub(super) fn import(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = reference::api_mut(region, ask)?;
    let overwrite = match ask.query("mode").as_deref() {
        None | Some("" | "merge") => false,
        Some("overwrite") => true,
        Some(_) => {
            return Err(bad_request("Enumeration value of PutMode must be \"overwrite\" or \"merge\""));
        }
    };
    let document = Document::parse(&ask.request.body)?;
    let listed = &document.root["x-amazon-apigateway-documentation"]["documentationParts"];
    let Some(listed) = listed.as_array() else {
        return Err(bad_request("The document has no x-amazon-apigateway-documentation"));
    };
    let mut parts = api.documentation_parts.clone();
    if overwrite {
        parts.clear();
    }
    let (mut ids, mut warnings) = (vec![], vec![]);
    for (at, given) in listed.iter().enumerate() {
        let (location, properties) = (given["location"].clone(), &given["properties"]);
        if let Err(error) = documentation::check_location(&location, "putDocumentationPartInput") {
            warnings.push(format!("Documentation part {at}: {}", error.message));
            continue;
        }
        let properties = match properties {
            Value::Null => continue,
            Value::String(text) => text.clone(),
            object => object.to_string(),
        };
        let there = parts.values().find(|part| part.location == location).map(|part| part.id.clone());
        let id = there.unwrap_or_else(|| identifier::short(ask.random));
        parts.insert(id.clone(), DocumentationPart { id: id.clone(), location, properties });
        ids.push(id);
    }
    let strict = ask.query("failonwarnings").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    if strict && !warnings.is_empty() {
        return Err(bad_request(format!("Warnings found during import:\n\t{}", warnings.join("\n\t"))));
    }
    api.documentation_parts = parts;
    Ok(json!({ "ids": ids, "warnings": warnings }))
}
