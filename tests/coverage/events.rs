use serde_json::{Value, json};

use super::bench::Bench;

const PATTERN: &str = r#"{"source":["shop"]}"#;

fn rule(b: &Bench) -> String {
    b.also("PutRule", json!({ "Name": "orders", "EventPattern": PATTERN })).text("/RuleArn")
}

fn bus(b: &Bench) -> String {
    b.also("CreateEventBus", json!({ "Name": "shop" })).text("/EventBusArn")
}

fn queue(b: &Bench) -> String {
    format!("arn:aws:sqs:eu-west-1:{}:inbox", b.account)
}

fn target(b: &Bench) {
    rule(b);
    b.also("PutTargets", json!({ "Rule": "orders", "Targets": [{ "Id": "one", "Arn": queue(b) }] }))
        .has("/FailedEntryCount", 0);
}

fn event(kind: &str) -> Value {
    json!({ "Source": "shop", "DetailType": kind, "Detail": "{\"total\": 3}" })
}

operations! { "events";
    create_event_bus:
        |b: &Bench| { let bus = b.call(json!({ "Name": "shop", "Description": "Orders" })); assert!(bus.text("/EventBusArn").ends_with(":event-bus/shop")); },
        |b: &Bench| {
            b.refused(json!({ "Name": "default" }), 400, "ResourceAlreadyExistsException");
            b.refused(json!({ "Name": "a/b" }), 400, "ValidationException");
        };
    describe_event_bus:
        |b: &Bench| { b.call(json!({})).has("/Name", "default"); bus(b); b.call(json!({ "Name": "shop" })).has("/Name", "shop"); },
        |b: &Bench| b.refused(json!({ "Name": "nothing" }), 400, "ResourceNotFoundException");
    list_event_buses:
        |b: &Bench| { bus(b); b.call(json!({ "NamePrefix": "sh" })).has("/EventBuses/0/Name", "shop"); b.call(json!({ "Limit": 1 })).has("/EventBuses/0/Name", "default"); },
        |b: &Bench| b.refused(json!({ "Limit": 0 }), 400, "ValidationException");
    update_event_bus:
        |b: &Bench| { bus(b); b.call(json!({ "Name": "shop", "Description": "New" })).has("/Description", "New"); b.also("DescribeEventBus", json!({ "Name": "shop" })).has("/Description", "New"); },
        |b: &Bench| b.refused(json!({ "Name": "nothing" }), 400, "ResourceNotFoundException");
    delete_event_bus:
        |b: &Bench| { bus(b); b.call(json!({ "Name": "shop" })); b.also("ListEventBuses", json!({ "NamePrefix": "sh" })).lacks("/EventBuses"); },
        |b: &Bench| {
            b.refused(json!({ "Name": "default" }), 400, "ValidationException");
            bus(b);
            b.also("PutRule", json!({ "Name": "orders", "EventPattern": PATTERN, "EventBusName": "shop" }));
            b.refused(json!({ "Name": "shop" }), 400, "ValidationException");
        };
    put_rule:
        |b: &Bench| {
            assert!(b.call(json!({ "Name": "orders", "EventPattern": PATTERN })).text("/RuleArn").ends_with(":rule/orders"));
            b.call(json!({ "Name": "nightly", "ScheduleExpression": "cron(0 3 * * ? *)" }));
            b.also("DescribeRule", json!({ "Name": "nightly" })).has("/ScheduleExpression", "cron(0 3 * * ? *)");
        },
        |b: &Bench| {
            b.refused(json!({ "Name": "orders" }), 400, "ValidationException");
            b.refused(json!({ "Name": "orders", "ScheduleExpression": "rate(1 minutes)" }), 400, "ValidationException");
            b.refused(json!({ "Name": "orders", "EventPattern": "{\"source\": \"shop\"}" }), 400, "InvalidEventPatternException");
            b.refused(json!({ "Name": "orders", "EventPattern": PATTERN, "EventBusName": "nothing" }), 400, "ResourceNotFoundException");
        };
    describe_rule:
        |b: &Bench| { rule(b); b.call(json!({ "Name": "orders" })).has("/State", "ENABLED").has("/EventPattern", PATTERN).has("/EventBusName", "default"); },
        |b: &Bench| b.refused(json!({ "Name": "nothing" }), 400, "ResourceNotFoundException");
    list_rules:
        |b: &Bench| { rule(b); b.call(json!({ "NamePrefix": "or" })).has("/Rules/0/Name", "orders"); },
        |b: &Bench| b.refused(json!({ "EventBusName": "nothing" }), 400, "ResourceNotFoundException");
    delete_rule:
        |b: &Bench| { rule(b); b.call(json!({ "Name": "orders" })); b.also("ListRules", json!({})).lacks("/Rules"); },
        |b: &Bench| { target(b); b.refused(json!({ "Name": "orders" }), 400, "ValidationException"); };
    disable_rule:
        |b: &Bench| { rule(b); b.call(json!({ "Name": "orders" })); b.also("DescribeRule", json!({ "Name": "orders" })).has("/State", "DISABLED"); },
        |b: &Bench| b.refused(json!({ "Name": "nothing" }), 400, "ResourceNotFoundException");
    enable_rule:
        |b: &Bench| {
            b.also("PutRule", json!({ "Name": "orders", "EventPattern": PATTERN, "State": "DISABLED" }));
            b.call(json!({ "Name": "orders" }));
            b.also("DescribeRule", json!({ "Name": "orders" })).has("/State", "ENABLED");
        },
        |b: &Bench| b.refused(json!({ "Name": "nothing" }), 400, "ResourceNotFoundException");
    put_targets:
        |b: &Bench| {
            rule(b);
            b.call(json!({ "Rule": "orders", "Targets": [{ "Id": "one", "Arn": queue(b) }] })).has("/FailedEntryCount", 0);
            b.also("ListTargetsByRule", json!({ "Rule": "orders" })).has("/Targets/0/Arn", queue(b));
        },
        |b: &Bench| {
            rule(b);
            b.refused(json!({ "Rule": "nothing", "Targets": [{ "Id": "one", "Arn": queue(b) }] }), 400, "ResourceNotFoundException");
            b.refused(json!({ "Rule": "orders", "Targets": [{ "Id": "one", "Arn": "inbox" }] }), 400, "ValidationException");
            let many: Vec<Value> = (0..6).map(|number| json!({ "Id": format!("t{number}"), "Arn": queue(b) })).collect();
            b.refused(json!({ "Rule": "orders", "Targets": many }), 400, "LimitExceededException");
            b.refused(json!({ "Rule": "orders", "Targets": [{ "Id": "one", "Arn": queue(b), "Input": "1", "InputPath": "$" }] }), 400, "ValidationException");
            b.refused(json!({ "Rule": "orders", "Targets": [{ "Id": "one", "Arn": "arn:aws:kinesis:eu-west-1:123456789012:stream/s" }] }), 501, "NotImplemented");
        };
    list_targets_by_rule:
        |b: &Bench| { target(b); b.call(json!({ "Rule": "orders" })).has("/Targets/0/Id", "one"); },
        |b: &Bench| b.refused(json!({ "Rule": "nothing" }), 400, "ResourceNotFoundException");
    list_rule_names_by_target:
        |b: &Bench| { target(b); b.call(json!({ "TargetArn": queue(b) })).has("/RuleNames/0", "orders"); },
        |b: &Bench| b.refused(json!({ "TargetArn": "inbox" }), 400, "ValidationException");
    remove_targets:
        |b: &Bench| { target(b); b.call(json!({ "Rule": "orders", "Ids": ["one"] })).has("/FailedEntryCount", 0); b.also("ListTargetsByRule", json!({ "Rule": "orders" })).lacks("/Targets"); },
        |b: &Bench| b.refused(json!({ "Rule": "nothing", "Ids": ["one"] }), 400, "ResourceNotFoundException");
    put_events:
        |b: &Bench| {
            let answer = b.call(json!({ "Entries": [event("Order"), { "Source": "shop" }, { "Source": "shop", "DetailType": "x", "Detail": "y" }, { "Source": "aws.s3", "DetailType": "x", "Detail": "{}" }] }));
            assert_eq!(answer.text("/Entries/0/EventId").len(), 36);
            answer.has("/FailedEntryCount", 3).has("/Entries/1/ErrorCode", "InvalidArgument");
            answer.has("/Entries/2/ErrorCode", "MalformedDetail").has("/Entries/3/ErrorCode", "NotAuthorizedForSourceException");
        },
        |b: &Bench| {
            b.refused(json!({ "Entries": [] }), 400, "ValidationException");
            b.refused(json!({ "Entries": vec![event("Order"); 11] }), 400, "ValidationException");
        };
    test_event_pattern:
        |b: &Bench| {
            let event = json!({ "id": "1", "account": "1", "source": "shop", "time": "2026-11-22T10:00:00Z", "region": "eu-west-1", "resources": [], "detail-type": "Order" });
            b.call(json!({ "EventPattern": PATTERN, "Event": event.to_string() })).has("/Result", true);
            b.call(json!({ "EventPattern": "{\"source\":[\"x\"]}", "Event": event.to_string() })).has("/Result", false);
        },
        |b: &Bench| {
            b.refused(json!({ "EventPattern": "{}", "Event": "{}" }), 400, "InvalidEventPatternException");
            b.refused(json!({ "EventPattern": PATTERN, "Event": "{}" }), 400, "ValidationException");
        };
    put_permission:
        |b: &Bench| {
            b.call(json!({ "StatementId": "other", "Principal": "111122223333", "Action": "events:PutEvents" }));
            assert!(b.also("DescribeEventBus", json!({})).text("/Policy").contains("arn:aws:iam::111122223333:root"));
        },
        |b: &Bench| {
            b.refused(json!({ "StatementId": "other", "Principal": "me", "Action": "events:PutEvents" }), 400, "ValidationException");
            b.refused(json!({ "EventBusName": "nothing", "StatementId": "other", "Principal": "*", "Action": "events:PutEvents" }), 400, "ResourceNotFoundException");
        };
    remove_permission:
        |b: &Bench| {
            b.also("PutPermission", json!({ "StatementId": "other", "Principal": "111122223333", "Action": "events:PutEvents" }));
            b.call(json!({ "StatementId": "other" }));
            b.also("DescribeEventBus", json!({})).lacks("/Policy");
        },
        |b: &Bench| b.refused(json!({ "StatementId": "other" }), 400, "ResourceNotFoundException");
    tag_resource:
        |b: &Bench| {
            let arn = rule(b);
            b.call(json!({ "ResourceARN": arn, "Tags": [{ "Key": "team", "Value": "blue" }] }));
            b.also("ListTagsForResource", json!({ "ResourceARN": arn })).has("/Tags/0/Value", "blue");
        },
        |b: &Bench| b.refused(json!({ "ResourceARN": format!("arn:aws:events:eu-west-1:{}:rule/nothing", b.account), "Tags": [{ "Key": "team", "Value": "blue" }] }), 400, "ResourceNotFoundException");
    untag_resource:
        |b: &Bench| {
            let arn = bus(b);
            b.also("TagResource", json!({ "ResourceARN": arn, "Tags": [{ "Key": "team", "Value": "blue" }] }));
            b.call(json!({ "ResourceARN": arn, "TagKeys": ["team"] }));
            b.also("ListTagsForResource", json!({ "ResourceARN": arn })).lacks("/Tags");
        },
        |b: &Bench| b.refused(json!({ "ResourceARN": "x", "TagKeys": ["team"] }), 400, "ValidationException");
    list_tags_for_resource:
        |b: &Bench| {
            let arn = b.also("PutRule", json!({ "Name": "orders", "EventPattern": PATTERN, "Tags": [{ "Key": "team", "Value": "blue" }] })).text("/RuleArn");
            b.call(json!({ "ResourceARN": arn })).has("/Tags/0/Key", "team");
        },
        |b: &Bench| b.refused(json!({ "ResourceARN": format!("arn:aws:events:eu-west-1:{}:event-bus/nothing", b.account) }), 400, "ResourceNotFoundException");
}
