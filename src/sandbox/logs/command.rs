use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::sandbox::ServiceError;
use crate::sandbox::coverage::Api;

/// Makes the calls from their names, each with what it takes, and how they are read.
macro_rules! commands {
    ($($name:ident($input:ident),)*) => {
        /// One call, with its parameters. What is not named here is not covered.
        #[derive(Debug, Clone)]
        pub(super) enum Command { $($name($input),)* }

        impl Command {
            /// Reads a call's parameters.
            pub(super) fn parse(operation: &str, body: &[u8]) -> Result<Self, ServiceError> {
                Ok(match operation {
                    $(stringify!($name) => Self::$name(read(body)?),)*
                    other => return Err(Api::lacks("logs", other)),
                })
            }
        }
    };
}

commands! {
    CreateLogGroup(GroupInput),
    DeleteLogGroup(GroupInput),
    DescribeLogGroups(DescribeGroups),
    CreateLogStream(StreamInput),
    DeleteLogStream(StreamInput),
    DescribeLogStreams(DescribeStreams),
    PutLogEvents(PutEvents),
    GetLogEvents(GetEvents),
    FilterLogEvents(FilterEvents),
    PutRetentionPolicy(Retention),
    DeleteRetentionPolicy(GroupInput),
    TagLogGroup(GroupInput),
    UntagLogGroup(Untag),
    ListTagsLogGroup(GroupInput),
    TagResource(TagResource),
    UntagResource(UntagResource),
    ListTagsForResource(ListTags),
    StartQuery(StartQuery),
    GetQueryResults(QueryId),
    StopQuery(QueryId),
    DescribeQueries(DescribeQueries),
    PutMetricFilter(PutMetricFilter),
    DescribeMetricFilters(DescribeMetricFilters),
    DeleteMetricFilter(DeleteFilter),
    TestMetricFilter(TestMetricFilter),
    PutSubscriptionFilter(PutSubscriptionFilter),
    DescribeSubscriptionFilters(DescribeSubscriptionFilters),
    DeleteSubscriptionFilter(DeleteFilter),
    PutResourcePolicy(PutResourcePolicy),
    DescribeResourcePolicies(DescribeResourcePolicies),
    DeleteResourcePolicy(DeleteResourcePolicy),
    PutQueryDefinition(PutQueryDefinition),
    DescribeQueryDefinitions(DescribeQueryDefinitions),
    DeleteQueryDefinition(DeleteQueryDefinition),
    PutDestination(PutDestination),
    DescribeDestinations(DescribeDestinations),
    DeleteDestination(DestinationName),
    PutDestinationPolicy(PutDestinationPolicy),
    PutDeliverySource(PutDeliverySource),
    GetDeliverySource(DeliveryName),
    DescribeDeliverySources(DescribeDeliverySources),
    DeleteDeliverySource(DeliveryName),
    PutDeliveryDestination(PutDeliveryDestination),
    GetDeliveryDestination(DeliveryName),
    DescribeDeliveryDestinations(DescribeDeliveryDestinations),
    DeleteDeliveryDestination(DeliveryName),
    PutDeliveryDestinationPolicy(PutDeliveryDestinationPolicy),
    GetDeliveryDestinationPolicy(DeliveryDestinationName),
    DeleteDeliveryDestinationPolicy(DeliveryDestinationName),
    CreateDelivery(CreateDelivery),
    GetDelivery(DeliveryId),
    DescribeDeliveries(DescribeDeliveries),
    DeleteDelivery(DeliveryId),
    UpdateDeliveryConfiguration(UpdateDelivery),
    CreateExportTask(CreateExport),
    DescribeExportTasks(DescribeExports),
    CancelExportTask(ExportId),
    AssociateKmsKey(KmsKey),
    DisassociateKmsKey(KmsKey),
}

macro_rules! inputs {
    ($($name:ident { $($field:ident: $type:ty),* $(,)? })*) => {$(
        #[derive(Debug, Clone, Default, Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        #[allow(clippy::struct_field_names, reason = "the names are AWS's")]
        pub(super) struct $name { $(pub(super) $field: $type,)* }
    )*};
}

