use crate::sandbox::coverage::Coverage;

/// One line an operation.
const COVERED: &[&str] = &[
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
            "groups, streams, events, filter patterns (terms and JSON), Logs Insights (fields, filter, parse, stats, sort, limit), retention, tags",
            "metric filters, subscriptions",
        )
        .covers(COVERED.iter().copied())
        .differs("StopQuery", "always finds the query ended, since none takes longer than its call")
        .tested(
            "StopQuery",
            "coverage::logs::a_query_that_is_over_is_not_stopped",
            "coverage::logs::a_query_that_is_not_there_is_not_stopped",
        )
}
