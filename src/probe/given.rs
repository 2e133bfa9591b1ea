use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use aws_sdk_s3::primitives::ByteStream;
use serde_json::{Value, json};

use super::attribute::attributes;
use super::run::{Probe, Step};
use super::sought::{bound, internal, refused};
use crate::aws::{ErrorClass, Failure, Outcome as _};
use crate::challenge::Given;
use crate::evidence::{Binding, Inspection};
use crate::text::{fill, fill_json};

/// Puts something in place with the grader's own rights.
pub(super) async fn put(probe: &mut Probe<'_>, inspection: &Inspection, given: &Given) -> Step<()> {
    match given {
        Given::Put { table, item } => put_item(probe, inspection, table, item).await,
        Given::Send { queue, body } => {
            let url = bound(inspection, queue, "AWS::SQS::Queue")?.id.clone();
            let body = written(probe, body, "send")?;
            let call = probe.world.clients.sqs.send_message().queue_url(&url).message_body(&body);
            let result = call.send().await.during("sqs:SendMessage").map(drop);
            let name = url.rsplit('/').next().unwrap_or_default();
            noted(probe, &format!("sqs:SendMessage {name}"), &json!(body), result)
                .map_err(|failure| refused(&failure, &format!("a queue {queue} that takes the message")))
        }
        Given::Upload { bucket, key, body } => {
            let name = bound(inspection, bucket, "AWS::S3::Bucket")?.id.clone();
            let body = written(probe, body, "upload")?;
            let key = fill(key, &probe.variables).map_err(|error| internal(format!("`upload`: {error}")))?;
            let call = probe.world.clients.s3.put_object().bucket(&name).key(&key);
            let call = call.body(ByteStream::from(body.clone().into_bytes()));
            let result = call.send().await.during("s3:PutObject").map(drop);
            noted(probe, &format!("s3:PutObject {name}/{key}"), &json!(body), result).map_err(|failure| {
                refused(&failure, &format!("a bucket {bucket} that takes the object {key}"))
            })
        }
        Given::Publish { topic, message } => {
            let arn = bound(inspection, topic, "AWS::SNS::Topic")?.id.clone();
            let message = written(probe, message, "publish")?;
            let call = probe.world.clients.sns.publish().topic_arn(&arn).message(&message);
            let result = call.send().await.during("sns:Publish").map(drop);
            let name = arn.rsplit(':').next().unwrap_or_default();
            noted(probe, &format!("sns:Publish {name}"), &json!(message), result)
                .map_err(|failure| refused(&failure, &format!("a topic {topic} that takes the message")))
        }
        Given::Emit { bus, source, detail_type, detail } => {
            let bus = match bus {
                Some(bus) => Some(bound(inspection, bus, "AWS::Events::EventBus")?.id.clone()),
                None => None,
            };
            let filled = |text: &str| {
                fill(text, &probe.variables).map_err(|error| internal(format!("`emit`: {error}")))
            };
            let entry = PutEventsRequestEntry::builder()
                .source(filled(source)?)
                .detail_type(filled(detail_type)?)
                .detail(written(probe, detail, "emit")?)
                .set_event_bus_name(bus.clone())
                .build();
            let sent = json!({ "source": entry.source(), "detail_type": entry.detail_type(), "detail": entry.detail() });
            let output = probe.world.clients.eventbridge.put_events().entries(entry).send().await;
            let result = output.during("events:PutEvents").and_then(|output| {
                // The call answers with success when the event is refused.
                let refusal = output.entries().iter().find(|entry| entry.error_code().is_some());
                refusal.map_or(Ok(()), |entry| {
                    let words = entry.error_message().unwrap_or("refused");
                    let failure = Failure::new(ErrorClass::Invalid, "events:PutEvents", words);
                    Err(Failure { code: entry.error_code().map(str::to_owned), ..failure })
                })
            });
            let bus = bus.as_deref().unwrap_or("default");
            noted(probe, &format!("events:PutEvents {bus}"), &sent, result)
                .map_err(|failure| refused(&failure, &format!("a bus {bus} that takes the event")))
        }
    }
}

async fn put_item(probe: &mut Probe<'_>, inspection: &Inspection, table: &Binding, item: &Value) -> Step<()> {
    let resource = bound(inspection, table, "AWS::DynamoDB::Table")?;
    let item = fill_json(item, &probe.variables).map_err(|error| internal(format!("`put`: {error}")))?;
    let Value::Object(members) = &item else {
        return Err(internal("an item is an object: names and values".to_owned()));
    };
    let call = probe.world.clients.dynamodb.put_item();
    let call = call.table_name(&resource.id).set_item(Some(attributes(members)));
    let result = call.send().await.during("dynamodb:PutItem").map(drop);
    noted(probe, &format!("dynamodb:PutItem {}", resource.id), &item, result)
        .map_err(|failure| refused(&failure, &format!("a table {table} that takes the item {item}")))
}

/// Fills in what is sent; a text is sent as it is, anything else as JSON.
fn written(probe: &Probe<'_>, body: &Value, verb: &str) -> Step<String> {
    let body = fill_json(body, &probe.variables).map_err(|error| internal(format!("`{verb}`: {error}")))?;
    Ok(match body {
        Value::String(text) => text,
        json => json.to_string(),
    })
}

fn noted(
    probe: &mut Probe<'_>,
    request: &str,
    sent: &Value,
    result: Result<(), Failure>,
) -> Result<(), Failure> {
    let received =
        result.as_ref().map_or_else(|failure| json!({ "error": failure.to_string() }), |()| json!({}));
    probe.recorder.note(request, sent, &received);
    result
}
