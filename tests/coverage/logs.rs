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

const KEY: &str = "arn:aws:kms:eu-west-1:123456789012:key/51d81fab-b138-4bd2-8a09-07fd6d37224d";

fn destination(b: &Bench) -> Value {
    let target = format!("arn:aws:kinesis:eu-west-1:{}:stream/far", b.account);
    json!({ "destinationName": "far", "targetArn": target, "roleArn": b.role("logs.amazonaws.com") })
}

fn source() -> Value {
    let distribution = "arn:aws:cloudfront::123456789012:distribution/E1Q5F5862X9VJ5";
    json!({ "name": "web", "resourceArn": distribution, "logType": "ACCESS_LOGS" })
}

fn target() -> Value {
    let bucket = json!({ "destinationResourceArn": "arn:aws:s3:::store" });
    json!({ "name": "store", "outputFormat": "json", "deliveryDestinationConfiguration": bucket })
}

fn target_policy() -> Value {
    let document = policy("delivery.logs.amazonaws.com")["policyDocument"].clone();
    json!({ "deliveryDestinationName": "store", "deliveryDestinationPolicy": document })
}

/// A source and a destination to be joined.
fn joined(b: &Bench) -> Value {
    let arn = b.also("PutDeliveryDestination", target()).text("/deliveryDestination/arn");
    json!({ "deliverySourceName": "web", "deliveryDestinationArn": arn })
}

fn delivery(b: &Bench) -> String {
    b.also("PutDeliverySource", source());
    let input = joined(b);
    b.also("CreateDelivery", input).text("/delivery/id")
}

