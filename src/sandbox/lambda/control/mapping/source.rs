use super::super::constraint::invalid;
use super::super::service::Core;
use crate::sandbox::lambda::entity::{FunctionName, SourceKind};
use crate::sandbox::{Access, AccountId, ServiceError};

/// Refuses a source that is not there, or that the function's role may not read.
pub(super) fn check(
    core: &Core,
    function: &FunctionName,
    kind: SourceKind,
    arn: &str,
) -> Result<(), ServiceError> {
    let principal = core
        .role_session(function)
        .map_err(|_| invalid("The role defined for the function cannot be assumed by Lambda."))?;
    // Where the sandbox lacks the service there is no such queue or stream either.
    let source = core.surroundings.source(arn).filter(|source| source.exists(arn));
    // A queue's own policy counts as it does when messages are taken.
    let policy = source.as_ref().and_then(|source| source.policy(arn));
    let denied = |service: &str, action: &str| {
        let mut access = Access::new(format!("{service}:{action}"), arn);
        access.resource_policy.clone_from(&policy);
        access.owner = arn.split(':').nth(4).and_then(AccountId::parse);
        !core.authority.would_allow(&principal, &access, &function.scope)
    };
    if kind == SourceKind::Stream {
        if ["GetRecords", "GetShardIterator", "DescribeStream"]
            .iter()
            .any(|action| denied("dynamodb", action))
        {
            return Err(invalid(format!(
                "Cannot access stream {arn}. Please ensure the role can perform the GetRecords, GetShardIterator, \
                 DescribeStream, and ListStreams Actions on your stream in IAM."
            )));
        }
        return source.map(|_| ()).ok_or_else(|| invalid(format!("Stream not found: {arn}")));
    }
    for action in ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"] {
        if denied("sqs", action) {
            return Err(invalid(format!(
                "The provided execution role does not have permissions to call {action} on SQS"
            )));
        }
    }
    let source = source.ok_or_else(|| {
        invalid(
            "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The \
             specified queue does not exist.",
        )
    })?;
    let timeout = core
        .registry
        .with(&function.scope, |region| region.snapshot(function).map(|it| it.settings.timeout))?;
    match source.visibility(arn) {
        Some(visible) if visible < timeout => Err(invalid(format!(
            "Queue visibility timeout: {visible} seconds is less than Function timeout: {timeout} seconds"
        ))),
        _ => Ok(()),
    }
}
