use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;

use serde_json::{Value, json};

use super::stage::{Stage, TELL};
use crate::support::Sent;

fn topic(stage: &Stage) -> String {
    stage.call("sns", "CreateTopic", json!({ "Name": "news" })).text("/TopicArn")
}

/// Subscribes with attributes, and returns the subscription's ARN.
fn subscribe(
    stage: &Stage,
    topic: &str,
    protocol: &str,
    endpoint: &str,
    attributes: &[(&str, &str)],
) -> String {
    let mut input = json!({ "TopicArn": topic, "Protocol": protocol, "Endpoint": endpoint });
    for (number, (name, value)) in attributes.iter().enumerate() {
        input[format!("Attributes.entry.{}.key", number + 1)] = (*name).into();
        input[format!("Attributes.entry.{}.value", number + 1)] = (*value).into();
    }
    stage.call("sns", "Subscribe", input).text("/SubscriptionArn")
}

/// Publishes with one attribute, `kind`.
fn publish(stage: &Stage, topic: &str, text: &str, kind: &str) -> String {
    let message = json!({
        "TopicArn": topic, "Message": text, "Subject": "Hear",
        "MessageAttributes.entry.1.Name": "kind",
        "MessageAttributes.entry.1.Value.DataType": "String",
        "MessageAttributes.entry.1.Value.StringValue": kind,
    });
    stage.call("sns", "Publish", message).text("/MessageId")
}

#[test]
fn a_queue_gets_messages_in_an_envelope_or_raw() {
    let stage = Stage::new();
    let topic = topic(&stage);
    let plain = stage.queue_for("plain", "sns.amazonaws.com", &topic);
    let raw = stage.queue_for("raw", "sns.amazonaws.com", &topic);
    subscribe(&stage, &topic, "sqs", &stage.arn("sqs", "plain"), &[]);
    subscribe(&stage, &topic, "sqs", &stage.arn("sqs", "raw"), &[("RawMessageDelivery", "true")]);
    let id = publish(&stage, &topic, "hello", "greeting");

    let message = stage.drain(&plain).remove(0);
    let envelope: Value = serde_json::from_str(message["Body"].as_str().unwrap()).unwrap();
    for (member, wanted) in [
        ("Type", "Notification"),
        ("MessageId", &id),
        ("TopicArn", &topic),
        ("Subject", "Hear"),
        ("Message", "hello"),
    ] {
        assert_eq!(envelope[member], wanted);
    }
    assert_eq!(envelope["MessageAttributes"]["kind"], json!({ "Type": "String", "Value": "greeting" }));
    assert!(message["MessageAttributes"].is_null());

    let message = stage.drain(&raw).remove(0);
    assert_eq!(message["Body"], "hello");
    assert_eq!(message["MessageAttributes"]["kind"]["StringValue"], "greeting");
    let sent = stage.audit("SendMessage");
    assert!(
        sent.iter().all(|entry| entry["invokedBy"] == "sns.amazonaws.com" && entry["outcome"] == "allowed"),
        "{sent:?}"
    );
    assert_eq!(sent.len(), 2);
}

#[test]
fn a_queue_that_does_not_let_the_topic_in_gets_nothing_and_its_dead_letter_queue_does() {
    let stage = Stage::new();
    let topic = topic(&stage);
    let shut = stage.queue_for("shut", "sns.amazonaws.com", "arn:aws:sns:eu-west-1:123456789012:other");
    let dead = stage.queue_for("dead", "sns.amazonaws.com", &topic);
    let redrive = json!({ "deadLetterTargetArn": stage.arn("sqs", "dead") }).to_string();
    subscribe(&stage, &topic, "sqs", &stage.arn("sqs", "shut"), &[("RedrivePolicy", &redrive)]);
    publish(&stage, &topic, "hello", "greeting");
    assert!(stage.drain(&shut).is_empty());
    assert!(stage.drain(&dead)[0]["Body"].as_str().unwrap().contains("\"hello\""));
    assert!(stage.audit("SendMessage").iter().any(|entry| entry["outcome"] == "denied"));
}

