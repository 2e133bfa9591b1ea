use super::fault::{invalid, missing, no_subscription, no_topic};
use super::service::State;
use super::topic::{arn, parse_arn};
use crate::sandbox::query::Parameters;
use crate::sandbox::{Access, Scope, ServiceError};

/// Says what a call needs. <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html>
pub(super) fn accesses(
    name: &str,
    parameters: &Parameters,
    scope: &Scope,
    state: &State,
    signed: bool,
) -> Result<Vec<Access>, ServiceError> {
    let action = format!("SNS:{}", if name == "PublishBatch" { "Publish" } else { name });
    match name {
        "ListTopics" | "ListSubscriptions" => Ok(vec![Access::new(action, arn(scope, "*"))]),
        "CreateTopic" => {
            let topic = arn(scope, parameters.get("Name").ok_or_else(|| missing("name"))?);
            let mut accesses = vec![Access::new(action, topic.clone())];
            if !parameters.structures("Tags").is_empty() {
                accesses.push(Access::new("SNS:TagResource", topic));
            }
            Ok(accesses)
        }
        "GetSubscriptionAttributes" | "SetSubscriptionAttributes" | "Unsubscribe" => {
            let arn = subscription_arn(parameters)?;
            let mut access = Access::new(action, arn);
            match state.subscriptions.get(arn) {
                Some(subscription) => access.owner = Some(subscription.owner.clone()),
                // Who takes back what is not there has it taken back.
                None if name == "Unsubscribe" => {}
                None => return Err(no_subscription()),
            }
            Ok(vec![access])
        }
        // Whoever has the token may, where nobody asked for a signature.
        "ConfirmSubscription" if !signed => Ok(vec![]),
        _ => Ok(vec![on_topic(name, &action, parameters, state)?]),
    }
}

fn on_topic(
    name: &str,
    action: &str,
    parameters: &Parameters,
    state: &State,
) -> Result<Access, ServiceError> {
    let arn = match name {
        "Publish" => publish_target(parameters)?,
        "TagResource" | "UntagResource" | "ListTagsForResource" => {
            parameters.get("ResourceArn").ok_or_else(|| missing("resourceArn"))?
        }
        _ => parameters.get("TopicArn").ok_or_else(|| missing("topicArn"))?,
    };
    let Some((owner, _)) = parse_arn(arn) else {
        let parts = arn.split(':').count();
        return Err(if parts < 6 {
            invalid(format!("TopicArn Reason: An ARN must have at least 6 elements, not {parts}"))
        } else {
            invalid("TopicArn")
        });
    };
    let mut access = Access::new(action, arn);
    access.owner = Some(owner.account);
    match state.topics.get(arn) {
        Some(topic) => access.resource_policy.clone_from(&topic.policy),
        // Who deletes what is not there has it deleted.
        None if name == "DeleteTopic" => {}
        None if matches!(name, "TagResource" | "UntagResource" | "ListTagsForResource") => {
            return Err(ServiceError::new(404, "ResourceNotFound", "Resource does not exist"));
        }
        None => return Err(no_topic()),
    }
    if name == "Subscribe" {
        // <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html#amazonsns-policy-keys>
        for (parameter, key) in [("Protocol", "sns:Protocol"), ("Endpoint", "sns:Endpoint")] {
            if let Some(value) = parameters.get(parameter) {
                access.context.set(key, vec![value.to_owned()]);
            }
        }
    }
    Ok(access)
}

pub(super) fn publish_target(parameters: &Parameters) -> Result<&str, ServiceError> {
    if parameters.get("PhoneNumber").is_some() {
        return Err(ServiceError::not_covered("sns", "Publish to a phone number"));
    }
    parameters
        .get("TopicArn")
        .or_else(|| parameters.get("TargetArn"))
        .ok_or_else(|| invalid("TopicArn or TargetArn Reason: no value for required parameter"))
}

pub(super) fn subscription_arn(parameters: &Parameters) -> Result<&str, ServiceError> {
    let arn = parameters.get("SubscriptionArn").ok_or_else(|| missing("subscriptionArn"))?;
    let parts = arn.split(':').count();
    if parts < 6 {
        return Err(invalid(format!(
            "SubscriptionArn Reason: An ARN must have at least 6 elements, not {parts}"
        )));
    }
    Ok(arn)
}
