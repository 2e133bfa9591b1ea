use crate::sandbox::coverage::Coverage;

/// One line an operation.
const COVERED: &[&str] = &[
    "AssociateKmsKey",
    "CancelExportTask",
    "CreateDelivery",
    "CreateExportTask",
    "DeleteDelivery",
    "DeleteDeliveryDestination",
    "DeleteDeliveryDestinationPolicy",
    "DeleteDeliverySource",
    "DeleteDestination",
    "DescribeDeliveries",
    "DescribeDeliveryDestinations",
    "DescribeDeliverySources",
    "DescribeDestinations",
    "DescribeExportTasks",
    "DisassociateKmsKey",
    "GetDelivery",
    "GetDeliveryDestination",
    "GetDeliveryDestinationPolicy",
    "GetDeliverySource",
    "PutDeliveryDestination",
    "PutDeliveryDestinationPolicy",
    "PutDeliverySource",
    "PutDestination",
    "PutDestinationPolicy",
    "UpdateDeliveryConfiguration",
    "DeleteMetricFilter",
    "DeleteQueryDefinition",
    "DeleteResourcePolicy",
    "DeleteSubscriptionFilter",
    "DescribeMetricFilters",
    "DescribeQueryDefinitions",
    "DescribeResourcePolicies",
    "DescribeSubscriptionFilters",
    "PutMetricFilter",
    "PutQueryDefinition",
    "PutResourcePolicy",
    "PutSubscriptionFilter",
    "TestMetricFilter",
    "CreateLogGroup",
    "CreateLogStream",
    "DeleteLogGroup",
    "DeleteLogStream",
    "DeleteRetentionPolicy",
    "DescribeLogGroups",
    "DescribeLogStreams",
    "DescribeQueries",
    "FilterLogEvents",
    "GetLogEvents",
    "GetQueryResults",
    "ListTagsForResource",
    "ListTagsLogGroup",
    "PutLogEvents",
    "PutRetentionPolicy",
    "StartQuery",
    "StopQuery",
    "TagLogGroup",
    "TagResource",
    "UntagLogGroup",
    "UntagResource",
];

/// What of CloudWatch Logs is covered.
pub fn coverage() -> Coverage {
    Coverage::of("logs", "CloudWatch Logs")
        .summed_up(
            "groups, streams, events, filter patterns (terms, fields, JSON, regular expressions), Logs Insights (fields, filter, parse, stats, sort, limit) and query definitions, subscriptions of functions, resource policies, metric filters, exports to buckets, retention, tags; destinations and deliveries as definitions",
            "other subscriptions, encryption, anomaly detection, live tail",
        )
        .covers(COVERED.iter().copied())
        .differs("PutMetricFilter", "the filter is kept; there are no metrics that it would make")
        .differs("TestMetricFilter", "extracts no values of what matches")
        .differs("StopQuery", "always finds the query ended, since none takes longer than its call")
        .differs("AssociateKmsKey", "the key is noted; nothing is encrypted by it")
        .differs("PutDestination", "the target is not tried: there are no streams here that one could stand for")
        .differs("CreateDelivery", "the services that would send logs are not here, so nothing is delivered")
        .differs("CancelExportTask", "always finds the export done, since none takes longer than its call")
        .tested(
            "CancelExportTask",
            "coverage::logs::an_export_that_is_over_is_not_cancelled",
            "coverage::logs::an_export_that_is_not_there_is_not_cancelled",
        )
        .tested(
            "PutSubscriptionFilter",
            "events::logs::a_function_gets_the_events_that_it_subscribed_to",
            "events::logs::a_function_that_logs_may_not_invoke_cannot_subscribe",
        )
        .tested(
            "DeleteSubscriptionFilter",
            "events::logs::a_function_gets_the_events_that_it_subscribed_to",
            "events::logs::a_function_that_logs_may_not_invoke_cannot_subscribe",
        )
        .tested(
            "StopQuery",
            "coverage::logs::a_query_that_is_over_is_not_stopped",
            "coverage::logs::a_query_that_is_not_there_is_not_stopped",
        )
}
