use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Api, Authorizer, Cors, Integration, Map, Route};

/// What a deployment freezes of an API.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(in crate::sandbox::apigatewayv2) struct Definition {
    pub cors: Option<Cors>,
    pub routes: Map<Route>,
    pub integrations: Map<Integration>,
    pub authorizers: Map<Authorizer>,
}

impl Definition {
    pub(in crate::sandbox::apigatewayv2) fn of(api: &Api) -> Self {
        Self {
            cors: api.cors_configuration.clone(),
            routes: api.routes.clone(),
            integrations: api.integrations.clone(),
            authorizers: api.authorizers.clone(),
        }
    }
}

/// An API as it was when it was deployed. What happens to the API afterwards does not reach it.
/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-deployments-deploymentid.html>
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(in crate::sandbox::apigatewayv2) struct Deployment {
    pub auto_deployed: bool,
    pub created_date: String,
    pub deployment_id: String,
    pub deployment_status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Not part of the wire shape; the control plane leaves it out.
    #[serde(with = "shared")]
    pub definition: Arc<Definition>,
}

mod shared {
    use std::sync::Arc;

    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    use super::Definition;

    pub(super) fn serialize<S: Serializer>(value: &Arc<Definition>, to: S) -> Result<S::Ok, S::Error> {
        value.as_ref().serialize(to)
    }

    pub(super) fn deserialize<'a, D: Deserializer<'a>>(from: D) -> Result<Arc<Definition>, D::Error> {
        Definition::deserialize(from).map(Arc::new)
    }
}
