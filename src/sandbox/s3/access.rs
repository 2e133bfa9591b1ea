use std::sync::Arc;

use super::configuration::is_public;
use super::copy::Source;
use super::fault::no_such_bucket;
use super::operation::{Ask, Operation};
use super::state::{Bucket, State};
use crate::policy::Context;
use crate::sandbox::{Access, Request, Scope, ServiceError};

/// Says what a call needs. Actions and keys:
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html>.
pub(super) fn accesses(
    state: &State,
    ask: &Ask,
    request: &Request,
    scope: &Scope,
) -> Result<Vec<Access>, ServiceError> {
    use Operation as O;
    let versioned = |plain: &str, of_version: &str| {
        if ask.value("versionId").is_some() { of_version.to_owned() } else { plain.to_owned() }
    };
    let action = match ask.operation {
        O::Preflight => return Ok(Vec::new()),
        O::ListBuckets => return Ok(vec![Access::new("s3:ListAllMyBuckets", "*")]),
        O::CreateBucket => {
            let mut access = Access::new("s3:CreateBucket", format!("arn:aws:s3:::{}", ask.bucket));
            access.context = header_keys(request);
            return Ok(vec![access]);
        }
        // Each key is asked for by itself, while the call is carried out.
        O::DeleteObjects => {
            state.bucket(&ask.bucket)?;
            return Ok(Vec::new());
        }
        O::HeadBucket | O::ListObjects | O::ListObjectsV2 => "s3:ListBucket".to_owned(),
        O::ListObjectVersions => "s3:ListBucketVersions".to_owned(),
        O::ListMultipartUploads => "s3:ListBucketMultipartUploads".to_owned(),
        O::GetConfiguration(configuration) => format!("s3:Get{}", configuration.action),
        O::PutConfiguration(configuration) => format!("s3:Put{}", configuration.action),
        O::DeleteConfiguration(configuration) => {
            configuration.deletes.map_or_else(|| format!("s3:Put{}", configuration.action), str::to_owned)
        }
        O::DeleteBucket | O::GetBucketLocation | O::GetBucketPolicyStatus => format!("s3:{}", ask.name),
        O::GetObject | O::HeadObject | O::GetObjectAttributes => {
            versioned("s3:GetObject", "s3:GetObjectVersion")
        }
        O::DeleteObject => versioned("s3:DeleteObject", "s3:DeleteObjectVersion"),
        O::PutObject
        | O::CopyObject
        | O::CreateMultipartUpload
        | O::UploadPart
        | O::UploadPartCopy
        | O::CompleteMultipartUpload => "s3:PutObject".to_owned(),
        O::AbortMultipartUpload => "s3:AbortMultipartUpload".to_owned(),
        O::ListParts => "s3:ListMultipartUploadParts".to_owned(),
        O::GetObjectTagging => versioned("s3:GetObjectTagging", "s3:GetObjectVersionTagging"),
        O::PutObjectTagging => versioned("s3:PutObjectTagging", "s3:PutObjectVersionTagging"),
        O::DeleteObjectTagging => versioned("s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging"),
        O::GetObjectAcl => versioned("s3:GetObjectAcl", "s3:GetObjectVersionAcl"),
        O::PutObjectAcl => versioned("s3:PutObjectAcl", "s3:PutObjectVersionAcl"),
    };
    let bucket = state.bucket(&ask.bucket)?;
    let mut access = on(bucket, &ask.bucket, &ask.key, action, scope);
    access.context.extend(header_keys(request));
    access.context.extend(query_keys(ask));
    if let Some(version) =
        bucket.version(&ask.key, ask.value("versionId")).ok().filter(|_| !ask.key.is_empty())
    {
        for (key, value) in &version.tags {
            access.context.set(&format!("s3:ExistingObjectTag/{key}"), vec![value.clone()]);
        }
    }
    let mut accesses = vec![access];
    if matches!(ask.operation, O::CopyObject | O::UploadPartCopy) {
        let source = Source::of(request)?;
        let from = state.bucket(&source.bucket).map_err(|_| no_such_bucket(&source.bucket))?;
        let action = if source.version.is_some() { "s3:GetObjectVersion" } else { "s3:GetObject" };
        accesses.push(on(from, &source.bucket, &source.key, action.to_owned(), scope));
    }
    if matches!(ask.operation, O::PutObject | O::CopyObject | O::CreateMultipartUpload)
        && request.headers.contains_key("x-amz-tagging")
    {
        accesses.push(on(bucket, &ask.bucket, &ask.key, "s3:PutObjectTagging".to_owned(), scope));
    }
    Ok(accesses)
}

/// An access to a bucket, or to an object of it where the key is not empty.
pub(super) fn on(bucket: &Bucket, name: &str, key: &str, action: String, scope: &Scope) -> Access {
    let mut access = Access::new(
        action,
        if key.is_empty() { format!("arn:aws:s3:::{name}") } else { format!("arn:aws:s3:::{name}/{key}") },
    );
    let owner = bucket.owner();
    let foreign = owner.as_ref().is_none_or(|owner| *owner != scope.account);
    let restricted = foreign
        && bucket.flag("RestrictPublicBuckets")
        && bucket.facts.configurations.get("policy").is_some_and(|policy| is_public(policy));
    access.resource_policy = if restricted { None } else { bucket.policy.as_ref().map(Arc::clone) };
    access.owner = owner;
    access
}

fn header_keys(request: &Request) -> Context {
    let mut context = Context::new();
    for name in [
        "x-amz-acl",
        "x-amz-server-side-encryption",
        "x-amz-server-side-encryption-aws-kms-key-id",
        "x-amz-storage-class",
        "x-amz-copy-source",
        "x-amz-metadata-directive",
    ] {
        if let Some(value) = request.header(name) {
            context.set(&format!("s3:{name}"), vec![value.to_owned()]);
        }
    }
    if let Some(tags) = request.header("x-amz-tagging") {
        let mut names = Vec::new();
        for (key, value) in form_urlencoded::parse(tags.as_bytes()) {
            context.set(&format!("s3:RequestObjectTag/{key}"), vec![value.into_owned()]);
            names.push(key.into_owned());
        }
        context.set("s3:RequestObjectTagKeys", names);
    }
    context
}

fn query_keys(ask: &Ask) -> Context {
    let mut context = Context::new();
    let listing = matches!(
        ask.operation,
        Operation::ListObjects | Operation::ListObjectsV2 | Operation::ListObjectVersions
    );
    for name in ["prefix", "delimiter", "max-keys"] {
        if let Some(value) = ask.query.get(name).filter(|_| listing) {
            context.set(&format!("s3:{name}"), vec![value.clone()]);
        }
    }
    if let Some(version) = ask.value("versionId") {
        context.set("s3:VersionId", vec![version.to_owned()]);
    }
    context
}
