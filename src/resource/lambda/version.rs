use super::settled::settled;
use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::schema::{Property, Schema};

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-version.html>
static SCHEMA: Schema = Schema {
    kind: "AWS::Lambda::Version",
    properties: &[
        Property::text("CodeSha256").create_only(),
        Property::text("Description").create_only(),
        Property::text("FunctionName").required().create_only(),
    ],
    attributes: &["FunctionArn", "Version"],
    name: None,
    part_of: Some("FunctionName"),
    taggable: false,
};

/// A published version: `Ref` returns its ARN.
#[derive(Debug)]
pub(crate) struct Version;

impl ResourceType for Version {
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
            let function = properties.need("FunctionName")?;
            settled(clients, &function).await?;
            let output = clients
                .lambda
                .publish_version()
                .function_name(function)
                .set_code_sha256(properties.text("CodeSha256"))
                .set_description(properties.text("Description"))
                .send()
                .await
                .during("lambda:PublishVersion")?;
            let (arn, version) = (output.function_arn().unwrap_or_default(), output.version());
            // Lambda's answer names the version's own ARN, with the version at its end.
            Ok(Made::new(arn).with("FunctionArn", arn).maybe("Version", version))
        })
    }

    fn update<'a>(
        &'a self,
        _clients: &'a Clients,
        standing: &'a Standing,
        _wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Failure>> {
        // Every property is create-only: a version never changes.
        Box::pin(async move { Ok(standing.made.clone()) })
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            let version = standing.made.attributes.get("Version").and_then(|version| version.as_str());
            let call =
                clients.lambda.delete_function().function_name(standing.properties().need("FunctionName")?);
            let call = call.set_qualifier(version.map(str::to_owned));
            // Without its number the whole function would go.
            if version.is_none() {
                return Ok(());
            }
            call.send().await.during("lambda:DeleteFunction").found().map(drop)
        })
    }
}
