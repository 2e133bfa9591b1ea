use std::collections::BTreeSet;

use aws_sdk_apigateway::types::AuthorizerType;

use super::busy::calmly;
use super::patch::Patch;
use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::properties::Properties;
use crate::resource::schema::{Property, Schema, Shape, TEXTS};

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-authorizer.html>
pub(super) static SCHEMA: Schema = Schema {
    kind: "AWS::ApiGateway::Authorizer",
    properties: &[
        Property::text("AuthType"),
        Property::text("AuthorizerCredentials"),
        Property::new("AuthorizerResultTtlInSeconds", Shape::Integer),
        Property::text("AuthorizerUri"),
        Property::text("IdentitySource"),
        Property::text("IdentityValidationExpression"),
        Property::text("Name").required(),
        Property::new("ProviderARNs", TEXTS),
        Property::text("RestApiId").required().create_only(),
        Property::new("Type", Shape::Choice(&["TOKEN", "REQUEST", "COGNITO_USER_POOLS"])).required(),
    ],
    attributes: &["AuthorizerId"],
    name: None,
    part_of: Some("RestApiId"),
    taggable: false,
};

/// Who decides which callers a REST API lets in: `Ref` returns its id.
#[derive(Debug)]
pub(crate) struct Authorizer;

impl ResourceType for Authorizer {
    fn schema(&self) -> &'static Schema {
        &SCHEMA
    }

    fn create<'a>(
        &'a self,
        clients: &'a Clients,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Incomplete>> {
        Box::pin(async move {
            let properties = wanted.properties();
            let pools = properties.texts("ProviderARNs");
            let call = clients
                .apigateway
                .create_authorizer()
                .rest_api_id(properties.need("RestApiId")?)
                .name(properties.need("Name")?)
                .r#type(AuthorizerType::from(properties.need("Type")?.as_str()))
                .set_provider_arns((!pools.is_empty()).then_some(pools))
                .set_auth_type(properties.text("AuthType"))
                .set_authorizer_uri(properties.text("AuthorizerUri"))
                .set_authorizer_credentials(properties.text("AuthorizerCredentials"))
                .set_identity_source(properties.text("IdentitySource"))
                .set_identity_validation_expression(properties.text("IdentityValidationExpression"))
                .set_authorizer_result_ttl_in_seconds(properties.integer("AuthorizerResultTtlInSeconds"));
            let output =
                calmly(clients, || async { call.clone().send().await.during("apigateway:CreateAuthorizer") });
            let output = output.await?;
            let id = output.id().unwrap_or_default();
            Ok(Made::new(id).with("AuthorizerId", id))
        })
    }

    fn update<'a>(
        &'a self,
        clients: &'a Clients,
        standing: &'a Standing,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Failure>> {
        Box::pin(async move {
            let (before, after) = (standing.properties(), wanted.properties());
            let mut patch = Patch::default();
            for (path, property, default) in [
                ("/name", "Name", ""),
                ("/type", "Type", ""),
                ("/authType", "AuthType", ""),
                ("/authorizerUri", "AuthorizerUri", ""),
                ("/authorizerCredentials", "AuthorizerCredentials", ""),
                ("/identitySource", "IdentitySource", ""),
                ("/identityValidationExpression", "IdentityValidationExpression", ""),
                ("/authorizerResultTtlInSeconds", "AuthorizerResultTtlInSeconds", "300"),
            ] {
                patch.replace(path, before.text(property), after.text(property), default);
            }
            let pools = |properties: Properties<'_>| -> BTreeSet<String> {
                properties.texts("ProviderARNs").into_iter().collect()
            };
            patch.values("/providerARNs", &pools(before), &pools(after));
            if !patch.is_empty() {
                let call = clients.apigateway.update_authorizer().rest_api_id(after.need("RestApiId")?);
                let call = call.authorizer_id(&standing.made.id).set_patch_operations(Some(patch.done()));
                calmly(clients, || async { call.clone().send().await.during("apigateway:UpdateAuthorizer") })
                    .await?;
            }
            Ok(standing.made.clone())
        })
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            let api = standing.properties().need("RestApiId")?;
            let call =
                clients.apigateway.delete_authorizer().rest_api_id(api).authorizer_id(&standing.made.id);
            let deleted =
                calmly(clients, || async { call.clone().send().await.during("apigateway:DeleteAuthorizer") });
            deleted.await.found().map(drop)
        })
    }
}
