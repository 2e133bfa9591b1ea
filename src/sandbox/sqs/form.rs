use serde_json::{Map, Value, json};

use super::fault::query_code;
use crate::sandbox::front::render;
use crate::sandbox::query::{Lists, Parameters, answer_to};
use crate::sandbox::{Protocol, Request, Response, ServiceError};

// The form-encoded protocol, which older clients and integrations of API Gateway speak: forms become the bodies of the JSON
// protocol, and its answers become XML.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-xml.html

const NAMESPACE: &str = "http://queue.amazonaws.com/doc/2012-11-05/";

/// Parameters that are numbers.
const NUMBERS: [&str; 6] = [
    "DelaySeconds",
    "MaxNumberOfMessages",
    "MaxNumberOfMessagesPerSecond",
    "MaxResults",
    "VisibilityTimeout",
    "WaitTimeSeconds",
];

/// Parameters that are texts.
const TEXTS: [&str; 12] = [
    "DestinationArn",
    "Label",
    "MessageBody",
    "MessageDeduplicationId",
    "MessageGroupId",
    "NextToken",
    "QueueName",
    "QueueNamePrefix",
    "QueueOwnerAWSAccountId",
    "QueueUrl",
    "ReceiptHandle",
    "SourceArn",
];

/// Lists: what stands before the numbers of a form, and the member that they become.
const LISTS: [(&str, &str); 6] = [
    ("AttributeName", "AttributeNames"),
    ("MessageAttributeName", "MessageAttributeNames"),
    ("MessageSystemAttributeName", "MessageSystemAttributeNames"),
    ("TagKey", "TagKeys"),
    ("AWSAccountId", "AWSAccountIds"),
    ("ActionName", "Actions"),
];

/// Makes a body of a form; `None` where the request is none. The queue may stand in the path.
pub(super) fn read(request: &Request) -> Option<(String, Map<String, Value>)> {
    let form = Parameters::of(request);
    let name = form.get("Action")?.to_owned();
    let mut body = members(&form);
    let tags: Map<String, Value> = pairs(&form, "Tag.", "Key");
    if !tags.is_empty() {
        let member = if name == "CreateQueue" { "tags" } else { "Tags" };
        body.insert(member.to_owned(), tags.into());
    }
    let mut attributes: Map<String, Value> = pairs(&form, "Attribute.", "Name");
    if let (Some(name), Some(value)) = (form.get("Attribute.Name"), form.get("Attribute.Value")) {
        attributes.insert(name.to_owned(), value.into());
    }
    if !attributes.is_empty() {
        body.insert("Attributes".to_owned(), attributes.into());
    }
    for (prefix, member) in LISTS {
        let numbered = form.structures_at(&format!("{prefix}."));
        let own = numbered.iter().filter_map(|item| item.get("")).chain(form.get(prefix));
        let items: Vec<Value> = own.map(Value::from).collect();
        if !items.is_empty() {
            body.insert(member.to_owned(), items.into());
        }
    }
    let entries = form.structures_at(&format!("{name}RequestEntry."));
    if name.ends_with("Batch") {
        let entries = entries.iter().map(|entry| {
            let mut members = members(entry);
            members.extend(entry.get("Id").map(|id| ("Id".to_owned(), id.into())));
            Value::Object(members)
        });
        body.insert("Entries".to_owned(), entries.collect());
    }
    if !body.contains_key("QueueUrl") && request.raw_path.trim_matches('/').contains('/') {
        body.insert("QueueUrl".to_owned(), format!("http://localhost{}", request.raw_path).into());
    }
    Some((name, body))
}

/// Scalars and message attributes, of a call or of an entry of a batch.
fn members(form: &Parameters) -> Map<String, Value> {
    let mut body = Map::new();
    for name in TEXTS {
        if let Some(text) = form.get(name) {
            body.insert(name.to_owned(), text.into());
        }
    }
    for name in NUMBERS {
        if let Some(text) = form.get(name) {
            // What is no number is refused as such later.
            let value = text.parse::<i64>().map_or_else(|_| Value::from(text), Value::from);
            body.insert(name.to_owned(), value);
        }
    }
    for kind in ["MessageAttribute", "MessageSystemAttribute"] {
        let mut attributes = Map::new();
        for attribute in form.structures_at(&format!("{kind}.")) {
            let Some(name) = attribute.get("Name") else { continue };
            let parts = ["DataType", "StringValue", "BinaryValue"].into_iter().filter_map(|part| {
                Some((part.to_owned(), Value::from(attribute.get(&format!("Value.{part}"))?)))
            });
            attributes.insert(name.to_owned(), Value::Object(parts.collect()));
        }
        if !attributes.is_empty() {
            body.insert(format!("{kind}s"), attributes.into());
        }
    }
    body
}

fn pairs(form: &Parameters, prefix: &str, key: &str) -> Map<String, Value> {
    let all = form.structures_at(prefix);
    all.iter().filter_map(|pair| Some((pair.get(key)?.to_owned(), pair.get("Value")?.into()))).collect()
}

/// Operations whose answer has no result.
const SILENT: [&str; 9] = [
    "AddPermission",
    "ChangeMessageVisibility",
    "DeleteMessage",
    "DeleteQueue",
    "PurgeQueue",
    "RemovePermission",
    "SetQueueAttributes",
    "TagQueue",
    "UntagQueue",
];