inputs! {
    GroupInput {
        log_group_name: String, tags: BTreeMap<String, String>, kms_key_id: Option<String>, log_group_class: Option<String>,
    }
    DescribeGroups {
        log_group_name_prefix: Option<String>, log_group_name_pattern: Option<String>,
        limit: Option<usize>, next_token: Option<String>,
    }
    StreamInput { log_group_name: String, log_stream_name: String }
    DescribeStreams {
        log_group_name: Option<String>, log_group_identifier: Option<String>, log_stream_name_prefix: Option<String>,
        order_by: Option<String>, descending: bool, limit: Option<usize>, next_token: Option<String>,
    }
    PutEvents { log_group_name: String, log_stream_name: String, log_events: Vec<InputEvent> }
    InputEvent { timestamp: i64, message: String }
    GetEvents {
        log_group_name: Option<String>, log_group_identifier: Option<String>, log_stream_name: String,
        start_time: Option<i64>, end_time: Option<i64>, next_token: Option<String>, limit: Option<usize>,
        start_from_head: bool,
    }
    FilterEvents {
        log_group_name: Option<String>, log_group_identifier: Option<String>, log_stream_names: Vec<String>,
        log_stream_name_prefix: Option<String>, start_time: Option<i64>, end_time: Option<i64>,
        filter_pattern: Option<String>, next_token: Option<String>, limit: Option<usize>,
    }
    Retention { log_group_name: String, retention_in_days: u32 }
    Untag { log_group_name: String, tags: Vec<String> }
    TagResource { resource_arn: String, tags: BTreeMap<String, String> }
    UntagResource { resource_arn: String, tag_keys: Vec<String> }
    ListTags { resource_arn: String }
    StartQuery {
        log_group_name: Option<String>, log_group_names: Vec<String>, log_group_identifiers: Vec<String>,
        start_time: i64, end_time: i64, query_string: String, limit: Option<usize>,
    }
    QueryId { query_id: String }
    DescribeQueries { log_group_name: Option<String>, status: Option<String> }
    PutMetricFilter {
        log_group_name: String, filter_name: String, filter_pattern: String, metric_transformations: Vec<Value>,
    }
    DescribeMetricFilters {
        log_group_name: Option<String>, filter_name_prefix: Option<String>, metric_name: Option<String>,
        metric_namespace: Option<String>, limit: Option<usize>, next_token: Option<String>,
    }
    DeleteFilter { log_group_name: String, filter_name: String }
    TestMetricFilter { filter_pattern: String, log_event_messages: Vec<String> }
    PutSubscriptionFilter {
        log_group_name: String, filter_name: String, filter_pattern: String, destination_arn: String,
        role_arn: Option<String>, distribution: Option<String>,
    }
    DescribeSubscriptionFilters {
        log_group_name: String, filter_name_prefix: Option<String>, limit: Option<usize>, next_token: Option<String>,
    }
    PutResourcePolicy { policy_name: String, policy_document: String }
    DescribeResourcePolicies { limit: Option<usize>, next_token: Option<String> }
    DeleteResourcePolicy { policy_name: String }
    PutQueryDefinition {
        name: String, query_definition_id: Option<String>, log_group_names: Vec<String>, query_string: String,
    }
    DescribeQueryDefinitions {
        query_definition_name_prefix: Option<String>, max_results: Option<usize>, next_token: Option<String>,
    }
    DeleteQueryDefinition { query_definition_id: String }
    KmsKey { log_group_name: Option<String>, resource_identifier: Option<String>, kms_key_id: Option<String> }
    PutDestination { destination_name: String, target_arn: String, role_arn: String, tags: BTreeMap<String, String> }
    DestinationName { destination_name: String }
    PutDestinationPolicy { destination_name: String, access_policy: String }
    PutDeliverySource {
        name: String, resource_arn: String, log_type: String, tags: BTreeMap<String, String>,
        delivery_source_configuration: BTreeMap<String, String>,
    }
    DeliveryName { name: String }
    DescribeDeliverySources { resource_arns: Vec<String>, limit: Option<usize>, next_token: Option<String> }
    PutDeliveryDestination {
        name: String, output_format: Option<String>, delivery_destination_configuration: Option<DestinationResource>,
        delivery_destination_type: Option<String>, role_arn: Option<String>, tags: BTreeMap<String, String>,
    }
    DestinationResource { destination_resource_arn: String }
    DescribeDeliveryDestinations { names: Vec<String>, limit: Option<usize>, next_token: Option<String> }
    PutDeliveryDestinationPolicy { delivery_destination_name: String, delivery_destination_policy: String }
    DeliveryDestinationName { delivery_destination_name: String }
    CreateDelivery {
        delivery_source_name: String, delivery_destination_arn: String, record_fields: Option<Vec<String>>,
        field_delimiter: Option<String>, s3_delivery_configuration: Option<Value>, tags: BTreeMap<String, String>,
    }
    DeliveryId { id: String }
    UpdateDelivery {
        id: String, record_fields: Option<Vec<String>>, field_delimiter: Option<String>,
        s3_delivery_configuration: Option<Value>,
    }
    DescribeDeliveries { delivery_source_names: Vec<String>, limit: Option<usize>, next_token: Option<String> }
    CreateExport {
        task_name: Option<String>, log_group_name: String, log_stream_name_prefix: Option<String>, from: i64, to: i64,
        destination: String, destination_prefix: Option<String>,
    }
    DescribeExports { task_id: Option<String>, status_code: Option<String>, limit: Option<usize>, next_token: Option<String> }
    ExportId { task_id: String }
}