#[test]
fn a_filter_policy_lets_through_what_it_describes() {
    let stage = Stage::new();
    let topic = topic(&stage);
    let queue = stage.queue_for("inbox", "sns.amazonaws.com", &topic);
    let arn = stage.arn("sqs", "inbox");
    let filter = json!({ "kind": [{ "prefix": "order" }] }).to_string();
    let own =
        subscribe(&stage, &topic, "sqs", &arn, &[("FilterPolicy", &filter), ("RawMessageDelivery", "true")]);
    for kind in ["order.paid", "refund"] {
        publish(&stage, &topic, kind, kind);
    }
    let texts = |messages: Vec<Value>| -> Vec<String> {
        messages.iter().map(|message| message["Body"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(texts(stage.drain(&queue)), ["order.paid"]);
    let set = |name: &str, value: &str| {
        let input = json!({ "SubscriptionArn": own, "AttributeName": name, "AttributeValue": value });
        stage.call("sns", "SetSubscriptionAttributes", input);
    };
    set("FilterPolicyScope", "MessageBody");
    set("FilterPolicy", r#"{"order": {"total": [{"numeric": [">", 10]}]}}"#);
    for text in [r#"{"order":{"total":11}}"#, r#"{"order":{"total":9}}"#, "no JSON"] {
        publish(&stage, &topic, text, "order");
    }
    assert_eq!(texts(stage.drain(&queue)), [r#"{"order":{"total":11}}"#]);
}

#[test]
fn a_function_gets_the_event_where_its_policy_lets_the_topic_in() {
    let stage = Stage::new();
    let topic = topic(&stage);
    let role = stage.role(&[]);
    let dead = stage.queue_for("dead", "sns.amazonaws.com", &topic);
    let redrive = json!({ "deadLetterTargetArn": stage.arn("sqs", "dead") }).to_string();
    let function = stage.function("reader", &role, TELL);
    let own = subscribe(&stage, &topic, "lambda", &function, &[("RedrivePolicy", &redrive)]);
    publish(&stage, &topic, "too early", "greeting");
    assert!(stage.await_messages(&dead, 1)[0]["Body"].as_str().unwrap().contains("too early"));

    stage.let_invoke("reader", "sns.amazonaws.com", &topic);
    let id = publish(&stage, &topic, "hello", "greeting");
    let got = stage.wait("the event in the log", || stage.said("reader", "GOT ").pop());
    let event: Value = serde_json::from_str(&got).unwrap();
    let record = &event["Records"][0];
    assert_eq!((&record["EventSource"], &record["EventVersion"]), (&json!("aws:sns"), &json!("1.0")));
    assert_eq!(record["EventSubscriptionArn"], own);
    let notification = &record["Sns"];
    assert_eq!((&notification["MessageId"], &notification["Message"]), (&json!(id), &json!("hello")));
    assert_eq!(notification["MessageAttributes"]["kind"], json!({ "Type": "String", "Value": "greeting" }));
    let names: Vec<&String> = notification.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        [
            "Type",
            "MessageId",
            "TopicArn",
            "Subject",
            "Message",
            "Timestamp",
            "SignatureVersion",
            "Signature",
            "SigningCertUrl",
            "UnsubscribeUrl",
            "MessageAttributes"
        ]
    );
}

#[test]
fn a_fifo_topic_keeps_order_and_takes_a_message_once() {
    let stage = Stage::new();
    let made = json!({
        "Name": "steps.fifo",
        "Attributes.entry.1.key": "FifoTopic", "Attributes.entry.1.value": "true",
        "Attributes.entry.2.key": "ContentBasedDeduplication", "Attributes.entry.2.value": "true",
    });
    let topic = stage.call("sns", "CreateTopic", made).text("/TopicArn");
    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": { "Service": "sns.amazonaws.com" }, "Action": "sqs:SendMessage", "Resource": "*",
    }] });
    let queue = stage.queue("steps.fifo", &json!({ "FifoQueue": "true", "Policy": policy.to_string() }));
    subscribe(&stage, &topic, "sqs", &stage.arn("sqs", "steps.fifo"), &[("RawMessageDelivery", "true")]);
    for text in ["one", "two", "one"] {
        stage.call("sns", "Publish", json!({ "TopicArn": topic, "Message": text, "MessageGroupId": "g" }));
    }
    let bodies: Vec<Value> = stage.drain(&queue).iter().map(|message| message["Body"].clone()).collect();
    assert_eq!(bodies, ["one", "two"]);
    let refused = stage.ask("sns", "Publish", json!({ "TopicArn": topic, "Message": "x" }));
    assert_eq!((refused.status, refused.code().as_str()), (400, "InvalidParameter"));
}

/// Reads one request off a listener, answers 200, and returns head and body.
fn one_letter(listener: &TcpListener) -> (String, Value) {
    let (stream, _) = listener.accept().unwrap();
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        head.push_str(&line.to_ascii_lowercase());
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
    (head, serde_json::from_slice(&body).unwrap())
}

#[test]
fn a_web_address_gets_messages_once_it_has_confirmed() {
    let stage = Stage::new();
    let topic = topic(&stage);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}/hook", listener.local_addr().unwrap());
    assert_eq!(subscribe(&stage, &topic, "http", &endpoint, &[]), "pending confirmation");
    let (head, question) = one_letter(&listener);
    assert!(head.contains("x-amz-sns-message-type: subscriptionconfirmation"), "{head}");
    assert_eq!(question["Type"], "SubscriptionConfirmation");
    // The link is followed as a browser follows it, without a signature.
    let link = question["SubscribeURL"].as_str().unwrap();
    let target = link.strip_prefix(&stage.sandbox.endpoint_url()).unwrap();
    let confirmed = Sent::new("GET", target).send(stage.sandbox.address);
    assert_eq!(confirmed.status, 200, "{confirmed:?}");
    publish(&stage, &topic, "hello", "greeting");
    let (head, letter) = one_letter(&listener);
    assert!(head.contains("x-amz-sns-message-type: notification"), "{head}");
    assert_eq!((&letter["Type"], &letter["Message"]), (&json!("Notification"), &json!("hello")));
}

