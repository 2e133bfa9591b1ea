use std::collections::BTreeSet;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};

use aws_sdk_apigateway::types::{ApiKeySourceType, EndpointConfiguration, EndpointType};

use super::busy::calmly;
use super::definition;
use super::patch::Patch;
use super::rest_api_survey::survey;
use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::properties::Properties;
use crate::resource::schema::{Name, Property, Schema, Shape, TAGS, TEXT_MAP, TEXTS};
use crate::resource::survey::Survey;
use crate::resource::tags::dropped;

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-restapi.html>
pub(super) static SCHEMA: Schema = Schema {
    kind: "AWS::ApiGateway::RestApi",
    properties: &[
        Property::new("ApiKeySourceType", Shape::Choice(&["HEADER", "AUTHORIZER"])),
        Property::new("BinaryMediaTypes", TEXTS),
        definition::BODY,
        definition::BODY_LOCATION,
        Property::text("Description"),
        Property::new("DisableExecuteApiEndpoint", Shape::Boolean),
        Property::new(
            "EndpointConfiguration",
            Shape::Object(&[Property::new(
                "Types",
                Shape::List(&Shape::Choice(&["EDGE", "REGIONAL", "PRIVATE"])),
            )]),
        ),
        Property::new("FailOnWarnings", Shape::Boolean),
        Property::new("MinimumCompressionSize", Shape::Integer),
        Property::new("Mode", Shape::Choice(&["merge", "overwrite"])),
        Property::text("Name"),
        Property::new("Parameters", TEXT_MAP),
        Property::new("Policy", Shape::Document),
        Property::new("Tags", TAGS),
    ],
    attributes: &["RestApiId", "RootResourceId"],
    name: Some(Name { property: "Name", longest: 128 }),
    part_of: None,
    taggable: true,
};

/// A REST API: `Ref` returns its id.
#[derive(Debug)]
pub(crate) struct RestApi;

impl ResourceType for RestApi {
    fn schema(&self) -> &'static Schema {
        &SCHEMA
    }

    fn create<'a>(
        &'a self,
        clients: &'a Clients,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Incomplete>> {
        Box::pin(create(clients, wanted))
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
            let call = clients.apigateway.delete_rest_api().rest_api_id(&standing.made.id);
            let deleted =
                calmly(clients, || async { call.clone().send().await.during("apigateway:DeleteRestApi") });
            deleted.await.found().map(drop)
        })
    }

    fn digest(&self, wanted: &Wanted) -> Result<Option<String>, Failure> {
        if wanted.properties().text("BodyS3Location").is_none() {
            return Ok(None);
        }
        let body = definition::body(wanted)?;
        Ok(body.map(|body| BASE64_STANDARD.encode(Sha256::digest(body))))
    }

    fn survey<'a>(&'a self, clients: &'a Clients) -> Future<'a, Survey> {
        Box::pin(survey(clients))
    }
}

async fn create(clients: &Clients, wanted: &Wanted) -> Result<Made, Incomplete> {
    let properties = wanted.properties();
    let body = definition::body(wanted)?;
    let types = types(properties);
    let endpoint = (!types.is_empty()).then(|| {
        let types = types.iter().map(|each| EndpointType::from(each.as_str())).collect();
        EndpointConfiguration::builder().set_types(Some(types)).build()
    });
    let media = properties.texts("BinaryMediaTypes");
    let source = properties.text("ApiKeySourceType");
    let call = clients
        .apigateway
        .create_rest_api()
        .name(wanted.name_in("Name"))
        .set_description(properties.text("Description"))
        .set_endpoint_configuration(endpoint)
        .set_binary_media_types((!media.is_empty()).then_some(media))
        .set_minimum_compression_size(properties.integer("MinimumCompressionSize"))
        .set_api_key_source(source.map(|source| ApiKeySourceType::from(source.as_str())))
        .set_disable_execute_api_endpoint(properties.flag("DisableExecuteApiEndpoint"))
        .set_policy(properties.document("Policy"))
        .set_tags(Some(wanted.tags.clone().into_iter().collect()));
    let output =
        calmly(clients, || async { call.clone().send().await.during("apigateway:CreateRestApi") }).await?;
    let id = output.id().unwrap_or_default();
    let made = Made::new(id).with("RestApiId", id);
    let defined = body.is_some();
    if let Some(body) = body {
        definition::put(clients, id, wanted, body).await.map_err(Incomplete::after(&made))?;
    }
    // A definition brings its own root.
    let root = match output.root_resource_id() {
        Some(root) if !defined => Some(root.to_owned()),
        _ => root_of(clients, id).await.map_err(Incomplete::after(&made))?,
    };
    Ok(made.maybe("RootResourceId", root.as_deref()))
}

