use aws_sdk_lambda::types::{
    DestinationConfig, EventSourcePosition, Filter, FilterCriteria, FunctionResponseType, OnFailure,
    ScalingConfig,
};

use super::event_source_mapping_survey::survey;
use crate::aws::{Clients, Failure, Found, Outcome, Patience, patiently};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::properties::Properties;
use crate::resource::schema::{Property, Schema, Shape};
use crate::resource::survey::Survey;

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-eventsourcemapping.html>
static SCHEMA: Schema = Schema {
    kind: "AWS::Lambda::EventSourceMapping",
    properties: &[
        Property::new("BatchSize", Shape::Integer),
        Property::new("BisectBatchOnFunctionError", Shape::Boolean),
        Property::new(
            "DestinationConfig",
            Shape::Object(&[Property::new(
                "OnFailure",
                Shape::Object(&[Property::text("Destination").required()]),
            )]),
        ),
        Property::new("Enabled", Shape::Boolean),
        Property::text("EventSourceArn").required().create_only(),
        Property::new(
            "FilterCriteria",
            Shape::Object(&[Property::new(
                "Filters",
                Shape::List(&Shape::Object(&[Property::new("Pattern", Shape::Document)])),
            )]),
        ),
        Property::text("FunctionName").required(),
        Property::new("FunctionResponseTypes", Shape::List(&Shape::Choice(&["ReportBatchItemFailures"]))),
        Property::new("MaximumBatchingWindowInSeconds", Shape::Integer),
        Property::new("MaximumRecordAgeInSeconds", Shape::Integer),
        Property::new("MaximumRetryAttempts", Shape::Integer),
        Property::new("ParallelizationFactor", Shape::Integer),
        Property::new("ScalingConfig", Shape::Object(&[Property::new("MaximumConcurrency", Shape::Integer)])),
        Property::new("StartingPosition", Shape::Choice(&["LATEST", "TRIM_HORIZON"])).create_only(),
        Property::new("TumblingWindowInSeconds", Shape::Integer),
    ],
    attributes: &["EventSourceMappingArn", "Id"],
    name: None,
    // Deleting the function leaves its mappings behind.
    part_of: None,
    taggable: false,
};

/// A queue or stream that Lambda polls for a function: `Ref` returns its UUID.
#[derive(Debug)]
pub(crate) struct EventSourceMapping;

