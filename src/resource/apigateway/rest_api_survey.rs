use aws_sdk_apigateway::types::{Resource as ApiResource, RestApi, Stage};
use serde_json::{Value, json};

use super::{
    authorizer, deployment, export, gateway_response, method, method_shape, model, request_validator,
    resource, rest_api, stage,
};
use crate::aws::{Clients, ErrorClass, Failure, Outcome};
use crate::resource::parallel::{READS, each};
use crate::resource::properties::{Shaped, parsed, sorted};
use crate::resource::survey::{Survey, seen, tagged};

/// Reads the REST APIs of account and region with all their parts.
///
/// A stage's `attributes.live` is `{source, routes}`: what its deployment holds (`source: deployment`), or, where the target
/// cannot tell that, what the API holds now (`source: draft`).
pub(super) async fn survey(clients: &Clients) -> Survey {
    let mut survey = Survey::default();
    let kind = rest_api::SCHEMA.kind;
    let listed = clients.apigateway.get_rest_apis().into_paginator().items().send();
    let listed = listed.collect::<Result<Vec<_>, _>>().await.during("apigateway:GetRestApis");
    let Some(apis) = survey.keep(kind, listed) else { return survey };
    let parts = each(apis, READS, |api| {
        let clients = clients.clone();
        async move { whole(&clients, &api).await }
    })
    .await;
    survey.absorb_all(parts);
    survey
}

async fn whole(clients: &Clients, api: &RestApi) -> Survey {
    let mut survey = Survey::default();
    let id = api.id().unwrap_or_default();
    let listed = clients.apigateway.get_resources().rest_api_id(id).embed("methods").into_paginator();
    let listed = listed.items().send().collect::<Result<Vec<_>, _>>().await;
    let listed =
        survey.keep(format!("{}/{id}", resource::SCHEMA.kind), listed.during("apigateway:GetResources"));
    let resources = listed.unwrap_or_default();

    let root = resources.iter().find(|resource| resource.path() == Some("/")).and_then(|root| root.id());
    let mut itself = seen(&rest_api::SCHEMA, id, id, api_shape(api));
    itself.arn = Some(format!("arn:aws:apigateway:{}::/restapis/{id}", clients.endpoint.region));
    itself.attributes = Shaped::new().maybe("RootResourceId", api.root_resource_id().or(root)).done();
    survey.resources.push(tagged(itself, api.tags().cloned().unwrap_or_default()));
    for each in &resources {
        path(&mut survey, id, each);
    }
    stages(clients, &mut survey, id, &resources).await;
    deployments(clients, &mut survey, id).await;
    small_parts(clients, &mut survey, id).await;
    authorizers(clients, &mut survey, id).await;
    survey
}

fn api_shape(api: &RestApi) -> Value {
    let types = api
        .endpoint_configuration()
        .map(aws_sdk_apigateway::types::EndpointConfiguration::types)
        .unwrap_or_default();
    let types: Vec<Value> = types.iter().map(|each| json!(each.as_str())).collect();
    let endpoint = if types.is_empty() { Value::Null } else { json!({"Types": types}) };
    Shaped::new()
        .maybe("Name", api.name())
        .text("Description", api.description())
        .filled("EndpointConfiguration", endpoint)
        .filled("BinaryMediaTypes", api.binary_media_types().into())
        .maybe("MinimumCompressionSize", api.minimum_compression_size())
        .maybe(
            "ApiKeySourceType",
            api.api_key_source().map(aws_sdk_apigateway::types::ApiKeySourceType::as_str),
        )
        .with("DisableExecuteApiEndpoint", api.disable_execute_api_endpoint())
        // The policy comes with its quotes escaped.
        .maybe(
            "Policy",
            api.policy().filter(|text| !text.is_empty()).map(|text| parsed(&text.replace("\\\"", "\""))),
        )
        .done()
}

