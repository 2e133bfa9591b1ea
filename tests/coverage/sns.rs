use serde_json::{Value, json};

use super::bench::Bench;

/// All calls of these tests are signed in one region.
fn arn(b: &Bench) -> String {
    format!("arn:aws:sns:{}:{}:news", "eu-west-1", b.account)
}

fn topic(b: &Bench) -> Value {
    b.also("CreateTopic", json!({ "Name": "news" })).has("/TopicArn", arn(b));
    json!({ "TopicArn": arn(b) })
}

fn with(base: &Value, more: Value) -> Value {
    let (mut whole, Value::Object(more)) = (base.clone(), more) else { panic!("two objects are merged") };
    whole.as_object_mut().expect("an object").extend(more);
    whole
}

fn queue(b: &Bench) -> Value {
    let queue = format!("arn:aws:sqs:{}:{}:inbox", "eu-west-1", b.account);
    json!({ "Protocol": "sqs", "Endpoint": queue })
}

fn subscription(b: &Bench) -> Value {
    let at = topic(b);
    json!({ "SubscriptionArn": b.also("Subscribe", with(&at, queue(b))).text("/SubscriptionArn") })
}

/// The value of an attribute in an answer.
fn attribute(answer: &super::Answer, name: &str) -> String {
    let entry = format!("<key>{name}</key><value>");
    let text = answer.raw.split(&entry).nth(1).unwrap_or_else(|| panic!("{name}: {}", answer.raw));
    text.split("</value>").next().unwrap_or_default().replace("&quot;", "\"")
}

const NOWHERE: &str = "arn:aws:sns:eu-west-1:123456789012:nothing";

