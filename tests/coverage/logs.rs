use serde_json::{Value, json};

use super::bench::Bench;

fn group(b: &Bench) {
    b.also("CreateLogGroup", json!({ "logGroupName": "crew" }));
}

fn stream(b: &Bench) {
    group(b);
    b.also("CreateLogStream", json!({ "logGroupName": "crew", "logStreamName": "today" }));
}

fn events(b: &Bench) {
    stream(b);
    let events = json!([{ "timestamp": now(), "message": "hello" }]);
    b.also("PutLogEvents", json!({ "logGroupName": "crew", "logStreamName": "today", "logEvents": events }));
}

/// In milliseconds since 1970.
fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

fn query() -> Value {
    let seconds = now() / 1000;
    json!({
        "logGroupName": "crew", "startTime": seconds - 600, "endTime": seconds + 600,
        "queryString": "fields @timestamp, @message | limit 5",
    })
}

fn filter(pattern: &str) -> Value {
    json!({
        "logGroupName": "crew", "filterName": "errors", "filterPattern": pattern,
        "metricTransformations": [{ "metricName": "errors", "metricNamespace": "shop", "metricValue": "1" }],
    })
}

fn policy(service: &str) -> Value {
    let document = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": { "Service": service }, "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": "*",
    }] });
    json!({ "policyName": "in", "policyDocument": document.to_string() })
}

fn definition() -> Value {
    json!({ "name": "errors", "queryString": "fields @message | limit 5", "logGroupNames": ["crew"] })
}

