use std::sync::Arc;

use super::fault::{access_denied, invalid_request, malformed_xml};
use super::operation::Ask;
use super::service::Desk;
use super::state::{Bucket, Versioning};
use super::tags;
use super::xml::{Element, document, element};
use crate::policy::{Policy, PolicyKind};
use crate::sandbox::{Response, ServiceError};

/// A part of a bucket's configuration that is read and written as one document.
#[derive(Debug)]
pub(super) struct Configuration {
    /// The query parameter that names it.
    pub(super) subresource: &'static str,
    /// What stands after `Get`, `Put`, `Delete` in the operation's name.
    pub(super) noun: &'static str,
    /// What stands after `s3:Get` and `s3:Put` in the action; `Delete` needs the `Put` action where `deletes` says no other.
    pub(super) action: &'static str,
    /// The document's root element; empty for the bucket policy, which is JSON.
    pub(super) root: &'static str,
    pub(super) deletable: bool,
    /// The action for `Delete` where it is one of its own.
    pub(super) deletes: Option<&'static str>,
    /// What a read of one that was never set gives.
    missing: Missing,
}

#[derive(Debug)]
enum Missing {
    /// An error: code and message.
    Error(&'static str, &'static str),
    /// A document with this inside.
    Inner(&'static str),
}

const fn plain(
    subresource: &'static str,
    noun: &'static str,
    action: &'static str,
    root: &'static str,
    inner: &'static str,
) -> Configuration {
    Configuration {
        subresource,
        noun,
        action,
        root,
        deletable: false,
        deletes: None,
        missing: Missing::Inner(inner),
    }
}

const fn optional(
    subresource: &'static str,
    noun: &'static str,
    action: &'static str,
    root: &'static str,
    code: &'static str,
    message: &'static str,
) -> Configuration {
    Configuration {
        subresource,
        noun,
        action,
        root,
        deletable: true,
        deletes: None,
        missing: Missing::Error(code, message),
    }
}

/// Names, actions and errors: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html>,
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html>.
pub(super) static CONFIGURATIONS: [Configuration; 14] = [
    Configuration {
        deletes: Some("s3:DeleteBucketPolicy"),
        ..optional(
            "policy",
            "BucketPolicy",
            "BucketPolicy",
            "",
            "NoSuchBucketPolicy",
            "The bucket policy does not exist",
        )
    },
    optional(
        "cors",
        "BucketCors",
        "BucketCORS",
        "CORSConfiguration",
        "NoSuchCORSConfiguration",
        "The CORS configuration does not exist",
    ),
    optional(
        "lifecycle",
        "BucketLifecycleConfiguration",
        "LifecycleConfiguration",
        "LifecycleConfiguration",
        "NoSuchLifecycleConfiguration",
        "The lifecycle configuration does not exist",
    ),
    optional(
        "tagging",
        "BucketTagging",
        "BucketTagging",
        "Tagging",
        "NoSuchTagSet",
        "The TagSet does not exist",
    ),
    Configuration {
        deletes: Some("s3:DeleteBucketWebsite"),
        ..optional(
            "website",
            "BucketWebsite",
            "BucketWebsite",
            "WebsiteConfiguration",
            "NoSuchWebsiteConfiguration",
            "The specified bucket does not have a website configuration",
        )
    },
    optional(
        "publicAccessBlock",
        "PublicAccessBlock",
        "BucketPublicAccessBlock",
        "PublicAccessBlockConfiguration",
        "NoSuchPublicAccessBlockConfiguration",
        "The public access block configuration was not found",
    ),
    optional(
        "ownershipControls",
        "BucketOwnershipControls",
        "BucketOwnershipControls",
        "OwnershipControls",
        "OwnershipControlsNotFoundError",
        "The bucket ownership controls were not found",
    ),
    Configuration {
        deletable: true,
        ..plain(
            "encryption",
            "BucketEncryption",
            "EncryptionConfiguration",
            "ServerSideEncryptionConfiguration",
            "<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>false</BucketKeyEnabled></Rule>",
        )
    },
    plain("versioning", "BucketVersioning", "BucketVersioning", "VersioningConfiguration", ""),
    plain(
        "notification",
        "BucketNotificationConfiguration",
        "BucketNotification",
        "NotificationConfiguration",
        "",
    ),
    plain("logging", "BucketLogging", "BucketLogging", "BucketLoggingStatus", ""),
    plain(
        "requestPayment",
        "BucketRequestPayment",
        "BucketRequestPayment",
        "RequestPaymentConfiguration",
        "<Payer>BucketOwner</Payer>",
    ),
    plain(
        "accelerate",
        "BucketAccelerateConfiguration",
        "AccelerateConfiguration",
        "AccelerateConfiguration",
        "",
    ),
    plain("acl", "BucketAcl", "BucketAcl", "AccessControlPolicy", ""),
];

/// What a new bucket has: no public access, no access control lists.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html>
pub(super) const DEFAULTS: [(&str, &str); 2] = [
    (
        "publicAccessBlock",
        "<BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets>",
    ),
    ("ownershipControls", "<Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule>"),
];

/// The largest bucket policy, in bytes.
const LARGEST_POLICY: usize = 20 * 1024;

pub(super) fn get(bucket: &Bucket, configuration: &Configuration) -> Result<Response, ServiceError> {
    let owner = &bucket.facts.owner;
    let inner = match configuration.subresource {
        "versioning" => match bucket.facts.versioning {
            None => String::new(),
            Some(versioning) => element("Status", &format!("{versioning:?}")),
        },
        "acl" => access_control(owner),
        name => match (bucket.facts.configurations.get(name), &configuration.missing) {
            (Some(kept), _) => kept.clone(),
            (None, Missing::Inner(inner)) => (*inner).to_owned(),
            (None, Missing::Error(code, message)) => return Err(ServiceError::new(404, *code, *message)),
        },
    };
    if configuration.root.is_empty() {
        return Ok(Response { body: inner.into(), ..Response::empty(200) }
            .with_header("content-type", "application/json"));
    }
    Ok(super::service::xml_answer(200, document(configuration.root, &inner)))
}

/// The only list that a bucket or an object has here: all for the owner.
pub(super) fn access_control(owner: &str) -> String {
    let id = super::buckets::canonical_id(owner);
    format!(
        "<Owner>{0}</Owner><AccessControlList><Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xsi:type=\"CanonicalUser\">{0}</Grantee><Permission>FULL_CONTROL</Permission></Grant></AccessControlList>",
        element("ID", &id)
    )
}

pub(super) fn put(
    desk: &Desk<'_>,
    ask: &Ask,
    configuration: &Configuration,
) -> Result<Response, ServiceError> {
    let body = &desk.body.body;
    let mut state = desk.s3.state();
    let bucket = state.bucket_mut(&ask.bucket)?;
    let name = configuration.subresource;
    match name {
        "policy" => return put_policy(bucket, body),
        "acl" => {
            if bucket.takes_lists() || desk.request.header("x-amz-acl").is_some_and(|acl| acl == "private") {
                return Ok(Response::empty(200));
            }
            return Err(no_lists());
        }
        _ => {}
    }
    let read = Element::read(body, configuration.root)?;
    match name {
        "versioning" => {
            bucket.facts.versioning = Some(match read.value("Status") {
                Some("Enabled") => Versioning::Enabled,
                Some("Suspended") => Versioning::Suspended,
                _ => return Err(malformed_xml()),
            });
            return Ok(Response::empty(200));
        }
        "cors" => check_cors(&read)?,
        "tagging" => drop(tags::read(&read, 50)?),
        "lifecycle" | "encryption" | "ownershipControls" if read.child("Rule").is_none() => {
            return Err(malformed_xml());
        }
        "publicAccessBlock" => {
            let names = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];
            let whole: String = names
                .iter()
                .map(|name| element(name, if read.value(name) == Some("true") { "true" } else { "false" }))
                .collect();
            bucket.facts.configurations.insert(name.to_owned(), whole);
            return Ok(Response::empty(200));
        }
        _ => {}
    }
    bucket.facts.configurations.insert(name.to_owned(), read.inner());
    Ok(Response::empty(if name == "tagging" { 204 } else { 200 }))
}

