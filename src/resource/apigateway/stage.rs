use std::collections::BTreeMap;

use super::busy::calmly;
use super::patch::Patch;
use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::properties::Properties;
use crate::resource::schema::{Property, Schema, Shape, TAGS, TEXT_MAP};
use crate::resource::tags::dropped;

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-stage.html>
pub(super) static SCHEMA: Schema = Schema {
    kind: "AWS::ApiGateway::Stage",
    properties: &[
        Property::text("DeploymentId").required(),
        Property::text("Description"),
        Property::text("RestApiId").required().create_only(),
        Property::text("StageName").required().create_only(),
        Property::new("Tags", TAGS),
        Property::new("TracingEnabled", Shape::Boolean),
        Property::new("Variables", TEXT_MAP),
    ],
    attributes: &[],
    name: None,
    part_of: Some("RestApiId"),
    taggable: true,
};

/// A name under which a deployment is served: `Ref` returns the name.
#[derive(Debug)]
pub(crate) struct Stage;

impl ResourceType for Stage {
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
            let name = properties.need("StageName")?;
            let call = clients
                .apigateway
                .create_stage()
                .rest_api_id(properties.need("RestApiId")?)
                .stage_name(&name)
                .deployment_id(properties.need("DeploymentId")?)
                .set_description(properties.text("Description"))
                .set_variables(properties.text_map("Variables"))
                .tracing_enabled(properties.flag("TracingEnabled").unwrap_or(false))
                .set_tags(Some(wanted.tags.clone().into_iter().collect()));
            calmly(clients, || async { call.clone().send().await.during("apigateway:CreateStage") }).await?;
            Ok(Made::new(name))
        })
    }

    fn update<'a>(
        &'a self,
        clients: &'a Clients,
        standing: &'a Standing,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Failure>> {
        Box::pin(update(clients, standing, wanted))
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            let api = standing.properties().need("RestApiId")?;
            let call = clients.apigateway.delete_stage().rest_api_id(api).stage_name(&standing.made.id);
            let deleted =
                calmly(clients, || async { call.clone().send().await.during("apigateway:DeleteStage") });
            deleted.await.found().map(drop)
        })
    }
}

async fn update(clients: &Clients, standing: &Standing, wanted: &Wanted) -> Result<Made, Failure> {
    let (before, after) = (standing.properties(), wanted.properties());
    let (api, name) = (after.need("RestApiId")?, &standing.made.id);
    let mut patch = Patch::default();
    let mut text = |path: &str, property: &str, default: &str| {
        patch.replace(path, before.text(property), after.text(property), default);
    };
    text("/deploymentId", "DeploymentId", "");
    text("/description", "Description", "");
    text("/tracingEnabled", "TracingEnabled", "false");
    let variables = |properties: Properties<'_>| -> BTreeMap<String, String> {
        properties.text_map("Variables").unwrap_or_default().into_iter().collect()
    };
    patch.entries("/variables", &variables(before), &variables(after));
    if !patch.is_empty() {
        let call = clients.apigateway.update_stage().rest_api_id(&api).stage_name(name);
        let call = call.set_patch_operations(Some(patch.done()));
        calmly(clients, || async { call.clone().send().await.during("apigateway:UpdateStage") }).await?;
    }
    if standing.tags != wanted.tags {
        let arn = format!("arn:aws:apigateway:{}::/restapis/{api}/stages/{name}", clients.endpoint.region);
        let call = clients.apigateway.tag_resource().resource_arn(&arn);
        let call = call.set_tags(Some(wanted.tags.clone().into_iter().collect()));
        call.send().await.during("apigateway:TagResource")?;
        let dropped = dropped(&standing.tags, &wanted.tags);
        if !dropped.is_empty() {
            let call = clients.apigateway.untag_resource().resource_arn(&arn).set_tag_keys(Some(dropped));
            call.send().await.during("apigateway:UntagResource")?;
        }
    }
    Ok(standing.made.clone())
}