/// Of a bucket that CloudWatch Logs may write to.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3ExportTasks.html>
fn export(b: &Bench) -> Value {
    events(b);
    let bucket = format!("exported-{}", b.account);
    b.of("s3", "CreateBucket", json!({ "Bucket": bucket, "$": "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>" }));
    let allow = |action: &str, resource: String| {
        json!({
            "Effect": "Allow", "Principal": { "Service": "logs.eu-west-1.amazonaws.com" }, "Action": action,
            "Resource": resource, "Condition": {
                "StringEquals": { "aws:SourceAccount": b.account },
                "ArnLike": { "aws:SourceArn": format!("arn:aws:logs:eu-west-1:{}:log-group:*", b.account) },
            },
        })
    };
    let mut write = allow("s3:PutObject", format!("arn:aws:s3:::{bucket}/*"));
    write["Condition"]["StringEquals"]["s3:x-amz-acl"] = "bucket-owner-full-control".into();
    let read = allow("s3:GetBucketAcl", format!("arn:aws:s3:::{bucket}"));
    let policy = json!({ "Version": "2012-10-17", "Statement": [read, write] }).to_string();
    b.of("s3", "PutBucketPolicy", json!({ "Bucket": bucket, "$": policy }));
    json!({ "logGroupName": "crew", "from": now() - 60_000, "to": now() + 60_000, "destination": bucket })
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
    associate_kms_key:
        |b: &Bench| { group(b); b.call(json!({ "logGroupName": "crew", "kmsKeyId": KEY })); b.also("DescribeLogGroups", json!({})).has("/logGroups/0/kmsKeyId", KEY); },
        |b: &Bench| { group(b); b.refused(json!({ "logGroupName": "crew" }), 400, "InvalidParameterException"); };
    disassociate_kms_key:
        |b: &Bench| { group(b); b.also("AssociateKmsKey", json!({ "logGroupName": "crew", "kmsKeyId": KEY })); b.call(json!({ "logGroupName": "crew" })); b.also("DescribeLogGroups", json!({})).lacks("/logGroups/0/kmsKeyId"); },
        |b: &Bench| b.refused(json!({ "logGroupName": "crew" }), 400, "ResourceNotFoundException");
    put_destination:
        |b: &Bench| { b.call(destination(b)).has("/destination/destinationName", "far"); },
        |b: &Bench| b.refused(json!({ "destinationName": "far", "targetArn": "arn:aws:s3:::x", "roleArn": b.role("logs.amazonaws.com") }), 400, "InvalidParameterException");
    describe_destinations:
        |b: &Bench| { b.also("PutDestination", destination(b)); b.call(json!({ "DestinationNamePrefix": "fa" })).has("/destinations/0/destinationName", "far"); b.call(json!({ "DestinationNamePrefix": "x" })).lacks("/destinations"); },
        |b: &Bench| b.refused(json!({ "limit": 0 }), 400, "InvalidParameterException");
    put_destination_policy:
        |b: &Bench| {
            b.also("PutDestination", destination(b));
            let policy = policy("logs.amazonaws.com")["policyDocument"].clone();
            b.call(json!({ "destinationName": "far", "accessPolicy": policy }));
            b.also("DescribeDestinations", json!({})).has("/destinations/0/accessPolicy", policy);
        },
        |b: &Bench| { b.also("PutDestination", destination(b)); b.refused(json!({ "destinationName": "far", "accessPolicy": "{" }), 400, "InvalidParameterException"); };
    delete_destination:
        |b: &Bench| { b.also("PutDestination", destination(b)); b.call(json!({ "destinationName": "far" })); b.also("DescribeDestinations", json!({})).lacks("/destinations"); },
        |b: &Bench| b.refused(json!({ "destinationName": "far" }), 400, "ResourceNotFoundException");
    put_delivery_source:
        |b: &Bench| { b.call(source()).has("/deliverySource/service", "cloudfront"); },
        |b: &Bench| {
            let mut wrong = source();
            wrong["logType"] = "EVENT_LOGS".into();
            b.refused(wrong.clone(), 400, "ValidationException");
            wrong["resourceArn"] = "arn:aws:sqs:eu-west-1:123456789012:q".into();
            b.refused(wrong, 400, "ResourceNotFoundException");
        };
    get_delivery_source:
        |b: &Bench| { b.also("PutDeliverySource", source()); b.call(json!({ "name": "web" })).has("/deliverySource/logType", "ACCESS_LOGS"); },
        |b: &Bench| b.refused(json!({ "name": "web" }), 400, "ResourceNotFoundException");
    describe_delivery_sources:
        |b: &Bench| { b.also("PutDeliverySource", source()); b.call(json!({})).has("/deliverySources/0/name", "web"); },
        |b: &Bench| b.refused(json!({ "limit": 51 }), 400, "InvalidParameterException");
    delete_delivery_source:
        |b: &Bench| { b.also("PutDeliverySource", source()); b.call(json!({ "name": "web" })); b.also("DescribeDeliverySources", json!({})).lacks("/deliverySources"); },
        |b: &Bench| { delivery(b); b.refused(json!({ "name": "web" }), 400, "ConflictException"); };
    put_delivery_destination:
        |b: &Bench| { b.call(target()).has("/deliveryDestination/deliveryDestinationType", "S3"); },
        |b: &Bench| {
            let mut other = target();
            other["outputFormat"] = "foobar".into();
            b.refused(other.clone(), 400, "ValidationException");
            b.also("PutDeliveryDestination", target());
            other["outputFormat"] = "plain".into();
            b.refused(other, 400, "ValidationException");
        };
    get_delivery_destination:
        |b: &Bench| { b.also("PutDeliveryDestination", target()); b.call(json!({ "name": "store" })).has("/deliveryDestination/outputFormat", "json"); },
        |b: &Bench| b.refused(json!({ "name": "store" }), 400, "ResourceNotFoundException");
    describe_delivery_destinations:
        |b: &Bench| { b.also("PutDeliveryDestination", target()); b.call(json!({})).has("/deliveryDestinations/0/name", "store"); },
        |b: &Bench| b.refused(json!({ "limit": 0 }), 400, "InvalidParameterException");
    delete_delivery_destination:
        |b: &Bench| { b.also("PutDeliveryDestination", target()); b.call(json!({ "name": "store" })); b.also("DescribeDeliveryDestinations", json!({})).lacks("/deliveryDestinations"); },
        |b: &Bench| { delivery(b); b.refused(json!({ "name": "store" }), 400, "ConflictException"); };
    put_delivery_destination_policy:
        |b: &Bench| { b.also("PutDeliveryDestination", target()); b.call(target_policy()).has("/policy/deliveryDestinationPolicy", target_policy()["deliveryDestinationPolicy"].clone()); },
        |b: &Bench| b.refused(target_policy(), 400, "ResourceNotFoundException");
    get_delivery_destination_policy:
        |b: &Bench| { b.also("PutDeliveryDestination", target()); b.call(json!({ "deliveryDestinationName": "store" })).lacks("/policy/deliveryDestinationPolicy"); },
        |b: &Bench| b.refused(json!({ "deliveryDestinationName": "store" }), 400, "ResourceNotFoundException");
    delete_delivery_destination_policy:
        |b: &Bench| {
            b.also("PutDeliveryDestination", target());
            b.also("PutDeliveryDestinationPolicy", target_policy());
            b.call(json!({ "deliveryDestinationName": "store" }));
            b.also("GetDeliveryDestinationPolicy", json!({ "deliveryDestinationName": "store" })).lacks("/policy/deliveryDestinationPolicy");
        },
        |b: &Bench| b.refused(json!({ "deliveryDestinationName": "store" }), 400, "ResourceNotFoundException");
    create_delivery:
        |b: &Bench| { b.also("PutDeliverySource", source()); let input = joined(b); b.call(input).has("/delivery/deliverySourceName", "web"); },
        |b: &Bench| { delivery(b); b.refused(json!({ "deliverySourceName": "web", "deliveryDestinationArn": format!("arn:aws:logs:eu-west-1:{}:delivery-destination:store", b.account) }), 400, "ConflictException"); };
    get_delivery:
        |b: &Bench| { let id = delivery(b); b.call(json!({ "id": id })).has("/delivery/deliveryDestinationType", "S3"); },
        |b: &Bench| b.refused(json!({ "id": "none" }), 400, "ResourceNotFoundException");
    describe_deliveries:
        |b: &Bench| { let id = delivery(b); b.call(json!({})).has("/deliveries/0/id", id); },
        |b: &Bench| b.refused(json!({ "limit": 0 }), 400, "InvalidParameterException");
    update_delivery_configuration:
        |b: &Bench| { let id = delivery(b); b.call(json!({ "id": id, "recordFields": ["date"] })); b.also("GetDelivery", json!({ "id": id })).has("/delivery/recordFields/0", "date"); },
        |b: &Bench| b.refused(json!({ "id": "none" }), 400, "ResourceNotFoundException");
    delete_delivery:
        |b: &Bench| { let id = delivery(b); b.call(json!({ "id": id })); b.also("DescribeDeliveries", json!({})).lacks("/deliveries"); },
        |b: &Bench| b.refused(json!({ "id": "none" }), 400, "ResourceNotFoundException");
    create_export_task:
        |b: &Bench| {
            let input = export(b);
            let task = b.call(input.clone()).text("/taskId");
            let bucket = input["destination"].clone();
            let found = b.of("s3", "ListObjectsV2", json!({ "Bucket": bucket }));
            found.has("/Contents/0/Key", "aws-logs-write-test");
            found.has("/Contents/1/Key", format!("exportedlogs/{task}/today/000000.gz"));
        },
        |b: &Bench| {
            let input = export(b);
            let mut elsewhere = input.clone();
            elsewhere["destination"] = format!("no-such-{}", b.account).into();
            b.refused(elsewhere, 400, "InvalidParameterException").has("/message", "The given bucket does not exist. Please make sure the bucket is valid.");
            b.of("s3", "DeleteBucketPolicy", json!({ "Bucket": input["destination"] }));
            let refusal = b.refused(input, 400, "InvalidParameterException");
            assert!(refusal.message().starts_with("GetBucketAcl call on the given bucket failed."), "{refusal:?}");
        };
    describe_export_tasks:
        |b: &Bench| { let input = export(b); let id = b.also("CreateExportTask", input).text("/taskId"); b.call(json!({ "taskId": id })).has("/exportTasks/0/status/code", "COMPLETED"); },
        |b: &Bench| b.refused(json!({ "taskId": "none" }), 400, "ResourceNotFoundException");
}

/// Every export is over at once, so none can be cancelled.
#[test]
fn an_export_that_is_over_is_not_cancelled() {
    let bench = &Bench::new("logs", "CancelExportTask");
    let id = bench.also("CreateExportTask", export(bench)).text("/taskId");
    bench.refused(json!({ "taskId": id }), 400, "InvalidOperationException");
}

#[test]
fn an_export_that_is_not_there_is_not_cancelled() {
    Bench::new("logs", "CancelExportTask").refused(
        json!({ "taskId": "none" }),
        400,
        "ResourceNotFoundException",
    );
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
