use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::sandbox::ServiceError;
use crate::sandbox::coverage::Api;

/// One call, with its parameters. What is not named here is not covered.
#[derive(Debug, Clone)]
pub(super) enum Command {
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
    GroupInput { log_group_name: String, tags: BTreeMap<String, String>, kms_key_id: Option<String> }
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
}

impl Command {
    /// Reads a call's parameters.
    pub(super) fn parse(operation: &str, body: &[u8]) -> Result<Self, ServiceError> {
        Ok(match operation {
            "CreateLogGroup" => Self::CreateLogGroup(read(body)?),
            "DeleteLogGroup" => Self::DeleteLogGroup(read(body)?),
            "DescribeLogGroups" => Self::DescribeLogGroups(read(body)?),
            "CreateLogStream" => Self::CreateLogStream(read(body)?),
            "DeleteLogStream" => Self::DeleteLogStream(read(body)?),
            "DescribeLogStreams" => Self::DescribeLogStreams(read(body)?),
            "PutLogEvents" => Self::PutLogEvents(read(body)?),
            "GetLogEvents" => Self::GetLogEvents(read(body)?),
            "FilterLogEvents" => Self::FilterLogEvents(read(body)?),
            "PutRetentionPolicy" => Self::PutRetentionPolicy(read(body)?),
            "DeleteRetentionPolicy" => Self::DeleteRetentionPolicy(read(body)?),
            "TagLogGroup" => Self::TagLogGroup(read(body)?),
            "UntagLogGroup" => Self::UntagLogGroup(read(body)?),
            "ListTagsLogGroup" => Self::ListTagsLogGroup(read(body)?),
            "TagResource" => Self::TagResource(read(body)?),
            "UntagResource" => Self::UntagResource(read(body)?),
            "ListTagsForResource" => Self::ListTagsForResource(read(body)?),
            "StartQuery" => Self::StartQuery(read(body)?),
            "GetQueryResults" => Self::GetQueryResults(read(body)?),
            "StopQuery" => Self::StopQuery(read(body)?),
            "DescribeQueries" => Self::DescribeQueries(read(body)?),
            "PutMetricFilter" => Self::PutMetricFilter(read(body)?),
            "DescribeMetricFilters" => Self::DescribeMetricFilters(read(body)?),
            "DeleteMetricFilter" => Self::DeleteMetricFilter(read(body)?),
            "TestMetricFilter" => Self::TestMetricFilter(read(body)?),
            "PutSubscriptionFilter" => Self::PutSubscriptionFilter(read(body)?),
            "DescribeSubscriptionFilters" => Self::DescribeSubscriptionFilters(read(body)?),
            "DeleteSubscriptionFilter" => Self::DeleteSubscriptionFilter(read(body)?),
            "PutResourcePolicy" => Self::PutResourcePolicy(read(body)?),
            "DescribeResourcePolicies" => Self::DescribeResourcePolicies(read(body)?),
            "DeleteResourcePolicy" => Self::DeleteResourcePolicy(read(body)?),
            "PutQueryDefinition" => Self::PutQueryDefinition(read(body)?),
            "DescribeQueryDefinitions" => Self::DescribeQueryDefinitions(read(body)?),
            "DeleteQueryDefinition" => Self::DeleteQueryDefinition(read(body)?),
            other => return Err(Api::lacks("logs", other)),
        })
    }

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
