//! AWS::SNS: topics, who subscribes to them, and who may use them.

mod subscription;
mod topic;
mod topic_policy;
mod topic_survey;

pub(super) use subscription::Subscription;
pub(super) use topic::Topic;
pub(super) use topic_policy::TopicPolicy;