/// Finds the root resource where the target's answer does not name it.
async fn root_of(clients: &Clients, api: &str) -> Result<Option<String>, Failure> {
    let output = clients.apigateway.get_resources().rest_api_id(api).send().await;
    let resources = output.during("apigateway:GetResources")?.items.unwrap_or_default();
    Ok(resources.into_iter().find(|resource| resource.path() == Some("/")).and_then(|root| root.id))
}

async fn update(clients: &Clients, standing: &Standing, wanted: &Wanted) -> Result<Made, Failure> {
    let (before, after) = (standing.properties(), wanted.properties());
    let id = &standing.made.id;
    let mut patch = Patch::default();
    // Without a name in the template the made-up one stays.
    if after.text("Name").is_some() {
        patch.replace("/name", before.text("Name"), after.text("Name"), "");
    }
    let mut text = |path: &str, property: &str, default: &str| {
        patch.replace(path, before.text(property), after.text(property), default);
    };
    text("/description", "Description", "");
    text("/minimumCompressionSize", "MinimumCompressionSize", "");
    text("/apiKeySource", "ApiKeySourceType", "HEADER");
    text("/disableExecuteApiEndpoint", "DisableExecuteApiEndpoint", "false");
    patch.replace("/policy", before.document("Policy"), after.document("Policy"), "");
    let media = |properties: Properties<'_>| -> BTreeSet<String> {
        properties.texts("BinaryMediaTypes").into_iter().collect()
    };
    patch.members("/binaryMediaTypes", &media(before), &media(after));
    if let (Some(old), Some(new)) = (types(before).first(), types(after).first()) {
        let path = format!("/endpointConfiguration/types/{old}");
        patch.replace(&path, Some(old.clone()), Some(new.clone()), "");
    }
    if !patch.is_empty() {
        let call =
            clients.apigateway.update_rest_api().rest_api_id(id).set_patch_operations(Some(patch.done()));
        calmly(clients, || async { call.clone().send().await.during("apigateway:UpdateRestApi") }).await?;
    }
    let mut made = standing.made.clone();
    let defined = ["Body", "BodyS3Location", "Parameters", "Mode"];
    if (defined.iter().any(|property| before.get(property) != after.get(property))
        || (standing.digest.is_some() && super::RestApi.digest(wanted)? != standing.digest))
        && let Some(body) = definition::body(wanted)?
    {
        definition::put(clients, id, wanted, body).await?;
        made = made.maybe("RootResourceId", root_of(clients, id).await?.as_deref());
    }
    if standing.tags != wanted.tags {
        let arn = format!("arn:aws:apigateway:{}::/restapis/{id}", clients.endpoint.region);
        let call = clients.apigateway.tag_resource().resource_arn(&arn);
        let call = call.set_tags(Some(wanted.tags.clone().into_iter().collect()));
        call.send().await.during("apigateway:TagResource")?;
        let dropped = dropped(&standing.tags, &wanted.tags);
        if !dropped.is_empty() {
            let call = clients.apigateway.untag_resource().resource_arn(&arn).set_tag_keys(Some(dropped));
            call.send().await.during("apigateway:UntagResource")?;
        }
    }
    Ok(made)
}

fn types(properties: Properties<'_>) -> Vec<String> {
    properties.object("EndpointConfiguration").map(|endpoint| endpoint.texts("Types")).unwrap_or_default()
}
