use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::message::Message;
use super::service::Core;
use super::topic::Subscription;

/// A notification as queues and web addresses get it.
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html>
pub(super) fn envelope(core: &Core, own: &Subscription, message: &Message, now: i64) -> String {
    let mut members: Vec<(&str, Value)> =
        vec![("Type", "Notification".into()), ("MessageId", message.id.clone().into())];
    members.extend(message.sequence.clone().map(|number| ("SequenceNumber", number.into())));
    members.push(("TopicArn", own.topic.clone().into()));
    members.extend(message.subject.clone().map(|subject| ("Subject", subject.into())));
    members.push(("Message", message.text_for(&own.protocol).into()));
    members.push(("Timestamp", time(now).into()));
    members.extend(signature(core));
    members.push((
        "UnsubscribeURL",
        link(core, &[("Action", "Unsubscribe"), ("SubscriptionArn", &own.arn)]).into(),
    ));
    let attributes = shown_attributes(message);
    if !attributes.is_empty() {
        members.push(("MessageAttributes", attributes.into()));
    }
    write(&members)
}

/// The question to a web address whether it wants the topic's messages.
pub(super) fn question(core: &Core, own: &Subscription, id: &str) -> String {
    let token = own.token.clone().unwrap_or_default();
    let link = link(core, &[("Action", "ConfirmSubscription"), ("TopicArn", &own.topic), ("Token", &token)]);
    let text = format!(
        "You have chosen to subscribe to the topic {}.\nTo confirm the subscription, visit the SubscribeURL included in this message.",
        own.topic
    );
    let mut members: Vec<(&str, Value)> = vec![
        ("Type", "SubscriptionConfirmation".into()),
        ("MessageId", id.into()),
        ("Token", token.into()),
        ("TopicArn", own.topic.clone().into()),
        ("Message", text.into()),
        ("SubscribeURL", link.into()),
        ("Timestamp", time(core.clock.now().as_millisecond()).into()),
    ];
    members.extend(signature(core));
    write(&members)
}

/// The event that a function gets. <https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html>
pub(super) fn event(core: &Core, own: &Subscription, message: &Message, now: i64) -> Value {
    let [version, signature, certificate] = signature(core).map(|(_, value)| value);
    json!({ "Records": [{
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": own.arn,
        "Sns": {
            "Type": "Notification",
            "MessageId": message.id,
            "TopicArn": own.topic,
            "Subject": message.subject,
            "Message": message.text_for(&own.protocol),
            "Timestamp": time(now),
            "SignatureVersion": version,
            "Signature": signature,
            "SigningCertUrl": certificate,
            "UnsubscribeUrl": link(core, &[("Action", "Unsubscribe"), ("SubscriptionArn", &own.arn)]),
            "MessageAttributes": shown_attributes(message),
        },
    }]})
}

fn shown_attributes(message: &Message) -> Map<String, Value> {
    let shown = |attribute: &Value| {
        let member = |name: &str| attribute.get(name).cloned();
        json!({
            "Type": member("DataType").unwrap_or_default(),
            "Value": member("StringValue").or_else(|| member("BinaryValue")).unwrap_or_default(),
        })
    };
    message.attributes.iter().map(|(name, attribute)| (name.clone(), shown(attribute))).collect()
}

/// Members of the right shape; AWS's key is AWS's own.
fn signature(core: &Core) -> [(&'static str, Value); 3] {
    let certificate = format!("http://{}/SimpleNotificationService.pem", core.address);
    [
        ("SignatureVersion", "1".into()),
        ("Signature", STANDARD.encode(core.random.bytes::<256>()).into()),
        ("SigningCertURL", certificate.into()),
    ]
}

fn link(core: &Core, parameters: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .append_pair("Version", "2010-03-31")
        .finish();
    format!("http://{}/?{query}", core.address)
}

fn time(milliseconds: i64) -> String {
    let time = Timestamp::from_millisecond(milliseconds).unwrap_or_default();
    time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// Writes members one a line, with the spaces that SNS has.
fn write(members: &[(&str, Value)]) -> String {
    let lines = members.iter().map(|(name, value)| match value {
        Value::Object(inner) => {
            let inner: Vec<String> = inner
                .iter()
                .map(|(name, value)| format!("    {} : {value}", Value::from(name.as_str())))
                .collect();
            format!("  \"{name}\" : {{\n{}\n  }}", inner.join(",\n"))
        }
        value => format!("  \"{name}\" : {value}"),
    });
    format!("{{\n{}\n}}", lines.collect::<Vec<_>>().join(",\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_is_json_one_member_a_line() {
        let text = write(&[("Type", "a\"b".into()), ("M", json!({ "k\"": { "Type": "String" } }))]);
        assert_eq!(
            text,
            "{\n  \"Type\" : \"a\\\"b\",\n  \"M\" : {\n    \"k\\\"\" : {\"Type\":\"String\"}\n  }\n}"
        );
        assert!(serde_json::from_str::<Value>(&text).is_ok());
    }

    #[test]
    fn times_have_milliseconds() {
        assert_eq!(time(1_335_390_565_719), "2012-04-25T21:49:25.719Z");
    }
}
