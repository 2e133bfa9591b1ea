use super::busy::calmly;
use super::patch::Patch;
use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::schema::{Property, Schema, Shape};

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-model.html>
pub(super) static SCHEMA: Schema = Schema {
    kind: "AWS::ApiGateway::Model",
    properties: &[
        Property::text("ContentType").create_only(),
        Property::text("Description"),
        Property::text("Name").required().create_only(),
        Property::text("RestApiId").required().create_only(),
        Property::new("Schema", Shape::Document),
    ],
    attributes: &[],
    name: None,
    part_of: Some("RestApiId"),
    taggable: false,
};

/// The shape of a body: `Ref` returns its name.
#[derive(Debug)]
pub(crate) struct Model;

impl ResourceType for Model {
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
            let name = properties.need("Name")?;
            let content_type = properties.text("ContentType");
            let call = clients
                .apigateway
                .create_model()
                .rest_api_id(properties.need("RestApiId")?)
                .name(&name)
                .content_type(content_type.unwrap_or_else(|| "application/json".to_owned()))
                .set_description(properties.text("Description"))
                .set_schema(properties.document("Schema"));
            calmly(clients, || async { call.clone().send().await.during("apigateway:CreateModel") }).await?;
            Ok(Made::new(name))
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
            patch.replace("/description", before.text("Description"), after.text("Description"), "");
            patch.replace("/schema", before.document("Schema"), after.document("Schema"), "{}");
            if !patch.is_empty() {
                let call = clients.apigateway.update_model().rest_api_id(after.need("RestApiId")?);
                let call = call.model_name(&standing.made.id).set_patch_operations(Some(patch.done()));
                calmly(clients, || async { call.clone().send().await.during("apigateway:UpdateModel") })
                    .await?;
            }
            Ok(standing.made.clone())
        })
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            let api = standing.properties().need("RestApiId")?;
            let call = clients.apigateway.delete_model().rest_api_id(api).model_name(&standing.made.id);
            let deleted =
                calmly(clients, || async { call.clone().send().await.during("apigateway:DeleteModel") });
            deleted.await.found().map(drop)
        })
    }
}
