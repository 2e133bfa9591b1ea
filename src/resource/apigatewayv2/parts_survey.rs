use std::collections::BTreeMap;

use aws_sdk_apigatewayv2::types::{Authorizer, Integration};
use serde_json::{Map, Value, json};

use super::{authorizer, deployment, integration, route, served};
use crate::aws::{Clients, Outcome};
use crate::resource::pages::pages;
use crate::resource::properties::{Shaped, sorted};
use crate::resource::survey::{Survey, seen};

/// Adds routes, integrations, authorizers and deployments, and returns the routes as they would be served if all were deployed now.
pub(super) async fn parts(clients: &Clients, survey: &mut Survey, api: &str) -> Vec<Value> {
    let integrations = integrations(clients, survey, api).await;
    let routes = routes(clients, survey, api, &integrations).await;
    authorizers(clients, survey, api).await;
    deployments(clients, survey, api).await;
    routes
}

async fn integrations(clients: &Clients, survey: &mut Survey, api: &str) -> BTreeMap<String, Value> {
    let listed = pages(async |token| {
        let call = clients.apigatewayv2.get_integrations().api_id(api).set_next_token(token);
        let output = call.send().await.during("apigateway:GetIntegrations")?;
        Ok((output.items, output.next_token))
    });
    let kind = integration::SCHEMA.kind;
    let mut drafts = BTreeMap::new();
    for each in survey.keep(format!("{kind}/{api}"), listed.await).unwrap_or_default() {
        let id = each.integration_id().unwrap_or_default();
        let properties = integration_shape(api, &each);
        drafts.insert(
            id.to_owned(),
            json!({
                "type": properties["IntegrationType"],
                "uri": properties["IntegrationUri"],
                "httpMethod": properties["IntegrationMethod"],
                "payloadFormatVersion": properties["PayloadFormatVersion"],
            }),
        );
        survey.resources.push(seen(&integration::SCHEMA, &format!("{api}/{id}"), id, properties));
    }
    drafts
}

fn integration_shape(api: &str, each: &Integration) -> Value {
    let by_status = each.response_parameters().into_iter().flatten();
    let mut by_status: Vec<(String, Value)> = by_status
        .map(|(status, given)| {
            let parameters: Vec<Value> = sorted(Some(given))
                .as_object()
                .into_iter()
                .flatten()
                .map(|(to, from)| json!({ "Destination": to, "Source": from }))
                .collect();
            (status.clone(), json!({ "ResponseParameters": parameters }))
        })
        .collect();
    by_status.sort_by(|(one, _), (other, _)| one.cmp(other));
    Shaped::new()
        .with("ApiId", api)
        .maybe(
            "IntegrationType",
            each.integration_type().map(aws_sdk_apigatewayv2::types::IntegrationType::as_str),
        )
        .maybe("IntegrationSubtype", each.integration_subtype())
        .maybe("IntegrationUri", each.integration_uri())
        .maybe("IntegrationMethod", each.integration_method())
        .maybe("PayloadFormatVersion", each.payload_format_version())
        .maybe("CredentialsArn", each.credentials_arn())
        .text("Description", each.description())
        .filled("RequestParameters", sorted(each.request_parameters()))
        .filled("ResponseParameters", by_status.into_iter().collect::<Map<_, _>>().into())
        .maybe("TimeoutInMillis", each.timeout_in_millis())
        .done()
}

async fn routes(
    clients: &Clients,
    survey: &mut Survey,
    api: &str,
    integrations: &BTreeMap<String, Value>,
) -> Vec<Value> {
    let listed = pages(async |token| {
        let call = clients.apigatewayv2.get_routes().api_id(api).set_next_token(token);
        let output = call.send().await.during("apigateway:GetRoutes")?;
        Ok((output.items, output.next_token))
    });
    let mut drafts = Vec::new();
    let kind = route::SCHEMA.kind;
    for each in survey.keep(format!("{kind}/{api}"), listed.await).unwrap_or_default() {
        let (id, key) = (each.route_id().unwrap_or_default(), each.route_key().unwrap_or_default());
        let authorization = each.authorization_type().map_or("NONE", |kind| kind.as_str());
        let properties = Shaped::new()
            .with("ApiId", api)
            .with("RouteKey", key)
            .with("AuthorizationType", authorization)
            .filled("AuthorizationScopes", each.authorization_scopes().into())
            .maybe("AuthorizerId", each.authorizer_id())
            .maybe("OperationName", each.operation_name())
            .maybe("Target", each.target())
            .done();
        let (method, path) = key.split_once(' ').unwrap_or(("ANY", "$default"));
        let behind = each.target().and_then(|target| target.strip_prefix("integrations/"));
        let behind = behind.and_then(|id| integrations.get(id));
        drafts.push(served::route(method, path, behind, authorization));
        survey.resources.push(seen(&route::SCHEMA, &format!("{api}/{id}"), id, properties));
    }
    drafts
}

async fn authorizers(clients: &Clients, survey: &mut Survey, api: &str) {
    let listed = pages(async |token| {
        let call = clients.apigatewayv2.get_authorizers().api_id(api).set_next_token(token);
        let output = call.send().await.during("apigateway:GetAuthorizers")?;
        Ok((output.items, output.next_token))
    });
    let kind = authorizer::SCHEMA.kind;
    for each in survey.keep(format!("{kind}/{api}"), listed.await).unwrap_or_default() {
        let id = each.authorizer_id().unwrap_or_default();
        let properties = authorizer_shape(api, &each);
        survey.resources.push(seen(&authorizer::SCHEMA, &format!("{api}/{id}"), id, properties));
    }
}

fn authorizer_shape(api: &str, each: &Authorizer) -> Value {
    let jwt = each.jwt_configuration().map(|jwt| {
        Shaped::new().filled("Audience", jwt.audience().into()).maybe("Issuer", jwt.issuer()).done()
    });
    Shaped::new()
        .with("ApiId", api)
        .maybe("Name", each.name())
        .maybe(
            "AuthorizerType",
            each.authorizer_type().map(aws_sdk_apigatewayv2::types::AuthorizerType::as_str),
        )
        .maybe("AuthorizerUri", each.authorizer_uri())
        .maybe("AuthorizerCredentialsArn", each.authorizer_credentials_arn())
        .maybe("AuthorizerPayloadFormatVersion", each.authorizer_payload_format_version())
        .maybe("AuthorizerResultTtlInSeconds", each.authorizer_result_ttl_in_seconds())
        .maybe("EnableSimpleResponses", each.enable_simple_responses())
        .filled("IdentitySource", each.identity_source().into())
        .maybe("JwtConfiguration", jwt)
        .done()
}

async fn deployments(clients: &Clients, survey: &mut Survey, api: &str) {
    let listed = pages(async |token| {
        let call = clients.apigatewayv2.get_deployments().api_id(api).set_next_token(token);
        let output = call.send().await.during("apigateway:GetDeployments")?;
        Ok((output.items, output.next_token))
    });
    let kind = deployment::SCHEMA.kind;
    for each in survey.keep(format!("{kind}/{api}"), listed.await).unwrap_or_default() {
        let id = each.deployment_id().unwrap_or_default();
        let properties = Shaped::new().with("ApiId", api).text("Description", each.description()).done();
        let mut found = seen(&deployment::SCHEMA, &format!("{api}/{id}"), id, properties);
        found.attributes = Shaped::new().maybe("AutoDeployed", each.auto_deployed()).done();
        survey.resources.push(found);
    }
}
