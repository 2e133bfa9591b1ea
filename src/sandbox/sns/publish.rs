use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::access::publish_target;
use super::delivery::Delivery;
use super::fault::{invalid, no_topic};
use super::message::{LARGEST, Message};
use super::service::{Core, Desk, Sns, State};
use super::topic::parse_arn;
use crate::policy::Principal;
use crate::sandbox::{Access, MessageSink, Parcel, ServiceError, acting_for, source_keys};

/// <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>
pub(super) fn one(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let arn = publish_target(desk.parameters)?.to_owned();
    let mut message = Message::read(desk.parameters)?;
    desk.state.topics.get(&arn).ok_or_else(no_topic)?;
    let out = hand_out(desk.core, desk.state, &arn, &mut message, desk.now)?;
    desk.out.extend(out);
    Ok(message.answer())
}

/// Gives a message to all who want it. FIFO topics do so once within five minutes.
fn hand_out(
    core: &Core,
    state: &mut State,
    arn: &str,
    message: &mut Message,
    now: i64,
) -> Result<Vec<Delivery>, ServiceError> {
    let topic = state.topics.get_mut(arn).ok_or_else(no_topic)?;
    message.check(topic)?;
    if !message.enter(topic, core.random.uuid(), now) {
        return Ok(Vec::new());
    }
    let shared = Arc::new(message.clone());
    let own = state.subscriptions.values().filter(|own| own.topic == arn && !own.is_pending());
    let wanted = own.filter(|own| {
        own.filter
            .as_ref()
            .is_none_or(|filter| filter.passes(message.text_for(&own.protocol), &message.attributes))
    });
    Ok(wanted.map(|own| Delivery::message(own, &shared, now)).collect())
}

/// <https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html>
pub(super) fn batch(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let arn = desk.text("TopicArn")?.to_owned();
    let entries = desk.parameters.structures("PublishBatchRequestEntries");
    let refuse = |code: &'static str, message: &str| Err(ServiceError::new(400, code, message));
    if entries.is_empty() {
        return refuse("EmptyBatchRequest", "The batch request doesn't contain any entries.");
    }
    if entries.len() > 10 {
        return refuse(
            "TooManyEntriesInBatchRequest",
            "The batch request contains more entries than permissible.",
        );
    }
    let mut seen = HashSet::new();
    for entry in &entries {
        let id = entry.get("Id").unwrap_or_default();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if !(1..=80).contains(&id.len()) || !id.bytes().all(plain) {
            return refuse(
                "InvalidBatchEntryId",
                "The Id of a batch entry in a batch request doesn't abide by the specification.",
            );
        }
        if !seen.insert(id) {
            return refuse(
                "BatchEntryIdsNotDistinct",
                "Two or more batch entries in the request have the same Id.",
            );
        }
    }
    let read: Vec<_> = entries.iter().map(Message::read).collect();
    if read.iter().flatten().map(Message::size).sum::<usize>() > LARGEST {
        return refuse(
            "BatchRequestTooLong",
            "The length of all the batch messages put together is more than the limit.",
        );
    }
    let (mut successful, mut failed) = (Vec::new(), Vec::new());
    for (entry, message) in entries.iter().zip(read) {
        let id = entry.get("Id").unwrap_or_default();
        let handed = message.and_then(|mut message| {
            let out = hand_out(desk.core, desk.state, &arn, &mut message, desk.now)?;
            Ok((message, out))
        });
        match handed {
            Ok((message, out)) => {
                desk.out.extend(out);
                let mut shown = message.answer();
                shown["Id"] = id.into();
                successful.push(shown);
            }
            Err(error) => failed.push(json!({
                "Id": id, "Code": error.code, "Message": error.message, "SenderFault": error.status < 500,
            })),
        }
    }
    Ok(json!({ "Successful": successful, "Failed": failed }))
}

impl MessageSink for Sns {
    fn owns(&self, arn: &str) -> bool {
        arn.starts_with("arn:aws:sns:")
    }

    fn deliver(
        &self,
        sender: &Principal,
        source: Option<&str>,
        arn: &str,
        parcel: Parcel,
    ) -> Result<(), ServiceError> {
        let core = &self.0;
        let (scope, _) = parse_arn(arn).ok_or_else(|| invalid("TopicArn"))?;
        let mut access = Access::new("SNS:Publish", arn);
        access.owner = Some(scope.account.clone());
        access.resource_policy.clone_from(&core.state().topics.get(arn).ok_or_else(no_topic)?.policy);
        access.context = source_keys(source);
        core.authority.check_internal("sns", acting_for(sender), sender, &access, &scope)?;
        let mut message = Message::of_parcel(parcel);
        let now = core.clock.now().as_millisecond();
        let out = hand_out(core, &mut core.state(), arn, &mut message, now)?;
        core.keep(&scope.account);
        for delivery in out {
            delivery.set_out(core);
        }
        Ok(())
    }
}
