use serde_json::{Value, json};

use super::stage::Stage;
use crate::support::{Received, Sent};

/// Makes an API whose root hands what is posted to a service, by a role that may do what it is given.
fn api(stage: &Stage, role: &str, uri: &str, integration: &Value) -> String {
    let made = stage.call("apigateway", "CreateRestApi", json!({ "name": "hand-on" }));
    let (api, root) = (made.text("/id"), made.text("/rootResourceId"));
    let at = |more: Value| {
        let mut input = json!({ "restapi_id": api, "resource_id": root, "http_method": "POST" });
        for (name, value) in more.as_object().unwrap() {
            input[name] = value.clone();
        }
        input
    };
    stage.call("apigateway", "PutMethod", at(json!({ "authorizationType": "NONE" })));
    let mut whole = json!({ "type": "AWS", "httpMethod": "POST", "credentials": role, "uri": uri });
    for (name, value) in integration.as_object().unwrap() {
        whole[name] = value.clone();
    }
    stage.call("apigateway", "PutIntegration", at(whole));
    stage.call("apigateway", "PutMethodResponse", at(json!({ "status_code": "200" })));
    stage.call("apigateway", "PutIntegrationResponse", at(json!({ "status_code": "200" })));
    stage.call("apigateway", "CreateDeployment", json!({ "restapi_id": api, "stageName": "live" }));
    api
}

fn post(stage: &Stage, api: &str, body: &str) -> Received {
    Sent::new("POST", &format!("/restapis/{api}/live/_user_request_/"))
        .header("content-type", "application/json")
        .body(body)
        .send(stage.sandbox.address)
}

const FORM: &str = "'application/x-www-form-urlencoded'";

