use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::access::subscription_arn;
use super::attributes::effective_delivery_policy;
use super::fault::{invalid, no_subscription};
use super::filter::Filter;
use super::service::Desk;
use super::topic::Subscription;
use super::topics::entries;
use crate::sandbox::ServiceError;

/// Checks one attribute of a subscription by itself.
/// <https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html>
fn check(name: &str, value: &str, protocol: &str) -> Result<(), ServiceError> {
    match name {
        "RawMessageDelivery" => {
            if !matches!(value.to_ascii_lowercase().as_str(), "true" | "false") {
                return Err(invalid("Attributes Reason: RawMessageDelivery: Invalid value"));
            }
            if !matches!(protocol, "sqs" | "http" | "https" | "firehose") {
                return Err(invalid(format!(
                    "Attributes Reason: RawMessageDelivery: {protocol} does not support raw message delivery"
                )));
            }
            Ok(())
        }
        "FilterPolicyScope" => match value {
            "MessageAttributes" | "MessageBody" => Ok(()),
            _ => Err(invalid(format!(
                "FilterPolicyScope: Invalid value [{value}]. Please use either MessageBody or MessageAttributes"
            ))),
        },
        "RedrivePolicy" if value.is_empty() => Ok(()),
        "RedrivePolicy" => {
            let policy: Value =
                serde_json::from_str(value).map_err(|_| invalid("RedrivePolicy: failed to parse JSON."))?;
            match policy.get("deadLetterTargetArn").and_then(Value::as_str) {
                Some(arn) if arn.starts_with("arn:aws:sqs:") => Ok(()),
                _ => Err(invalid("RedrivePolicy: deadLetterTargetArn is an invalid arn")),
            }
        }
        "DeliveryPolicy" => {
            let known =
                value.is_empty() || serde_json::from_str::<Value>(value).is_ok_and(|it| it.is_object());
            if known { Ok(()) } else { Err(invalid("DeliveryPolicy: failed to parse JSON.")) }
        }
        "FilterPolicy" => Ok(()),
        "SubscriptionRoleArn" | "ReplayPolicy" => {
            Err(ServiceError::not_covered("sns", &format!("the attribute {name}")))
        }
        _ => Err(invalid("AttributeName")),
    }
}

/// Checks attributes, and how they fit together, and returns them as they are kept.
pub(super) fn check_all(
    given: BTreeMap<String, String>,
    before: &BTreeMap<String, String>,
    protocol: &str,
) -> Result<BTreeMap<String, String>, ServiceError> {
    let mut whole = before.clone();
    for (name, value) in given {
        check(&name, &value, protocol)?;
        let none = value.is_empty() || (name == "FilterPolicy" && value.trim() == "{}");
        if none {
            whole.remove(&name);
        } else if name == "RawMessageDelivery" {
            whole.insert(name, value.to_ascii_lowercase());
        } else {
            whole.insert(name, value);
        }
    }
    if let Some(policy) = whole.get("FilterPolicy") {
        let body = whole.get("FilterPolicyScope").is_some_and(|scope| scope == "MessageBody");
        Filter::parse(policy, body).map_err(|problem| invalid(format!("FilterPolicy: {problem}")))?;
    }
    Ok(whole)
}

/// All attributes of a subscription, as the API shows them.
fn show(subscription: &Subscription) -> BTreeMap<String, String> {
    let mut shown = subscription.attributes.clone();
    let mut set = |name: &str, value: String| shown.insert(name.to_owned(), value);
    set("SubscriptionArn", subscription.arn.clone());
    set("TopicArn", subscription.topic.clone());
    set("Protocol", subscription.protocol.clone());
    set("Endpoint", subscription.endpoint.clone());
    set("Owner", subscription.owner.to_string());
    set("SubscriptionPrincipal", subscription.principal.clone());
    set("PendingConfirmation", subscription.is_pending().to_string());
    let own = matches!(subscription.protocol.as_str(), "sqs" | "lambda");
    set("ConfirmationWasAuthenticated", own.to_string());
    shown.entry("RawMessageDelivery".to_owned()).or_insert_with(|| "false".to_owned());
    if shown.contains_key("FilterPolicy") {
        shown.entry("FilterPolicyScope".to_owned()).or_insert_with(|| "MessageAttributes".to_owned());
    }
    if subscription.protocol.starts_with("http") {
        let policy: Value = serde_json::from_str(&effective_delivery_policy(None)).unwrap_or_default();
        let effective = json!({ "healthyRetryPolicy": policy["http"]["defaultHealthyRetryPolicy"] });
        shown.entry("EffectiveDeliveryPolicy".to_owned()).or_insert_with(|| effective.to_string());
    }
    shown
}

pub(super) fn get(desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let arn = subscription_arn(desk.parameters)?;
    let subscription = desk.state.subscriptions.get(arn).ok_or_else(no_subscription)?;
    Ok(json!({ "Attributes": entries(show(subscription)) }))
}

pub(super) fn set(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let arn = subscription_arn(desk.parameters)?;
    let name = desk.text("AttributeName")?.to_owned();
    let value = desk.parameters.get("AttributeValue").unwrap_or_default().to_owned();
    let subscription = desk.state.subscriptions.get_mut(arn).ok_or_else(no_subscription)?;
    let given = BTreeMap::from([(name, value)]);
    subscription.attributes = check_all(given, &subscription.attributes, &subscription.protocol)?;
    subscription.parse_filter();
    Ok(Value::Null)
}