/// The one operation whose parameters have capitals in front, and not all of them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct DescribeDestinations {
    #[serde(rename = "DestinationNamePrefix")]
    pub(super) destination_name_prefix: Option<String>,
    pub(super) limit: Option<usize>,
    pub(super) next_token: Option<String>,
}

impl Command {
    /// Whether it changes anything.
    pub(super) fn mutates(&self) -> bool {
        !matches!(
            self,
            Self::DescribeLogGroups(_)
                | Self::DescribeLogStreams(_)
                | Self::GetLogEvents(_)
                | Self::FilterLogEvents(_)
                | Self::ListTagsLogGroup(_)
                | Self::ListTagsForResource(_)
                | Self::StartQuery(_)
                | Self::GetQueryResults(_)
                | Self::StopQuery(_)
                | Self::DescribeQueries(_)
                | Self::DescribeMetricFilters(_)
                | Self::TestMetricFilter(_)
                | Self::DescribeSubscriptionFilters(_)
                | Self::DescribeResourcePolicies(_)
                | Self::DescribeQueryDefinitions(_)
                | Self::DescribeDestinations(_)
                | Self::GetDeliverySource(_)
                | Self::DescribeDeliverySources(_)
                | Self::GetDeliveryDestination(_)
                | Self::DescribeDeliveryDestinations(_)
                | Self::GetDeliveryDestinationPolicy(_)
                | Self::GetDelivery(_)
                | Self::DescribeDeliveries(_)
                | Self::DescribeExportTasks(_)
        )
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ServiceError> {
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|problem| {
        // AWS names no position either; the words after it help a person.
        ServiceError::new(400, "SerializationException", format!("the request cannot be read: {problem}"))
    })
}

/// Returns the group that a name or an identifier (a name or an ARN) stands for.
pub(super) fn group_of(name: Option<&str>, identifier: Option<&str>) -> Result<String, ServiceError> {
    let given = name.or(identifier).filter(|given| !given.is_empty());
    let given = given.ok_or_else(|| invalid("a log group name or identifier is required"))?;
    Ok(match given.strip_prefix("arn:").and_then(|rest| rest.split_once(":log-group:")) {
        Some((_, name)) => name.strip_suffix(":*").unwrap_or(name).to_owned(),
        None => given.to_owned(),
    })
}

pub(super) fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, "InvalidParameterException", message)
}
