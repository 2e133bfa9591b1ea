use serde_json::{Map, Value};

use super::fault::{invalid_value, missing, no_queue};
use super::queue::arn;
use super::service::State;
use crate::policy::Context;
use crate::sandbox::{Access, AccountId, Scope, ServiceError};

/// The queue that a URL names: `http://host/account/name`, or the name alone.
pub(super) fn of_url(url: &str, scope: &Scope) -> Result<(Scope, String), ServiceError> {
    let path =
        url.split_once("://").map_or(url, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
    let mut parts = path.trim_end_matches('/').rsplit('/');
    let name = parts.next().unwrap_or_default();
    if name.is_empty() {
        return Err(invalid_value(format!("The address {url} is not valid for this endpoint.")));
    }
    let account = parts.next().and_then(AccountId::parse).unwrap_or_else(|| scope.account.clone());
    Ok((Scope { account, region: scope.region.clone() }, name.to_owned()))
}

/// Says what a call needs.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html>
pub(super) fn accesses(
    name: &str,
    body: &Map<String, Value>,
    scope: &Scope,
    state: &State,
) -> Result<Vec<Access>, ServiceError> {
    let action = format!("sqs:{}", name.strip_suffix("Batch").unwrap_or(name));
    let text = |member: &str| body.get(member).and_then(Value::as_str).filter(|text| !text.is_empty());
    let (owner, queue) = match name {
        "ListQueues" => return Ok(vec![Access::new(action, arn(scope, "*"))]),
        "CreateQueue" | "GetQueueUrl" => {
            let queue = text("QueueName").ok_or_else(|| missing("QueueName"))?;
            let account = text("QueueOwnerAWSAccountId").and_then(AccountId::parse);
            (
                Scope {
                    account: account.unwrap_or_else(|| scope.account.clone()),
                    region: scope.region.clone(),
                },
                queue.to_owned(),
            )
        }
        _ => of_url(text("QueueUrl").ok_or_else(|| missing("QueueUrl"))?, scope)?,
    };
    let found = state.queues.get(&(owner.clone(), queue.clone()));
    if found.is_none() && name != "CreateQueue" {
        return Err(no_queue());
    }
    let mut access = Access::new(action, arn(&owner, &queue));
    access.resource_policy = found.and_then(|found| found.policy.clone());
    access.owner = Some(owner.account);
    access.context = Context::new();
    let mut accesses = vec![access];
    if name == "CreateQueue"
        && body.get("tags").and_then(Value::as_object).is_some_and(|tags| !tags.is_empty())
    {
        accesses.push(Access::new("sqs:TagQueue", arn(scope, &queue)));
    }
    Ok(accesses)
}
