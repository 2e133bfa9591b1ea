use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::Sqs;
use super::digest::md5_hex;
use super::fault::no_queue;
use super::messages::{self, Wish, sequence, system_attributes};
use super::queue::{Message, Queue, parse_arn};
use super::service::Key;
use crate::policy::{Context, Matched, Policy, Principal};
use crate::sandbox::authority::Asked;
use crate::sandbox::{
    Access, Caller, EventSource, MessageSink, Parcel, Position, ServiceError, SourceBatch, acting_for,
    source_keys,
};

impl Sqs {
    /// Says what an action on a queue that is there needs.
    fn access(&self, key: &Key, action: &str) -> Result<Access, ServiceError> {
        let state = self.state();
        let queue = state.queues.get(key).ok_or_else(no_queue)?;
        let mut access = Access::new(action, queue.arn());
        access.resource_policy.clone_from(&queue.policy);
        access.owner = Some(key.0.account.clone());
        Ok(access)
    }

    /// Checks what the role of a function wants to do; returns the statements that allow it. Noted is what came of it, by the caller:
    /// pollers ask several times a second.
    fn check(&self, who: &Principal, key: &Key, actions: &[&str]) -> Result<Vec<Matched>, ServiceError> {
        let mut allowed_by = Vec::new();
        let caller = Caller { principal: who.clone(), access_key_id: None };
        for action in actions {
            let access = self.access(key, action)?;
            allowed_by.extend(self.authority.check("sqs", &caller, &access, Context::new())?.decided_by);
        }
        Ok(allowed_by)
    }

    /// Writes into the audit log what a service or a role did, or was refused.
    fn note(&self, who: &Principal, key: &Key, operation: &str, outcome: Result<&[Matched], &ServiceError>) {
        let Some(journal) = self.authority.journal() else { return };
        let resource = format!("arn:aws:sqs:{}:{}:{}", key.0.region, key.0.account, key.1);
        let time = self.authority.clock().now();
        let asked = Asked { service: "sqs", operation, resource: &resource, scope: &key.0, time };
        journal.on_behalf(who, &asked, outcome);
    }
}

impl EventSource for Sqs {
    fn owns(&self, arn: &str) -> bool {
        parse_arn(arn).is_some()
    }

    fn exists(&self, arn: &str) -> bool {
        parse_arn(arn).is_some_and(|key| self.state().queues.contains_key(&key))
    }

    fn visibility(&self, arn: &str) -> Option<u32> {
        let key = parse_arn(arn)?;
        u32::try_from(self.state().queues.get(&key)?.number("VisibilityTimeout")).ok()
    }

    fn policy(&self, arn: &str) -> Option<Arc<Policy>> {
        self.state().queues.get(&parse_arn(arn)?)?.policy.clone()
    }

    fn poll(
        &self,
        reader: &Principal,
        arn: &str,
        position: Position,
        most: usize,
    ) -> Result<SourceBatch, ServiceError> {
        let key = parse_arn(arn).ok_or_else(no_queue)?;
        // <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>: what the execution role needs.
        let actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
        let checked = self.check(reader, &key, &actions);
        let allowed_by =
            checked.inspect_err(|error| self.note(reader, &key, "ReceiveMessage", Err(error)))?;
        let wish = Wish {
            most,
            visibility: None,
            system: vec!["All".to_owned()],
            attributes: vec!["All".to_owned()],
        };
        let taken = messages::receive(&mut self.state(), &key, &wish, &|| self.receipt(), self.now());
        let records = taken.iter().map(|message| record(message, arn, &key.0.region)).collect();
        if !taken.is_empty() {
            self.note(reader, &key, "ReceiveMessage", Ok(&allowed_by));
            self.keep(&key.0.account);
        }
        Ok(SourceBatch { records, next: position })
    }

    fn finish(&self, reader: &Principal, arn: &str, records: &[Value]) -> Result<(), ServiceError> {
        let key = parse_arn(arn).ok_or_else(no_queue)?;
        let checked = self.check(reader, &key, &["sqs:DeleteMessage"]);
        if !records.is_empty() || checked.is_err() {
            self.note(reader, &key, "DeleteMessage", checked.as_deref());
        }
        checked?;
        if let Some(queue) = self.state().queues.get_mut(&key) {
            let handles: Vec<&str> = records
                .iter()
                .filter_map(|record| record.get("receiptHandle").and_then(Value::as_str))
                .collect();
            queue.messages.retain(|_, message| {
                message.receipt.as_deref().is_none_or(|receipt| !handles.contains(&receipt))
            });
        }
        self.keep(&key.0.account);
        Ok(())
    }
}

/// A record of the event that a function gets.
/// <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>
fn record(message: &Message, arn: &str, region: &str) -> Value {
    let mut attributes = system_attributes(message);
    if message.group.is_some() {
        attributes.insert("SequenceNumber".to_owned(), sequence(u64::from(message.received)).into());
    }
    let given: Map<String, Value> = message
        .attributes
        .iter()
        .map(|(name, value)| {
            let member = |member: &str| value.get(member).cloned();
            let mut shown = Map::new();
            for (key, value) in
                [("stringValue", member("StringValue")), ("binaryValue", member("BinaryValue"))]
            {
                if let Some(value) = value {
                    shown.insert(key.to_owned(), value);
                }
            }
            shown.insert("stringListValues".to_owned(), json!([]));
            shown.insert("binaryListValues".to_owned(), json!([]));
            shown.insert("dataType".to_owned(), member("DataType").unwrap_or_default());
            (name.clone(), shown.into())
        })
        .collect();
    json!({
        "messageId": message.id,
        "receiptHandle": message.receipt,
        "body": message.body,
        "attributes": attributes,
        "messageAttributes": given,
        "md5OfBody": md5_hex(message.body.as_bytes()),
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": region,
    })
}

impl MessageSink for Sqs {
    fn owns(&self, arn: &str) -> bool {
        parse_arn(arn).is_some()
    }

    fn deliver(
        &self,
        sender: &Principal,
        source: Option<&str>,
        arn: &str,
        parcel: Parcel,
    ) -> Result<(), ServiceError> {
        let key = parse_arn(arn).ok_or_else(no_queue)?;
        let mut access = self.access(&key, "sqs:SendMessage")?;
        access.context = source_keys(source);
        self.authority.check_internal("sqs", acting_for(sender), sender, &access, &key.0)?;
        let mut entry = Map::new();
        entry.insert("MessageBody".to_owned(), parcel.body.into());
        entry.insert("MessageAttributes".to_owned(), parcel.attributes.into());
        let now = self.now();
        let who = sender.user_id().unwrap_or_default();
        {
            let mut state = self.state();
            let queue: &mut Queue = state.queues.get_mut(&key).ok_or_else(no_queue)?;
            if queue.is_fifo() {
                let group = parcel.group.or_else(|| source.map(str::to_owned));
                let deduplication = parcel.deduplication.unwrap_or_else(|| self.random.uuid());
                entry.insert(
                    "MessageGroupId".to_owned(),
                    group.unwrap_or_else(|| "sandbox".to_owned()).into(),
                );
                entry.insert("MessageDeduplicationId".to_owned(), deduplication.into());
            } else if let Some(group) = parcel.group {
                entry.insert("MessageGroupId".to_owned(), group.into());
            }
            queue.expire(now);
            messages::send(queue, &entry, &who, &self.random.uuid(), now)?;
        }
        self.keep(&key.0.account);
        Ok(())
    }
}
