use std::sync::Arc;

use super::message::Message;
use super::notification::{envelope, event, question};
use super::pending::{Pending, ask};
use super::service::Core;
use super::topic::Subscription;
use super::web::Letter;
use crate::policy::Principal;
use crate::sandbox::{AccountId, Invocation, InvocationType, Parcel, Scope, ServiceError};

/// Something that a call sends, after it has let the topics go.
pub(super) enum Delivery {
    Message {
        to: Subscription,
        message: Arc<Message>,
        published: i64,
    },
    /// Asks a web address for its confirmation.
    Confirmation {
        to: Subscription,
        id: String,
    },
    /// Writes what changed of another account than the caller's.
    Keep(AccountId),
}

impl Delivery {
    pub(super) fn message(to: &Subscription, message: &Arc<Message>, published: i64) -> Self {
        Self::Message { to: to.clone(), message: Arc::clone(message), published }
    }

    pub(super) fn confirmation(core: &Core, to: &Subscription) -> Self {
        Self::Confirmation { to: to.clone(), id: core.random.uuid() }
    }

    /// Sends it: to a queue at once, to the others in the background.
    pub(super) fn set_out(self, core: &Arc<Core>) {
        match self {
            Self::Keep(account) => core.keep(&account),
            Self::Confirmation { to, id } => {
                let core = Arc::clone(core);
                tokio::spawn(async move {
                    let body = question(&core, &to, &id);
                    let letter = Letter { kind: "SubscriptionConfirmation", id, body, raw: false };
                    ask(&core, &to, &letter).await;
                });
            }
            Self::Message { to, message, published } => match to.protocol.as_str() {
                "sqs" => {
                    let parcel = parcel(core, &to, &message, published);
                    let sent = core.queues.deliver(&service(), Some(&to.topic), &to.endpoint, parcel);
                    if let Err(error) = sent {
                        give_up(core, &to, &message, published, &error.message);
                    }
                }
                "lambda" | "http" | "https" => {
                    Pending::new(core, to, Message::clone(&message), published).set_out(core);
                }
                // A mail address never confirms, so nothing comes here.
                _ => {}
            },
        }
    }
}

fn service() -> Principal {
    Principal::Service { name: "sns.amazonaws.com".to_owned() }
}

/// A message for a queue: as it is, or in its envelope.
fn parcel(core: &Core, to: &Subscription, message: &Message, published: i64) -> Parcel {
    let (group, deduplication) = (message.group.clone(), message.deduplication.clone());
    if to.is_raw() {
        let body = message.text_for(&to.protocol).to_owned();
        return Parcel {
            body,
            attributes: message.attributes.clone(),
            group,
            deduplication,
            ..Parcel::default()
        };
    }
    Parcel { body: envelope(core, to, message, published), group, deduplication, ..Parcel::default() }
}

/// Hands a function its event.
pub(super) async fn invoke(
    core: &Arc<Core>,
    to: &Subscription,
    message: &Message,
    published: i64,
) -> Result<(), ServiceError> {
    let event = event(core, to, message, published);
    let scope = function_scope(&to.endpoint)
        .ok_or_else(|| ServiceError::new(404, "ResourceNotFoundException", "no such function"))?;
    let invocation = Invocation {
        function_arn: to.endpoint.clone(),
        payload: event.to_string().into(),
        kind: InvocationType::Event,
        principal: service(),
        source_arn: Some(to.topic.clone()),
        source_account: to.topic.split(':').nth(4).map(str::to_owned),
        trace_id: None,
    };
    core.invoker.invoke(&scope, invocation).await.map(drop)
}

fn function_scope(arn: &str) -> Option<Scope> {
    let mut parts = arn.split(':').skip(3);
    let region = parts.next()?.to_owned();
    Some(Scope { region, account: AccountId::parse(parts.next()?)? })
}

/// Hands a message that cannot be delivered to the subscription's dead-letter queue, if there is one.
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html>
pub(super) fn give_up(core: &Core, to: &Subscription, message: &Message, published: i64, problem: &str) {
    tracing::debug!(subscription = %to.arn, problem, "a message was not delivered");
    let Some(target) = to.dead_letters() else { return };
    let parcel = parcel(core, to, message, published);
    if let Err(error) = core.queues.deliver(&service(), Some(&to.topic), &target, parcel) {
        tracing::debug!(subscription = %to.arn, error = %error.message, "a dead letter was not sent");
    }
}
