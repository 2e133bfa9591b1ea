use std::collections::BTreeSet;

use aws_sdk_apigateway::types::{ApiStage, QuotaPeriodType, QuotaSettings, ThrottleSettings};

use super::patch::Patch;
use super::usage_plan_survey;
use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::properties::Properties;
use crate::resource::schema::{Name, Property, Schema, Shape, TAGS};
use crate::resource::survey::Survey;

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-usageplan.html>
pub(super) static SCHEMA: Schema = Schema {
    kind: "AWS::ApiGateway::UsagePlan",
    properties: &[
        Property::new(
            "ApiStages",
            Shape::List(&Shape::Object(&[Property::text("ApiId"), Property::text("Stage")])),
        ),
        Property::text("Description"),
        Property::new(
            "Quota",
            Shape::Object(&[
                Property::new("Limit", Shape::Integer),
                Property::new("Offset", Shape::Integer),
                Property::new("Period", Shape::Choice(&["DAY", "WEEK", "MONTH"])),
            ]),
        ),
        Property::new("Tags", TAGS).create_only(),
        Property::new(
            "Throttle",
            Shape::Object(&[
                Property::new("BurstLimit", Shape::Integer),
                Property::new("RateLimit", Shape::Number),
            ]),
        ),
        Property::text("UsagePlanName"),
    ],
    attributes: &["Id"],
    name: Some(Name { property: "UsagePlanName", longest: 128 }),
    part_of: None,
    taggable: true,
};

/// How much the callers with its keys may ask: `Ref` returns its id.
#[derive(Debug)]
pub(crate) struct UsagePlan;

impl ResourceType for UsagePlan {
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
            let stages = properties.objects("ApiStages").into_iter().map(|stage| {
                ApiStage::builder().set_api_id(stage.text("ApiId")).set_stage(stage.text("Stage")).build()
            });
            let output = clients
                .apigateway
                .create_usage_plan()
                .name(wanted.name_in("UsagePlanName"))
                .set_description(properties.text("Description"))
                .set_api_stages(Some(stages.collect()))
                .set_quota(quota(properties))
                .set_throttle(throttle(properties))
                .set_tags(Some(wanted.tags.clone().into_iter().collect()))
                .send()
                .await
                .during("apigateway:CreateUsagePlan")?;
            let id = output.id().unwrap_or_default();
            Ok(Made::new(id).with("Id", id))
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
            if after.text("UsagePlanName").is_some() {
                patch.replace("/name", before.text("UsagePlanName"), after.text("UsagePlanName"), "");
            }
            patch.replace("/description", before.text("Description"), after.text("Description"), "");
            patch.values("/apiStages", &stages(before), &stages(after));
            for (object, member, path) in [
                ("Quota", "Limit", "/quota/limit"),
                ("Quota", "Offset", "/quota/offset"),
                ("Quota", "Period", "/quota/period"),
                ("Throttle", "BurstLimit", "/throttle/burstLimit"),
                ("Throttle", "RateLimit", "/throttle/rateLimit"),
            ] {
                let of =
                    |properties: Properties<'_>| properties.object(object).and_then(|part| part.text(member));
                if of(after).is_some() {
                    patch.replace(path, of(before), of(after), "");
                }
            }
            for (object, path) in [("Quota", "/quota"), ("Throttle", "/throttle")] {
                if before.object(object).is_some() && after.object(object).is_none() {
                    patch.remove(path);
                }
            }
            if !patch.is_empty() {
                let call = clients.apigateway.update_usage_plan().usage_plan_id(&standing.made.id);
                let call = call.set_patch_operations(Some(patch.done()));
                call.send().await.during("apigateway:UpdateUsagePlan")?;
            }
            Ok(standing.made.clone())
        })
    }

    /// A plan that serves a stage cannot be deleted: the stages leave it first.
    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            let mut patch = Patch::default();
            patch.values("/apiStages", &stages(standing.properties()), &BTreeSet::new());
            if !patch.is_empty() {
                let call = clients.apigateway.update_usage_plan().usage_plan_id(&standing.made.id);
                let call = call.set_patch_operations(Some(patch.done()));
                // Stages that are gone have left it already.
                if let Err(failure) = call.send().await.during("apigateway:UpdateUsagePlan") {
                    tracing::debug!(%failure, "a usage plan keeps its stages");
                }
            }
            let call = clients.apigateway.delete_usage_plan().usage_plan_id(&standing.made.id);
            call.send().await.during("apigateway:DeleteUsagePlan").found().map(drop)
        })
    }

    fn survey<'a>(&'a self, clients: &'a Clients) -> Future<'a, Survey> {
        Box::pin(usage_plan_survey::plans(clients))
    }
}

fn stages(properties: Properties<'_>) -> BTreeSet<String> {
    let stages = properties.objects("ApiStages").into_iter();
    stages.filter_map(|stage| Some(format!("{}:{}", stage.text("ApiId")?, stage.text("Stage")?))).collect()
}

fn quota(properties: Properties<'_>) -> Option<QuotaSettings> {
    let quota = properties.object("Quota")?;
    let period = quota.text("Period").map(|period| QuotaPeriodType::from(period.as_str()));
    let made = QuotaSettings::builder()
        .limit(quota.integer("Limit").unwrap_or_default())
        .offset(quota.integer("Offset").unwrap_or_default())
        .set_period(period);
    Some(made.build())
}

fn throttle(properties: Properties<'_>) -> Option<ThrottleSettings> {
    let throttle = properties.object("Throttle")?;
    let made = ThrottleSettings::builder()
        .burst_limit(throttle.integer("BurstLimit").unwrap_or_default())
        .rate_limit(throttle.float("RateLimit").unwrap_or_default());
    Some(made.build())
}
