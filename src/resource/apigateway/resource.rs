use super::busy::calmly;
use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::schema::{Property, Schema};

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-resource.html>
pub(super) static SCHEMA: Schema = Schema {
    kind: "AWS::ApiGateway::Resource",
    properties: &[
        Property::text("ParentId").required().create_only(),
        Property::text("PathPart").required().create_only(),
        Property::text("RestApiId").required().create_only(),
    ],
    attributes: &["ResourceId"],
    name: None,
    part_of: Some("RestApiId"),
    taggable: false,
};

/// A path of a REST API: `Ref` returns its id.
#[derive(Debug)]
pub(crate) struct Resource;

impl ResourceType for Resource {
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
            let call = clients
                .apigateway
                .create_resource()
                .rest_api_id(properties.need("RestApiId")?)
                .parent_id(properties.need("ParentId")?)
                .path_part(properties.need("PathPart")?);
            let output =
                calmly(clients, || async { call.clone().send().await.during("apigateway:CreateResource") })
                    .await?;
            let id = output.id().unwrap_or_default();
            Ok(Made::new(id).with("ResourceId", id))
        })
    }

    fn update<'a>(
        &'a self,
        _clients: &'a Clients,
        standing: &'a Standing,
        _wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Failure>> {
        // Every property is create-only: there is nothing to update.
        Box::pin(async move { Ok(standing.made.clone()) })
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            let api = standing.properties().need("RestApiId")?;
            let call = clients.apigateway.delete_resource().rest_api_id(api).resource_id(&standing.made.id);
            let deleted =
                calmly(clients, || async { call.clone().send().await.during("apigateway:DeleteResource") });
            deleted.await.found().map(drop)
        })
    }
}
