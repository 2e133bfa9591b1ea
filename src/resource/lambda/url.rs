use aws_sdk_lambda::types::{Cors, FunctionUrlAuthType, InvokeMode};

use super::permission::target_of;
use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::properties::Properties;
use crate::resource::schema::{Property, Schema, Shape, TEXTS};

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-url.html>
pub(super) static SCHEMA: Schema = Schema {
    kind: "AWS::Lambda::Url",
    properties: &[
        Property::new("AuthType", Shape::Choice(&["NONE", "AWS_IAM"])).required(),
        Property::new(
            "Cors",
            Shape::Object(&[
                Property::new("AllowCredentials", Shape::Boolean),
                Property::new("AllowHeaders", TEXTS),
                Property::new("AllowMethods", TEXTS),
                Property::new("AllowOrigins", TEXTS),
                Property::new("ExposeHeaders", TEXTS),
                Property::new("MaxAge", Shape::Integer),
            ]),
        ),
        Property::new("InvokeMode", Shape::Choice(&["BUFFERED", "RESPONSE_STREAM"])),
        Property::text("Qualifier").create_only(),
        Property::text("TargetFunctionArn").required().create_only(),
    ],
    attributes: &["FunctionArn", "FunctionUrl"],
    name: None,
    part_of: Some("TargetFunctionArn"),
    taggable: false,
};

/// An address of a function's own: `Ref` returns the function's ARN.
#[derive(Debug)]
pub(crate) struct Url;

impl ResourceType for Url {
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
            let (function, qualifier) = place(properties)?;
            let mode = properties.text("InvokeMode");
            let output = clients
                .lambda
                .create_function_url_config()
                .function_name(function)
                .set_qualifier(qualifier)
                .auth_type(FunctionUrlAuthType::from(properties.need("AuthType")?.as_str()))
                .set_cors(cors(properties))
                .set_invoke_mode(mode.map(|mode| InvokeMode::from(mode.as_str())))
                .send()
                .await
                .during("lambda:CreateFunctionUrlConfig")?;
            let arn = output.function_arn();
            Ok(Made::new(arn).with("FunctionArn", arn).with("FunctionUrl", output.function_url()))
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
            let (function, qualifier) = place(properties)?;
            let mode = properties.text("InvokeMode").unwrap_or_else(|| "BUFFERED".to_owned());
            clients
                .lambda
                .update_function_url_config()
                .function_name(function)
                .set_qualifier(qualifier)
                .auth_type(FunctionUrlAuthType::from(properties.need("AuthType")?.as_str()))
                .cors(cors(properties).unwrap_or_else(|| Cors::builder().build()))
                .invoke_mode(InvokeMode::from(mode.as_str()))
                .send()
                .await
                .during("lambda:UpdateFunctionUrlConfig")?;
            Ok(standing.made.clone())
        })
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            let (function, qualifier) = place(standing.properties())?;
            let call = clients.lambda.delete_function_url_config().function_name(function);
            let call = call.set_qualifier(qualifier);
            call.send().await.during("lambda:DeleteFunctionUrlConfig").found().map(drop)
        })
    }
}

/// Returns the function and the alias that the address leads to.
fn place(properties: Properties<'_>) -> Result<(String, Option<String>), Failure> {
    let (function, qualifier) = target_of(&properties.need("TargetFunctionArn")?);
    Ok((function, properties.text("Qualifier").or(qualifier)))
}

fn cors(properties: Properties<'_>) -> Option<Cors> {
    let cors = properties.object("Cors")?;
    let list = |name: &str| Some(cors.texts(name)).filter(|list| !list.is_empty());
    let made = Cors::builder()
        .set_allow_credentials(cors.flag("AllowCredentials"))
        .set_allow_headers(list("AllowHeaders"))
        .set_allow_methods(list("AllowMethods"))
        .set_allow_origins(list("AllowOrigins"))
        .set_expose_headers(list("ExposeHeaders"))
        .set_max_age(cors.integer("MaxAge"));
    Some(made.build())
}