/// Adds a path and its methods.
fn path(survey: &mut Survey, api: &str, each: &ApiResource) {
    let id = each.id().unwrap_or_default();
    let place = format!("{api}/{id}");
    let properties = Shaped::new()
        .with("RestApiId", api)
        .maybe("ParentId", each.parent_id())
        .maybe("PathPart", each.path_part())
        .done();
    let mut found = seen(&resource::SCHEMA, &place, id, properties);
    found.attributes = Shaped::new().maybe("Path", each.path()).done();
    survey.resources.push(found);
    let mut methods: Vec<_> = each.resource_methods().into_iter().flatten().collect();
    methods.sort_by_key(|(name, _)| *name);
    for (name, described) in methods {
        let place = format!("{place}/{name}");
        let properties = method_shape::properties(api, id, name, described);
        let mut found = seen(&method::SCHEMA, &place, place.clone(), properties);
        found.attributes = Shaped::new().maybe("Path", each.path()).done();
        survey.resources.push(found);
    }
}

async fn stages(clients: &Clients, survey: &mut Survey, api: &str, resources: &[ApiResource]) {
    let listed = clients.apigateway.get_stages().rest_api_id(api).send().await;
    let kind = format!("{}/{api}", stage::SCHEMA.kind);
    let listed = survey.keep(kind, listed.during("apigateway:GetStages"));
    for each in listed.and_then(|output| output.item).unwrap_or_default() {
        let name = each.stage_name().unwrap_or_default();
        let mut found = seen(&stage::SCHEMA, &format!("{api}/{name}"), name, stage_shape(api, &each));
        let region = &clients.endpoint.region;
        found.arn = Some(format!("arn:aws:apigateway:{region}::/restapis/{api}/stages/{name}"));
        match live(clients, api, name, resources).await {
            Ok(live) => found.attributes["live"] = live,
            Err(failure) => survey.gap(&found.key, &failure),
        }
        survey.resources.push(tagged(found, each.tags.unwrap_or_default()));
    }
}

fn stage_shape(api: &str, stage: &Stage) -> Value {
    Shaped::new()
        .with("RestApiId", api)
        .maybe("StageName", stage.stage_name())
        .maybe("DeploymentId", stage.deployment_id())
        .text("Description", stage.description())
        .filled("Variables", sorted(stage.variables()))
        .with("TracingEnabled", stage.tracing_enabled())
        .done()
}

/// Returns what a stage serves. A target that knows no exports is asked for what the API holds now instead.
async fn live(
    clients: &Clients,
    api: &str,
    stage: &str,
    resources: &[ApiResource],
) -> Result<Value, Failure> {
    let call = clients
        .apigateway
        .get_export()
        .rest_api_id(api)
        .stage_name(stage)
        .export_type("oas30")
        .parameters("extensions", "integrations")
        .accepts("application/json");
    match call.send().await.during("apigateway:GetExport") {
        Ok(output) => {
            let bytes = output.body.map(aws_sdk_apigateway::primitives::Blob::into_inner).unwrap_or_default();
            let export: Value = serde_json::from_slice(&bytes).map_err(|error| {
                let message = format!("the export is not JSON: {error}");
                Failure::new(ErrorClass::Unreachable, "apigateway:GetExport", message)
            })?;
            let routes = export::routes(&export);
            // A deployment without methods cannot be made: a target whose export shows none does not export deployments.
            if routes.iter().any(|route| !route["integration"].is_null()) {
                Ok(json!({"source": "deployment", "routes": routes}))
            } else {
                Ok(json!({"source": "draft", "routes": draft(resources)}))
            }
        }
        Err(failure)
            if clients.endpoint.url.is_some()
                && !matches!(failure.class, ErrorClass::Denied | ErrorClass::Throttled) =>
        {
            tracing::debug!(%failure, "the target knows no exports: the draft is read instead");
            Ok(json!({"source": "draft", "routes": draft(resources)}))
        }
        Err(failure) => Err(failure),
    }
}

fn draft(resources: &[ApiResource]) -> Vec<Value> {
    let mut routes = Vec::new();
    for resource in resources {
        let mut methods: Vec<_> = resource.resource_methods().into_iter().flatten().collect();
        methods.sort_by_key(|(name, _)| *name);
        let path = resource.path().unwrap_or_default();
        routes.extend(methods.into_iter().map(|(name, method)| method_shape::route(path, name, method)));
    }
    routes
}

