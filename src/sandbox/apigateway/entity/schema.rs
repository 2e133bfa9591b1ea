use serde::{Deserialize, Serialize};

/// A JSON schema (draft 4) with a name.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::sandbox::apigateway) struct Model {
    pub id: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    pub content_type: String,
}

impl Model {
    /// The two models that every new API has.
    pub(crate) fn defaults(identifiers: [String; 2]) -> [Self; 2] {
        let [empty, error] = identifiers;
        let json = || "application/json".to_owned();
        [
            Self {
                id: empty,
                name: "Empty".to_owned(),
                description: Some("This is a default empty schema model".to_owned()),
                schema: Some(
                    "{\n  \"$schema\": \"http://json-schema.org/draft-04/schema#\",\n  \"title\" : \"Empty Schema\",\n  \"type\" : \"object\"\n}"
                        .to_owned(),
                ),
                content_type: json(),
            },
            Self {
                id: error,
                name: "Error".to_owned(),
                description: Some("This is a default error schema model".to_owned()),
                schema: Some(
                    "{\n  \"$schema\" : \"http://json-schema.org/draft-04/schema#\",\n  \"title\" : \"Error Schema\",\n  \"type\" : \"object\",\n  \"properties\" : {\n    \"message\" : { \"type\" : \"string\" }\n  }\n}"
                        .to_owned(),
                ),
                content_type: json(),
            },
        ]
    }
}

/// Which parts of a request are checked before the integration sees it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::sandbox::apigateway) struct RequestValidator {
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default)]
    pub validate_request_body: bool,
    #[serde(default)]
    pub validate_request_parameters: bool,
}
