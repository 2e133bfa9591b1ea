use crate::sandbox::coverage::Coverage;

/// One line an operation.
const COVERED: &[&str] = &[
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
            "groups, streams, events, filter patterns (terms and JSON), Logs Insights (fields, filter, parse, stats, sort, limit) and query definitions, subscriptions of functions, resource policies, metric filters, retention, tags",
            "other subscriptions, exports, deliveries, encryption, anomaly detection, live tail",
        )
        .covers(COVERED.iter().copied())
        .differs("PutMetricFilter", "the filter is kept; there are no metrics that it would make")
        .differs("TestMetricFilter", "extracts no values of what matches")
        .differs("StopQuery", "always finds the query ended, since none takes longer than its call")
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
