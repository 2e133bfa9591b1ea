use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::buckets::{canonical_id, read};
use super::operation::{Ask, Operation};
use super::service::Desk;
use super::xml::Element;
use crate::policy::Principal;
use crate::sandbox::{Invocation, InvocationType, Response, Scope, ServiceError};

/// What a notification's key leaves as it is; a space becomes a plus.
const KEPT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'*').remove(b'/').remove(b' ');

/// Kinds of target: the element, and what names the target in it.
const KINDS: [(&str, &str); 3] = [
    ("CloudFunctionConfiguration", "CloudFunction"),
    ("QueueConfiguration", "Queue"),
    ("TopicConfiguration", "Topic"),
];

fn principal() -> Principal {
    Principal::Service { name: "s3.amazonaws.com".to_owned() }
}

/// Checks, before a notification configuration is kept, that each target is there and lets S3 in.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html>
pub(super) async fn check(desk: &Desk<'_>, ask: &Ask) -> Result<(), ServiceError> {
    if desk
        .request
        .header("x-amz-skip-destination-validation")
        .is_some_and(|skip| skip.eq_ignore_ascii_case("true"))
    {
        return Ok(());
    }
    let configuration = read(desk, "NotificationConfiguration")?;
    for (kind, member) in KINDS {
        for target in configuration.all(kind) {
            let arn = target.value(member).unwrap_or_default();
            let reached = if kind == "CloudFunctionConfiguration" {
                let invocation = invocation(
                    arn,
                    &ask.bucket,
                    &desk.scope.account.to_string(),
                    &Value::Null,
                    InvocationType::DryRun,
                );
                desk.s3.invoker.invoke(&scope_of(arn, desk.scope), invocation).await.is_ok()
            } else {
                let test = json!({ "Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": ask.bucket });
                send(desk, &ask.bucket, arn, &test)
            };
            if !reached {
                return Err(ServiceError::new(
                    400,
                    "InvalidArgument",
                    "Unable to validate the following destination configurations",
                )
                .with("ArgumentName", arn)
                .with("ArgumentValue", "Destination does not exist, or its policy does not let S3 use it"));
            }
        }
    }
    Ok(())
}

fn send(desk: &Desk<'_>, bucket: &str, arn: &str, event: &Value) -> bool {
    let sink = desk.s3.sinks.iter().find(|sink| sink.owns(arn));
    let source = format!("arn:aws:s3:::{bucket}");
    sink.is_some_and(|sink| sink.send(&principal(), Some(&source), arn, &event.to_string(), &[]).is_ok())
}

fn invocation(arn: &str, bucket: &str, account: &str, event: &Value, kind: InvocationType) -> Invocation {
    Invocation {
        function_arn: arn.to_owned(),
        payload: if event.is_null() { "{}".into() } else { event.to_string().into() },
        kind,
        principal: principal(),
        source_arn: Some(format!("arn:aws:s3:::{bucket}")),
        source_account: Some(account.to_owned()),
        trace_id: None,
    }
}

/// The region and account that an ARN names.
fn scope_of(arn: &str, own: &Scope) -> Scope {
    let mut parts = arn.split(':').skip(3);
    let region = parts.next().filter(|region| !region.is_empty()).unwrap_or(&own.region).to_owned();
    let account =
        parts.next().and_then(crate::sandbox::AccountId::parse).unwrap_or_else(|| own.account.clone());
    Scope { account, region }
}

/// Tells the targets of a bucket what happened to an object.
pub(super) fn after(desk: &Desk<'_>, ask: &Ask, answer: &Response) {
    let event = match ask.operation {
        Operation::PutObject => "ObjectCreated:Put",
        Operation::CopyObject => "ObjectCreated:Copy",
        Operation::CompleteMultipartUpload => "ObjectCreated:CompleteMultipartUpload",
        Operation::DeleteObject if answer.headers.contains_key("x-amz-delete-marker") => {
            "ObjectRemoved:DeleteMarkerCreated"
        }
        Operation::DeleteObject => "ObjectRemoved:Delete",
        _ => return,
    };
    let (inner, owner, region, object) = {
        let state = desk.s3.state();
        let Some(bucket) = state.buckets.get(&ask.bucket) else { return };
        let Some(inner) = bucket.facts.configurations.get("notification").filter(|inner| !inner.is_empty())
        else {
            return;
        };
        let mut object = json!({
            "key": utf8_percent_encode(&ask.key, KEPT).to_string().replace(' ', "+"),
            "sequencer": format!("{:016X}", desk.now),
        });
        if let Some(version) = bucket.current(&ask.key).filter(|_| event.starts_with("ObjectCreated")) {
            object["size"] = version.size.into();
            object["eTag"] = version.etag.clone().into();
            if bucket.facts.versioning.is_some() {
                object["versionId"] = version.id.clone().into();
            }
        }
        (inner.clone(), bucket.facts.owner.clone(), bucket.facts.region.clone(), object)
    };
    let Ok(configuration) = Element::read(format!("<N>{inner}</N>").as_bytes(), "N") else { return };
    for (kind, member) in KINDS {
        for target in configuration.all(kind).filter(|target| wants(target, event, &ask.key)) {
            let arn = target.value(member).unwrap_or_default().to_owned();
            let message = json!({ "Records": [{
                "eventVersion": "2.1",
                "eventSource": "aws:s3",
                "awsRegion": region,
                "eventTime": super::headers::iso_date(desk.now),
                "eventName": event,
                "userIdentity": { "principalId": format!("AWS:{}", desk.caller.principal.user_id().unwrap_or_default()) },
                "requestParameters": { "sourceIPAddress": desk.request.peer.to_canonical().to_string() },
                "responseElements": { "x-amz-request-id": desk.request.id, "x-amz-id-2": desk.request.id },
                "s3": {
                    "s3SchemaVersion": "1.0",
                    "configurationId": target.value("Id").unwrap_or_default(),
                    "bucket": {
                        "name": ask.bucket,
                        "ownerIdentity": { "principalId": canonical_id(&owner) },
                        "arn": format!("arn:aws:s3:::{}", ask.bucket),
                    },
                    "object": object,
                },
            }]});
            if kind == "CloudFunctionConfiguration" {
                let invoker = Arc::clone(&desk.s3.invoker);
                let scope = scope_of(&arn, desk.scope);
                let invocation = invocation(&arn, &ask.bucket, &owner, &message, InvocationType::Event);
                tokio::spawn(async move {
                    if let Err(error) = invoker.invoke(&scope, invocation).await {
                        tracing::debug!(error = %error.message, "a notification of S3 was refused");
                    }
                });
            } else {
                send(desk, &ask.bucket, &arn, &message);
            }
        }
    }
}

/// Whether a target wants an event: by its kind, and by the key's beginning and end.
fn wants(target: &Element, event: &str, key: &str) -> bool {
    let kind = target.all("Event").any(|wanted| {
        let wanted = wanted.text.strip_prefix("s3:").unwrap_or(&wanted.text);
        wanted.strip_suffix('*').map_or(wanted == event, |prefix| event.starts_with(prefix))
    });
    let rules = target.child("Filter").and_then(|filter| filter.child("S3Key"));
    kind && rules.is_none_or(|rules| {
        rules.all("FilterRule").all(|rule| {
            let value = rule.value("Value").unwrap_or_default();
            match rule.value("Name").unwrap_or_default().to_ascii_lowercase().as_str() {
                "prefix" => key.starts_with(value),
                "suffix" => key.ends_with(value),
                _ => false,
            }
        })
    })
}
