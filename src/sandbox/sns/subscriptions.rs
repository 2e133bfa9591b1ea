use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::access::subscription_arn;
use super::delivery::Delivery;
use super::fault::{invalid, missing, no_topic};
use super::service::Desk;
use super::subscription_attributes::check_all;
use super::topic::{FIFO, Subscription};
use super::topics::page;
use crate::sandbox::ServiceError;

/// What stands in the place of an ARN as long as nobody has confirmed.
const PENDING: &str = "PendingConfirmation";

/// Subscribes an endpoint. <https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html>
pub(super) fn subscribe(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let topic = desk.text("TopicArn")?.to_owned();
    let protocol = desk.parameters.get("Protocol").ok_or_else(|| missing("protocol"))?.to_owned();
    let endpoint = desk.parameters.get("Endpoint").unwrap_or_default().to_owned();
    let fifo = desk.state.topics.get(&topic).ok_or_else(no_topic)?.is_fifo();
    check_endpoint(&protocol, &endpoint, fifo)?;
    let attributes = check_all(desk.parameters.map("Attributes"), &BTreeMap::new(), &protocol)?;
    let wants_arn = desk.parameters.get("ReturnSubscriptionArn") == Some("true");
    let same = desk
        .state
        .subscriptions
        .values()
        .find(|known| known.topic == topic && known.protocol == protocol && known.endpoint == endpoint);
    if let Some(known) = same {
        if known.attributes != attributes && !attributes.is_empty() {
            return Err(invalid("Attributes Reason: Subscription already exists with different attributes"));
        }
        return Ok(shown(known, wants_arn));
    }
    let immediate = matches!(protocol.as_str(), "sqs" | "lambda");
    let random = &desk.core.random;
    let mut subscription = Subscription {
        arn: format!("{topic}:{}", random.uuid()),
        topic,
        owner: desk.scope.account.clone(),
        principal: desk
            .caller
            .principal
            .role_arn()
            .or_else(|| desk.caller.principal.arn())
            .unwrap_or_default(),
        protocol,
        endpoint,
        attributes,
        token: (!immediate).then(|| hex::encode(random.bytes::<128>())),
        confirmed_by: None,
        filter: None,
    };
    subscription.parse_filter();
    let answer = shown(&subscription, wants_arn);
    if subscription.protocol.starts_with("http") {
        desk.out.push(Delivery::confirmation(desk.core, &subscription));
    }
    desk.state.subscriptions.insert(subscription.arn.clone(), subscription);
    Ok(answer)
}

fn shown(subscription: &Subscription, wants_arn: bool) -> Value {
    let arn =
        if subscription.is_pending() && !wants_arn { "pending confirmation" } else { &subscription.arn };
    json!({ "SubscriptionArn": arn })
}

fn check_endpoint(protocol: &str, endpoint: &str, fifo: bool) -> Result<(), ServiceError> {
    let fits = |fits: bool, what: &str| if fits { Ok(()) } else { Err(invalid(what)) };
    if fifo && !matches!(protocol, "sqs") {
        return Err(invalid(format!(
            "Invalid protocol type: {protocol} Reason: Only SQS endpoints can be subscribed to a FIFO topic"
        )));
    }
    match protocol {
        "sqs" => {
            fits(
                endpoint.starts_with("arn:aws:sqs:") && endpoint.split(':').count() == 6,
                "SQS endpoint ARN",
            )?;
            fits(
                fifo || !endpoint.ends_with(FIFO),
                "Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics",
            )
        }
        "lambda" => fits(
            endpoint.starts_with("arn:aws:lambda:") && (7..=8).contains(&endpoint.split(':').count()),
            "Lambda endpoint ARN",
        ),
        "http" | "https" => fits(
            endpoint.starts_with(&format!("{protocol}://")),
            "Endpoint must match the specified protocol",
        ),
        "email" | "email-json" => {
            let address = endpoint.split_once('@');
            fits(address.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty()), "Email address")
        }
        "sms" | "application" | "firehose" => {
            Err(ServiceError::not_covered("sns", &format!("Subscribe with the protocol {protocol}")))
        }
        other => Err(invalid(format!("Amazon SNS does not support this protocol string: {other}"))),
    }
}

pub(super) fn confirm(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let topic = desk.text("TopicArn")?.to_owned();
    let token = desk.text("Token")?.to_owned();
    if !desk.state.topics.contains_key(&topic) {
        return Err(no_topic());
    }
    let found = desk.state.subscriptions.values_mut().find(|known| {
        known.topic == topic
            && (known.token.as_ref() == Some(&token) || known.confirmed_by.as_ref() == Some(&token))
    });
    let found = found.ok_or_else(|| invalid("Token"))?;
    found.token = None;
    found.confirmed_by = Some(token);
    let (arn, owner) = (found.arn.clone(), found.owner.clone());
    if owner != desk.scope.account {
        desk.out.push(Delivery::Keep(owner));
    }
    Ok(json!({ "SubscriptionArn": arn }))
}

pub(super) fn unsubscribe(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let arn = subscription_arn(desk.parameters)?;
    if desk.state.subscriptions.get(arn).is_some_and(Subscription::is_pending) {
        return Err(invalid("This subscription is pending confirmation"));
    }
    if let Some(gone) = desk.state.subscriptions.remove(arn)
        && let Some(topic) = desk.state.topics.get_mut(&gone.topic)
    {
        topic.deleted += 1;
    }
    Ok(Value::Null)
}

pub(super) fn list(desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let region = format!("arn:aws:sns:{}:", desk.scope.region);
    list_where(desk, |known| known.owner == desk.scope.account && known.topic.starts_with(&region))
}

pub(super) fn list_of_topic(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let arn = desk.topic_at("TopicArn")?.arn();
    list_where(desk, |known| known.topic == arn)
}

fn list_where(desk: &Desk<'_>, wanted: impl Fn(&Subscription) -> bool) -> Result<Value, ServiceError> {
    let all = &desk.state.subscriptions;
    let own = all.iter().filter(|(_, known)| wanted(known)).map(|(arn, _)| arn.as_str());
    let (arns, next) = page(own, desk)?;
    let members: Vec<Value> = arns
        .into_iter()
        .filter_map(|arn| all.get(arn))
        .map(|known| {
            json!({
                "SubscriptionArn": if known.is_pending() { PENDING } else { &known.arn },
                "Owner": known.owner,
                "Protocol": known.protocol,
                "Endpoint": known.endpoint,
                "TopicArn": known.topic,
            })
        })
        .collect();
    Ok(json!({ "Subscriptions": members, "NextToken": next }))
}