operations! { "sns";
    create_topic:
        |b: &Bench| {
            b.call(json!({ "Name": "news", "Attributes.entry.1.key": "DisplayName", "Attributes.entry.1.value": "News" })).has("/TopicArn", arn(b));
            assert_eq!(attribute(&b.also("GetTopicAttributes", json!({ "TopicArn": arn(b) })), "DisplayName"), "News");
        },
        |b: &Bench| {
            b.refused(json!({ "Name": "no name" }), 400, "InvalidParameter");
            b.refused(json!({ "Name": "a", "Attributes.entry.1.key": "Colour", "Attributes.entry.1.value": "red" }), 400, "InvalidParameter");
            b.refused(json!({ "Name": "a", "Attributes.entry.1.key": "FifoTopic", "Attributes.entry.1.value": "true" }), 400, "InvalidParameter");
        };
    delete_topic:
        |b: &Bench| { let at = topic(b); b.call(at); assert!(!b.also("ListTopics", json!({})).raw.contains(&arn(b))); },
        |b: &Bench| b.refused(json!({ "TopicArn": "news" }), 400, "InvalidParameter");
    list_topics:
        |b: &Bench| { topic(b); b.call(json!({})).has("/Topics/0/TopicArn", arn(b)); },
        |b: &Bench| b.refused(json!({ "NextToken": "x" }), 400, "InvalidParameter");
    get_topic_attributes:
        |b: &Bench| {
            let at = topic(b);
            let shown = b.call(at);
            assert_eq!(attribute(&shown, "Owner"), b.account);
            assert!(attribute(&shown, "Policy").contains("__default_statement_ID"));
        },
        |b: &Bench| b.refused(json!({ "TopicArn": NOWHERE }), 404, "NotFound");
    set_topic_attributes:
        |b: &Bench| {
            let at = topic(b);
            b.call(with(&at, json!({ "AttributeName": "DisplayName", "AttributeValue": "News" })));
            assert_eq!(attribute(&b.also("GetTopicAttributes", at), "DisplayName"), "News");
        },
        |b: &Bench| { let at = topic(b); b.refused(with(&at, json!({ "AttributeName": "Policy", "AttributeValue": "{" })), 400, "InvalidParameter"); };
    add_permission:
        |b: &Bench| {
            let at = topic(b);
            b.call(with(&at, json!({ "Label": "other", "AWSAccountId.member.1": "111122223333", "ActionName.member.1": "Publish" })));
            let policy: Value = serde_json::from_str(&attribute(&b.also("GetTopicAttributes", at), "Policy")).unwrap();
            assert_eq!(policy["Statement"][1]["Principal"]["AWS"], "arn:aws:iam::111122223333:root");
            assert_eq!(policy["Statement"][1]["Action"], "SNS:Publish");
        },
        |b: &Bench| { let at = topic(b); b.refused(with(&at, json!({ "Label": "x", "AWSAccountId.member.1": "111122223333", "ActionName.member.1": "Sing" })), 400, "InvalidParameter"); };
    remove_permission:
        |b: &Bench| {
            let at = topic(b);
            b.also("AddPermission", with(&at, json!({ "Label": "other", "AWSAccountId.member.1": "111122223333", "ActionName.member.1": "Publish" })));
            b.call(with(&at, json!({ "Label": "other" })));
            assert!(!attribute(&b.also("GetTopicAttributes", at), "Policy").contains("111122223333"));
        },
        |b: &Bench| b.refused(json!({ "TopicArn": NOWHERE, "Label": "x" }), 404, "NotFound");
    subscribe:
        |b: &Bench| {
            let at = topic(b);
            let one = b.call(with(&at, queue(b))).text("/SubscriptionArn");
            assert!(one.starts_with(&arn(b)));
            assert_eq!(b.call(with(&at, queue(b))).text("/SubscriptionArn"), one, "once more is the same one");
            b.call(with(&at, json!({ "Protocol": "email", "Endpoint": "ada@example.com" }))).has("/SubscriptionArn", "pending confirmation");
        },
        |b: &Bench| {
            let at = topic(b);
            b.refused(with(&at, json!({ "Protocol": "pigeon", "Endpoint": "x" })), 400, "InvalidParameter");
            b.refused(with(&at, json!({ "Protocol": "sqs", "Endpoint": "inbox" })), 400, "InvalidParameter");
            let filter = json!({ "Attributes.entry.1.key": "FilterPolicy", "Attributes.entry.1.value": "{\"a\": \"b\"}" });
            b.refused(with(&with(&at, queue(b)), filter), 400, "InvalidParameter");
        };
    unsubscribe:
        |b: &Bench| { let own = subscription(b); b.call(own.clone()); b.call(own); assert_eq!(b.also("ListSubscriptions", json!({})).at("/Subscriptions"), ""); },
        |b: &Bench| b.refused(json!({ "SubscriptionArn": "x" }), 400, "InvalidParameter");
    list_subscriptions:
        |b: &Bench| { subscription(b); b.call(json!({})).has("/Subscriptions/0/TopicArn", arn(b)); },
        |b: &Bench| b.refused(json!({ "NextToken": "x" }), 400, "InvalidParameter");
    list_subscriptions_by_topic:
        |b: &Bench| { subscription(b); b.call(json!({ "TopicArn": arn(b) })).has("/Subscriptions/0/Protocol", "sqs"); },
        |b: &Bench| b.refused(json!({ "TopicArn": NOWHERE }), 404, "NotFound");
    get_subscription_attributes:
        |b: &Bench| { let own = subscription(b); assert_eq!(attribute(&b.call(own), "RawMessageDelivery"), "false"); },
        |b: &Bench| b.refused(json!({ "SubscriptionArn": format!("{NOWHERE}:x") }), 404, "NotFound");
    set_subscription_attributes:
        |b: &Bench| {
            let own = subscription(b);
            b.call(with(&own, json!({ "AttributeName": "FilterPolicy", "AttributeValue": "{\"kind\": [\"order\"]}" })));
            let shown = b.also("GetSubscriptionAttributes", own);
            assert_eq!(attribute(&shown, "FilterPolicy"), "{\"kind\": [\"order\"]}");
            assert_eq!(attribute(&shown, "FilterPolicyScope"), "MessageAttributes");
        },
        |b: &Bench| {
            let own = subscription(b);
            b.refused(with(&own, json!({ "AttributeName": "RawMessageDelivery", "AttributeValue": "yes" })), 400, "InvalidParameter");
            b.refused(with(&own, json!({ "AttributeName": "Colour", "AttributeValue": "red" })), 400, "InvalidParameter");
        };
    publish:
        |b: &Bench| { let at = topic(b); assert_eq!(b.call(with(&at, json!({ "Message": "hello" }))).text("/MessageId").len(), 36); },
        |b: &Bench| {
            let at = topic(b);
            b.refused(with(&at, json!({ "Message": "" })), 400, "InvalidParameter");
            b.refused(with(&at, json!({ "Message": "x", "MessageStructure": "json" })), 400, "InvalidParameter");
            b.refused(json!({ "TopicArn": NOWHERE, "Message": "x" }), 404, "NotFound");
        };
    publish_batch:
        |b: &Bench| {
            let at = topic(b);
            let entry = |number: usize, id: &str, text: &str| {
                let name = |member: &str| format!("PublishBatchRequestEntries.member.{number}.{member}");
                json!({ name("Id"): id, name("Message"): text })
            };
            let answer = b.call(with(&with(&at, entry(1, "a", "hello")), entry(2, "b", "")));
            answer.has("/Successful/0/Id", "a");
            answer.has("/Failed/0/Id", "b");
        },
        |b: &Bench| { let at = topic(b); b.refused(at, 400, "EmptyBatchRequest"); };
    tag_resource:
        |b: &Bench| {
            topic(b);
            b.call(json!({ "ResourceArn": arn(b), "Tags.member.1.Key": "team", "Tags.member.1.Value": "blue" }));
            b.also("ListTagsForResource", json!({ "ResourceArn": arn(b) })).has("/Tags/0/Value", "blue");
        },
        |b: &Bench| b.refused(json!({ "ResourceArn": NOWHERE, "Tags.member.1.Key": "team", "Tags.member.1.Value": "blue" }), 404, "ResourceNotFound");
    untag_resource:
        |b: &Bench| {
            topic(b);
            b.also("TagResource", json!({ "ResourceArn": arn(b), "Tags.member.1.Key": "team", "Tags.member.1.Value": "blue" }));
            b.call(json!({ "ResourceArn": arn(b), "TagKeys.member.1": "team" }));
            assert_eq!(b.also("ListTagsForResource", json!({ "ResourceArn": arn(b) })).at("/Tags"), "");
        },
        |b: &Bench| b.refused(json!({ "ResourceArn": NOWHERE, "TagKeys.member.1": "team" }), 404, "ResourceNotFound");
    list_tags_for_resource:
        |b: &Bench| {
            b.also("CreateTopic", json!({ "Name": "news", "Tags.member.1.Key": "team", "Tags.member.1.Value": "blue" }));
            b.call(json!({ "ResourceArn": arn(b) })).has("/Tags/0/Key", "team");
        },
        |b: &Bench| b.refused(json!({ "ResourceArn": NOWHERE }), 404, "ResourceNotFound");
}
