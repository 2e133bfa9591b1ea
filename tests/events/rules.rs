use serde_json::{Value, json};

use super::stage::{Stage, TELL};

/// Makes a rule with one target.
fn rule(stage: &Stage, rule: Value, target: &Value) -> String {
    let name = rule["Name"].clone();
    let bus = rule.get("EventBusName").cloned();
    let arn = stage.call("events", "PutRule", rule).text("/RuleArn");
    let mut targets = json!({ "Rule": name, "Targets": [target] });
    if let Some(bus) = bus {
        targets["EventBusName"] = bus;
    }
    stage.call("events", "PutTargets", targets).has("/FailedEntryCount", 0);
    arn
}

fn put(stage: &Stage, source: &str, detail: &Value) {
    let entry = json!({ "Source": source, "DetailType": "Order", "Detail": detail.to_string(), "Resources": ["arn:x"] });
    stage.call("events", "PutEvents", json!({ "Entries": [entry] })).has("/FailedEntryCount", 0);
}

fn bodies(messages: &[Value]) -> Vec<Value> {
    messages.iter().map(|message| serde_json::from_str(message["Body"].as_str().unwrap()).unwrap()).collect()
}

#[test]
fn an_event_goes_to_the_targets_of_the_rules_that_it_fits() {
    let stage = Stage::new();
    let pattern =
        json!({ "source": ["shop"], "detail": { "total": [{ "numeric": [">", 10] }] } }).to_string();
    let target = json!({ "Id": "one", "Arn": stage.arn("sqs", "inbox") });
    let arn = rule(&stage, json!({ "Name": "large", "EventPattern": pattern }), &target);
    let queue = stage.queue_for("inbox", "events.amazonaws.com", &arn);
    for (source, total) in [("shop", 11), ("shop", 9), ("store", 11)] {
        put(&stage, source, &json!({ "total": total }));
    }
    let got = bodies(&stage.drain(&queue));
    assert_eq!(got.len(), 1, "{got:?}");
    let event = &got[0];
    assert_eq!(
        (&event["version"], &event["source"], &event["detail-type"]),
        (&json!("0"), &json!("shop"), &json!("Order"))
    );
    assert_eq!((&event["detail"], &event["resources"]), (&json!({ "total": 11 }), &json!(["arn:x"])));
    assert_eq!((&event["account"], &event["region"]), (&json!(stage.account), &json!("eu-west-1")));
    stage.call("events", "DisableRule", json!({ "Name": "large" }));
    put(&stage, "shop", &json!({ "total": 12 }));
    assert!(stage.drain(&queue).is_empty());
}

#[test]
fn a_target_gets_what_its_input_says() {
    let stage = Stage::new();
    let pattern = json!({ "source": ["shop"] }).to_string();
    let template = json!({
        "InputPathsMap": { "total": "$.detail.total" },
        "InputTemplate": "{\"sum\": <total>, \"rule\": \"<aws.events.rule-name>\"}",
    });
    let target = json!({ "Id": "one", "Arn": stage.arn("sqs", "inbox"), "InputTransformer": template });
    let arn = rule(&stage, json!({ "Name": "shaped", "EventPattern": pattern }), &target);
    let queue = stage.queue_for("inbox", "events.amazonaws.com", &arn);
    put(&stage, "shop", &json!({ "total": 11 }));
    assert_eq!(bodies(&stage.drain(&queue)), [json!({ "sum": 11, "rule": "shaped" })]);
}

#[test]
fn a_scheduled_rule_fires_when_the_clock_is_advanced() {
    let stage = Stage::new();
    let target = json!({ "Id": "one", "Arn": stage.arn("sqs", "inbox") });
    let arn = rule(&stage, json!({ "Name": "often", "ScheduleExpression": "rate(5 minutes)" }), &target);
    let queue = stage.queue_for("inbox", "events.amazonaws.com", &arn);
    stage.advance(290);
    assert!(stage.drain(&queue).is_empty());
    stage.advance(11);
    let got = bodies(&stage.await_messages(&queue, 1));
    assert_eq!(
        (&got[0]["source"], &got[0]["detail-type"]),
        (&json!("aws.events"), &json!("Scheduled Event"))
    );
    assert_eq!((&got[0]["resources"], &got[0]["detail"]), (&json!([arn]), &json!({})));
    stage.advance(900);
    assert_eq!(stage.await_messages(&queue, 3).len(), 3);
    stage.call("events", "DisableRule", json!({ "Name": "often" }));
    stage.advance(3600);
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(stage.drain(&queue).is_empty());
}