/// Writes an answer of the JSON protocol as this one has it.
pub(super) fn answer(request: &Request, name: &str, answer: &Value) -> Response {
    let result = if SILENT.contains(&name) { Value::Null } else { result(name, answer) };
    answer_to(request, name, NAMESPACE, &result, Lists::Flat)
}

fn result(name: &str, answer: &Value) -> Value {
    let mut out = Map::new();
    for (member, value) in answer.as_object().into_iter().flatten() {
        let (member, value) = match (member.as_str(), value) {
            ("Attributes", map) => ("Attribute".to_owned(), listed(map, "Name")),
            ("Tags", map) => ("Tag".to_owned(), listed(map, "Key")),
            ("QueueUrls" | "queueUrls", urls) => ("QueueUrl".to_owned(), urls.clone()),
            ("Messages", Value::Array(messages)) => {
                ("Message".to_owned(), messages.iter().map(message).collect())
            }
            ("Successful", entries) => (format!("{name}ResultEntry"), entries.clone()),
            ("Failed", entries) => ("BatchResultErrorEntry".to_owned(), entries.clone()),
            (member, value) => (member.to_owned(), value.clone()),
        };
        out.insert(member, value);
    }
    out.into()
}

fn message(message: &Value) -> Value {
    let mut out = Map::new();
    for (member, value) in message.as_object().into_iter().flatten() {
        match member.as_str() {
            "Attributes" => out.insert("Attribute".to_owned(), listed(value, "Name")),
            "MessageAttributes" => out.insert("MessageAttribute".to_owned(), listed(value, "Name")),
            _ => out.insert(member.clone(), value.clone()),
        };
    }
    out.into()
}

/// A map as elements with a name and a value each.
fn listed(map: &Value, key: &str) -> Value {
    let pairs = map.as_object().into_iter().flatten();
    pairs.map(|(name, value)| json!({ key: name, "Value": value })).collect()
}

/// Writes an error as this protocol has it, with the codes of old.
pub(super) fn error(error: &ServiceError, request: &Request) -> Response {
    let old = ServiceError { code: query_code(&error.code).into(), ..error.clone() };
    render(Protocol::Query, "sqs", &old, request)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, form: &str) -> (String, Value) {
        let request = Request {
            method: http::Method::POST,
            raw_path: path.to_owned(),
            raw_query: String::new(),
            headers: http::HeaderMap::new(),
            header_names: crate::sandbox::HeaderNames::default(),
            body: form.to_owned().into(),
            peer: std::net::IpAddr::from([127, 0, 0, 1]),
            received: jiff::Timestamp::UNIX_EPOCH,
            id: "id".to_owned(),
        };
        let (name, body) = read(&request).unwrap();
        (name, body.into())
    }

    #[test]
    fn a_form_becomes_a_body() {
        let (name, body) = of(
            "/123456789012/inbox",
            "Action=SendMessage&MessageBody=a+b&DelaySeconds=5&MessageAttribute.1.Name=k&\
             MessageAttribute.1.Value.DataType=String&MessageAttribute.1.Value.StringValue=v",
        );
        assert_eq!(name, "SendMessage");
        assert_eq!(
            body,
            json!({
                "MessageBody": "a b", "DelaySeconds": 5,
                "MessageAttributes": { "k": { "DataType": "String", "StringValue": "v" } },
                "QueueUrl": "http://localhost/123456789012/inbox",
            })
        );
        let (_, body) = of(
            "/",
            "Action=CreateQueue&QueueName=q&Attribute.1.Name=DelaySeconds&Attribute.1.Value=5&Tag.1.Key=a&Tag.1.Value=b",
        );
        assert_eq!(
            body,
            json!({ "QueueName": "q", "tags": { "a": "b" }, "Attributes": { "DelaySeconds": "5" } })
        );
        let (_, body) = of(
            "/",
            "Action=DeleteMessageBatch&QueueUrl=u&DeleteMessageBatchRequestEntry.1.Id=a&DeleteMessageBatchRequestEntry.1.ReceiptHandle=h",
        );
        assert_eq!(body, json!({ "QueueUrl": "u", "Entries": [{ "ReceiptHandle": "h", "Id": "a" }] }));
        let (_, body) = of("/1/q", "Action=GetQueueAttributes&AttributeName.1=All");
        assert_eq!(body["AttributeNames"], json!(["All"]));
    }

    #[test]
    fn an_answer_has_the_names_of_old() {
        let answer = json!({ "Messages": [{ "Body": "x", "Attributes": { "SenderId": "me" } }] });
        let wanted =
            json!({ "Message": [{ "Body": "x", "Attribute": [{ "Name": "SenderId", "Value": "me" }] }] });
        assert_eq!(result("ReceiveMessage", &answer), wanted);
        let answer = json!({ "Successful": [{ "Id": "a" }], "Failed": [{ "Id": "b" }] });
        let wanted = json!({ "SendMessageBatchResultEntry": [{ "Id": "a" }], "BatchResultErrorEntry": [{ "Id": "b" }] });
        assert_eq!(result("SendMessageBatch", &answer), wanted);
    }
}
