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
