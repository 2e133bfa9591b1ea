use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Logs;
use super::access::group_arn;
use super::command::{DeleteFilter, DescribeSubscriptionFilters, PutSubscriptionFilter, invalid};
use super::compression::gzip;
use super::groups::with_token;
use super::metric_filters::{check_filter_name, check_pattern};
use super::page::page;
use super::pattern::Pattern;
use super::store::{Event, Store};
use crate::policy::Principal;
use crate::sandbox::{AccountId, Invocation, InvocationType, Invoker, Scope, ServiceError};

/// Of one log group. <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html>
const MOST: usize = 2;

/// Who gets a group's events as they come.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct SubscriptionFilter {
    created: i64,
    pattern: String,
    destination: String,
    role: Option<String>,
    distribution: String,
}

/// Refuses what cannot be a subscription, before the destination is tried.
pub(super) fn check(store: &Store, scope: &Scope, input: &PutSubscriptionFilter) -> Result<(), ServiceError> {
    check_filter_name(&input.filter_name)?;
    check_pattern(&input.filter_pattern)?;
    let group = store.group(scope, &input.log_group_name)?;
    let kind = input.destination_arn.split(':').nth(2).unwrap_or_default();
    match kind {
        "lambda" => {}
        // There are no streams, so none that is asked for is there.
        "kinesis" => {
            return Err(invalid(
                "Could not deliver test message to specified Kinesis stream. Check if the given kinesis stream is in ACTIVE state.",
            ));
        }
        "firehose" => {
            return Err(invalid(
                "Could not deliver test message to specified Firehose stream. Check if the given Firehose stream is in ACTIVE state.",
            ));
        }
        "logs" if input.destination_arn.contains(":destination:") => {
            return Err(ServiceError::not_covered("logs", "PutSubscriptionFilter to a destination"));
        }
        _ => return Err(invalid("destinationArn for vendor is not supported.")),
    }
    if let Some(distribution) = &input.distribution
        && !matches!(distribution.as_str(), "Random" | "ByLogStream")
    {
        return Err(invalid(format!(
            "1 validation error detected: Value '{distribution}' at 'distribution' failed to satisfy constraint: Member must satisfy enum value set: [Random, ByLogStream]"
        )));
    }
    if group.subscription_filters.len() >= MOST
        && !group.subscription_filters.contains_key(&input.filter_name)
    {
        return Err(ServiceError::new(400, "LimitExceededException", "Resource limit exceeded."));
    }
    Ok(())
}

/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutSubscriptionFilter.html>
pub(super) fn put(
    store: &mut Store,
    scope: &Scope,
    input: PutSubscriptionFilter,
    now: i64,
) -> Result<Value, ServiceError> {
    check(store, scope, &input)?;
    let group = store.group_mut(scope, &input.log_group_name)?;
    let filter = SubscriptionFilter {
        created: group.subscription_filters.get(&input.filter_name).map_or(now, |before| before.created),
        pattern: input.filter_pattern,
        destination: input.destination_arn,
        role: input.role_arn,
        distribution: input.distribution.unwrap_or_else(|| "ByLogStream".to_owned()),
    };
    group.subscription_filters.insert(input.filter_name, filter);
    Ok(json!({}))
}

pub(super) fn describe(
    store: &Store,
    scope: &Scope,
    input: &DescribeSubscriptionFilters,
) -> Result<Value, ServiceError> {
    let group = store.group(scope, &input.log_group_name)?;
    let prefix = input.filter_name_prefix.as_deref().unwrap_or_default();
    let own = group.subscription_filters.iter().filter(|(name, _)| name.starts_with(prefix));
    let cut = page(own, input.next_token.as_deref(), input.limit, 50)?;
    let shown = cut.items.into_iter().map(|(name, filter)| {
        let mut shown = json!({
            "filterName": name,
            "logGroupName": input.log_group_name,
            "filterPattern": filter.pattern,
            "destinationArn": filter.destination,
            "distribution": filter.distribution,
            "applyOnTransformedLogs": false,
            "creationTime": filter.created,
        });
        if let Some(role) = &filter.role {
            shown["roleArn"] = role.clone().into();
        }
        shown
    });
    let shown: Vec<Value> = shown.collect();
    Ok(with_token(json!({ "subscriptionFilters": shown }), cut.next))
}

