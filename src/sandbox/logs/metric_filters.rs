use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::command::{DeleteFilter, DescribeMetricFilters, PutMetricFilter, TestMetricFilter, invalid};
use super::groups::{check_group_name, with_token};
use super::page::page;
use super::pattern::Pattern;
use super::store::Store;
use crate::sandbox::{Scope, ServiceError};

/// Of one log group. <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html>
const MOST: usize = 100;

/// What metrics are made of a group's events. There is no service here that would show them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct MetricFilter {
    created: i64,
    pattern: String,
    transformations: Vec<Value>,
}

/// Refuses a name that is too long or has what a name may not have.
pub(super) fn check_filter_name(name: &str) -> Result<(), ServiceError> {
    constrain(name, "filterName", 512)?;
    if name.is_empty() || name.contains([':', '*']) {
        return Err(invalid(format!(
            "1 validation error detected: Value '{name}' at 'filterName' failed to satisfy constraint: Member must satisfy regular expression pattern: [^:*]*"
        )));
    }
    Ok(())
}

fn constrain(value: &str, at: &str, most: usize) -> Result<(), ServiceError> {
    if value.chars().count() <= most {
        return Ok(());
    }
    Err(invalid(format!(
        "1 validation error detected: Value '{value}' at '{at}' failed to satisfy constraint: Member must have length less than or equal to {most}"
    )))
}

/// Refuses a filter pattern that is too long or cannot be read.
pub(super) fn check_pattern(pattern: &str) -> Result<(), ServiceError> {
    constrain(pattern, "filterPattern", 1024)?;
    Pattern::parse(pattern).map(drop)
}

/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html>
pub(super) fn put(
    store: &mut Store,
    scope: &Scope,
    input: PutMetricFilter,
    now: i64,
) -> Result<Value, ServiceError> {
    check_filter_name(&input.filter_name)?;
    check_pattern(&input.filter_pattern)?;
    if input.metric_transformations.len() != 1 {
        return Err(invalid(
            "1 validation error detected: Value at 'metricTransformations' failed to satisfy constraint: Member must have length less than or equal to 1",
        ));
    }
    for transformation in &input.metric_transformations {
        for member in ["metricName", "metricNamespace", "metricValue"] {
            let value = transformation.get(member).and_then(Value::as_str).unwrap_or_default();
            let longest = if member == "metricValue" { 100 } else { 255 };
            if value.is_empty() {
                return Err(invalid(format!(
                    "1 validation error detected: Value null at 'metricTransformations.1.member.{member}' failed to satisfy constraint: Member must not be null"
                )));
            }
            constrain(value, &format!("metricTransformations.1.member.{member}"), longest)?;
        }
    }
    let group = store.group_mut(scope, &input.log_group_name)?;
    if group.metric_filters.len() >= MOST && !group.metric_filters.contains_key(&input.filter_name) {
        return Err(ServiceError::new(400, "LimitExceededException", "Resource limit exceeded."));
    }
    let filter = MetricFilter {
        created: group.metric_filters.get(&input.filter_name).map_or(now, |before| before.created),
        pattern: input.filter_pattern,
        transformations: input.metric_transformations,
    };
    group.metric_filters.insert(input.filter_name, filter);
    Ok(json!({}))
}

pub(super) fn describe(
    store: &Store,
    scope: &Scope,
    input: &DescribeMetricFilters,
) -> Result<Value, ServiceError> {
    if let Some(prefix) = &input.filter_name_prefix {
        constrain(prefix, "filterNamePrefix", 512)?;
    }
    for (value, at) in [(&input.metric_name, "metricName"), (&input.metric_namespace, "metricNamespace")] {
        constrain(value.as_deref().unwrap_or_default(), at, 255)?;
    }
    if input.metric_name.is_some() != input.metric_namespace.is_some() {
        return Err(invalid("metricName and metricNamespace must be given together."));
    }
    if let Some(name) = &input.log_group_name {
        check_group_name(name)?;
        store.group(scope, name)?;
    }
    let is = |filter: &MetricFilter, member: &str, wanted: &Option<String>| {
        wanted.as_ref().is_none_or(|wanted| filter.transformations.iter().any(|it| it[member] == **wanted))
    };
    let prefix = input.filter_name_prefix.as_deref().unwrap_or_default();
    let all = store
        .groups(scope)
        .filter(|(name, _)| input.log_group_name.as_ref().is_none_or(|wanted| wanted == *name))
        .flat_map(|(group, kept)| kept.metric_filters.iter().map(move |(name, filter)| (group, name, filter)))
        .filter(|(_, name, filter)| {
            name.starts_with(prefix)
                && is(filter, "metricName", &input.metric_name)
                && is(filter, "metricNamespace", &input.metric_namespace)
        });
    let cut = page(all, input.next_token.as_deref(), input.limit, 50)?;
    let shown = cut.items.into_iter().map(|(group, name, filter)| {
        json!({
            "filterName": name,
            "filterPattern": filter.pattern,
            "metricTransformations": filter.transformations,
            "creationTime": filter.created,
            "logGroupName": group,
            "applyOnTransformedLogs": false,
        })
    });
    let shown: Vec<Value> = shown.collect();
    Ok(with_token(json!({ "metricFilters": shown }), cut.next))
}

pub(super) fn delete(store: &mut Store, scope: &Scope, input: &DeleteFilter) -> Result<Value, ServiceError> {
    check_filter_name(&input.filter_name)?;
    check_group_name(&input.log_group_name)?;
    let group = store.group_mut(scope, &input.log_group_name)?;
    match group.metric_filters.remove(&input.filter_name) {
        Some(_) => Ok(json!({})),
        None => Err(ServiceError::new(
            400,
            "ResourceNotFoundException",
            "The specified metric filter does not exist.",
        )),
    }
}

/// Says which messages a pattern matches.
pub(super) fn test(input: &TestMetricFilter) -> Result<Value, ServiceError> {
    let pattern = Pattern::parse(&input.filter_pattern)?;
    if !(1..=50).contains(&input.log_event_messages.len()) {
        return Err(invalid(
            "1 validation error detected: Value at 'logEventMessages' failed to satisfy constraint: Member must have length between 1 and 50",
        ));
    }
    let matches = input.log_event_messages.iter().enumerate().filter(|(_, message)| pattern.matches(message));
    let matches = matches.map(|(number, message)| {
        json!({ "eventNumber": number + 1, "eventMessage": message, "extractedValues": {} })
    });
    Ok(json!({ "matches": matches.collect::<Vec<_>>() }))
}
