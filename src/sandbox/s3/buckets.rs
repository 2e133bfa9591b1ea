use sha2::{Digest, Sha256};

use super::configuration::{DEFAULTS, is_public};
use super::fault::{invalid_argument, malformed_xml};
use super::headers::{iso_date, number};
use super::operation::Ask;
use super::service::{Desk, xml_answer};
use super::state::{Bucket, Facts};
use super::xml::{Element, document, element};
use crate::sandbox::{Response, ServiceError};

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/BucketRestrictions.html> says 10,000; here an account must not fill the
/// memory of others.
const MOST_BUCKETS: usize = 1000;

/// The canonical user id of an account: 64 hex digits.
pub(super) fn canonical_id(account: &str) -> String {
    hex::encode(Sha256::digest(format!("canonical user of {account}")))
}

pub(super) fn list(desk: &Desk<'_>, ask: &Ask) -> Result<Response, ServiceError> {
    let state = desk.s3.state();
    let most = number(ask.value("max-buckets"), "max-buckets", 10_000)?.max(1);
    let prefix = ask.value("prefix").unwrap_or_default();
    let after = ask.value("continuation-token").unwrap_or_default();
    let region = ask.value("bucket-region");
    let mut inner = String::new();
    let mut own = state.buckets.iter().filter(|(name, bucket)| {
        bucket.facts.owner == desk.scope.account.as_str()
            && name.starts_with(prefix)
            && name.as_str() > after
            && region.is_none_or(|region| bucket.facts.region == region)
    });
    let mut last = "";
    for (name, bucket) in own.by_ref().take(most) {
        inner.push_str("<Bucket>");
        inner.push_str(&element("Name", name));
        inner.push_str(&element("CreationDate", &iso_date(bucket.facts.created)));
        inner.push_str(&element("BucketRegion", &bucket.facts.region));
        inner.push_str("</Bucket>");
        last = name;
    }
    let more = if own.next().is_some() { element("ContinuationToken", last) } else { String::new() };
    let owner = element("ID", &canonical_id(desk.scope.account.as_str()));
    let body = format!("<Owner>{owner}</Owner><Buckets>{inner}</Buckets>{more}");
    Ok(xml_answer(200, document("ListAllMyBucketsResult", &body)))
}

pub(super) fn create(desk: &Desk<'_>, ask: &Ask) -> Result<Response, ServiceError> {
    let name = &ask.bucket;
    check_name(name)?;
    let region = location_of(desk)?;
    if desk
        .request
        .header("x-amz-bucket-object-lock-enabled")
        .is_some_and(|on| on.eq_ignore_ascii_case("true"))
    {
        return Err(ServiceError::not_covered("s3", "object lock"));
    }
    let ownership = desk.request.header("x-amz-object-ownership");
    if let Some(other) = ownership
        && !["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"].contains(&other)
    {
        return Err(invalid_argument(
            "Invalid x-amz-object-ownership header",
            "x-amz-object-ownership",
            other,
        ));
    }
    if desk.request.header("x-amz-acl").is_some_and(|acl| acl != "private")
        && ownership.is_none_or(|own| own == "BucketOwnerEnforced")
    {
        return Err(ServiceError::new(
            400,
            "InvalidBucketAclWithObjectOwnership",
            "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
        ));
    }
    let account = desk.scope.account.as_str();
    let mut state = desk.s3.state();
    if let Some(bucket) = state.buckets.get(name) {
        if bucket.facts.owner != account {
            return Err(ServiceError::new(
                409,
                "BucketAlreadyExists",
                "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please \
                 select a different name and try again.",
            )
            .with("BucketName", name.as_str()));
        }
        // Only there does a second creation succeed.
        if desk.scope.region == "us-east-1" && bucket.facts.region == "us-east-1" {
            return Ok(Response::empty(200).with_header("location", &format!("/{name}")));
        }
        return Err(ServiceError::new(
            409,
            "BucketAlreadyOwnedByYou",
            "Your previous request to create the named bucket succeeded and you already own it.",
        )
        .with("BucketName", name.as_str()));
    }
    if state.count(&desk.scope.account) >= MOST_BUCKETS {
        return Err(ServiceError::new(
            400,
            "TooManyBuckets",
            "You have attempted to create more buckets than allowed",
        ));
    }
    let mut configurations: std::collections::BTreeMap<String, String> =
        DEFAULTS.iter().map(|(name, inner)| ((*name).to_owned(), (*inner).to_owned())).collect();
    if let Some(ownership) = ownership {
        let rule = format!("<Rule>{}</Rule>", element("ObjectOwnership", ownership));
        configurations.insert("ownershipControls".to_owned(), rule);
    }
    let facts =
        Facts { owner: account.to_owned(), region, created: desk.now, versioning: None, configurations };
    state.buckets.insert(name.clone(), Bucket { facts, ..Bucket::default() });
    Ok(Response::empty(200).with_header("location", &format!("/{name}")))
}

