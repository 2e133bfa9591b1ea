use serde_json::{Value, json};

use super::stage::Stage;

/// Fails on messages whose body is `bad`, one by one, and says what else it got.
const PARTLY: &str = "
def handler(event, context):
    failed = []
    for record in event['Records']:
        if record['body'] == 'bad':
            failed.append({'itemIdentifier': record['messageId']})
        else:
            print('GOT', record['body'])
    return {'batchItemFailures': failed}
";

/// Fails on a whole batch where one of its items is `bad`.
const WHOLE: &str = "
def handler(event, context):
    ids = [record['dynamodb']['Keys']['id']['S'] for record in event['Records']]
    if 'bad' in ids:
        raise Exception('poison')
    print('GOT', ' '.join(ids))
";

const RIGHTS: [&str; 2] = ["sqs:*", "dynamodb:*"];

fn map(stage: &Stage, function: &str, source: &str, more: &Value) -> String {
    let mut input = json!({ "FunctionName": function, "EventSourceArn": source });
    for (name, value) in more.as_object().unwrap() {
        input[name] = value.clone();
    }
    stage.call("lambda", "CreateEventSourceMapping", input).text("/UUID")
}

fn send(stage: &Stage, url: &str, body: &str) {
    stage.call("sqs", "SendMessage", json!({ "QueueUrl": url, "MessageBody": body }));
}

fn count(stage: &Stage, url: &str) -> u64 {
    let shown =
        stage.call("sqs", "GetQueueAttributes", json!({ "QueueUrl": url, "AttributeNames": ["All"] }));
    let number = |name: &str| shown.text(&format!("/Attributes/{name}")).parse::<u64>().unwrap();
    number("ApproximateNumberOfMessages") + number("ApproximateNumberOfMessagesNotVisible")
}

/// Makes a table with a stream, and returns the stream's ARN.
fn table(stage: &Stage) -> String {
    let made = stage.call(
        "dynamodb",
        "CreateTable",
        json!({
            "TableName": "orders", "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
            "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
            "StreamSpecification": { "StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES" },
        }),
    );
    made.text("/TableDescription/LatestStreamArn")
}

fn write(stage: &Stage, id: &str, more: &Value) {
    let mut item = json!({ "id": { "S": id } });
    for (name, value) in more.as_object().unwrap() {
        item[name] = value.clone();
    }
    stage.call("dynamodb", "PutItem", json!({ "TableName": "orders", "Item": item }));
}

/// The words that a function said, all lines together.
fn words(stage: &Stage, function: &str) -> Vec<String> {
    let lines = stage.said(function, "GOT ");
    lines.iter().flat_map(|line| line.split(' ')).map(str::to_owned).collect()
}

#[test]
fn what_a_function_fails_on_comes_again_and_at_last_to_the_dead_letter_queue() {
    let stage = Stage::new();
    let role = stage.role(&RIGHTS);
    let dead = stage.queue("dead", &json!({}));
    let redrive =
        json!({ "deadLetterTargetArn": stage.arn("sqs", "dead"), "maxReceiveCount": 2 }).to_string();
    let queue = stage.queue("work", &json!({ "RedrivePolicy": redrive, "VisibilityTimeout": "30" }));
    stage.function("worker", &role, PARTLY);
    for body in ["one", "bad", "two"] {
        send(&stage, &queue, body);
    }
    let more = json!({ "BatchSize": 10, "FunctionResponseTypes": ["ReportBatchItemFailures"] });
    map(&stage, "worker", &stage.arn("sqs", "work"), &more);
    stage.wait("all but the bad one are done", || {
        (count(&stage, &queue) == 1 && words(&stage, "worker").len() == 2).then_some(())
    });
    assert!(stage.drain(&dead).is_empty());
    // Twice it is received; the third time it is moved.
    stage.wait("the dead letter", || {
        stage.advance(31);
        std::thread::sleep(std::time::Duration::from_millis(400));
        (count(&stage, &dead) == 1).then_some(())
    });
    let letter = stage.drain(&dead).remove(0);
    assert_eq!(letter["Body"], "bad");
    assert_eq!(letter["Attributes"]["DeadLetterQueueSourceArn"], stage.arn("sqs", "work"));
    let mut said = words(&stage, "worker");
    said.sort();
    assert_eq!(said, ["one", "two"], "nothing is done twice");
}

#[test]
fn a_queue_that_lets_a_role_read_by_its_own_policy_feeds_a_function_and_another_is_refused() {
    let stage = Stage::new();
    let role = stage.role(&[]);
    let function = stage.function("worker", &role, PARTLY);
    let reader = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": { "AWS": role }, "Action": "sqs:*", "Resource": stage.arn("sqs", "open"),
    }] });
    let open = stage.queue("open", &json!({ "Policy": reader.to_string() }));
    stage.queue("closed", &json!({}));
    let refused = |queue: &str| {
        let mapping = json!({ "FunctionName": function, "EventSourceArn": stage.arn("sqs", queue) });
        let answer = stage.ask("lambda", "CreateEventSourceMapping", mapping);
        let message = answer.body.get("Message").or_else(|| answer.body.get("message"));
        message.and_then(Value::as_str).map(str::to_owned)
    };
    assert_eq!(
        refused("closed").unwrap(),
        "The provided execution role does not have permissions to call ReceiveMessage on SQS"
    );
    assert_eq!(refused("open"), None);
    send(&stage, &open, "rain");
    stage.wait("the message in the log", || (words(&stage, "worker") == ["rain"]).then_some(()));
}

