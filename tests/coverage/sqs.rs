use serde_json::{Value, json};

use super::bench::Bench;

fn url(b: &Bench) -> Value {
    json!({ "QueueUrl": b.ask("sqs", "CreateQueue", json!({ "QueueName": "inbox" })).text("/QueueUrl") })
}

fn with(base: &Value, more: Value) -> Value {
    let (mut whole, Value::Object(more)) = (base.clone(), more) else { panic!("two objects are merged") };
    whole.as_object_mut().expect("an object").extend(more);
    whole
}

/// A queue with a message in it that somebody has: the address, and the handle.
fn taken(b: &Bench) -> (Value, String) {
    let at = url(b);
    b.also("SendMessage", with(&at, json!({ "MessageBody": "hello" })));
    let handle = b.also("ReceiveMessage", at.clone()).text("/Messages/0/ReceiptHandle");
    (at, handle)
}

fn nowhere(b: &Bench) -> Value {
    json!({ "QueueUrl": format!("http://{}/{}/nothing", b.address(), b.account) })
}

operations! { "sqs";
    create_queue:
        |b: &Bench| { let queue = b.call(json!({ "QueueName": "inbox" })); assert!(queue.text("/QueueUrl").ends_with("/inbox")); },
        |b: &Bench| b.refused(json!({ "QueueName": "no name" }), 400, "InvalidParameterValue");
    get_queue_url:
        |b: &Bench| { let at = url(b); b.call(json!({ "QueueName": "inbox" })).has("/QueueUrl", at["QueueUrl"].clone()); },
        |b: &Bench| b.refused(json!({ "QueueName": "nothing" }), 400, "QueueDoesNotExist");
    list_queues:
        |b: &Bench| { let at = url(b); b.call(json!({ "QueueNamePrefix": "in" })).has("/QueueUrls/0", at["QueueUrl"].clone()); },
        |b: &Bench| b.refused(json!({ "MaxResults": 0 }), 400, "InvalidParameterValue");
    delete_queue:
        |b: &Bench| { let at = url(b); b.call(at); b.also("ListQueues", json!({})).lacks("/QueueUrls"); url(b); },
        |b: &Bench| b.refused(nowhere(b), 400, "QueueDoesNotExist");
    get_queue_attributes:
        |b: &Bench| { let at = url(b); b.call(with(&at, json!({ "AttributeNames": ["All"] }))).has("/Attributes/VisibilityTimeout", "30"); },
        |b: &Bench| { let at = url(b); b.refused(with(&at, json!({ "AttributeNames": ["Colour"] })), 400, "InvalidAttributeName"); };
    set_queue_attributes:
        |b: &Bench| {
            let at = url(b);
            b.call(with(&at, json!({ "Attributes": { "VisibilityTimeout": "5" } })));
            b.also("GetQueueAttributes", with(&at, json!({ "AttributeNames": ["VisibilityTimeout"] }))).has("/Attributes/VisibilityTimeout", "5");
        },
        |b: &Bench| { let at = url(b); b.refused(with(&at, json!({ "Attributes": { "VisibilityTimeout": "50000" } })), 400, "InvalidAttributeValue"); };
    list_dead_letter_source_queues:
        |b: &Bench| {
            let at = url(b);
            let target = format!("arn:aws:sqs:{}:{}:inbox", "eu-west-1", b.account);
            let redrive = json!({ "deadLetterTargetArn": target, "maxReceiveCount": 3 }).to_string();
            b.also("CreateQueue", json!({ "QueueName": "work", "Attributes": { "RedrivePolicy": redrive } }));
            assert!(b.call(at).text("/queueUrls/0").ends_with("/work"));
        },
        |b: &Bench| b.refused(nowhere(b), 400, "QueueDoesNotExist");
    purge_queue:
        |b: &Bench| { let (at, _) = taken(b); b.call(at.clone()); b.also("GetQueueAttributes", with(&at, json!({ "AttributeNames": ["All"] }))).has("/Attributes/ApproximateNumberOfMessagesNotVisible", "0"); },
        |b: &Bench| { let at = url(b); b.also("PurgeQueue", at.clone()); b.refused(at, 403, "PurgeQueueInProgress"); };
    send_message:
        |b: &Bench| { let at = url(b); b.call(with(&at, json!({ "MessageBody": "hello" }))).has("/MD5OfMessageBody", "5d41402abc4b2a76b9719d911017c592"); },
        |b: &Bench| { let at = url(b); b.refused(with(&at, json!({ "MessageBody": "hello", "DelaySeconds": 901 })), 400, "InvalidParameterValue"); };
    send_message_batch:
        |b: &Bench| { let at = url(b); b.call(with(&at, json!({ "Entries": [{ "Id": "a", "MessageBody": "hello" }, { "Id": "b", "MessageBody": "x", "DelaySeconds": 901 }] }))).has("/Successful/0/Id", "a").has("/Failed/0/Id", "b"); },
        |b: &Bench| { let at = url(b); b.refused(with(&at, json!({ "Entries": [] })), 400, "EmptyBatchRequest"); };
    receive_message:
        |b: &Bench| { let at = url(b); b.also("SendMessage", with(&at, json!({ "MessageBody": "hello" }))); b.call(at).has("/Messages/0/Body", "hello"); },
        |b: &Bench| { let at = url(b); b.refused(with(&at, json!({ "MaxNumberOfMessages": 11 })), 400, "InvalidParameterValue"); };
    delete_message:
        |b: &Bench| { let (at, handle) = taken(b); b.call(with(&at, json!({ "ReceiptHandle": handle }))); b.also("GetQueueAttributes", with(&at, json!({ "AttributeNames": ["All"] }))).has("/Attributes/ApproximateNumberOfMessagesNotVisible", "0"); },
        |b: &Bench| { let at = url(b); b.refused(with(&at, json!({ "ReceiptHandle": "x" })), 404, "ReceiptHandleIsInvalid"); };
    delete_message_batch:
        |b: &Bench| { let (at, handle) = taken(b); b.call(with(&at, json!({ "Entries": [{ "Id": "a", "ReceiptHandle": handle }] }))).has("/Successful/0/Id", "a"); },
        |b: &Bench| { let at = url(b); b.refused(with(&at, json!({ "Entries": [{ "Id": "a", "ReceiptHandle": "x" }, { "Id": "a", "ReceiptHandle": "x" }] })), 400, "BatchEntryIdsNotDistinct"); };
    change_message_visibility:
        |b: &Bench| { let (at, handle) = taken(b); b.call(with(&at, json!({ "ReceiptHandle": handle, "VisibilityTimeout": 0 }))); b.also("ReceiveMessage", at).has("/Messages/0/Body", "hello"); },
        |b: &Bench| { let (at, handle) = taken(b); b.refused(with(&at, json!({ "ReceiptHandle": handle, "VisibilityTimeout": 50_000 })), 400, "InvalidParameterValue"); };
    change_message_visibility_batch:
        |b: &Bench| { let (at, handle) = taken(b); b.call(with(&at, json!({ "Entries": [{ "Id": "a", "ReceiptHandle": handle, "VisibilityTimeout": 60 }] }))).has("/Successful/0/Id", "a"); },
        |b: &Bench| { let at = url(b); b.refused(with(&at, json!({ "Entries": [] })), 400, "EmptyBatchRequest"); };
    tag_queue:
        |b: &Bench| { let at = url(b); b.call(with(&at, json!({ "Tags": { "team": "blue" } }))); b.also("ListQueueTags", at).has("/Tags/team", "blue"); },
        |b: &Bench| b.refused(with(&nowhere(b), json!({ "Tags": { "team": "blue" } })), 400, "QueueDoesNotExist");
    untag_queue:
        |b: &Bench| { let at = url(b); b.also("TagQueue", with(&at, json!({ "Tags": { "team": "blue" } }))); b.call(with(&at, json!({ "TagKeys": ["team"] }))); b.also("ListQueueTags", at).lacks("/Tags"); },
        |b: &Bench| b.refused(with(&nowhere(b), json!({ "TagKeys": ["team"] })), 400, "QueueDoesNotExist");
    list_queue_tags:
        |b: &Bench| { let at = url(b); b.also("TagQueue", with(&at, json!({ "Tags": { "team": "blue" } }))); b.call(at).has("/Tags/team", "blue"); },
        |b: &Bench| b.refused(nowhere(b), 400, "QueueDoesNotExist");
    add_permission:
        |b: &Bench| {
            let at = url(b);
            b.call(with(&at, json!({ "Label": "other", "AWSAccountIds": ["111122223333"], "Actions": ["SendMessage"] })));
            let policy = b.also("GetQueueAttributes", with(&at, json!({ "AttributeNames": ["Policy"] }))).text("/Attributes/Policy");
            assert!(policy.contains("arn:aws:iam::111122223333:root") && policy.contains("SQS:SendMessage"), "{policy}");
        },
        |b: &Bench| { let at = url(b); b.refused(with(&at, json!({ "Label": "other", "AWSAccountIds": ["111122223333"], "Actions": ["DeleteQueue"] })), 400, "InvalidParameterValue"); };
    remove_permission:
        |b: &Bench| {
            let at = url(b);
            b.also("AddPermission", with(&at, json!({ "Label": "other", "AWSAccountIds": ["111122223333"], "Actions": ["SendMessage"] })));
            b.call(with(&at, json!({ "Label": "other" })));
            b.also("GetQueueAttributes", with(&at, json!({ "AttributeNames": ["All"] }))).lacks("/Attributes/Policy");
        },
        |b: &Bench| { let at = url(b); b.refused(with(&at, json!({ "Label": "other" })), 400, "InvalidParameterValue"); };
}