pub(super) fn delete(
    desk: &Desk<'_>,
    ask: &Ask,
    configuration: &Configuration,
) -> Result<Response, ServiceError> {
    let mut state = desk.s3.state();
    let bucket = state.bucket_mut(&ask.bucket)?;
    bucket.facts.configurations.remove(configuration.subresource);
    if configuration.subresource == "policy" {
        bucket.policy = None;
    }
    Ok(Response::empty(204))
}

fn put_policy(bucket: &mut Bucket, body: &[u8]) -> Result<Response, ServiceError> {
    let malformed = |message: String| ServiceError::new(400, "MalformedPolicy", message);
    if body.len() > LARGEST_POLICY {
        return Err(ServiceError::new(
            400,
            "PolicyTooLarge",
            "The policy exceeds the maximum allowed document size.",
        ));
    }
    let text = std::str::from_utf8(body)
        .map_err(|_| malformed("Policies must be valid JSON and the first byte must be '{'".into()))?;
    if !text.trim_start().starts_with('{') || serde_json::from_str::<serde_json::Value>(text).is_err() {
        return Err(malformed("Policies must be valid JSON and the first byte must be '{'".into()));
    }
    // AWS takes a list without statements; the policy language does not.
    let empty = serde_json::from_str::<serde_json::Value>(text).is_ok_and(|policy| {
        policy.get("Statement").and_then(serde_json::Value::as_array).is_some_and(Vec::is_empty)
    });
    let policy = if empty {
        None
    } else {
        let parsed =
            Policy::parse(text, PolicyKind::Resource).map_err(|problem| malformed(problem.message))?;
        Some(Arc::new(parsed))
    };
    if bucket.flag("BlockPublicPolicy") && is_public(text) {
        return Err(access_denied());
    }
    bucket.policy = policy;
    bucket.facts.configurations.insert("policy".to_owned(), text.to_owned());
    Ok(Response::empty(204))
}

