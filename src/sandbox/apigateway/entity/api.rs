use serde::{Deserialize, Serialize};

use super::{
    Authorizer, Deployment, DocumentationPart, DocumentationVersion, GatewayResponse, Map, Method, Model,
    RequestValidator, Resource, RestApi, Stage,
};

/// Everything that a deployment freezes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::sandbox::apigateway) struct Definition {
    pub rest_api: RestApi,
    /// By id; the root comes first.
    pub resources: Map<Resource>,
    /// By name.
    pub models: Map<Model>,
    /// By id.
    pub validators: Map<RequestValidator>,
    /// By id.
    pub authorizers: Map<Authorizer>,
    /// By response type; only those that were set.
    pub gateway_responses: Map<GatewayResponse>,
}

impl Definition {
    /// Returns every method with its resource.
    pub(crate) fn methods(&self) -> impl Iterator<Item = (&Resource, &Method)> {
        self.resources
            .values()
            .flat_map(|resource| resource.resource_methods.values().map(move |method| (resource, method)))
    }
}

/// An API as it is being worked on, with what was deployed of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::sandbox::apigateway) struct Api {
    pub definition: Definition,
    pub deployments: Map<Deployment>,
    pub stages: Map<Stage>,
    pub documentation_parts: Map<DocumentationPart>,
    pub documentation_versions: Map<DocumentationVersion>,
}
