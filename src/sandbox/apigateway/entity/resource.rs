use serde::{Deserialize, Serialize};

use super::{Map, Method};

/// A node of an API's path tree; the root has neither parent nor path part.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::sandbox::apigateway) struct Resource {
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_part: Option<String>,
    pub path: String,
    /// By HTTP method, or `ANY`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub resource_methods: Map<Method>,
}

impl Resource {
    /// What everything else lies below.
    pub(crate) fn root(id: String) -> Self {
        Self { id, parent_id: None, path_part: None, path: "/".to_owned(), resource_methods: Map::new() }
    }

    /// Whether the path part is a variable, `{id}` or `{proxy+}`.
    pub(crate) fn is_variable(&self) -> bool {
        self.path_part.as_deref().is_some_and(|part| part.starts_with('{'))
    }

    /// Whether the path part takes the rest of the path, `{proxy+}`.
    pub(crate) fn is_greedy(&self) -> bool {
        self.path_part.as_deref().is_some_and(|part| part.ends_with("+}"))
    }
}
