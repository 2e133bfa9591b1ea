use std::collections::{BTreeSet, HashMap};

use aws_sdk_apigatewayv2::types::{AccessLogSettings, RouteSettings};

use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::properties::Properties;
use crate::resource::schema::{Property, Schema, Shape, TEXT_MAP};
use crate::resource::tags::dropped;

const SETTINGS: Shape = Shape::Object(&[
    Property::new("DetailedMetricsEnabled", Shape::Boolean),
    Property::new("ThrottlingBurstLimit", Shape::Integer),
    Property::new("ThrottlingRateLimit", Shape::Number),
]);

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-stage.html>
pub(super) static SCHEMA: Schema = Schema {
    kind: "AWS::ApiGatewayV2::Stage",
    properties: &[
        Property::new(
            "AccessLogSettings",
            Shape::Object(&[Property::text("DestinationArn"), Property::text("Format")]),
        ),
        Property::text("ApiId").required().create_only(),
        Property::new("AutoDeploy", Shape::Boolean),
        Property::new("DefaultRouteSettings", SETTINGS),
        Property::text("DeploymentId"),
        Property::text("Description"),
        Property::new("RouteSettings", Shape::Map(&SETTINGS)),
        Property::text("StageName").required().create_only(),
        Property::new("StageVariables", TEXT_MAP),
        Property::new("Tags", TEXT_MAP),
    ],
    attributes: &[],
    name: None,
    part_of: Some("ApiId"),
    taggable: true,
};

/// A name under which an HTTP API is served: `Ref` returns the name.
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
            clients
                .apigatewayv2
                .create_stage()
                .api_id(properties.need("ApiId")?)
                .stage_name(&name)
                .set_access_log_settings(access_log(properties))
                .auto_deploy(properties.flag("AutoDeploy").unwrap_or(false))
                .set_default_route_settings(properties.object("DefaultRouteSettings").map(settings))
                .set_deployment_id(properties.text("DeploymentId"))
                .set_description(properties.text("Description"))
                .set_route_settings(route_settings(properties))
                .set_stage_variables(properties.text_map("StageVariables"))
                .set_tags(Some(wanted.tags.clone().into_iter().collect()))
                .send()
                .await
                .during("apigateway:CreateStage")?;
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
            let api = standing.properties().need("ApiId")?;
            let call = clients.apigatewayv2.delete_stage().api_id(api).stage_name(&standing.made.id);
            call.send().await.during("apigateway:DeleteStage").found().map(drop)
        })
    }
}

async fn update(clients: &Clients, standing: &Standing, wanted: &Wanted) -> Result<Made, Failure> {
    let (before, after) = (standing.properties(), wanted.properties());
    let (api, name) = (after.need("ApiId")?, &standing.made.id);
    let client = &clients.apigatewayv2;
    if before.get("AccessLogSettings").is_some() && after.get("AccessLogSettings").is_none() {
        let call = client.delete_access_log_settings().api_id(&api).stage_name(name);
        call.send().await.during("apigateway:DeleteAccessLogSettings").found()?;
    }
    let keys = |properties: Properties<'_>| -> BTreeSet<String> {
        properties.map("RouteSettings").into_iter().flatten().map(|(key, _)| key.clone()).collect()
    };
    for key in keys(before).difference(&keys(after)) {
        let call = client.delete_route_settings().api_id(&api).stage_name(name).route_key(key);
        call.send().await.during("apigateway:DeleteRouteSettings").found()?;
    }
    // A variable that is empty is taken away.
    let mut variables = after.text_map("StageVariables").unwrap_or_default();
    for key in before.text_map("StageVariables").unwrap_or_default().into_keys() {
        variables.entry(key).or_default();
    }
    let deployment =
        after.text("DeploymentId").filter(|new| before.text("DeploymentId").as_ref() != Some(new));
    let description = after.text("Description").or_else(|| before.text("Description").map(|_| String::new()));
    let default = after.object("DefaultRouteSettings").map(settings);
    client
        .update_stage()
        .api_id(&api)
        .stage_name(name)
        .set_access_log_settings(access_log(after))
        .auto_deploy(after.flag("AutoDeploy").unwrap_or(false))
        .default_route_settings(default.unwrap_or_else(|| RouteSettings::builder().build()))
        .set_deployment_id(deployment)
        .set_description(description)
        .set_route_settings(route_settings(after))
        .set_stage_variables((!variables.is_empty()).then_some(variables))
        .send()
        .await
        .during("apigateway:UpdateStage")?;
    if standing.tags != wanted.tags {
        let arn = arn(&clients.endpoint.region, &api, name);
        let call = client.tag_resource().resource_arn(&arn);
        let call = call.set_tags(Some(wanted.tags.clone().into_iter().collect()));
        call.send().await.during("apigateway:TagResource")?;
        let dropped = dropped(&standing.tags, &wanted.tags);
        if !dropped.is_empty() {
            let call = client.untag_resource().resource_arn(&arn).set_tag_keys(Some(dropped));
            call.send().await.during("apigateway:UntagResource")?;
        }
    }
    Ok(standing.made.clone())
}

pub(super) fn arn(region: &str, api: &str, stage: &str) -> String {
    format!("{}/stages/{stage}", super::api::arn(region, api))
}

fn access_log(properties: Properties<'_>) -> Option<AccessLogSettings> {
    let log = properties.object("AccessLogSettings")?;
    let made = AccessLogSettings::builder()
        .set_destination_arn(log.text("DestinationArn"))
        .set_format(log.text("Format"));
    Some(made.build())
}

fn route_settings(properties: Properties<'_>) -> Option<HashMap<String, RouteSettings>> {
    let routes = properties.map("RouteSettings")?;
    Some(routes.iter().map(|(key, given)| (key.clone(), settings(Properties(given)))).collect())
}

fn settings(given: Properties<'_>) -> RouteSettings {
    RouteSettings::builder()
        .set_detailed_metrics_enabled(given.flag("DetailedMetricsEnabled"))
        .set_throttling_burst_limit(given.integer("ThrottlingBurstLimit"))
        .set_throttling_rate_limit(given.float("ThrottlingRateLimit"))
        .build()
}
