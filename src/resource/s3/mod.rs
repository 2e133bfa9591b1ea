//! AWS::S3: buckets and who may use them.

mod bucket;
mod bucket_policy;
mod bucket_survey;
mod configuration;
mod notification;
mod website;

pub(super) use bucket::Bucket;
pub(super) use bucket_policy::BucketPolicy;
