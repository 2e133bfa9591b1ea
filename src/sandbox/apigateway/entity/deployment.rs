use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Definition, epoch};
use crate::sandbox::apigateway::gateway::Routes;

/// An API as it was when it was deployed. What happens to the API afterwards does not reach it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::sandbox::apigateway) struct Deployment {
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(with = "epoch")]
    pub created_date: Timestamp,
    /// Not part of the wire shape; the control plane leaves it out.
    pub frozen: Frozen,
}

/// A definition that nothing can change any more, with its routing table.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "Definition", into = "Definition")]
pub(in crate::sandbox::apigateway) struct Frozen(Arc<(Definition, Routes)>);

impl Frozen {
    pub(crate) fn definition(&self) -> &Definition {
        &self.0.0
    }

    pub(crate) fn routes(&self) -> &Routes {
        &self.0.1
    }
}

impl From<Definition> for Frozen {
    fn from(definition: Definition) -> Self {
        let routes = Routes::of(&definition);
        Self(Arc::new((definition, routes)))
    }
}

impl From<Frozen> for Definition {
    fn from(frozen: Frozen) -> Self {
        frozen.definition().clone()
    }
}
