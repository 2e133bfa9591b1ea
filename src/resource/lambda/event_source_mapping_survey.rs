use aws_sdk_lambda::types::EventSourceMappingConfiguration;
use serde_json::{Value, json};

use super::permission::target_of;
use crate::aws::{Clients, Outcome};
use crate::evidence::Resource;
use crate::resource::properties::{Shaped, parsed};
use crate::resource::schema::Schema;
use crate::resource::survey::{Survey, seen};

/// Reads what Lambda polls for functions. `attributes.State` says whether it does.
pub(super) async fn survey(clients: &Clients, schema: &'static Schema) -> Survey {
    let mut survey = Survey::default();
    let listed = clients.lambda.list_event_source_mappings().into_paginator().items().send();
    let listed = listed.collect::<Result<Vec<_>, _>>().await.during("lambda:ListEventSourceMappings");
    let mappings = survey.keep(schema.kind, listed).unwrap_or_default();
    survey.resources.extend(mappings.iter().map(|mapping| resource(mapping, schema)));
    survey
}

fn resource(mapping: &EventSourceMappingConfiguration, schema: &Schema) -> Resource {
    let id = mapping.uuid().unwrap_or_default();
    let mut resource = seen(schema, id, id, shape(mapping));
    resource.arn = mapping.event_source_mapping_arn().map(str::to_owned);
    resource.attributes = Shaped::new()
        .maybe("State", mapping.state())
        .maybe("StateTransitionReason", mapping.state_transition_reason())
        .maybe("LastProcessingResult", mapping.last_processing_result())
        .maybe("FunctionArn", mapping.function_arn())
        .done();
    resource
}

fn shape(mapping: &EventSourceMappingConfiguration) -> Value {
    // The API names the function by its ARN, with the alias at its end.
    let function = mapping.function_arn().unwrap_or_default();
    let function = match target_of(function) {
        (name, Some(qualifier)) => format!("{name}:{qualifier}"),
        (arn, None) => arn.rsplit(':').next().unwrap_or_default().to_owned(),
    };
    let filters = mapping.filter_criteria().map(aws_sdk_lambda::types::FilterCriteria::filters);
    let filters: Vec<Value> = filters
        .unwrap_or_default()
        .iter()
        .filter_map(|filter| Some(json!({ "Pattern": parsed(filter.pattern()?) })))
        .collect();
    let failures = mapping.destination_config().and_then(|destinations| destinations.on_failure());
    let failures = failures.and_then(|target| target.destination()).filter(|target| !target.is_empty());
    let most = mapping.scaling_config().and_then(aws_sdk_lambda::types::ScalingConfig::maximum_concurrency);
    let types: Vec<&str> = mapping
        .function_response_types()
        .iter()
        .map(aws_sdk_lambda::types::FunctionResponseType::as_str)
        .collect();
    let position = mapping.starting_position().map(aws_sdk_lambda::types::EventSourcePosition::as_str);
    let enabled = mapping.state().map(|state| !matches!(state, "Disabled" | "Disabling"));
    Shaped::new()
        .maybe("EventSourceArn", mapping.event_source_arn())
        .with("FunctionName", function)
        .maybe("Enabled", enabled)
        .maybe("BatchSize", mapping.batch_size())
        .maybe("MaximumBatchingWindowInSeconds", mapping.maximum_batching_window_in_seconds())
        .filled("FunctionResponseTypes", json!(types))
        .maybe("FilterCriteria", (!filters.is_empty()).then(|| json!({ "Filters": filters })))
        .maybe("DestinationConfig", failures.map(|target| json!({ "OnFailure": { "Destination": target } })))
        .maybe("ScalingConfig", most.map(|most| json!({ "MaximumConcurrency": most })))
        .maybe("StartingPosition", position)
        .maybe("BisectBatchOnFunctionError", mapping.bisect_batch_on_function_error())
        .maybe("MaximumRecordAgeInSeconds", mapping.maximum_record_age_in_seconds())
        .maybe("MaximumRetryAttempts", mapping.maximum_retry_attempts())
        .maybe("ParallelizationFactor", mapping.parallelization_factor())
        .maybe("TumblingWindowInSeconds", mapping.tumbling_window_in_seconds())
        .done()
}

#[cfg(test)]
mod tests {
    use aws_sdk_lambda::types::{Filter, FilterCriteria, FunctionResponseType};

    use super::*;

    #[test]
    fn a_mapping_is_read_in_the_shape_of_its_template() {
        let filters =
            FilterCriteria::builder().filters(Filter::builder().pattern(r#"{"body":{"a":[1]}}"#).build());
        let mapping = EventSourceMappingConfiguration::builder()
            .event_source_arn("arn:aws:sqs:eu-west-1:123456789012:jobs")
            .function_arn("arn:aws:lambda:eu-west-1:123456789012:function:work:live")
            .batch_size(5)
            .state("Enabled")
            .filter_criteria(filters.build())
            .function_response_types(FunctionResponseType::ReportBatchItemFailures)
            .build();
        let expected = json!({
            "EventSourceArn": "arn:aws:sqs:eu-west-1:123456789012:jobs", "FunctionName": "work:live",
            "Enabled": true, "BatchSize": 5, "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "FilterCriteria": {"Filters": [{"Pattern": {"body": {"a": [1]}}}]},
        });
        assert_eq!(shape(&mapping), expected);
    }
}
