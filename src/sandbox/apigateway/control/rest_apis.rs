use serde::Deserialize;
use serde_json::Value;

use super::Ask;
use super::ask::{wire, wire_with_tags};
use super::page::page;
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::entity::{
    Api, Definition, EndpointConfiguration, Map, Model, Resource, RestApi,
};
use crate::sandbox::apigateway::fault::{bad_request, not_in_enumeration, validation};
use crate::sandbox::apigateway::identifier;
use crate::sandbox::apigateway::patch;
use crate::sandbox::apigateway::state::Region;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    pub name: Option<String>,
    pub description: Option<String>,
    pub version: Option<String>,
    pub clone_from: Option<String>,
    pub binary_media_types: Option<Vec<String>>,
    pub minimum_compression_size: Option<i64>,
    pub api_key_source: Option<String>,
    pub endpoint_configuration: Option<EndpointConfiguration>,
    pub policy: Option<String>,
    pub tags: Option<Map<String>>,
    pub disable_execute_api_endpoint: Option<bool>,
}

pub(super) fn create(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let input: Input = ask.input()?;
    let clone_from = input.clone_from.clone();
    let mut api = new(ask, input)?;
    if let Some(source) = clone_from {
        let source = region.api(&ask.scope.account, &source)?.definition.clone();
        let settings = api.definition.rest_api;
        let root = source.rest_api.root_resource_id.clone();
        api.definition = Definition {
            rest_api: RestApi {
                root_resource_id: root,
                policy: settings.policy.clone().or_else(|| source.rest_api.policy.clone()),
                ..settings
            },
            ..source
        };
    }
    let body = wire(&api.definition.rest_api)?;
    region.apis.insert(api.definition.rest_api.id.clone(), api);
    Ok(body)
}

/// Makes an API with AWS's defaults: an edge endpoint, a root resource and two models.
pub(super) fn new(ask: &Ask<'_>, input: Input) -> Result<Api, ServiceError> {
    let endpoint_configuration = endpoint(input.endpoint_configuration)?;
    let name = input.name.filter(|name| !name.trim().is_empty());
    let Some(name) = name else {
        return Err(bad_request("API name cannot be blank"));
    };
    if input.description.as_deref() == Some("") {
        return Err(bad_request("Description cannot be an empty string"));
    }
    let private = endpoint_configuration.types.iter().any(|kind| kind == "PRIVATE");
    if private && endpoint_configuration.ip_address_type.as_deref() == Some("ipv4") {
        return Err(bad_request("Only dualstack ipAddressType is supported for Private APIs."));
    }
    let root_resource_id = identifier::long(ask.random);
    let root = Resource::root(root_resource_id.clone());
    let rest_api = RestApi {
        id: identifier::long(ask.random),
        name,
        description: input.description,
        created_date: ask.now,
        version: input.version,
        warnings: vec![],
        binary_media_types: input.binary_media_types.unwrap_or_default(),
        minimum_compression_size: input.minimum_compression_size,
        api_key_source: input.api_key_source.unwrap_or_else(|| "HEADER".to_owned()),
        endpoint_configuration,
        policy: input.policy,
        tags: input.tags.unwrap_or_default(),
        disable_execute_api_endpoint: input.disable_execute_api_endpoint.unwrap_or(false),
        root_resource_id,
    };
    check(&rest_api)?;
    let models = Model::defaults([identifier::short(ask.random), identifier::short(ask.random)]);
    Ok(Api {
        definition: Definition {
            rest_api,
            resources: Map::from([(root.id.clone(), root)]),
            models: models.map(|model| (model.name.clone(), model)).into(),
            validators: Map::new(),
            authorizers: Map::new(),
            gateway_responses: Map::new(),
        },
        deployments: Map::new(),
        stages: Map::new(),
        documentation_parts: Map::new(),
        documentation_versions: Map::new(),
    })
}

