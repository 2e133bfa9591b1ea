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
    "FilterLogEvents",
    "GetLogEvents",
    "ListTagsForResource",
    "ListTagsLogGroup",
    "PutLogEvents",
    "PutRetentionPolicy",
    "TagLogGroup",
    "TagResource",
    "UntagLogGroup",
    "UntagResource",
];

/// What of CloudWatch Logs is covered.
pub fn coverage() -> Coverage {
    Coverage::of("logs", "CloudWatch Logs")
        .summed_up(
            "groups, streams, events, filter patterns (terms and JSON), retention, tags",
            "Logs Insights, metric filters, subscriptions",
        )
        .covers(COVERED.iter().copied())
}
