use std::collections::BTreeMap;

use aws_sdk_apigatewayv2::types::ProtocolType;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};

use super::api_survey::survey;
use super::{cors, definition};
use crate::aws::{Clients, ErrorClass, Failure, Found, Outcome};
use crate::resource::apigateway::{BODY, BODY_LOCATION};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::schema::{Name, Property, Schema, Shape, TEXT_MAP};
use crate::resource::survey::Survey;
use crate::resource::tags::dropped;

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-api.html>
pub(super) static SCHEMA: Schema = Schema {
    kind: "AWS::ApiGatewayV2::Api",
    properties: &[
        Property::text("Basepath"),
        BODY,
        BODY_LOCATION,
        Property::new("CorsConfiguration", cors::CORS),
        Property::text("CredentialsArn"),
        Property::text("Description"),
        Property::new("DisableExecuteApiEndpoint", Shape::Boolean),
        Property::new("FailOnWarnings", Shape::Boolean),
        Property::text("Name"),
        // An API of web sockets is not what a scenario can hold.
        Property::new("ProtocolType", Shape::Choice(&["HTTP"])).create_only(),
        Property::text("RouteKey"),
        Property::text("RouteSelectionExpression"),
        Property::new("Tags", TEXT_MAP),
        Property::text("Target"),
        Property::text("Version"),
    ],
    attributes: &["ApiEndpoint", "ApiId"],
    name: Some(Name { property: "Name", longest: 128 }),
    part_of: None,
    taggable: true,
};

/// An HTTP API: `Ref` returns its id.
#[derive(Debug)]
pub(crate) struct Api;

impl ResourceType for Api {
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
            let call = clients.apigatewayv2.delete_api().api_id(&standing.made.id);
            call.send().await.during("apigateway:DeleteApi").found().map(drop)
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
    if let Some(body) = definition::body(wanted)? {
        let (id, endpoint) = definition::import(clients, wanted, body).await?;
        let made = made(&id, endpoint.as_deref());
        over_definition(clients, &id, wanted).await.map_err(Incomplete::after(&made))?;
        tag(clients, &id, &BTreeMap::new(), &wanted.tags).await.map_err(Incomplete::after(&made))?;
        return Ok(made);
    }
    let protocol = properties.text("ProtocolType").ok_or_else(|| {
        Failure::new(ErrorClass::Invalid, "template", "an API without `Body` needs `ProtocolType`")
    })?;
    let output = clients
        .apigatewayv2
        .create_api()
        .name(wanted.name_in("Name"))
        .protocol_type(ProtocolType::from(protocol.as_str()))
        .set_cors_configuration(cors::wanted(properties))
        .set_credentials_arn(properties.text("CredentialsArn"))
        .set_description(properties.text("Description"))
        .set_disable_execute_api_endpoint(properties.flag("DisableExecuteApiEndpoint"))
        .set_route_key(properties.text("RouteKey"))
        .set_route_selection_expression(properties.text("RouteSelectionExpression"))
        .set_target(properties.text("Target"))
        .set_version(properties.text("Version"))
        .set_tags(Some(wanted.tags.clone().into_iter().collect()))
        .send()
        .await
        .during("apigateway:CreateApi")?;
    Ok(made(output.api_id().unwrap_or_default(), output.api_endpoint()))
}

fn made(id: &str, endpoint: Option<&str>) -> Made {
    Made::new(id).with("ApiId", id).maybe("ApiEndpoint", endpoint)
}

/// Lays what the properties say themselves over the definition.
async fn over_definition(clients: &Clients, id: &str, wanted: &Wanted) -> Result<(), Failure> {
    let properties = wanted.properties();
    let own = ["CorsConfiguration", "Description", "DisableExecuteApiEndpoint", "Name", "Version"];
    if own.iter().all(|name| properties.get(name).is_none()) {
        return Ok(());
    }
    let call = clients
        .apigatewayv2
        .update_api()
        .api_id(id)
        .set_cors_configuration(cors::wanted(properties))
        .set_description(properties.text("Description"))
        .set_disable_execute_api_endpoint(properties.flag("DisableExecuteApiEndpoint"))
        .set_name(properties.text("Name"))
        .set_version(properties.text("Version"));
    call.send().await.during("apigateway:UpdateApi").map(drop)
}

async fn update(clients: &Clients, standing: &Standing, wanted: &Wanted) -> Result<Made, Failure> {
    let (before, after) = (standing.properties(), wanted.properties());
    let id = &standing.made.id;
    let defined = ["Body", "BodyS3Location", "Basepath"];
    let other_file = standing.digest.is_some() && Api.digest(wanted)? != standing.digest;
    let other = defined.iter().any(|property| before.get(property) != after.get(property)) || other_file;
    if let Some(body) = definition::body(wanted)? {
        if other {
            definition::reimport(clients, id, wanted, body).await?;
        }
        over_definition(clients, id, wanted).await?;
    } else {
        if before.get("CorsConfiguration").is_some() && after.get("CorsConfiguration").is_none() {
            let call = clients.apigatewayv2.delete_cors_configuration().api_id(id);
            call.send().await.during("apigateway:DeleteCorsConfiguration").found()?;
        }
        let emptied = |name: &str| after.text(name).or_else(|| before.text(name).map(|_| String::new()));
        let call = clients
            .apigatewayv2
            .update_api()
            .api_id(id)
            .set_cors_configuration(cors::wanted(after))
            .set_credentials_arn(after.text("CredentialsArn"))
            .set_description(emptied("Description"))
            .disable_execute_api_endpoint(after.flag("DisableExecuteApiEndpoint").unwrap_or(false))
            .set_name(after.text("Name"))
            .set_route_key(after.text("RouteKey"))
            .set_target(after.text("Target"))
            .set_version(emptied("Version"));
        call.send().await.during("apigateway:UpdateApi")?;
    }
    tag(clients, id, &standing.tags, &wanted.tags).await?;
    Ok(standing.made.clone())
}

/// Gives an API its tags; an imported one has those of its definition, too.
async fn tag(
    clients: &Clients,
    id: &str,
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
) -> Result<(), Failure> {
    if before == after {
        return Ok(());
    }
    let arn = arn(&clients.endpoint.region, id);
    let call = clients.apigatewayv2.tag_resource().resource_arn(&arn);
    let call = call.set_tags(Some(after.clone().into_iter().collect()));
    call.send().await.during("apigateway:TagResource")?;
    let dropped = dropped(before, after);
    if !dropped.is_empty() {
        let call = clients.apigatewayv2.untag_resource().resource_arn(&arn).set_tag_keys(Some(dropped));
        call.send().await.during("apigateway:UntagResource")?;
    }
    Ok(())
}

pub(super) fn arn(region: &str, api: &str) -> String {
    format!("arn:aws:apigateway:{region}::/apis/{api}")
}
