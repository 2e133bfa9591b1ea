use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{Architecture, LayerVersionContentInput, Runtime};

use super::package::Code;
use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::properties::Shaped;
use crate::resource::schema::{Name, Property, Schema, Shape, TEXTS};
use crate::resource::survey::{Survey, seen};

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-layerversion.html>
static SCHEMA: Schema = Schema {
    kind: "AWS::Lambda::LayerVersion",
    properties: &[
        Property::new("CompatibleArchitectures", TEXTS).create_only(),
        Property::new("CompatibleRuntimes", TEXTS).create_only(),
        Property::new(
            "Content",
            Shape::PathOr(&[
                Property::text("S3Bucket").required(),
                Property::text("S3Key").required(),
                Property::text("S3ObjectVersion"),
            ]),
        )
        .required()
        .create_only(),
        Property::text("Description").create_only(),
        Property::text("LayerName").create_only(),
        Property::text("LicenseInfo").create_only(),
    ],
    attributes: &["LayerVersionArn"],
    name: Some(Name { property: "LayerName", longest: 140 }),
    part_of: None,
    taggable: false,
};

/// A version of a layer: `Ref` returns its ARN.
#[derive(Debug)]
pub(crate) struct LayerVersion;

impl ResourceType for LayerVersion {
    fn schema(&self) -> &'static Schema {
        &SCHEMA
    }

    fn create<'a>(
        &'a self,
        clients: &'a Clients,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Incomplete>> {
        Box::pin(async move { publish(clients, wanted).await.map_err(Incomplete::from) })
    }

    /// A version cannot be changed: other files make a new one, and the old one goes.
    fn update<'a>(
        &'a self,
        clients: &'a Clients,
        standing: &'a Standing,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Failure>> {
        Box::pin(async move {
            if self.digest(wanted)? == standing.digest {
                return Ok(standing.made.clone());
            }
            let made = publish(clients, wanted).await?;
            delete(clients, &standing.made.id).await?;
            Ok(made)
        })
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(delete(clients, &standing.made.id))
    }

    fn digest(&self, wanted: &Wanted) -> Result<Option<String>, Failure> {
        Ok(Code::of(wanted.properties(), "Content", &wanted.files)?.digest())
    }

    fn survey<'a>(&'a self, clients: &'a Clients) -> Future<'a, Survey> {
        Box::pin(survey(clients))
    }
}

/// Reads the layers of account and region with all their versions.
async fn survey(clients: &Clients) -> Survey {
    let mut survey = Survey::default();
    let listed = clients.lambda.list_layers().into_paginator().items().send();
    let listed = listed.collect::<Result<Vec<_>, _>>().await.during("lambda:ListLayers");
    for layer in survey.keep(SCHEMA.kind, listed).unwrap_or_default() {
        let name = layer.layer_name().unwrap_or_default();
        let listed = clients.lambda.list_layer_versions().layer_name(name).into_paginator().items().send();
        let listed = listed.collect::<Result<Vec<_>, _>>().await.during("lambda:ListLayerVersions");
        for version in survey.keep(format!("{}/{name}", SCHEMA.kind), listed).unwrap_or_default() {
            let arn = version.layer_version_arn().unwrap_or_default();
            let architectures = version.compatible_architectures().iter().map(Architecture::as_str);
            let runtimes = version.compatible_runtimes().iter().map(Runtime::as_str);
            let properties = Shaped::new()
                .with("LayerName", name)
                .text("Description", version.description())
                .text("LicenseInfo", version.license_info())
                .filled("CompatibleArchitectures", architectures.collect())
                .filled("CompatibleRuntimes", runtimes.collect())
                .done();
            let mut resource = seen(&SCHEMA, &format!("{name}/{}", version.version()), arn, properties);
            resource.arn = Some(arn.to_owned());
            survey.resources.push(resource);
        }
    }
    survey
}

async fn publish(clients: &Clients, wanted: &Wanted) -> Result<Made, Failure> {
    let properties = wanted.properties();
    let content = LayerVersionContentInput::builder();
    let content = match Code::of(properties, "Content", &wanted.files)? {
        Code::Zip(bytes) => content.zip_file(Blob::new(bytes)),
        Code::Stored { bucket, key, version } => {
            content.s3_bucket(bucket).s3_key(key).set_s3_object_version(version)
        }
    };
    let named = |property: &str| Some(properties.texts(property)).filter(|names| !names.is_empty());
    let runtimes = named("CompatibleRuntimes");
    let runtimes = runtimes.map(|names| names.iter().map(|name| Runtime::from(name.as_str())).collect());
    let architectures = named("CompatibleArchitectures");
    let architectures =
        architectures.map(|names| names.iter().map(|name| Architecture::from(name.as_str())).collect());
    let output = clients
        .lambda
        .publish_layer_version()
        .layer_name(wanted.name_in("LayerName"))
        .content(content.build())
        .set_description(properties.text("Description"))
        .set_license_info(properties.text("LicenseInfo"))
        .set_compatible_runtimes(runtimes)
        .set_compatible_architectures(architectures)
        .send()
        .await
        .during("lambda:PublishLayerVersion")?;
    let arn = output.layer_version_arn().unwrap_or_default();
    Ok(Made::new(arn).with("LayerVersionArn", arn))
}

/// Deletes a version by its ARN, which ends in the layer's name and the number.
async fn delete(clients: &Clients, arn: &str) -> Result<(), Failure> {
    let Some((layer, number)) = arn.rsplit_once(':') else { return Ok(()) };
    let Ok(number) = number.parse::<i64>() else { return Ok(()) };
    let call = clients.lambda.delete_layer_version().layer_name(layer).version_number(number);
    call.send().await.during("lambda:DeleteLayerVersion").found().map(drop)
}
