use serde_json::{Map, Value, json};

use super::Sqs;
use super::digest::md5_hex;
use super::fault::no_queue;
use super::messages::{self, Wish, sequence, system_attributes};
use super::queue::{Message, Queue, parse_arn};
use super::service::Key;
use crate::policy::{Context, Principal};
use crate::sandbox::{Access, Caller, EventSource, MessageSink, Position, ServiceError, SourceBatch};

impl Sqs {
    /// Checks what a service or a role wants to do with a queue that is there.
    fn check(
        &self,
        who: &Principal,
        source: Option<&str>,
        key: &Key,
        actions: &[&str],
    ) -> Result<(), ServiceError> {
        let (arn, policy) = {
            let state = self.state();
            let queue = state.queues.get(key).ok_or_else(no_queue)?;
            (queue.arn(), queue.policy.clone())
        };
        let caller = Caller { principal: who.clone(), access_key_id: None };
        for action in actions {
            let mut access = Access::new(*action, arn.clone());
            access.resource_policy.clone_from(&policy);
            access.owner = Some(key.0.account.clone());
            let mut context = Context::new();
            if let Some(source) = source {
                context.set("aws:SourceArn", vec![source.to_owned()]);
                if let Some(account) = source.split(':').nth(4).filter(|account| !account.is_empty()) {
                    context.set("aws:SourceAccount", vec![account.to_owned()]);
                }
            }
            self.authority.check("sqs", &caller, &access, context)?;
        }
        Ok(())
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

    fn poll(
        &self,
        reader: &Principal,
        arn: &str,
        position: Position,
        most: usize,
    ) -> Result<SourceBatch, ServiceError> {
        let key = parse_arn(arn).ok_or_else(no_queue)?;
        // <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>: what the execution role needs.
        self.check(
            reader,
            None,
            &key,
            &["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
        )?;
        let wish = Wish {
            most,
            visibility: None,
            system: vec!["All".to_owned()],
            attributes: vec!["All".to_owned()],
        };
        let taken = messages::receive(&mut self.state(), &key, &wish, &|| self.receipt(), self.now());
        let records = taken.iter().map(|message| record(message, arn, &key.0.region)).collect();
        if !taken.is_empty() {
            self.keep(&key.0.account);
        }
        Ok(SourceBatch { records, next: position })
    }

    fn finish(&self, reader: &Principal, arn: &str, records: &[Value]) -> Result<(), ServiceError> {
        let key = parse_arn(arn).ok_or_else(no_queue)?;
        self.check(reader, None, &key, &["sqs:DeleteMessage"])?;
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

    fn send(
        &self,
        sender: &Principal,
        source: Option<&str>,
        arn: &str,
        body: &str,
        attributes: &[(String, String)],
    ) -> Result<(), ServiceError> {
        let key = parse_arn(arn).ok_or_else(no_queue)?;
        self.check(sender, source, &key, &["sqs:SendMessage"])?;
        let given: Map<String, Value> = attributes
            .iter()
            .map(|(name, value)| (name.clone(), json!({ "DataType": "String", "StringValue": value })))
            .collect();
        let mut entry = Map::new();
        entry.insert("MessageBody".to_owned(), body.into());
        entry.insert("MessageAttributes".to_owned(), given.into());
        let now = self.now();
        let who = sender.user_id().unwrap_or_default();
        {
            let mut state = self.state();
            let queue: &mut Queue = state.queues.get_mut(&key).ok_or_else(no_queue)?;
            if queue.is_fifo() {
                entry.insert("MessageGroupId".to_owned(), source.unwrap_or("sandbox").into());
                entry.insert("MessageDeduplicationId".to_owned(), self.random.uuid().into());
            }
            messages::send(queue, &entry, &who, &self.random.uuid(), now)?;
        }
        self.keep(&key.0.account);
        Ok(())
    }
}