#[test]
fn an_api_sends_to_a_queue_by_its_path() {
    let stage = Stage::new();
    let role = stage.role(&["sqs:SendMessage"]);
    let queue = stage.queue("inbox", &json!({}));
    let uri = format!("arn:aws:apigateway:eu-west-1:sqs:path/{}/inbox", stage.account);
    let integration = json!({
        "requestParameters": { "integration.request.header.Content-Type": FORM },
        "requestTemplates": { "application/json": "Action=SendMessage&MessageBody=$util.urlEncode($input.body)" },
    });
    let api = api(&stage, &role, &uri, &integration);
    let answer = post(&stage, &api, r#"{"order": "a&b"}"#);
    assert_eq!(answer.status, 200, "{answer:?}");
    let shown: Value = serde_json::from_slice(&answer.body).unwrap();
    let id = shown["SendMessageResponse"]["SendMessageResult"]["MessageId"].as_str().unwrap().to_owned();
    let message = stage.drain(&queue).remove(0);
    assert_eq!((&message["MessageId"], &message["Body"]), (&json!(id), &json!(r#"{"order": "a&b"}"#)));
}

#[test]
fn an_api_sends_to_a_queue_by_an_action() {
    let stage = Stage::new();
    let role = stage.role(&["sqs:SendMessage"]);
    let queue = stage.queue("inbox", &json!({}));
    let integration = json!({
        "requestParameters": {
            "integration.request.querystring.QueueUrl": format!("'{queue}'"),
            "integration.request.querystring.MessageBody": "method.request.body",
        },
    });
    let api = api(&stage, &role, "arn:aws:apigateway:eu-west-1:sqs:action/SendMessage", &integration);
    assert_eq!(post(&stage, &api, "hello").status, 200);
    assert_eq!(stage.drain(&queue)[0]["Body"], "hello");
}

#[test]
fn an_api_publishes_to_a_topic() {
    let stage = Stage::new();
    let role = stage.role(&["sns:Publish"]);
    let topic = stage.call("sns", "CreateTopic", json!({ "Name": "news" })).text("/TopicArn");
    let queue = stage.queue_for("inbox", "sns.amazonaws.com", &topic);
    let subscription = json!({
        "TopicArn": topic, "Protocol": "sqs", "Endpoint": stage.arn("sqs", "inbox"),
        "Attributes.entry.1.key": "RawMessageDelivery", "Attributes.entry.1.value": "true",
    });
    stage.call("sns", "Subscribe", subscription);
    let template =
        format!("Action=Publish&TopicArn=$util.urlEncode('{topic}')&Message=$util.urlEncode($input.body)");
    let integration = json!({
        "requestParameters": { "integration.request.header.Content-Type": FORM },
        "requestTemplates": { "application/json": template },
    });
    let api = api(&stage, &role, "arn:aws:apigateway:eu-west-1:sns:path//", &integration);
    let answer = post(&stage, &api, "{\"n\":1}");
    assert_eq!(answer.status, 200, "{answer:?}");
    let shown: Value = serde_json::from_slice(&answer.body).unwrap();
    assert!(shown["PublishResponse"]["PublishResult"]["MessageId"].is_string(), "{shown}");
    assert_eq!(stage.drain(&queue)[0]["Body"], "{\"n\":1}");
}

#[test]
fn an_api_whose_role_may_not_send_is_refused_by_the_queue() {
    let stage = Stage::new();
    let role = stage.role(&["sqs:ReceiveMessage"]);
    let queue = stage.queue("inbox", &json!({}));
    let uri = format!("arn:aws:apigateway:eu-west-1:sqs:path/{}/inbox", stage.account);
    let integration = json!({
        "requestParameters": { "integration.request.header.Content-Type": FORM },
        "requestTemplates": { "application/json": "Action=SendMessage&MessageBody=x" },
    });
    let api = api(&stage, &role, &uri, &integration);
    let answer = post(&stage, &api, "{}");
    let shown: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(shown["Error"]["Code"], "AccessDenied", "{shown}");
    assert!(stage.drain(&queue).is_empty());
}

/// A form as clients of old send it, which sign no header but the host.
fn form(stage: &Stage, path: &str, form: &str) -> Received {
    Sent::new("POST", path)
        .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
        .body(format!("{form}&Version=2012-11-05"))
        .signed(stage.sandbox.address, stage.keys(), "sqs")
        .send(stage.sandbox.address)
}

#[test]
fn a_queue_speaks_the_form_encoded_protocol_too() {
    let stage = Stage::new();
    let made = form(
        &stage,
        "/",
        "Action=CreateQueue&QueueName=inbox&Attribute.1.Name=DelaySeconds&Attribute.1.Value=0",
    )
    .text();
    assert!(
        made.contains("<CreateQueueResult><QueueUrl>http://") && made.contains("/inbox</QueueUrl>"),
        "{made}"
    );
    let path = format!("/{}/inbox", stage.account);
    let sent = form(
        &stage,
        &path,
        "Action=SendMessage&MessageBody=a%3Cb&MessageAttribute.1.Name=k&MessageAttribute.1.Value.DataType=String&\
         MessageAttribute.1.Value.StringValue=v",
    );
    assert_eq!(sent.status, 200, "{sent:?}");
    assert!(sent.text().contains("<MD5OfMessageBody>") && sent.text().contains("<MD5OfMessageAttributes>"));
    let received =
        form(&stage, &path, "Action=ReceiveMessage&AttributeName.1=All&MessageAttributeName.1=All").text();
    for part in [
        "<Message><MessageId>",
        "<Body>a&lt;b</Body>",
        "<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>",
        "<MessageAttribute><Name>k</Name><Value><DataType>String</DataType><StringValue>v</StringValue></Value></MessageAttribute>",
    ] {
        assert!(received.contains(part), "{part} in {received}");
    }
    let handle =
        received.split("<ReceiptHandle>").nth(1).unwrap().split('<').next().unwrap().replace('+', "%2B");
    let deleted = form(&stage, &path, &format!("Action=DeleteMessage&ReceiptHandle={handle}"));
    assert_eq!(deleted.status, 200, "{deleted:?}");
    let batch = "Action=SendMessageBatch&SendMessageBatchRequestEntry.1.Id=a&SendMessageBatchRequestEntry.1.MessageBody=x&\
                 SendMessageBatchRequestEntry.2.Id=b&SendMessageBatchRequestEntry.2.MessageBody=y&SendMessageBatchRequestEntry.2.DelaySeconds=901";
    let batch = form(&stage, &path, batch).text();
    assert!(
        batch.contains("<SendMessageBatchResultEntry>") && batch.contains("<BatchResultErrorEntry>"),
        "{batch}"
    );
    let missing = form(&stage, "/", "Action=GetQueueUrl&QueueName=nothing");
    assert_eq!(missing.status, 400);
    assert!(
        missing.text().contains("<Code>AWS.SimpleQueueService.NonExistentQueue</Code>"),
        "{}",
        missing.text()
    );
    let other = form(&stage, "/", "Action=ListMessageMoveTasks&SourceArn=x");
    assert_eq!(other.status, 501, "{other:?}");
    assert!(other.text().contains("ListMessageMoveTasks"));
}