pub(super) fn delete(store: &mut Store, scope: &Scope, input: &DeleteFilter) -> Result<Value, ServiceError> {
    let group = store.group_mut(scope, &input.log_group_name)?;
    match group.subscription_filters.remove(&input.filter_name) {
        Some(_) => Ok(json!({})),
        None => Err(ServiceError::new(
            400,
            "ResourceNotFoundException",
            "The specified subscription filter does not exist.",
        )),
    }
}

impl Logs {
    /// Whether the function lets CloudWatch Logs invoke it for a group.
    pub(super) async fn try_destination(
        &self,
        scope: &Scope,
        input: &PutSubscriptionFilter,
    ) -> Result<(), ServiceError> {
        check(&self.store(), scope, input)?;
        let refused = || {
            invalid(
                "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.",
            )
        };
        let invoker = self.invoker().ok_or_else(refused)?;
        let sent = invoke(&*invoker, scope, &input.log_group_name, &input.destination_arn, None).await;
        sent.map_err(|_| refused())
    }

    /// Hands events that came since a number to those who subscribed. The store is the one that they came into, still locked.
    pub(super) fn forward(&self, store: &Store, scope: &Scope, name: &str, since: u64) {
        let Ok(group) = store.group(scope, name) else { return };
        if group.subscription_filters.is_empty() {
            return;
        }
        let Some((invoker, runtime)) = self.invoker().zip(self.runtime()) else { return };
        let first = group.events.partition_point(|event| event.number < since);
        for (filter_name, filter) in &group.subscription_filters {
            let Ok(pattern) = Pattern::parse(&filter.pattern) else { continue };
            let mut by_stream: Vec<(&str, Vec<&Event>)> = Vec::new();
            for event in group.events.range(first..).filter(|event| pattern.matches(&event.message)) {
                match by_stream.iter_mut().find(|(stream, _)| *stream == event.stream) {
                    Some((_, events)) => events.push(event),
                    None => by_stream.push((&event.stream, vec![event])),
                }
            }
            for (stream, events) in by_stream {
                let payload = payload(scope, name, stream, filter_name, &events);
                let (invoker, scope, name) = (Arc::clone(&invoker), scope.clone(), name.to_owned());
                let function = filter.destination.clone();
                runtime.spawn(async move {
                    let sent = invoke(&*invoker, &scope, &name, &function, Some(payload)).await;
                    if let Err(error) = sent {
                        tracing::debug!(group = name, error = %error.message, "a subscription was not served");
                    }
                });
            }
        }
    }
}

/// Invokes a function with an event, or asks whether it may be invoked, as the service of all regions or of this one.
async fn invoke(
    invoker: &dyn Invoker,
    scope: &Scope,
    group: &str,
    function: &str,
    event: Option<Value>,
) -> Result<(), ServiceError> {
    let mut parts = function.split(':').skip(3);
    let region = parts.next().unwrap_or_default().to_owned();
    let account = parts.next().and_then(AccountId::parse).unwrap_or_else(|| scope.account.clone());
    let place = Scope { account, region };
    let mut outcome = Ok(());
    for principal in ["logs.amazonaws.com".to_owned(), format!("logs.{}.amazonaws.com", scope.region)] {
        let invocation = Invocation {
            function_arn: function.to_owned(),
            payload: event.as_ref().map_or_else(|| "{}".to_owned(), Value::to_string).into(),
            kind: if event.is_some() { InvocationType::Event } else { InvocationType::DryRun },
            principal: Principal::Service { name: principal },
            source_arn: Some(format!("{}:*", group_arn(scope, group))),
            source_account: Some(scope.account.to_string()),
            trace_id: None,
        };
        outcome = invoker.invoke(&place, invocation).await.map(drop);
        if outcome.is_ok() {
            break;
        }
    }
    outcome
}

/// The event that a function gets: what is in it is JSON, in gzip, in base64.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#LambdaFunctionExample>
fn payload(scope: &Scope, group: &str, stream: &str, filter: &str, events: &[&Event]) -> Value {
    let events: Vec<Value> = events
        .iter()
        .map(|event| {
            json!({ "id": format!("{:056}", event.number), "timestamp": event.timestamp, "message": event.message })
        })
        .collect();
    let data = json!({
        "messageType": "DATA_MESSAGE",
        "owner": scope.account,
        "logGroup": group,
        "logStream": stream,
        "subscriptionFilters": [filter],
        "logEvents": events,
    });
    json!({ "awslogs": { "data": STANDARD.encode(gzip(data.to_string().as_bytes())) } })
}
