use serde_json::{Value, json};

use super::stage::Stage;

/// Says what is in the event that a subscription brings.
const UNPACK: &str = "
import base64, gzip
def handler(event, context):
    print('GOT', gzip.decompress(base64.b64decode(event['awslogs']['data'])).decode())
";

fn group(stage: &Stage, name: &str) {
    stage.call("logs", "CreateLogGroup", json!({ "logGroupName": name }));
    stage.call("logs", "CreateLogStream", json!({ "logGroupName": name, "logStreamName": "today" }));
}

fn write(stage: &Stage, name: &str, messages: &[&str]) {
    let now = jiff::Timestamp::now().as_millisecond();
    let events: Vec<Value> =
        messages.iter().map(|text| json!({ "timestamp": now, "message": text })).collect();
    stage.call(
        "logs",
        "PutLogEvents",
        json!({ "logGroupName": name, "logStreamName": "today", "logEvents": events }),
    );
}

#[test]
fn a_function_gets_the_events_that_it_subscribed_to() {
    let stage = Stage::new();
    let role = stage.role(&[]);
    let function = stage.function("watch", &role, UNPACK);
    group(&stage, "shop");
    stage.let_invoke("watch", "logs.amazonaws.com", &format!("{}:*", stage.arn("logs", "log-group:shop")));
    let filter = json!({
        "logGroupName": "shop", "filterName": "errors", "filterPattern": "ERROR", "destinationArn": function,
    });
    stage.call("logs", "PutSubscriptionFilter", filter);
    let shown = stage.call("logs", "DescribeSubscriptionFilters", json!({ "logGroupName": "shop" }));
    shown
        .has("/subscriptionFilters/0/destinationArn", function)
        .has("/subscriptionFilters/0/distribution", "ByLogStream");
    write(&stage, "shop", &["all is well", "ERROR one", "ERROR two"]);
    let got = stage.wait("the events", || stage.said("watch", "GOT ").pop());
    let data: Value = serde_json::from_str(&got).unwrap();
    assert_eq!((&data["messageType"], &data["logGroup"]), (&json!("DATA_MESSAGE"), &json!("shop")));
    assert_eq!((&data["logStream"], &data["subscriptionFilters"]), (&json!("today"), &json!(["errors"])));
    let texts: Vec<&Value> =
        data["logEvents"].as_array().unwrap().iter().map(|event| &event["message"]).collect();
    assert_eq!(texts, ["ERROR one", "ERROR two"]);

    stage.call("logs", "DeleteSubscriptionFilter", json!({ "logGroupName": "shop", "filterName": "errors" }));
    stage
        .call("logs", "DescribeSubscriptionFilters", json!({ "logGroupName": "shop" }))
        .lacks("/subscriptionFilters");
}

#[test]
fn a_function_that_logs_may_not_invoke_cannot_subscribe() {
    let stage = Stage::new();
    let role = stage.role(&[]);
    let function = stage.function("watch", &role, UNPACK);
    group(&stage, "shop");
    let filter = |group: &str, target: &str| json!({ "logGroupName": group, "filterName": "all", "filterPattern": "", "destinationArn": target });
    let refused = |operation: &str, input: Value, code: &str| {
        let answer = stage.ask("logs", operation, input);
        assert_eq!((answer.status, answer.code().as_str()), (400, code), "{answer:?}");
    };
    refused("PutSubscriptionFilter", filter("shop", &function), "InvalidParameterException");
    refused("PutSubscriptionFilter", filter("nothing", &function), "ResourceNotFoundException");
    refused(
        "DeleteSubscriptionFilter",
        json!({ "logGroupName": "shop", "filterName": "all" }),
        "ResourceNotFoundException",
    );
    // There are no streams that events could go to.
    refused(
        "PutSubscriptionFilter",
        filter("shop", &stage.arn("kinesis", "stream/s")),
        "InvalidParameterException",
    );
    let other =
        stage.ask("logs", "PutSubscriptionFilter", filter("shop", &stage.arn("logs", "destination:far")));
    assert_eq!(other.status, 501, "{other:?}");
}

#[test]
fn a_rule_writes_to_a_log_group_that_lets_it_in() {
    let stage = Stage::new();
    group(&stage, "/aws/events/shop");
    let pattern = json!({ "source": ["shop"] }).to_string();
    let rule =
        stage.call("events", "PutRule", json!({ "Name": "note", "EventPattern": pattern })).text("/RuleArn");
    let target = json!({ "Id": "log", "Arn": stage.arn("logs", "log-group:/aws/events/shop") });
    stage.call("events", "PutTargets", json!({ "Rule": "note", "Targets": [target] }));
    let put = |number: u32| {
        let entry =
            json!({ "Source": "shop", "DetailType": "Order", "Detail": json!({ "n": number }).to_string() });
        stage.call("events", "PutEvents", json!({ "Entries": [entry] }));
    };
    let written = || {
        let found = stage.call("logs", "FilterLogEvents", json!({ "logGroupName": "/aws/events/shop" }));
        found.at("/events").as_array().cloned().unwrap_or_default()
    };
    put(1);
    assert!(written().is_empty());
    let document = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": { "Service": "events.amazonaws.com" }, "Action": "logs:CreateLogStream",
          "Resource": stage.arn("logs", "log-group:/aws/events/*:*") },
        { "Effect": "Allow", "Principal": { "Service": "events.amazonaws.com" }, "Action": "logs:PutLogEvents",
          "Resource": stage.arn("logs", "log-group:/aws/events/*:*:*"),
          "Condition": { "ArnEquals": { "aws:SourceArn": rule } } },
    ]});
    stage.call(
        "logs",
        "PutResourcePolicy",
        json!({ "policyName": "rules", "policyDocument": document.to_string() }),
    );
    put(2);
    let lines = written();
    assert_eq!(lines.len(), 1, "{lines:?}");
    let event: Value = serde_json::from_str(lines[0]["message"].as_str().unwrap()).unwrap();
    assert_eq!(event["detail"], json!({ "n": 2 }));
}
