use aws_sdk_lambda::types::{DestinationConfig, OnFailure, OnSuccess};

use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::properties::Properties;
use crate::resource::schema::{Property, Schema, Shape};

const DESTINATION: Shape = Shape::Object(&[Property::text("Destination").required()]);

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-eventinvokeconfig.html>
pub(super) static SCHEMA: Schema = Schema {
    kind: "AWS::Lambda::EventInvokeConfig",
    properties: &[
        Property::new(
            "DestinationConfig",
            Shape::Object(&[
                Property::new("OnFailure", DESTINATION),
                Property::new("OnSuccess", DESTINATION),
            ]),
        ),
        Property::text("FunctionName").required().create_only(),
        Property::new("MaximumEventAgeInSeconds", Shape::Integer),
        Property::new("MaximumRetryAttempts", Shape::Integer),
        Property::text("Qualifier").required().create_only(),
    ],
    attributes: &[],
    name: None,
    part_of: Some("FunctionName"),
    taggable: false,
};

/// What becomes of a function's asynchronous calls: `Ref` returns function and qualifier.
#[derive(Debug)]
pub(crate) struct EventInvokeConfig;

impl ResourceType for EventInvokeConfig {
    fn schema(&self) -> &'static Schema {
        &SCHEMA
    }

    fn create<'a>(
        &'a self,
        clients: &'a Clients,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Incomplete>> {
        Box::pin(async move {
            put(clients, wanted.properties()).await?;
            let properties = wanted.properties();
            let (function, qualifier) = (properties.need("FunctionName")?, properties.need("Qualifier")?);
            let function = function.rsplit(':').next().unwrap_or_default();
            Ok(Made::new(format!("{function}/{qualifier}")))
        })
    }

    fn update<'a>(
        &'a self,
        clients: &'a Clients,
        standing: &'a Standing,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Failure>> {
        Box::pin(async move {
            put(clients, wanted.properties()).await?;
            Ok(standing.made.clone())
        })
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            let properties = standing.properties();
            let call = clients.lambda.delete_function_event_invoke_config();
            let call = call.function_name(properties.need("FunctionName")?);
            let call = call.qualifier(properties.need("Qualifier")?);
            call.send().await.during("lambda:DeleteFunctionEventInvokeConfig").found().map(drop)
        })
    }
}

async fn put(clients: &Clients, properties: Properties<'_>) -> Result<(), Failure> {
    let call = clients
        .lambda
        .put_function_event_invoke_config()
        .function_name(properties.need("FunctionName")?)
        .qualifier(properties.need("Qualifier")?)
        .set_maximum_event_age_in_seconds(properties.integer("MaximumEventAgeInSeconds"))
        .set_maximum_retry_attempts(properties.integer("MaximumRetryAttempts"))
        .set_destination_config(destinations(properties));
    call.send().await.during("lambda:PutFunctionEventInvokeConfig").map(drop)
}

fn destinations(properties: Properties<'_>) -> Option<DestinationConfig> {
    let given = properties.object("DestinationConfig")?;
    let target = |case: &str| given.object(case).and_then(|case| case.text("Destination"));
    let failure = target("OnFailure").map(|target| OnFailure::builder().destination(target).build());
    let success = target("OnSuccess").map(|target| OnSuccess::builder().destination(target).build());
    if failure.is_none() && success.is_none() {
        return None;
    }
    Some(DestinationConfig::builder().set_on_failure(failure).set_on_success(success).build())
}
