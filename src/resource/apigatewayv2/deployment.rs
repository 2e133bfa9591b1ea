use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::schema::{Property, Schema};

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-deployment.html>
pub(super) static SCHEMA: Schema = Schema {
    kind: "AWS::ApiGatewayV2::Deployment",
    properties: &[
        Property::text("ApiId").required().create_only(),
        Property::text("Description"),
        Property::text("StageName").create_only(),
    ],
    attributes: &["DeploymentId"],
    name: None,
    part_of: Some("ApiId"),
    taggable: false,
};

/// What a stage of an HTTP API serves when it does not deploy itself: `Ref` returns its id.
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
            let call = clients.apigatewayv2.create_deployment().api_id(properties.need("ApiId")?);
            let call = call.set_description(properties.text("Description"));
            let call = call.set_stage_name(properties.text("StageName"));
            let output = call.send().await.during("apigateway:CreateDeployment")?;
            let id = output.deployment_id().unwrap_or_default();
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
            let after = wanted.properties();
            let call = clients.apigatewayv2.update_deployment().api_id(after.need("ApiId")?);
            let call = call.deployment_id(&standing.made.id);
            let call = call.description(after.text("Description").unwrap_or_default());
            call.send().await.during("apigateway:UpdateDeployment")?;
            Ok(standing.made.clone())
        })
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            let api = standing.properties().need("ApiId")?;
            let call = clients.apigatewayv2.delete_deployment().api_id(api).deployment_id(&standing.made.id);
            call.send().await.during("apigateway:DeleteDeployment").found().map(drop)
        })
    }
}