/// The region that the body names must be the one that is asked; without a body it is that of the endpoint.
fn location_of(desk: &Desk<'_>) -> Result<String, ServiceError> {
    let asked = desk.scope.region.as_str();
    let specific = desk.request.header("host").is_some_and(|host| host.contains(&format!("s3.{asked}.")));
    let wrong = |constraint: &str| {
        ServiceError::new(
            400,
            "IllegalLocationConstraintException",
            format!(
                "The {constraint} location constraint is incompatible for the region specific endpoint this request was sent to."
            ),
        )
    };
    let stated = if desk.body.body.is_empty() {
        None
    } else {
        let read = Element::read(&desk.body.body, "CreateBucketConfiguration")?;
        read.value("LocationConstraint").filter(|text| !text.is_empty()).map(str::to_owned)
    };
    match stated.as_deref() {
        // An endpoint whose name has no region, as the sandbox's usually has none, is specific to the one that was signed for.
        None if asked == "us-east-1" || !specific => Ok(asked.to_owned()),
        None => Err(wrong("unspecified")),
        Some("EU") if asked == "eu-west-1" || asked == "us-east-1" => Ok("eu-west-1".to_owned()),
        Some("us-east-1") => Err(ServiceError::new(
            400,
            "InvalidLocationConstraint",
            "The specified location-constraint is not valid",
        )
        .with("LocationConstraint", "us-east-1")),
        // The endpoint of us-east-1 makes buckets anywhere.
        Some(region) if region == asked || asked == "us-east-1" => Ok(region.to_owned()),
        Some(region) => Err(wrong(region)),
    }
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
fn check_name(name: &str) -> Result<(), ServiceError> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends = |byte: Option<u8>| byte.is_some_and(plain);
    let number = name.split('.').count() == 4 && name.split('.').all(|part| part.parse::<u8>().is_ok());
    let fits = (3..=63).contains(&name.len())
        && name.bytes().all(|byte| plain(byte) || byte == b'-' || byte == b'.')
        && ends(name.bytes().next())
        && ends(name.bytes().last())
        && !name.contains("..")
        && !number
        && !["xn--", "sthree-", "amzn-s3-demo-"].iter().any(|prefix| name.starts_with(prefix))
        && !["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"]
            .iter()
            .any(|suffix| name.ends_with(suffix));
    if fits {
        return Ok(());
    }
    Err(ServiceError::new(400, "InvalidBucketName", "The specified bucket is not valid.")
        .with("BucketName", name))
}

pub(super) fn head(desk: &Desk<'_>, ask: &Ask) -> Result<Response, ServiceError> {
    let state = desk.s3.state();
    let region = &state.bucket(&ask.bucket)?.facts.region;
    Ok(Response::empty(200)
        .with_header("x-amz-bucket-region", region)
        .with_header("x-amz-access-point-alias", "false")
        .with_header("content-type", "application/xml"))
}

pub(super) fn delete(desk: &Desk<'_>, ask: &Ask) -> Result<Response, ServiceError> {
    let mut state = desk.s3.state();
    if !state.bucket(&ask.bucket)?.is_empty() {
        return Err(ServiceError::new(409, "BucketNotEmpty", "The bucket you tried to delete is not empty")
            .with("BucketName", ask.bucket.as_str()));
    }
    state.buckets.remove(&ask.bucket);
    Ok(Response::empty(204))
}

pub(super) fn location(desk: &Desk<'_>, ask: &Ask) -> Result<Response, ServiceError> {
    let state = desk.s3.state();
    let region = &state.bucket(&ask.bucket)?.facts.region;
    let shown = if region == "us-east-1" { "" } else { region };
    Ok(xml_answer(200, document("LocationConstraint", shown)))
}

pub(super) fn policy_status(desk: &Desk<'_>, ask: &Ask) -> Result<Response, ServiceError> {
    let state = desk.s3.state();
    let Some(policy) = state.bucket(&ask.bucket)?.facts.configurations.get("policy") else {
        return Err(ServiceError::new(404, "NoSuchBucketPolicy", "The bucket policy does not exist"));
    };
    let public = if is_public(policy) { "true" } else { "false" };
    Ok(xml_answer(200, document("PolicyStatus", &element("IsPublic", public))))
}

/// A body that must be there and must be the right document.
pub(super) fn read(desk: &Desk<'_>, root: &str) -> Result<Element, ServiceError> {
    if desk.body.body.is_empty() {
        return Err(malformed_xml());
    }
    Element::read(&desk.body.body, root)
}
