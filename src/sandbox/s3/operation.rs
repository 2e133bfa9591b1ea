use std::sync::LazyLock;

use super::address::{Address, address};
use super::configuration::{CONFIGURATIONS, Configuration};
use super::coverage::coverage;
use super::fault::{invalid_request, method_not_allowed};
use super::state::Query;
use crate::sandbox::coverage::Api;
use crate::sandbox::{Request, ServiceError};

/// An operation of S3's.
#[derive(Debug, Clone, Copy)]
pub(super) enum Operation {
    ListBuckets,
    CreateBucket,
    HeadBucket,
    DeleteBucket,
    GetBucketLocation,
    GetConfiguration(&'static Configuration),
    PutConfiguration(&'static Configuration),
    DeleteConfiguration(&'static Configuration),
    GetBucketPolicyStatus,
    ListObjects,
    ListObjectsV2,
    ListObjectVersions,
    ListMultipartUploads,
    DeleteObjects,
    GetObject,
    HeadObject,
    PutObject,
    CopyObject,
    DeleteObject,
    GetObjectTagging,
    PutObjectTagging,
    DeleteObjectTagging,
    GetObjectAcl,
    PutObjectAcl,
    GetObjectAttributes,
    CreateMultipartUpload,
    UploadPart,
    UploadPartCopy,
    CompleteMultipartUpload,
    AbortMultipartUpload,
    ListParts,
    Preflight,
}

/// A request that was read.
#[derive(Debug)]
pub(super) struct Ask {
    pub(super) operation: Operation,
    /// AWS's name of the operation.
    pub(super) name: String,
    pub(super) bucket: String,
    pub(super) key: String,
    pub(super) query: Query,
}

impl Ask {
    /// Says which operation a request is.
    pub(super) fn read(request: &Request) -> Result<Self, ServiceError> {
        let address = address(request);
        let query: Query = request.query().into_iter().collect();
        let method = request.method.as_str();
        let has = |name: &str| query.contains_key(name);
        if let Some(names) = not_covered(method, &address, &request.raw_query) {
            return Err(ServiceError::not_covered("s3", &names));
        }
        let operation = match (&address.bucket, &address.key) {
            (None, _) if method == "GET" => Operation::ListBuckets,
            (None, _) => return Err(method_not_allowed(method)),
            (Some(_), None) => on_bucket(method, &has, &query)?,
            (Some(_), Some(_)) => on_object(method, &has, request)?,
        };
        let name = match operation {
            Operation::GetConfiguration(configuration) => format!("Get{}", configuration.noun),
            Operation::PutConfiguration(configuration) => format!("Put{}", configuration.noun),
            Operation::DeleteConfiguration(configuration) => format!("Delete{}", configuration.noun),
            Operation::Preflight => "PreflightRequest".to_owned(),
            other => format!("{other:?}"),
        };
        Ok(Self {
            operation,
            name,
            bucket: address.bucket.unwrap_or_default(),
            key: address.key.unwrap_or_default(),
            query,
        })
    }

    /// A query parameter that is there and not empty.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub(super) fn mutates(&self) -> bool {
        use Operation as O;
        !matches!(
            self.operation,
            O::ListBuckets
                | O::HeadBucket
                | O::GetBucketLocation
                | O::GetConfiguration(_)
                | O::GetBucketPolicyStatus
                | O::ListObjects
                | O::ListObjectsV2
                | O::ListObjectVersions
                | O::ListMultipartUploads
                | O::GetObject
                | O::HeadObject
                | O::GetObjectTagging
                | O::GetObjectAcl
                | O::GetObjectAttributes
                | O::ListParts
                | O::Preflight
        )
    }
}

/// The operations that AWS has and the sandbox has not.
static LACKING: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let operations = coverage().operations().into_iter();
    operations.filter(|operation| operation.tests().is_none()).map(|operation| operation.name).collect()
});

/// Names the operations that a request could be for by what its query has, where none of them is covered.
fn not_covered(method: &str, address: &Address, query: &str) -> Option<String> {
    let segments: Vec<&str> = address.bucket.iter().chain(&address.key).map(String::as_str).collect();
    let names = Api::of("s3")?.marked(method, &segments, query);
    let lacking = |name: &&str| LACKING.iter().any(|lacking| lacking == name);
    (!names.is_empty() && names.iter().all(lacking)).then(|| names.join(" or "))
}

fn on_bucket(method: &str, has: &dyn Fn(&str) -> bool, query: &Query) -> Result<Operation, ServiceError> {
    let configuration = CONFIGURATIONS.iter().find(|configuration| has(configuration.subresource));
    Ok(match (method, configuration) {
        ("GET", Some(configuration)) => Operation::GetConfiguration(configuration),
        ("PUT", Some(configuration)) => Operation::PutConfiguration(configuration),
        ("DELETE", Some(configuration)) if configuration.deletable => {
            Operation::DeleteConfiguration(configuration)
        }
        ("GET", None) if has("location") => Operation::GetBucketLocation,
        ("GET", None) if has("policyStatus") => Operation::GetBucketPolicyStatus,
        ("GET", None) if has("versions") => Operation::ListObjectVersions,
        ("GET", None) if has("uploads") => Operation::ListMultipartUploads,
        ("GET", None) if query.get("list-type").is_some_and(|kind| kind == "2") => Operation::ListObjectsV2,
        ("GET", None) => Operation::ListObjects,
        ("HEAD", _) => Operation::HeadBucket,
        ("PUT", None) => Operation::CreateBucket,
        ("DELETE", None) => Operation::DeleteBucket,
        ("POST", None) if has("delete") => Operation::DeleteObjects,
        ("POST", None) => return Err(ServiceError::not_covered("s3", "PostObject")),
        ("OPTIONS", _) => Operation::Preflight,
        _ => return Err(method_not_allowed(method)),
    })
}

fn on_object(method: &str, has: &dyn Fn(&str) -> bool, request: &Request) -> Result<Operation, ServiceError> {
    let copies = request.headers.contains_key("x-amz-copy-source");
    Ok(match method {
        "GET" if has("tagging") => Operation::GetObjectTagging,
        "GET" if has("acl") => Operation::GetObjectAcl,
        "GET" if has("attributes") => Operation::GetObjectAttributes,
        "GET" if has("uploadId") => Operation::ListParts,
        "GET" => Operation::GetObject,
        "HEAD" => Operation::HeadObject,
        "PUT" if has("tagging") => Operation::PutObjectTagging,
        "PUT" if has("acl") => Operation::PutObjectAcl,
        "PUT" if has("uploadId") != has("partNumber") => {
            return Err(invalid_request("partNumber and uploadId must both be specified."));
        }
        "PUT" if has("uploadId") && copies => Operation::UploadPartCopy,
        "PUT" if has("uploadId") => Operation::UploadPart,
        "PUT" if copies => Operation::CopyObject,
        "PUT" => Operation::PutObject,
        "DELETE" if has("tagging") => Operation::DeleteObjectTagging,
        "DELETE" if has("uploadId") => Operation::AbortMultipartUpload,
        "DELETE" => Operation::DeleteObject,
        "POST" if has("uploads") => Operation::CreateMultipartUpload,
        "POST" if has("uploadId") => Operation::CompleteMultipartUpload,
        "OPTIONS" => Operation::Preflight,
        _ => return Err(method_not_allowed(method)),
    })
}