fn endpoint(given: Option<EndpointConfiguration>) -> Result<EndpointConfiguration, ServiceError> {
    let Some(mut endpoint) = given else {
        return Ok(EndpointConfiguration {
            types: vec!["EDGE".to_owned()],
            ip_address_type: Some("ipv4".to_owned()),
            vpc_endpoint_ids: vec![],
        });
    };
    let mut wrong = vec![];
    if endpoint.types.iter().any(|kind| !matches!(kind.as_str(), "PRIVATE" | "EDGE" | "REGIONAL")) {
        wrong.push(format!(
            "Value '[{}]' at 'createRestApiInput.endpointConfiguration.types' failed to satisfy constraint: Member \
             must satisfy constraint: [Member must satisfy enum value set: [PRIVATE, EDGE, REGIONAL]]",
            endpoint.types.join(", ")
        ));
    }
    let address = endpoint.ip_address_type.take().filter(|address| !address.is_empty());
    if let Some(address) = address.as_deref().filter(|address| !matches!(*address, "ipv4" | "dualstack")) {
        wrong.push(format!(
            "Value '{address}' at 'createRestApiInput.endpointConfiguration.ipAddressType' failed to satisfy \
             constraint: Member must satisfy enum value set: [ipv4, dualstack]"
        ));
    }
    if !wrong.is_empty() {
        let noun = if wrong.len() == 1 { "validation error" } else { "validation errors" };
        return Err(validation(format!("{} {noun} detected: {}", wrong.len(), wrong.join("; "))));
    }
    if endpoint.types.is_empty() {
        return Err(bad_request("REGIONAL Configuration and EDGE Configuration cannot be both DISABLED."));
    }
    if endpoint.types.len() > 1 {
        return Err(bad_request("Cannot create an api with multiple Endpoint Types."));
    }
    let private = endpoint.types[0] == "PRIVATE";
    endpoint.ip_address_type =
        Some(address.unwrap_or_else(|| if private { "dualstack" } else { "ipv4" }.to_owned()));
    Ok(endpoint)
}

fn check(rest_api: &RestApi) -> Result<(), ServiceError> {
    if rest_api.minimum_compression_size.is_some_and(|size| !(0..=10_485_760).contains(&size)) {
        return Err(bad_request("Invalid minimum compression size, must be between 0 and 10485760"));
    }
    if !matches!(rest_api.api_key_source.as_str(), "HEADER" | "AUTHORIZER") {
        let source = &rest_api.api_key_source;
        return Err(not_in_enumeration(source, "createRestApiInput.apiKeySource", "AUTHORIZER, HEADER"));
    }
    if let Some(policy) = &rest_api.policy {
        let parsed = crate::policy::Policy::parse(policy, crate::policy::PolicyKind::Resource);
        parsed.map_err(|_| {
            bad_request("Invalid policy document. Please check the policy syntax and ensure that Principals are valid.")
        })?;
    }
    Ok(())
}

pub(super) fn get(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = region.api(&ask.scope.account, ask.path("restapi_id"))?;
    wire_with_tags(&api.definition.rest_api)
}

pub(super) fn list(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let entries = region
        .apis
        .iter()
        .map(|(id, api)| Ok((id.clone(), wire(&api.definition.rest_api)?)))
        .collect::<Result<_, ServiceError>>()?;
    page(ask, entries)
}

pub(super) fn update(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let operations = ask.patches()?;
    let api = region.api_mut(&ask.scope.account, ask.path("restapi_id"))?;
    let mut changed = patch::apply(&api.definition.rest_api, &operations, &patch::REST_API)?;
    let endpoint = &mut changed.endpoint_configuration;
    if endpoint.types.iter().any(|kind| !matches!(kind.as_str(), "PRIVATE" | "EDGE" | "REGIONAL")) {
        return Err(bad_request("Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE"));
    }
    if !matches!(endpoint.ip_address_type.as_deref(), None | Some("ipv4" | "dualstack")) {
        return Err(bad_request("ipAddressType must be either ipv4 or dualstack."));
    }
    let touches = |path: &str| operations.iter().any(|operation| operation.path == path);
    if endpoint.types.iter().any(|kind| kind == "PRIVATE")
        && endpoint.ip_address_type.as_deref() == Some("ipv4")
    {
        if touches("/endpointConfiguration/ipAddressType") {
            return Err(bad_request("Only dualstack ipAddressType is supported for Private APIs."));
        }
        endpoint.ip_address_type = Some("dualstack".to_owned());
    }
    check(&changed)?;
    let body = wire_with_tags(&changed)?;
    api.definition.rest_api = changed;
    Ok(body)
}

pub(super) fn delete(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let id = ask.path("restapi_id");
    region.api(&ask.scope.account, id)?;
    let mapped = region.domain_names.values().flat_map(|domain| domain.mappings.values());
    if mapped.into_iter().any(|mapping| mapping.rest_api_id == id) {
        return Err(bad_request(
            "Please remove all base path mappings related to the API in your account before deleting the API.",
        ));
    }
    region.apis.shift_remove(id);
    for plan in region.usage_plans.values_mut() {
        plan.api_stages.retain(|stage| stage.api_id != id);
    }
    Ok(Value::Null)
}
