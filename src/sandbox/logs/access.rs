use super::command::{Command, group_of, invalid};
use super::vended::log_service;
use crate::sandbox::{Access, Scope, ServiceError};

const SOURCE: &str = "delivery-source";
const TARGET: &str = "delivery-destination";

/// Returns the ARN of a group, without the `:*` that names its streams.
pub(super) fn group_arn(scope: &Scope, name: &str) -> String {
    format!("arn:aws:logs:{}:{}:log-group:{name}", scope.region, scope.account)
}

/// Returns the ARN of what is neither group nor stream: `("destination", "crew")`.
pub(super) fn arn_of(scope: &Scope, kind: &str, name: &str) -> String {
    format!("arn:aws:logs:{}:{}:{kind}:{name}", scope.region, scope.account)
}

/// Returns the ARN that a stream is authorised by.
pub(super) fn stream_arn(scope: &Scope, group: &str, stream: &str) -> String {
    format!("{}:log-stream:{stream}", group_arn(scope, group))
}

/// Refuses an ARN with `:*` at its end, which names a group's streams.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html>
fn check_identifier(identifier: Option<&str>) -> Result<(), ServiceError> {
    let plain = |character: char| character.is_alphanumeric() || "_#+=/:,.@-".contains(character);
    match identifier.filter(|identifier| !identifier.chars().all(plain)) {
        None => Ok(()),
        Some(identifier) => Err(invalid(format!(
            "1 validation error detected: Value '{identifier}' at 'logGroupIdentifier' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w#+=/:,.@-]*"
        ))),
    }
}

