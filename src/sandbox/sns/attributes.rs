use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::fault::invalid;
use super::service::State;
use super::topic::Topic;
use crate::policy::{Policy, PolicyKind};
use crate::sandbox::ServiceError;

/// How web addresses are tried again where a topic does not say otherwise.
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html>
pub(super) fn effective_delivery_policy(own: Option<&str>) -> String {
    let mut policy = json!({
        "http": {
            "defaultHealthyRetryPolicy": {
                "minDelayTarget": 20, "maxDelayTarget": 20, "numRetries": 3, "numMaxDelayRetries": 0,
                "numNoDelayRetries": 0, "numMinDelayRetries": 0, "backoffFunction": "linear",
            },
            "disableSubscriptionOverrides": false,
            "defaultRequestPolicy": { "headerContentType": "text/plain; charset=UTF-8" },
        }
    });
    let own: Option<Value> = own.and_then(|text| serde_json::from_str(text).ok());
    if let Some(http) = own.as_ref().and_then(|own| own["http"].as_object()) {
        for (name, value) in http {
            policy["http"][name] = value.clone();
        }
    }
    policy.to_string()
}

/// Checks an attribute that a request sets on a topic.
/// <https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html>
pub(super) fn check(name: &str, value: &str, fifo: bool) -> Result<(), ServiceError> {
    let flag = || matches!(value, "true" | "false");
    let fits = match name {
        "Policy" => {
            return Policy::parse(value, PolicyKind::Resource)
                .map(drop)
                .map_err(|problem| invalid(format!("Policy Error: {}", problem.message)));
        }
        "DeliveryPolicy" => {
            value.is_empty() || serde_json::from_str::<Value>(value).is_ok_and(|it| it.is_object())
        }
        "DisplayName" => value.chars().count() <= 100,
        "KmsMasterKeyId" => true,
        "SignatureVersion" => matches!(value, "1" | "2"),
        "TracingConfig" => matches!(value, "PassThrough" | "Active"),
        "FifoTopic" => flag(),
        "ContentBasedDeduplication" if fifo => flag(),
        "FifoThroughputScope" if fifo => matches!(value, "Topic" | "MessageGroup"),
        "ArchivePolicy" if fifo => {
            return Err(ServiceError::not_covered("sns", "the attribute ArchivePolicy"));
        }
        // Feedback of deliveries goes nowhere here, and is kept as it is set.
        _ if name.ends_with("FeedbackRoleArn") => true,
        _ if name.ends_with("FeedbackSampleRate") => value.parse::<u8>().is_ok_and(|rate| rate <= 100),
        _ => return Err(invalid(format!("Attributes Reason: Unknown attribute {name}"))),
    };
    if fits { Ok(()) } else { Err(invalid(format!("Attributes Reason: {name}: {value}"))) }
}

/// All attributes of a topic, as the API shows them.
pub(super) fn show(topic: &Topic, state: &State) -> BTreeMap<String, String> {
    let arn = topic.arn();
    let own = || state.subscriptions.values().filter(|subscription| subscription.topic == arn);
    let pending = own().filter(|subscription| subscription.is_pending()).count();
    let mut shown = topic.attributes.clone();
    shown.retain(|_, value| !value.is_empty());
    let mut set = |name: &str, value: String| shown.insert(name.to_owned(), value);
    set("TopicArn", arn.clone());
    set("Owner", topic.scope.account.to_string());
    set("Policy", topic.policy_text());
    set("SubscriptionsPending", pending.to_string());
    set("SubscriptionsConfirmed", (own().count() - pending).to_string());
    set("SubscriptionsDeleted", topic.deleted.to_string());
    let delivery = topic.attributes.get("DeliveryPolicy").map(String::as_str);
    set("EffectiveDeliveryPolicy", effective_delivery_policy(delivery));
    shown.entry("DisplayName".to_owned()).or_default();
    if topic.is_fifo() {
        shown.entry("ContentBasedDeduplication".to_owned()).or_insert_with(|| "false".to_owned());
        shown.entry("FifoThroughputScope".to_owned()).or_insert_with(|| "Topic".to_owned());
    }
    shown
}
