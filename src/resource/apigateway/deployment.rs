use super::busy::calmly;
use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::schema::{Property, Schema};

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-deployment.html>
pub(super) static SCHEMA: Schema = Schema {
    kind: "AWS::ApiGateway::Deployment",
    properties: &[
        Property::text("Description"),
        Property::text("RestApiId").required().create_only(),
        Property::text("StageName").create_only(),
    ],
    attributes: &["DeploymentId"],
    name: None,
    part_of: Some("RestApiId"),
    taggable: false,
};

/// What a stage serves: the API as it was when this was made. A method that changes later does not make a new one.
/// `Ref` returns its id.
#[derive(Debug)]
pub(crate) struct Deployment;

impl ResourceType for Deployment {
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
                .create_deployment()
                .rest_api_id(properties.need("RestApiId")?)
                .set_stage_name(properties.text("StageName"))
                .set_description(properties.text("Description"));
            let output =
                calmly(clients, || async { call.clone().send().await.during("apigateway:CreateDeployment") })
                    .await?;
            let id = output.id().unwrap_or_default();
            Ok(Made::new(id).with("DeploymentId", id))
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
            let mut patch = super::patch::Patch::default();
            patch.replace("/description", before.text("Description"), after.text("Description"), "");
            if !patch.is_empty() {
                let call = clients.apigateway.update_deployment().rest_api_id(after.need("RestApiId")?);
                let call = call.deployment_id(&standing.made.id).set_patch_operations(Some(patch.done()));
                calmly(clients, || async { call.clone().send().await.during("apigateway:UpdateDeployment") })
                    .await?;
            }
            Ok(standing.made.clone())
        })
    }

    /// A deployment that a stage serves cannot be deleted; the stage that it brought itself goes first.
    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            let api = standing.properties().need("RestApiId")?;
            if let Some(stage) = standing.properties().text("StageName") {
                let call = clients.apigateway.delete_stage().rest_api_id(&api).stage_name(stage);
                let deleted =
                    calmly(clients, || async { call.clone().send().await.during("apigateway:DeleteStage") });
                deleted.await.found()?;
            }
            let call =
                clients.apigateway.delete_deployment().rest_api_id(api).deployment_id(&standing.made.id);
            let deleted =
                calmly(clients, || async { call.clone().send().await.during("apigateway:DeleteDeployment") });
            deleted.await.found().map(drop)
        })
    }
}