async fn deployments(clients: &Clients, survey: &mut Survey, api: &str) {
    let listed = clients.apigateway.get_deployments().rest_api_id(api).into_paginator().items().send();
    let listed = listed.collect::<Result<Vec<_>, _>>().await.during("apigateway:GetDeployments");
    let kind = format!("{}/{api}", deployment::SCHEMA.kind);
    for each in survey.keep(kind, listed).unwrap_or_default() {
        let id = each.id().unwrap_or_default();
        let properties = Shaped::new().with("RestApiId", api).text("Description", each.description()).done();
        let mut found = seen(&deployment::SCHEMA, &format!("{api}/{id}"), id, properties);
        let created = each.created_date().map(aws_sdk_apigateway::primitives::DateTime::as_secs_f64);
        found.attributes = Shaped::new().maybe("CreatedDate", created).done();
        survey.resources.push(found);
    }
}

async fn authorizers(clients: &Clients, survey: &mut Survey, api: &str) {
    let listed = clients.apigateway.get_authorizers().rest_api_id(api).limit(500).send().await;
    let listed = listed.during("apigateway:GetAuthorizers");
    let kind = format!("{}/{api}", authorizer::SCHEMA.kind);
    for each in survey.keep(kind, listed).and_then(|output| output.items).unwrap_or_default() {
        let id = each.id().unwrap_or_default();
        let properties = Shaped::new()
            .with("RestApiId", api)
            .maybe("Name", each.name())
            .maybe("Type", each.r#type().map(aws_sdk_apigateway::types::AuthorizerType::as_str))
            .maybe("AuthType", each.auth_type())
            .text("AuthorizerUri", each.authorizer_uri())
            .text("AuthorizerCredentials", each.authorizer_credentials())
            .text("IdentitySource", each.identity_source())
            .text("IdentityValidationExpression", each.identity_validation_expression())
            .maybe("AuthorizerResultTtlInSeconds", each.authorizer_result_ttl_in_seconds())
            .filled("ProviderARNs", each.provider_arns().into())
            .done();
        survey.resources.push(seen(&authorizer::SCHEMA, &format!("{api}/{id}"), id, properties));
    }
}

/// Adds models, validators and gateway responses. A target that does not know them has none.
async fn small_parts(clients: &Clients, survey: &mut Survey, api: &str) {
    let listed = clients.apigateway.get_models().rest_api_id(api).into_paginator().items().send();
    let listed = listed.collect::<Result<Vec<_>, _>>().await.during("apigateway:GetModels");
    for each in survey.keep(format!("{}/{api}", model::SCHEMA.kind), listed).unwrap_or_default() {
        let name = each.name().unwrap_or_default();
        let properties = Shaped::new()
            .with("RestApiId", api)
            .with("Name", name)
            .maybe("ContentType", each.content_type())
            .text("Description", each.description())
            .maybe("Schema", each.schema().map(parsed))
            .done();
        survey.resources.push(seen(&model::SCHEMA, &format!("{api}/{name}"), name, properties));
    }
    let listed = clients.apigateway.get_request_validators().rest_api_id(api).limit(500).send().await;
    let listed = listed.during("apigateway:GetRequestValidators");
    let kind = format!("{}/{api}", request_validator::SCHEMA.kind);
    let validators = survey.keep(kind, listed).and_then(|output| output.items);
    for each in validators.unwrap_or_default() {
        let id = each.id().unwrap_or_default();
        let properties = Shaped::new()
            .with("RestApiId", api)
            .maybe("Name", each.name())
            .with("ValidateRequestBody", each.validate_request_body())
            .with("ValidateRequestParameters", each.validate_request_parameters())
            .done();
        survey.resources.push(seen(&request_validator::SCHEMA, &format!("{api}/{id}"), id, properties));
    }
    let listed = clients.apigateway.get_gateway_responses().rest_api_id(api).send().await;
    let listed = listed.during("apigateway:GetGatewayResponses");
    let kind = format!("{}/{api}", gateway_response::SCHEMA.kind);
    let responses = survey.keep(kind, listed).and_then(|output| output.items).unwrap_or_default();
    for each in responses.into_iter().filter(|each| !each.default_response()) {
        let Some(kind) = each.response_type().map(aws_sdk_apigateway::types::GatewayResponseType::as_str)
        else {
            continue;
        };
        let properties = Shaped::new()
            .with("RestApiId", api)
            .with("ResponseType", kind)
            .maybe("StatusCode", each.status_code())
            .filled("ResponseParameters", sorted(each.response_parameters()))
            .filled("ResponseTemplates", sorted(each.response_templates()))
            .done();
        let place = format!("{api}/{kind}");
        survey.resources.push(seen(&gateway_response::SCHEMA, &place, place.clone(), properties));
    }
}