/// Says what a call needs. Actions on a group are asked on `...:log-group:NAME:log-stream:`, which is why policies name a group
/// with `:*` at its end: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html>.
pub(super) fn access(command: &Command, scope: &Scope) -> Result<Access, ServiceError> {
    let on_group = |action: &str, name: &str| Access::new(action, stream_arn(scope, name, ""));
    let named = |action: &str, name: &Option<String>, identifier: &Option<String>| {
        check_identifier(identifier.as_deref())?;
        group_of(name.as_deref(), identifier.as_deref()).map(|name| on_group(action, &name))
    };
    let tagged = |action: &str, arn: &str| Access::new(action, arn);
    let on = |action: &str, kind: &str, name: &str| Access::new(action, arn_of(scope, kind, name));
    Ok(match command {
        Command::CreateLogGroup(input) => on_group("logs:CreateLogGroup", &input.log_group_name),
        Command::DeleteLogGroup(input) => on_group("logs:DeleteLogGroup", &input.log_group_name),
        Command::DescribeLogGroups(_) => on_group("logs:DescribeLogGroups", ""),
        Command::CreateLogStream(input) => {
            let arn = stream_arn(scope, &input.log_group_name, &input.log_stream_name);
            Access::new("logs:CreateLogStream", arn)
        }
        Command::DeleteLogStream(input) => {
            let arn = stream_arn(scope, &input.log_group_name, &input.log_stream_name);
            Access::new("logs:DeleteLogStream", arn)
        }
        Command::DescribeLogStreams(input) => {
            named("logs:DescribeLogStreams", &input.log_group_name, &input.log_group_identifier)?
        }
        Command::PutLogEvents(input) => {
            let arn = stream_arn(scope, &input.log_group_name, &input.log_stream_name);
            Access::new("logs:PutLogEvents", arn)
        }
        Command::GetLogEvents(input) => {
            check_identifier(input.log_group_identifier.as_deref())?;
            let group = group_of(input.log_group_name.as_deref(), input.log_group_identifier.as_deref())?;
            Access::new("logs:GetLogEvents", stream_arn(scope, &group, &input.log_stream_name))
        }
        Command::FilterLogEvents(input) => {
            named("logs:FilterLogEvents", &input.log_group_name, &input.log_group_identifier)?
        }
        Command::PutRetentionPolicy(input) => on_group("logs:PutRetentionPolicy", &input.log_group_name),
        Command::DeleteRetentionPolicy(input) => {
            on_group("logs:DeleteRetentionPolicy", &input.log_group_name)
        }
        Command::TagLogGroup(input) => on_group("logs:TagLogGroup", &input.log_group_name),
        Command::UntagLogGroup(input) => on_group("logs:UntagLogGroup", &input.log_group_name),
        Command::ListTagsLogGroup(input) => on_group("logs:ListTagsLogGroup", &input.log_group_name),
        Command::TagResource(input) => tagged("logs:TagResource", &input.resource_arn),
        Command::UntagResource(input) => tagged("logs:UntagResource", &input.resource_arn),
        Command::StartQuery(input) => {
            let name = input.log_group_name.clone().or_else(|| input.log_group_names.first().cloned());
            named("logs:StartQuery", &name, &input.log_group_identifiers.first().cloned())?
        }
        Command::PutMetricFilter(input) => on_group("logs:PutMetricFilter", &input.log_group_name),
        Command::DescribeMetricFilters(input) => {
            on_group("logs:DescribeMetricFilters", input.log_group_name.as_deref().unwrap_or("*"))
        }
        Command::DeleteMetricFilter(input) => on_group("logs:DeleteMetricFilter", &input.log_group_name),
        Command::TestMetricFilter(_) => Access::new("logs:TestMetricFilter", "*"),
        Command::PutSubscriptionFilter(input) => {
            on_group("logs:PutSubscriptionFilter", &input.log_group_name)
        }
        Command::DescribeSubscriptionFilters(input) => {
            on_group("logs:DescribeSubscriptionFilters", &input.log_group_name)
        }
        Command::DeleteSubscriptionFilter(input) => {
            on_group("logs:DeleteSubscriptionFilter", &input.log_group_name)
        }
        Command::PutResourcePolicy(_) => Access::new("logs:PutResourcePolicy", "*"),
        Command::DescribeResourcePolicies(_) => Access::new("logs:DescribeResourcePolicies", "*"),
        Command::DeleteResourcePolicy(_) => Access::new("logs:DeleteResourcePolicy", "*"),
        Command::PutQueryDefinition(_) => Access::new("logs:PutQueryDefinition", "*"),
        Command::DescribeQueryDefinitions(_) => Access::new("logs:DescribeQueryDefinitions", "*"),
        Command::DeleteQueryDefinition(_) => Access::new("logs:DeleteQueryDefinition", "*"),
        Command::GetQueryResults(_) => Access::new("logs:GetQueryResults", "*"),
        Command::StopQuery(_) => Access::new("logs:StopQuery", "*"),
        Command::DescribeQueries(_) => Access::new("logs:DescribeQueries", "*"),
        Command::ListTagsForResource(input) => tagged("logs:ListTagsForResource", &input.resource_arn),
        Command::PutDestination(input) => on("logs:PutDestination", "destination", &input.destination_name),
        Command::DescribeDestinations(_) => on("logs:DescribeDestinations", "destination", "*"),
        Command::DeleteDestination(input) => {
            on("logs:DeleteDestination", "destination", &input.destination_name)
        }
        Command::PutDestinationPolicy(input) => {
            on("logs:PutDestinationPolicy", "destination", &input.destination_name)
        }
        Command::PutDeliverySource(input) => on("logs:PutDeliverySource", SOURCE, &input.name),
        Command::GetDeliverySource(input) => on("logs:GetDeliverySource", SOURCE, &input.name),
        Command::DescribeDeliverySources(_) => Access::new("logs:DescribeDeliverySources", "*"),
        Command::DeleteDeliverySource(input) => on("logs:DeleteDeliverySource", SOURCE, &input.name),
        Command::PutDeliveryDestination(input) => on("logs:PutDeliveryDestination", TARGET, &input.name),
        Command::GetDeliveryDestination(input) => on("logs:GetDeliveryDestination", TARGET, &input.name),
        Command::DescribeDeliveryDestinations(_) => Access::new("logs:DescribeDeliveryDestinations", "*"),
        Command::DeleteDeliveryDestination(input) => {
            on("logs:DeleteDeliveryDestination", TARGET, &input.name)
        }
        Command::PutDeliveryDestinationPolicy(input) => {
            on("logs:PutDeliveryDestinationPolicy", TARGET, &input.delivery_destination_name)
        }
        Command::GetDeliveryDestinationPolicy(input) => {
            on("logs:GetDeliveryDestinationPolicy", TARGET, &input.delivery_destination_name)
        }
        Command::DeleteDeliveryDestinationPolicy(input) => {
            on("logs:DeleteDeliveryDestinationPolicy", TARGET, &input.delivery_destination_name)
        }
        Command::CreateDelivery(input) => on("logs:CreateDelivery", SOURCE, &input.delivery_source_name),
        Command::GetDelivery(input) => on("logs:GetDelivery", "delivery", &input.id),
        Command::DescribeDeliveries(_) => Access::new("logs:DescribeDeliveries", "*"),
        Command::DeleteDelivery(input) => on("logs:DeleteDelivery", "delivery", &input.id),
        Command::UpdateDeliveryConfiguration(input) => {
            on("logs:UpdateDeliveryConfiguration", "delivery", &input.id)
        }
        Command::CreateExportTask(input) => on_group("logs:CreateExportTask", &input.log_group_name),
        Command::DescribeExportTasks(_) => Access::new("logs:DescribeExportTasks", "*"),
        Command::CancelExportTask(_) => Access::new("logs:CancelExportTask", "*"),
        Command::AssociateKmsKey(input) => {
            named("logs:AssociateKmsKey", &input.log_group_name, &input.resource_identifier)?
        }
        Command::DisassociateKmsKey(input) => {
            named("logs:DisassociateKmsKey", &input.log_group_name, &input.resource_identifier)?
        }
    })
}

/// Says what a call needs besides: of other services, or on a second thing.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html>
pub(super) fn further(command: &Command) -> Option<Access> {
    match command {
        Command::PutDestination(input) => {
            let mut access = Access::new("iam:PassRole", &input.role_arn);
            access.context.set("iam:PassedToService", vec!["logs.amazonaws.com".to_owned()]);
            Some(access)
        }
        // Who may have a resource's logs delivered stands with the service that sends them:
        // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-service-specific.html
        Command::PutDeliverySource(input) => {
            let service = log_service(&input.resource_arn);
            let action = format!("{service}:AllowVendedLogDeliveryForResource");
            Some(Access::new(action, &input.resource_arn))
        }
        Command::CreateDelivery(input) => {
            Some(Access::new("logs:CreateDelivery", &input.delivery_destination_arn))
        }
        _ => None,
    }
}
