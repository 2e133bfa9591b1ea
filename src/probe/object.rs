use std::collections::BTreeMap;

use aws_sdk_s3::operation::get_object::GetObjectOutput;
use serde_json::{Value, json};

use super::run::{Probe, Step};
use super::sought::{bound, internal, refused, unreachable};
use crate::aws::Outcome as _;
use crate::evidence::{Binding, Inspection};
use crate::text::fill;

/// In bytes of an object that are read; a check looks at far less.
const LIMIT: usize = 1 << 20;

/// Returns `{found, size, content_type, metadata, body, text}`: what a bucket holds under a key.
pub(super) async fn get(
    probe: &mut Probe<'_>,
    inspection: &Inspection,
    bucket: &Binding,
    key: &str,
) -> Step<Value> {
    let resource = bound(inspection, bucket, "AWS::S3::Bucket")?;
    let key = fill(key, &probe.variables).map_err(|error| internal(format!("`object`: {error}")))?;
    let request = format!("s3:GetObject {}/{key}", resource.id);
    let call = probe.world.clients.s3.get_object().bucket(&resource.id).key(&key);
    let document = match call.send().await.during("s3:GetObject") {
        Ok(output) => read(output).await?,
        Err(failure) if failure.has_code("NoSuchKey") => {
            json!({ "found": false, "size": null, "content_type": null, "metadata": {}, "body": null, "text": null })
        }
        Err(failure) => {
            probe.recorder.note(&request, &Value::Null, &json!({ "error": failure.to_string() }));
            return Err(refused(&failure, &format!("a bucket {bucket} with the object {key}")));
        }
    };
    probe.recorder.note(&request, &Value::Null, &document);
    Ok(document)
}

async fn read(mut output: GetObjectOutput) -> Step<Value> {
    let mut bytes: Vec<u8> = Vec::new();
    loop {
        let part = output.body.try_next().await;
        let part = part.map_err(|error| unreachable(format!("the object broke off: {error}")))?;
        let Some(part) = part.filter(|_| bytes.len() < LIMIT) else { break };
        let room = LIMIT - bytes.len();
        bytes.extend_from_slice(&part[..part.len().min(room)]);
    }
    let text = String::from_utf8_lossy(&bytes);
    let metadata: BTreeMap<&String, &String> = output.metadata().into_iter().flatten().collect();
    Ok(json!({
        "found": true,
        "size": output.content_length(),
        "content_type": output.content_type(),
        "metadata": metadata,
        "body": serde_json::from_str(&text).unwrap_or(Value::Null),
        "text": text,
    }))
}