#[test]
fn a_scheduled_function_runs_where_its_policy_lets_the_rule_in() {
    let stage = Stage::new();
    let role = stage.role(&[]);
    let function = stage.function("nightly", &role, TELL);
    let target = json!({
        "Id": "one", "Arn": function, "Input": "{\"job\": \"clean\"}", "DeadLetterConfig": { "Arn": stage.arn("sqs", "dead") },
    });
    let arn = rule(&stage, json!({ "Name": "nightly", "ScheduleExpression": "cron(0 3 * * ? *)" }), &target);
    let dead = stage.queue_for("dead", "events.amazonaws.com", &arn);
    stage.advance(24 * 3600);
    let letter = stage.await_messages(&dead, 1).remove(0);
    assert_eq!(letter["MessageAttributes"]["ERROR_CODE"]["StringValue"], "NO_PERMISSIONS");
    assert_eq!(letter["MessageAttributes"]["RULE_ARN"]["StringValue"], arn);
    stage.let_invoke("nightly", "events.amazonaws.com", &arn);
    stage.advance(24 * 3600);
    let got = stage.wait("the run in the log", || stage.said("nightly", "GOT ").pop());
    assert_eq!(serde_json::from_str::<Value>(&got).unwrap(), json!({ "job": "clean" }));
}

#[test]
fn an_event_goes_from_bus_to_bus_and_on_to_a_topic() {
    let stage = Stage::new();
    let shop = stage.call("events", "CreateEventBus", json!({ "Name": "shop" })).text("/EventBusArn");
    let topic = stage.call("sns", "CreateTopic", json!({ "Name": "news" })).text("/TopicArn");
    let pattern = json!({ "source": [{ "prefix": "sh" }] }).to_string();
    let first = rule(
        &stage,
        json!({ "Name": "over", "EventPattern": pattern }),
        &json!({ "Id": "bus", "Arn": shop }),
    );
    let second = rule(
        &stage,
        json!({ "Name": "tell", "EventPattern": pattern, "EventBusName": "shop" }),
        &json!({ "Id": "topic", "Arn": topic, "InputPath": "$.detail" }),
    );
    let lets = |action: &str, resource: &str, source: &str| {
        json!({ "Version": "2012-10-17", "Statement": [{
            "Sid": "in", "Effect": "Allow", "Principal": { "Service": "events.amazonaws.com" }, "Action": action,
            "Resource": resource, "Condition": { "ArnEquals": { "aws:SourceArn": source } },
        }] })
        .to_string()
    };
    let policy = json!({ "EventBusName": "shop", "Policy": lets("events:PutEvents", &shop, &first) });
    stage.call("events", "PutPermission", policy);
    let queue = stage.queue_for("inbox", "sns.amazonaws.com", &topic);
    let subscription = json!({
        "TopicArn": topic, "Protocol": "sqs", "Endpoint": stage.arn("sqs", "inbox"),
        "Attributes.entry.1.key": "RawMessageDelivery", "Attributes.entry.1.value": "true",
    });
    stage.call("sns", "Subscribe", subscription);
    put(&stage, "shop", &json!({ "n": 1 }));
    assert!(stage.drain(&queue).is_empty(), "the topic has not let the rule in yet");
    let attribute = json!({ "TopicArn": topic, "AttributeName": "Policy", "AttributeValue": lets("sns:Publish", &topic, &second) });
    stage.call("sns", "SetTopicAttributes", attribute);
    put(&stage, "shop", &json!({ "n": 2 }));
    assert_eq!(bodies(&stage.drain(&queue)), [json!({ "n": 2 })]);
}

#[test]
fn rules_are_there_after_a_restart_and_fire() {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::kept_in(folder.path());
    let target = json!({ "Id": "one", "Arn": stage.arn("sqs", "inbox") });
    let arn = rule(&stage, json!({ "Name": "often", "ScheduleExpression": "rate(1 hour)" }), &target);
    stage.queue_for("inbox", "events.amazonaws.com", &arn);
    stage.advance(1800);
    drop(stage);
    let stage = Stage::kept_in(folder.path());
    let queue = format!("http://{}/{}/inbox", stage.sandbox.address, stage.account);
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(stage.drain(&queue).is_empty());
    stage.advance(1800);
    assert_eq!(stage.await_messages(&queue, 1).len(), 1);
}
