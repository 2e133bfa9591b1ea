use std::collections::BTreeMap;

use aws_sdk_sqs::types::{Message, MessageSystemAttributeName, QueueAttributeName};
use serde_json::{Value, json};

use super::run::{Probe, Step};
use super::sought::{bound, refused};
use crate::aws::{Failure, Outcome as _};
use crate::evidence::{Binding, Inspection};

/// Most messages of one call of SQS.
const PAGE: i32 = 10;
/// How long a message that is looked at is hidden from others, in seconds, should we not come to put it back.
const HIDDEN: i32 = 30;
/// In characters of one message.
const TEXT: usize = 4_096;

/// Returns `{depth, in_flight, delayed, messages}`: how many messages stand in a queue, and up to `read` of them. Those come back at
/// once, but SQS counts that they were received.
pub(super) async fn look(
    probe: &mut Probe<'_>,
    inspection: &Inspection,
    queue: &Binding,
    read: u32,
) -> Step<Value> {
    let resource = bound(inspection, queue, "AWS::SQS::Queue")?;
    let request = format!("sqs:GetQueueAttributes {}", resource.key.rsplit('/').next().unwrap_or_default());
    let found = match depths(probe, &resource.id).await {
        Ok(depths) => taken(probe, &resource.id, read).await.map(|messages| (depths, messages)),
        Err(failure) => Err(failure),
    };
    match found {
        Ok(([depth, in_flight, delayed], messages)) => {
            let document = json!({
                "depth": depth, "in_flight": in_flight, "delayed": delayed,
                "messages": messages.iter().map(shown).collect::<Vec<_>>(),
            });
            probe.recorder.note(&request, &Value::Null, &document);
            Ok(document)
        }
        Err(failure) => {
            probe.recorder.note(&request, &Value::Null, &json!({ "error": failure.to_string() }));
            Err(refused(&failure, &format!("a queue {queue}")))
        }
    }
}

async fn depths(probe: &Probe<'_>, url: &str) -> Result<[i64; 3], Failure> {
    let names = [
        QueueAttributeName::ApproximateNumberOfMessages,
        QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        QueueAttributeName::ApproximateNumberOfMessagesDelayed,
    ];
    let call = probe.world.clients.sqs.get_queue_attributes().queue_url(url);
    let call = call.set_attribute_names(Some(names.to_vec()));
    let attributes = call.send().await.during("sqs:GetQueueAttributes")?.attributes.unwrap_or_default();
    Ok(names.map(|name| attributes.get(&name).and_then(|text| text.parse().ok()).unwrap_or_default()))
}

/// Receives messages and puts them back, the oldest first.
async fn taken(probe: &Probe<'_>, url: &str, read: u32) -> Result<Vec<Message>, Failure> {
    let sqs = &probe.world.clients.sqs;
    let wanted = usize::try_from(read).unwrap_or(usize::MAX);
    let mut found: BTreeMap<String, Message> = BTreeMap::new();
    let mut failed = None;
    while found.len() < wanted {
        let room = i32::try_from(wanted - found.len()).unwrap_or(PAGE).min(PAGE);
        let call = sqs.receive_message().queue_url(url).max_number_of_messages(room);
        let call = call.visibility_timeout(HIDDEN).wait_time_seconds(0).message_attribute_names("All");
        let call = call.message_system_attribute_names(MessageSystemAttributeName::All);
        match call.send().await.during("sqs:ReceiveMessage") {
            Ok(output) => {
                let before = found.len();
                for message in output.messages.unwrap_or_default() {
                    found.insert(message.message_id().unwrap_or_default().to_owned(), message);
                }
                if found.len() == before {
                    break;
                }
            }
            Err(failure) => {
                failed = Some(failure);
                break;
            }
        }
    }
    for receipt in found.values().filter_map(Message::receipt_handle) {
        let call = sqs.change_message_visibility().queue_url(url).receipt_handle(receipt);
        let back = call.visibility_timeout(0).send().await.during("sqs:ChangeMessageVisibility");
        failed = failed.or(back.err());
    }
    let mut messages: Vec<Message> = found.into_values().collect();
    messages.sort_by_key(|message| {
        (number(message, &MessageSystemAttributeName::SentTimestamp), message.message_id.clone())
    });
    failed.map_or(Ok(messages), Err)
}

fn number(message: &Message, name: &MessageSystemAttributeName) -> i64 {
    let text = message.attributes().and_then(|attributes| attributes.get(name));
    text.and_then(|text| text.parse().ok()).unwrap_or_default()
}

fn shown(message: &Message) -> Value {
    let text = message.body().unwrap_or_default();
    let attributes = message.message_attributes().into_iter().flatten();
    let attributes: BTreeMap<&String, Option<&str>> =
        attributes.map(|(name, value)| (name, value.string_value())).collect();
    json!({
        "id": message.message_id(),
        "body": serde_json::from_str(text).unwrap_or(Value::Null),
        "text": text.chars().take(TEXT).collect::<String>(),
        "attributes": attributes,
        "receives": number(message, &MessageSystemAttributeName::ApproximateReceiveCount),
    })
}

#[cfg(test)]
mod tests {
    use aws_sdk_sqs::types::MessageAttributeValue;

    use super::*;

    #[test]
    fn a_message_is_shown_parsed_and_as_it_came() {
        let kind =
            MessageAttributeValue::builder().data_type("String").string_value("order").build().unwrap();
        let message = Message::builder()
            .message_id("m-1")
            .body(r#"{"id": 7}"#)
            .attributes(MessageSystemAttributeName::ApproximateReceiveCount, "3")
            .message_attributes("kind", kind)
            .build();
        let expected = json!({"id": "m-1", "body": {"id": 7}, "text": "{\"id\": 7}", "attributes": {"kind": "order"},
            "receives": 3});
        assert_eq!(shown(&message), expected);
        assert_eq!(shown(&Message::builder().body("plain").build())["body"], Value::Null);
    }
}