impl ResourceType for EventSourceMapping {
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
            let position = properties.text("StartingPosition");
            let call = clients
                .lambda
                .create_event_source_mapping()
                .event_source_arn(properties.need("EventSourceArn")?)
                .function_name(properties.need("FunctionName")?)
                .set_enabled(properties.flag("Enabled"))
                .set_batch_size(properties.integer("BatchSize"))
                .set_bisect_batch_on_function_error(properties.flag("BisectBatchOnFunctionError"))
                .set_destination_config(destinations(properties))
                .set_filter_criteria(filters(properties))
                .set_function_response_types(response_types(properties))
                .set_maximum_batching_window_in_seconds(properties.integer("MaximumBatchingWindowInSeconds"))
                .set_maximum_record_age_in_seconds(properties.integer("MaximumRecordAgeInSeconds"))
                .set_maximum_retry_attempts(properties.integer("MaximumRetryAttempts"))
                .set_parallelization_factor(properties.integer("ParallelizationFactor"))
                .set_scaling_config(scaling(properties))
                .set_starting_position(position.map(|name| EventSourcePosition::from(name.as_str())))
                .set_tumbling_window_in_seconds(properties.integer("TumblingWindowInSeconds"));
            let output = patiently(patience(clients), passing, || async {
                call.clone().send().await.during("lambda:CreateEventSourceMapping")
            });
            let output = output.await?;
            let id = output.uuid().unwrap_or_default();
            Ok(Made::new(id).with("Id", id).maybe("EventSourceMappingArn", output.event_source_mapping_arn()))
        })
    }

    fn update<'a>(
        &'a self,
        clients: &'a Clients,
        standing: &'a Standing,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Failure>> {
        Box::pin(async move {
            let (before, properties) = (standing.properties(), wanted.properties());
            // What was never there is not taken away: a mapping that reads a queue takes no destination, not even none.
            let had = |property: &str| before.get(property).is_some();
            let no_filters = || FilterCriteria::builder().set_filters(Some(Vec::new())).build();
            let types = response_types(properties);
            let call = clients
                .lambda
                .update_event_source_mapping()
                .uuid(&standing.made.id)
                .function_name(properties.need("FunctionName")?)
                .enabled(properties.flag("Enabled").unwrap_or(true))
                .set_batch_size(properties.integer("BatchSize"))
                .set_bisect_batch_on_function_error(properties.flag("BisectBatchOnFunctionError"))
                .set_destination_config(
                    destinations(properties).or_else(|| had("DestinationConfig").then(no_destinations)),
                )
                .set_filter_criteria(filters(properties).or_else(|| had("FilterCriteria").then(no_filters)))
                .set_function_response_types(types.or_else(|| had("FunctionResponseTypes").then(Vec::new)))
                .set_maximum_batching_window_in_seconds(properties.integer("MaximumBatchingWindowInSeconds"))
                .set_maximum_record_age_in_seconds(properties.integer("MaximumRecordAgeInSeconds"))
                .set_maximum_retry_attempts(properties.integer("MaximumRetryAttempts"))
                .set_parallelization_factor(properties.integer("ParallelizationFactor"))
                .set_scaling_config(scaling(properties))
                .set_tumbling_window_in_seconds(properties.integer("TumblingWindowInSeconds"));
            patiently(patience(clients), passing, || async {
                call.clone().send().await.during("lambda:UpdateEventSourceMapping")
            })
            .await?;
            Ok(standing.made.clone())
        })
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            let call = clients.lambda.delete_event_source_mapping().uuid(&standing.made.id);
            patiently(patience(clients), passing, || async {
                call.clone().send().await.during("lambda:DeleteEventSourceMapping")
            })
            .await
            .found()
            .map(drop)
        })
    }

    fn survey<'a>(&'a self, clients: &'a Clients) -> Future<'a, Survey> {
        Box::pin(survey(clients, &SCHEMA))
    }
}

/// A mapping that is being created, updated or deleted takes no other change, and a role's new policy takes some seconds to be seen.
fn patience(clients: &Clients) -> Patience {
    if clients.eventual() {
        Patience::SETTLING
    } else {
        Patience { limit: std::time::Duration::from_secs(5), ..Patience::SETTLING }
    }
}

fn passing(failure: &Failure) -> bool {
    failure.has_code("ResourceInUseException")
}

fn filters(properties: Properties<'_>) -> Option<FilterCriteria> {
    let filters = properties.object("FilterCriteria")?.objects("Filters").into_iter();
    let filters = filters.map(|filter| Filter::builder().set_pattern(filter.document("Pattern")).build());
    Some(FilterCriteria::builder().set_filters(Some(filters.collect())).build())
}

fn destinations(properties: Properties<'_>) -> Option<DestinationConfig> {
    let target = properties.object("DestinationConfig")?.object("OnFailure")?.text("Destination");
    let failure = OnFailure::builder().set_destination(target).build();
    Some(DestinationConfig::builder().on_failure(failure).build())
}

fn no_destinations() -> DestinationConfig {
    DestinationConfig::builder().on_failure(OnFailure::builder().destination("").build()).build()
}

fn response_types(properties: Properties<'_>) -> Option<Vec<FunctionResponseType>> {
    let named = properties.texts("FunctionResponseTypes");
    let types = named.iter().map(|name| FunctionResponseType::from(name.as_str())).collect();
    (!named.is_empty()).then_some(types)
}

fn scaling(properties: Properties<'_>) -> Option<ScalingConfig> {
    let most = properties.object("ScalingConfig")?.integer("MaximumConcurrency");
    Some(ScalingConfig::builder().set_maximum_concurrency(most).build())
}
