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
        Property::new(
            "AccessLogSetting",
            Shape::Object(&[Property::text("DestinationArn"), Property::text("Format")]),
        ),
        Property::text("DeploymentId").required(),
        Property::text("Description"),
        Property::new(
            "MethodSettings",
            Shape::List(&Shape::Object(&[
                Property::new("DataTraceEnabled", Shape::Boolean),
                Property::text("HttpMethod"),
                Property::new("LoggingLevel", Shape::Choice(&["OFF", "ERROR", "INFO"])),
                Property::new("MetricsEnabled", Shape::Boolean),
                Property::text("ResourcePath"),
                Property::new("ThrottlingBurstLimit", Shape::Integer),
                Property::new("ThrottlingRateLimit", Shape::Number),
            ])),
        ),
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
            let made = Made::new(&name);
            // What CreateStage does not take.
            let mut patch = Patch::default();
            settle(&mut patch, &BTreeMap::new(), &settings(properties));
            let api = properties.need("RestApiId")?;
            send(clients, &api, &name, patch).await.map_err(Incomplete::after(&made))?;
            Ok(made)
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
    settle(&mut patch, &settings(before), &settings(after));
    send(clients, &api, name, patch).await?;
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

async fn send(clients: &Clients, api: &str, stage: &str, patch: Patch) -> Result<(), Failure> {
    if patch.is_empty() {
        return Ok(());
    }
    let call = clients.apigateway.update_stage().rest_api_id(api).stage_name(stage);
    let call = call.set_patch_operations(Some(patch.done()));
    calmly(clients, || async { call.clone().send().await.during("apigateway:UpdateStage") }).await.map(drop)
}

/// What is patched, by what is set: the access log, or a method of a path (`~1orders/GET`, `*/*`). Each has settings by their own paths.
type Settings = BTreeMap<String, BTreeMap<String, String>>;

/// Returns what a stage's methods and its access log are set to
/// (<https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html>).
fn settings(properties: Properties<'_>) -> Settings {
    const OF_A_METHOD: [(&str, &str); 5] = [
        ("DataTraceEnabled", "logging/dataTrace"),
        ("LoggingLevel", "logging/loglevel"),
        ("MetricsEnabled", "metrics/enabled"),
        ("ThrottlingBurstLimit", "throttling/burstLimit"),
        ("ThrottlingRateLimit", "throttling/rateLimit"),
    ];
    const OF_THE_LOG: [(&str, &str); 2] = [("DestinationArn", "destinationArn"), ("Format", "format")];
    let mut settings = Settings::new();
    let set = |given: Properties<'_>, names: &[(&str, &str)]| -> BTreeMap<String, String> {
        let set = names.iter().filter_map(|(name, path)| Some(((*path).to_owned(), given.text(name)?)));
        set.collect()
    };
    for given in properties.objects("MethodSettings") {
        // `/*` stands for every path.
        let path = given.text("ResourcePath").unwrap_or_else(|| "/*".to_owned());
        let path = if path == "/*" { "*".to_owned() } else { path.replace('~', "~0").replace('/', "~1") };
        let method = given.text("HttpMethod").unwrap_or_else(|| "*".to_owned());
        settings.entry(format!("{path}/{method}")).or_default().extend(set(given, &OF_A_METHOD));
    }
    if let Some(log) = properties.object("AccessLogSetting") {
        settings.insert(LOG.to_owned(), set(log, &OF_THE_LOG));
    }
    settings
}

const LOG: &str = "accessLogSettings";

fn settle(patch: &mut Patch, before: &Settings, after: &Settings) {
    let none = BTreeMap::new();
    for (what, set) in after {
        let stood = before.get(what).unwrap_or(&none);
        // A setting that is gone goes back to its default together with the others of its method.
        let anew = stood.keys().any(|path| !set.contains_key(path));
        if anew {
            patch.remove(&format!("/{what}"));
        }
        for (path, value) in set.iter().filter(|(path, value)| anew || stood.get(*path) != Some(value)) {
            patch.replace(&format!("/{what}/{path}"), None, Some(value.clone()), "");
        }
    }
    for what in before.keys().filter(|what| !after.contains_key(*what)) {
        patch.remove(&format!("/{what}"));
    }
}