#[test]
fn a_token_that_nobody_got_confirms_nothing() {
    let stage = Stage::new();
    let topic = topic(&stage);
    let refused = stage.ask("sns", "ConfirmSubscription", json!({ "TopicArn": topic, "Token": "guess" }));
    assert_eq!((refused.status, refused.code().as_str()), (400, "InvalidParameter"));
    let target = "/?Action=ConfirmSubscription&Version=2010-03-31&Token=guess&TopicArn=".to_owned() + &topic;
    assert_eq!(Sent::new("GET", &target).send(stage.sandbox.address).status, 400);
}

#[test]
fn topics_and_subscriptions_are_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::kept_in(folder.path());
    let topic = topic(&stage);
    let queue = stage.queue_for("inbox", "sns.amazonaws.com", &topic);
    let filter = json!({ "kind": ["order"] }).to_string();
    subscribe(&stage, &topic, "sqs", &stage.arn("sqs", "inbox"), &[("FilterPolicy", &filter)]);
    drop(stage);
    let stage = Stage::kept_in(folder.path());
    publish(&stage, &topic, "no", "refund");
    publish(&stage, &topic, "yes", "order");
    let path = queue.rsplit_once('/').unwrap().1.to_owned();
    let url = format!("http://{}/{}/{path}", stage.sandbox.address, stage.account);
    let messages = stage.drain(&url);
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert!(messages[0]["Body"].as_str().unwrap().contains("\"yes\""));
}
