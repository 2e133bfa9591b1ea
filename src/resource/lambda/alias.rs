use std::collections::HashMap;

use aws_sdk_lambda::types::AliasRoutingConfiguration;

use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::properties::Properties;
use crate::resource::schema::{Property, Schema, Shape};

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-alias.html>
pub(super) static SCHEMA: Schema = Schema {
    kind: "AWS::Lambda::Alias",
    properties: &[
        Property::text("Description"),
        Property::text("FunctionName").required().create_only(),
        Property::text("FunctionVersion").required(),
        Property::text("Name").required().create_only(),
        Property::new(
            "RoutingConfig",
            Shape::Object(&[Property::new(
                "AdditionalVersionWeights",
                Shape::List(&Shape::Object(&[
                    Property::text("FunctionVersion").required(),
                    Property::new("FunctionWeight", Shape::Number).required(),
                ])),
            )]),
        ),
    ],
    attributes: &["AliasArn"],
    name: None,
    part_of: Some("FunctionName"),
    taggable: false,
};

/// A name for a version: `Ref` returns its ARN.
#[derive(Debug)]
pub(crate) struct Alias;

impl ResourceType for Alias {
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
            let output = clients
                .lambda
                .create_alias()
                .function_name(properties.need("FunctionName")?)
                .function_version(properties.need("FunctionVersion")?)
                .name(properties.need("Name")?)
                .set_description(properties.text("Description"))
                .set_routing_config(routing(properties))
                .send()
                .await
                .during("lambda:CreateAlias")?;
            let arn = output.alias_arn().unwrap_or_default();
            Ok(Made::new(arn).with("AliasArn", arn))
        })
    }

    fn update<'a>(
        &'a self,
        clients: &'a Clients,
        standing: &'a Standing,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Failure>> {
        Box::pin(async move {
            let properties = wanted.properties();
            let none =
                AliasRoutingConfiguration::builder().set_additional_version_weights(Some(HashMap::new()));
            clients
                .lambda
                .update_alias()
                .function_name(properties.need("FunctionName")?)
                .name(properties.need("Name")?)
                .function_version(properties.need("FunctionVersion")?)
                .description(properties.text("Description").unwrap_or_default())
                .routing_config(routing(properties).unwrap_or_else(|| none.build()))
                .send()
                .await
                .during("lambda:UpdateAlias")?;
            Ok(standing.made.clone())
        })
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            let properties = standing.properties();
            let call = clients.lambda.delete_alias().function_name(properties.need("FunctionName")?);
            let call = call.name(properties.need("Name")?);
            call.send().await.during("lambda:DeleteAlias").found().map(drop)
        })
    }
}

fn routing(properties: Properties<'_>) -> Option<AliasRoutingConfiguration> {
    let weights = properties.object("RoutingConfig")?.objects("AdditionalVersionWeights");
    let weights: HashMap<String, f64> = weights
        .into_iter()
        .filter_map(|each| Some((each.text("FunctionVersion")?, each.float("FunctionWeight")?)))
        .collect();
    Some(AliasRoutingConfiguration::builder().set_additional_version_weights(Some(weights)).build())
}