#[test]
fn messages_that_no_filter_lets_through_are_done_with() {
    let stage = Stage::new();
    let role = stage.role(&RIGHTS);
    let queue = stage.queue("work", &json!({}));
    stage.function("worker", &role, PARTLY);
    let pattern = json!({ "body": { "kind": [{ "anything-but": ["noise"] }] } }).to_string();
    let more = json!({ "FilterCriteria": { "Filters": [{ "Pattern": pattern }] } });
    map(&stage, "worker", &stage.arn("sqs", "work"), &more);
    for body in [r#"{"kind":"noise"}"#, r#"{"kind":"order"}"#, "no-JSON"] {
        send(&stage, &queue, body);
    }
    stage.wait("an empty queue", || (count(&stage, &queue) == 0).then_some(()));
    let said = stage.wait("the order", || Some(words(&stage, "worker")).filter(|said| !said.is_empty()));
    assert_eq!(said, [r#"{"kind":"order"}"#]);
}

#[test]
fn a_batch_of_a_stream_is_cut_until_the_bad_record_is_alone_and_told() {
    let stage = Stage::new();
    let role = stage.role(&RIGHTS);
    let stream = table(&stage);
    let letters = stage.queue("letters", &json!({}));
    stage.function("reader", &role, WHOLE);
    for id in ["a", "b", "bad", "c", "d"] {
        write(&stage, id, &json!({}));
    }
    let more = json!({
        "StartingPosition": "TRIM_HORIZON", "BatchSize": 100, "MaximumRetryAttempts": 4, "BisectBatchOnFunctionError": true,
        "DestinationConfig": { "OnFailure": { "Destination": stage.arn("sqs", "letters") } },
    });
    map(&stage, "reader", &stream, &more);
    let letter = stage.await_messages(&letters, 1).remove(0);
    let told: Value = serde_json::from_str(letter["Body"].as_str().unwrap()).unwrap();
    assert_eq!(told["requestContext"]["condition"], "RetryAttemptsExhausted");
    assert_eq!(
        (&told["DDBStreamBatchInfo"]["batchSize"], &told["DDBStreamBatchInfo"]["streamArn"]),
        (&json!(1), &json!(stream))
    );
    stage.wait("the others, in order", || (words(&stage, "reader") == ["a", "b", "c", "d"]).then_some(()));
}

#[test]
fn a_stream_and_how_far_it_was_read_are_kept_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::kept_in(folder.path());
    let role = stage.role(&RIGHTS);
    let stream = table(&stage);
    stage.function("reader", &role, WHOLE);
    let mapping = map(&stage, "reader", &stream, &json!({ "StartingPosition": "TRIM_HORIZON" }));
    write(&stage, "a", &json!({}));
    stage.wait("the first", || (words(&stage, "reader") == ["a"]).then_some(()));
    stage.call("lambda", "UpdateEventSourceMapping", json!({ "UUID": mapping, "Enabled": false }));
    write(&stage, "b", &json!({}));
    drop(stage);
    let stage = Stage::kept_in(folder.path());
    let shard = stage.ask("dynamodb", "DescribeTable", json!({ "TableName": "orders" }));
    assert_eq!(shard.text("/Table/LatestStreamArn"), stream);
    write(&stage, "c", &json!({}));
    stage.call("lambda", "UpdateEventSourceMapping", json!({ "UUID": mapping, "Enabled": true }));
    stage.wait("the rest", || (words(&stage, "reader").len() >= 3).then_some(()));
    assert_eq!(words(&stage, "reader"), ["a", "b", "c"], "nothing is lost and nothing comes twice");
}

#[test]
fn an_item_whose_time_is_over_goes_when_the_clock_is_advanced() {
    let stage = Stage::new();
    let role = stage.role(&RIGHTS);
    let stream = table(&stage);
    let tell = "import json\ndef handler(event, context):\n    for record in event['Records']:\n        print('GOT', json.dumps(record))\n";
    stage.function("reader", &role, tell);
    let life = json!({ "Enabled": true, "AttributeName": "end" });
    stage.call(
        "dynamodb",
        "UpdateTimeToLive",
        json!({ "TableName": "orders", "TimeToLiveSpecification": life }),
    );
    let now = jiff::Timestamp::now().as_second();
    write(&stage, "short", &json!({ "end": { "N": (now + 600).to_string() } }));
    write(&stage, "long", &json!({ "end": { "N": (now + 36_000).to_string() } }));
    write(&stage, "ever", &json!({ "end": { "S": "never" } }));
    let filter = json!({ "Filters": [{ "Pattern": "{\"eventName\":[\"REMOVE\"]}" }] });
    map(&stage, "reader", &stream, &json!({ "StartingPosition": "TRIM_HORIZON", "FilterCriteria": filter }));
    stage.advance(3600);
    stage.wait("one item less", || {
        (stage.call("dynamodb", "Scan", json!({ "TableName": "orders" })).text("/Count") == "2").then_some(())
    });
    let got = stage.wait("its record", || stage.said("reader", "GOT ").pop());
    let record: Value = serde_json::from_str(&got).unwrap();
    assert_eq!(record["dynamodb"]["Keys"]["id"]["S"], "short");
    assert_eq!(record["userIdentity"], json!({ "type": "Service", "principalId": "dynamodb.amazonaws.com" }));
}

#[test]
fn a_call_waits_for_a_message_as_long_as_it_says() {
    let stage = Stage::new();
    let queue = stage.queue("work", &json!({}));
    let receive = |seconds: u64| {
        stage.call("sqs", "ReceiveMessage", json!({ "QueueUrl": queue, "WaitTimeSeconds": seconds }))
    };
    let begun = std::time::Instant::now();
    receive(1).lacks("/Messages");
    assert!(begun.elapsed() >= std::time::Duration::from_secs(1));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(std::time::Duration::from_millis(300));
            send(&stage, &queue, "late");
        });
        receive(20).has("/Messages/0/Body", "late");
    });
}
