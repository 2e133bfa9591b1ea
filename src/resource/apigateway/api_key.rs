use aws_sdk_apigateway::types::StageKey;

use super::patch::Patch;
use super::usage_plan_survey;
use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::schema::{Name, Property, Schema, Shape, TAGS};
use crate::resource::survey::Survey;

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-apikey.html>
pub(super) static SCHEMA: Schema = Schema {
    kind: "AWS::ApiGateway::ApiKey",
    properties: &[
        Property::text("Description"),
        Property::new("Enabled", Shape::Boolean),
        Property::text("Name").create_only(),
        Property::new(
            "StageKeys",
            Shape::List(&Shape::Object(&[Property::text("RestApiId"), Property::text("StageName")])),
        )
        .create_only(),
        Property::new("Tags", TAGS).create_only(),
        Property::text("Value").create_only(),
    ],
    attributes: &["APIKeyId"],
    name: Some(Name { property: "Name", longest: 1024 }),
    part_of: None,
    taggable: true,
};

/// A key that a caller shows: `Ref` returns its id.
#[derive(Debug)]
pub(crate) struct ApiKey;

impl ResourceType for ApiKey {
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
            let stages = properties.objects("StageKeys").into_iter().map(|stage| {
                StageKey::builder()
                    .set_rest_api_id(stage.text("RestApiId"))
                    .set_stage_name(stage.text("StageName"))
                    .build()
            });
            let stages: Vec<StageKey> = stages.collect();
            let output = clients
                .apigateway
                .create_api_key()
                .name(wanted.name_in("Name"))
                .set_description(properties.text("Description"))
                .enabled(properties.flag("Enabled").unwrap_or(false))
                .set_value(properties.text("Value"))
                .set_stage_keys((!stages.is_empty()).then_some(stages))
                .set_tags(Some(wanted.tags.clone().into_iter().collect()))
                .send()
                .await
                .during("apigateway:CreateApiKey")?;
            let id = output.id().unwrap_or_default();
            Ok(Made::new(id).with("APIKeyId", id))
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
            patch.replace("/enabled", before.text("Enabled"), after.text("Enabled"), "false");
            if !patch.is_empty() {
                let call = clients.apigateway.update_api_key().api_key(&standing.made.id);
                let call = call.set_patch_operations(Some(patch.done()));
                call.send().await.during("apigateway:UpdateApiKey")?;
            }
            Ok(standing.made.clone())
        })
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            let call = clients.apigateway.delete_api_key().api_key(&standing.made.id);
            call.send().await.during("apigateway:DeleteApiKey").found().map(drop)
        })
    }

    fn survey<'a>(&'a self, clients: &'a Clients) -> Future<'a, Survey> {
        Box::pin(usage_plan_survey::keys(clients))
    }
}
