//! AWS::SQS: queues and who may use them.

mod queue;
mod queue_policy;
mod queue_survey;

pub(super) use queue::Queue;
pub(super) use queue_policy::QueuePolicy;