operations! { "logs";
    create_log_group:
        |b: &Bench| { b.call(json!({ "logGroupName": "crew" })); b.also("DescribeLogGroups", json!({  })).has("/logGroups/0/logGroupName", "crew"); },
        |b: &Bench| { group(b); b.refused(json!({ "logGroupName": "crew" }), 400, "ResourceAlreadyExistsException"); };
    delete_log_group:
        |b: &Bench| { group(b); b.call(json!({ "logGroupName": "crew" })); b.also("DescribeLogGroups", json!({})).lacks("/logGroups"); },
        |b: &Bench| b.refused(json!({ "logGroupName": "crew" }), 400, "ResourceNotFoundException");
    describe_log_groups:
        |b: &Bench| { group(b); b.call(json!({ "logGroupNamePrefix": "cr" })).has("/logGroups/0/logGroupName", "crew"); },
        |b: &Bench| b.refused(json!({ "limit": 0 }), 400, "InvalidParameterException");
    create_log_stream:
        |b: &Bench| { group(b); b.call(json!({ "logGroupName": "crew", "logStreamName": "today" })); b.also("DescribeLogStreams", json!({ "logGroupName": "crew" })).has("/logStreams/0/logStreamName", "today"); },
        |b: &Bench| b.refused(json!({ "logGroupName": "crew", "logStreamName": "today" }), 400, "ResourceNotFoundException");
    delete_log_stream:
        |b: &Bench| { stream(b); b.call(json!({ "logGroupName": "crew", "logStreamName": "today" })); b.also("DescribeLogStreams", json!({ "logGroupName": "crew" })).lacks("/logStreams"); },
        |b: &Bench| { group(b); b.refused(json!({ "logGroupName": "crew", "logStreamName": "today" }), 400, "ResourceNotFoundException"); };
    describe_log_streams:
        |b: &Bench| { stream(b); b.call(json!({ "logGroupName": "crew" })).has("/logStreams/0/logStreamName", "today"); },
        |b: &Bench| b.refused(json!({ "logGroupName": "crew" }), 400, "ResourceNotFoundException");
    put_log_events:
        |b: &Bench| { stream(b); b.call(json!({ "logGroupName": "crew", "logStreamName": "today", "logEvents": [{ "timestamp": now(), "message": "hello" }] })); b.also("GetLogEvents", json!({ "logGroupName": "crew", "logStreamName": "today" })).has("/events/0/message", "hello"); },
        |b: &Bench| { group(b); b.refused(json!({ "logGroupName": "crew", "logStreamName": "today", "logEvents": [{ "timestamp": now(), "message": "hello" }] }), 400, "ResourceNotFoundException"); };
    get_log_events:
        |b: &Bench| { events(b); b.call(json!({ "logGroupName": "crew", "logStreamName": "today", "startFromHead": true })).has("/events/0/message", "hello"); },
        |b: &Bench| { group(b); b.refused(json!({ "logGroupName": "crew", "logStreamName": "today" }), 400, "ResourceNotFoundException"); };
    filter_log_events:
        |b: &Bench| { events(b); b.call(json!({ "logGroupName": "crew", "filterPattern": "hello" })).has("/events/0/message", "hello"); },
        |b: &Bench| b.refused(json!({ "logGroupName": "crew" }), 400, "ResourceNotFoundException");
    put_retention_policy:
        |b: &Bench| { group(b); b.call(json!({ "logGroupName": "crew", "retentionInDays": 7 })); b.also("DescribeLogGroups", json!({  })).has("/logGroups/0/retentionInDays", 7); },
        |b: &Bench| { group(b); b.refused(json!({ "logGroupName": "crew", "retentionInDays": 8 }), 400, "InvalidParameterException"); };
    delete_retention_policy:
        |b: &Bench| { group(b); b.also("PutRetentionPolicy", json!({ "logGroupName": "crew", "retentionInDays": 7 })); b.call(json!({ "logGroupName": "crew" })); b.also("DescribeLogGroups", json!({})).lacks("/logGroups/0/retentionInDays"); },
        |b: &Bench| b.refused(json!({ "logGroupName": "crew" }), 400, "ResourceNotFoundException");
    tag_log_group:
        |b: &Bench| { group(b); b.call(json!({ "logGroupName": "crew", "tags": { "team": "blue" } })); b.also("ListTagsLogGroup", json!({ "logGroupName": "crew" })).has("/tags/team", "blue"); },
        |b: &Bench| b.refused(json!({ "logGroupName": "crew", "tags": { "team": "blue" } }), 400, "ResourceNotFoundException");
    untag_log_group:
        |b: &Bench| { group(b); b.also("TagLogGroup", json!({ "logGroupName": "crew", "tags": { "team": "blue" } })); b.call(json!({ "logGroupName": "crew", "tags": ["team"] })); b.also("ListTagsLogGroup", json!({ "logGroupName": "crew" })).lacks("/tags/team"); },
        |b: &Bench| b.refused(json!({ "logGroupName": "crew", "tags": ["team"] }), 400, "ResourceNotFoundException");
    list_tags_log_group:
        |b: &Bench| { group(b); b.also("TagLogGroup", json!({ "logGroupName": "crew", "tags": { "team": "blue" } })); b.call(json!({ "logGroupName": "crew" })).has("/tags/team", "blue"); },
        |b: &Bench| b.refused(json!({ "logGroupName": "crew" }), 400, "ResourceNotFoundException");
    tag_resource:
        |b: &Bench| { group(b); b.call(json!({ "resourceArn": format!("arn:aws:logs:eu-west-1:{}:log-group:crew", b.account), "tags": { "team": "blue" } })); b.also("ListTagsForResource", json!({ "resourceArn": format!("arn:aws:logs:eu-west-1:{}:log-group:crew", b.account) })).has("/tags/team", "blue"); },
        |b: &Bench| b.refused(json!({ "resourceArn": format!("arn:aws:logs:eu-west-1:{}:log-group:crew", b.account), "tags": { "team": "blue" } }), 400, "ResourceNotFoundException");
    untag_resource:
        |b: &Bench| { group(b); b.also("TagResource", json!({ "resourceArn": format!("arn:aws:logs:eu-west-1:{}:log-group:crew", b.account), "tags": { "team": "blue" } })); b.call(json!({ "resourceArn": format!("arn:aws:logs:eu-west-1:{}:log-group:crew", b.account), "tagKeys": ["team"] })); b.also("ListTagsForResource", json!({ "resourceArn": format!("arn:aws:logs:eu-west-1:{}:log-group:crew", b.account) })).lacks("/tags/team"); },
        |b: &Bench| b.refused(json!({ "resourceArn": format!("arn:aws:logs:eu-west-1:{}:log-group:crew", b.account), "tagKeys": ["team"] }), 400, "ResourceNotFoundException");
    list_tags_for_resource:
        |b: &Bench| { group(b); b.also("TagResource", json!({ "resourceArn": format!("arn:aws:logs:eu-west-1:{}:log-group:crew", b.account), "tags": { "team": "blue" } })); b.call(json!({ "resourceArn": format!("arn:aws:logs:eu-west-1:{}:log-group:crew", b.account) })).has("/tags/team", "blue"); },
        |b: &Bench| b.refused(json!({ "resourceArn": format!("arn:aws:logs:eu-west-1:{}:log-group:crew", b.account) }), 400, "ResourceNotFoundException");
    put_metric_filter:
        |b: &Bench| { group(b); b.call(filter("ERROR")); b.also("DescribeLogGroups", json!({})).has("/logGroups/0/metricFilterCount", 1); },
        |b: &Bench| {
            b.refused(filter("ERROR"), 400, "ResourceNotFoundException");
            group(b);
            b.refused(json!({ "logGroupName": "crew", "filterName": "a:b", "filterPattern": "", "metricTransformations": [] }), 400, "InvalidParameterException");
            b.refused(json!({ "logGroupName": "crew", "filterName": "a", "filterPattern": "", "metricTransformations": [] }), 400, "InvalidParameterException");
        };
    describe_metric_filters:
        |b: &Bench| { group(b); b.also("PutMetricFilter", filter("ERROR")); b.call(json!({ "metricName": "errors", "metricNamespace": "shop" })).has("/metricFilters/0/filterPattern", "ERROR"); },
        |b: &Bench| b.refused(json!({ "metricName": "errors" }), 400, "InvalidParameterException");
    delete_metric_filter:
        |b: &Bench| { group(b); b.also("PutMetricFilter", filter("ERROR")); b.call(json!({ "logGroupName": "crew", "filterName": "errors" })); b.also("DescribeMetricFilters", json!({})).lacks("/metricFilters"); },
        |b: &Bench| { group(b); b.refused(json!({ "logGroupName": "crew", "filterName": "errors" }), 400, "ResourceNotFoundException"); };
    test_metric_filter:
        |b: &Bench| { b.call(json!({ "filterPattern": "{ $.n > 1 }", "logEventMessages": ["{\"n\": 1}", "{\"n\": 2}"] })).has("/matches/0/eventNumber", 2); },
        |b: &Bench| b.refused(json!({ "filterPattern": "x", "logEventMessages": [] }), 400, "InvalidParameterException");
    describe_subscription_filters:
        |b: &Bench| { group(b); b.call(json!({ "logGroupName": "crew" })).lacks("/subscriptionFilters"); },
        |b: &Bench| b.refused(json!({ "logGroupName": "crew" }), 400, "ResourceNotFoundException");
    put_resource_policy:
        |b: &Bench| { b.call(policy("events.amazonaws.com")).has("/resourcePolicy/policyName", "in"); },
        |b: &Bench| b.refused(json!({ "policyName": "in", "policyDocument": "{" }), 400, "InvalidParameterException");
    describe_resource_policies:
        |b: &Bench| { b.also("PutResourcePolicy", policy("events.amazonaws.com")); b.call(json!({})).has("/resourcePolicies/0/policyName", "in"); },
        |b: &Bench| b.refused(json!({ "limit": 0 }), 400, "InvalidParameterException");
    delete_resource_policy:
        |b: &Bench| { b.also("PutResourcePolicy", policy("events.amazonaws.com")); b.call(json!({ "policyName": "in" })); b.also("DescribeResourcePolicies", json!({})).lacks("/resourcePolicies"); },
        |b: &Bench| b.refused(json!({ "policyName": "in" }), 400, "ResourceNotFoundException");
    put_query_definition:
        |b: &Bench| { assert!(b.call(definition()).at("/queryDefinitionId").is_string()); },
        |b: &Bench| b.refused(json!({ "name": "errors", "queryString": "fields @message", "queryDefinitionId": "x" }), 400, "ResourceNotFoundException");
    describe_query_definitions:
        |b: &Bench| { b.also("PutQueryDefinition", definition()); b.call(json!({ "queryDefinitionNamePrefix": "err" })).has("/queryDefinitions/0/name", "errors"); },
        |b: &Bench| b.refused(json!({ "maxResults": 0 }), 400, "InvalidParameterException");
    delete_query_definition:
        |b: &Bench| { let id = b.also("PutQueryDefinition", definition()).text("/queryDefinitionId"); b.call(json!({ "queryDefinitionId": id })).has("/success", true); },
        |b: &Bench| b.refused(json!({ "queryDefinitionId": "x" }), 400, "ResourceNotFoundException");
    start_query:
        |b: &Bench| { events(b); assert!(b.call(query()).at("/queryId").is_string()); },
        |b: &Bench| b.refused(query(), 400, "ResourceNotFoundException");
    get_query_results:
        |b: &Bench| { events(b); let id = b.also("StartQuery", query()).text("/queryId"); assert!(b.call(json!({ "queryId": id })).at("/status").is_string()); },
        |b: &Bench| b.refused(json!({ "queryId": "00000000-0000-4000-8000-000000000000" }), 400, "ResourceNotFoundException");
    describe_queries:
        |b: &Bench| { events(b); let id = b.also("StartQuery", query()).text("/queryId"); b.call(json!({})).has("/queries/0/queryId", id); },
        |b: &Bench| b.refused_to_others(json!({}), 400, "AccessDeniedException");
}

/// Every query is over at once, so none can be stopped.
#[test]
fn a_query_that_is_over_is_not_stopped() {
    let bench = &Bench::new("logs", "StopQuery");
    events(bench);
    let id = bench.also("StartQuery", query()).text("/queryId");
    bench.refused(json!({ "queryId": id }), 400, "InvalidParameterException");
}

#[test]
fn a_query_that_is_not_there_is_not_stopped() {
    let unknown = json!({ "queryId": "00000000-0000-4000-8000-000000000000" });
    Bench::new("logs", "StopQuery").refused(unknown, 400, "ResourceNotFoundException");
}