/// Whether a policy lets in everybody: an Allow for `*` without a condition.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
pub(super) fn is_public(policy: &str) -> bool {
    let Ok(policy) = serde_json::from_str::<serde_json::Value>(policy) else { return false };
    let everybody = |principal: &serde_json::Value| match principal {
        serde_json::Value::String(name) => name == "*",
        serde_json::Value::Object(members) => members.get("AWS").is_some_and(|aws| match aws {
            serde_json::Value::String(name) => name == "*",
            serde_json::Value::Array(names) => names.iter().any(|name| name == "*"),
            _ => false,
        }),
        _ => false,
    };
    let public = |statement: &serde_json::Value| {
        statement.get("Effect").is_some_and(|effect| effect == "Allow")
            && statement.get("Principal").is_some_and(everybody)
            && statement
                .get("Condition")
                .is_none_or(|condition| condition.as_object().is_none_or(serde_json::Map::is_empty))
    };
    match policy.get("Statement") {
        Some(serde_json::Value::Array(statements)) => statements.iter().any(public),
        Some(statement) => public(statement),
        None => false,
    }
}

fn check_cors(read: &Element) -> Result<(), ServiceError> {
    let mut rules = 0;
    for rule in read.all("CORSRule") {
        rules += 1;
        if rule.child("AllowedMethod").is_none() || rule.child("AllowedOrigin").is_none() {
            return Err(malformed_xml());
        }
        for method in rule.all("AllowedMethod") {
            if !["GET", "PUT", "HEAD", "POST", "DELETE"].contains(&method.text.as_str()) {
                return Err(invalid_request(format!(
                    "Found unsupported HTTP method in CORS config. Unsupported method is {}",
                    method.text
                )));
            }
        }
    }
    if rules == 0 { Err(malformed_xml()) } else { Ok(()) }
}

pub(super) fn no_lists() -> ServiceError {
    ServiceError::new(400, "AccessControlListNotSupported", "The bucket does not allow ACLs")
}

impl Bucket {
    /// Whether a switch of the public access block is on.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.facts
            .configurations
            .get("publicAccessBlock")
            .is_some_and(|inner| inner.contains(&format!("<{name}>true</{name}>")))
    }

    /// Whether access control lists are in use at all.
    pub(super) fn takes_lists(&self) -> bool {
        self.facts
            .configurations
            .get("ownershipControls")
            .is_some_and(|inner| !inner.contains("BucketOwnerEnforced"))
    }
}
