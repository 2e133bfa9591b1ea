use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::fault::{invalid_argument, invalid_request};
use super::state::{Bucket, Version};
use crate::sandbox::{Request, Response, ServiceError};

/// What a client may give an object along, besides `x-amz-meta-*`.
const KEPT: [&str; 8] = [
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-type",
    "expires",
    "x-amz-storage-class",
    "x-amz-website-redirect-location",
];

/// The most bytes that names and values of an object's own metadata may have.
const MOST_METADATA: usize = 2048;

/// Collects what a request gives an object along.
pub(super) fn given(request: &Request) -> Result<BTreeMap<String, String>, ServiceError> {
    let mut kept = BTreeMap::new();
    for name in KEPT {
        if let Some(value) = request.header(name) {
            kept.insert(name.to_owned(), value.to_owned());
        }
    }
    // The framing was taken off.
    if let Some(encoding) = kept.remove("content-encoding") {
        let rest: Vec<&str> = encoding
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty() && *part != "aws-chunked")
            .collect();
        if !rest.is_empty() {
            kept.insert("content-encoding".to_owned(), rest.join(","));
        }
    }
    let mut size = 0;
    for (name, value) in &request.headers {
        if let Some(short) = name.as_str().strip_prefix("x-amz-meta-") {
            size += short.len() + value.len();
            kept.insert(name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned());
        }
    }
    if size > MOST_METADATA {
        return Err(ServiceError::new(
            400,
            "MetadataTooLarge",
            "Your metadata headers exceed the maximum allowed metadata size",
        ));
    }
    kept.entry("content-type".to_owned()).or_insert_with(|| "binary/octet-stream".to_owned());
    check_storage(request)?;
    Ok(kept)
}

fn check_storage(request: &Request) -> Result<(), ServiceError> {
    const CLASSES: [&str; 9] = [
        "STANDARD",
        "REDUCED_REDUNDANCY",
        "STANDARD_IA",
        "ONEZONE_IA",
        "INTELLIGENT_TIERING",
        "GLACIER",
        "DEEP_ARCHIVE",
        "GLACIER_IR",
        "EXPRESS_ONEZONE",
    ];
    if request.header("x-amz-storage-class").is_some_and(|class| !CLASSES.contains(&class)) {
        return Err(ServiceError::new(
            400,
            "InvalidStorageClass",
            "The storage class you specified is not valid",
        ));
    }
    if let Some(kind) = request.header("x-amz-server-side-encryption") {
        match kind {
            "AES256" => {}
            "aws:kms" | "aws:kms:dsse" => {
                return Err(ServiceError::not_covered("s3", "encryption with KMS keys"));
            }
            other => {
                return Err(invalid_argument(
                    "The encryption method specified is not supported",
                    "x-amz-server-side-encryption",
                    other,
                ));
            }
        }
    }
    if request.headers.contains_key("x-amz-server-side-encryption-customer-algorithm") {
        return Err(ServiceError::not_covered("s3", "encryption with customer keys"));
    }
    Ok(())
}

/// Refuses an access control list where the bucket has none.
pub(super) fn check_list(request: &Request, bucket: &Bucket) -> Result<(), ServiceError> {
    let plain = |acl: &str| acl == "private" || acl == "bucket-owner-full-control";
    let grants = request.headers.keys().any(|name| name.as_str().starts_with("x-amz-grant-"));
    if !bucket.takes_lists() && (grants || request.header("x-amz-acl").is_some_and(|acl| !plain(acl))) {
        return Err(super::configuration::no_lists());
    }
    Ok(())
}

/// Reads the tags of the header `x-amz-tagging`, a form.
pub(super) fn tags(request: &Request) -> Result<Vec<(String, String)>, ServiceError> {
    let Some(text) = request.header("x-amz-tagging") else { return Ok(Vec::new()) };
    let tags: Vec<(String, String)> = form_urlencoded::parse(text.as_bytes()).into_owned().collect();
    super::tags::check(&tags, 10)?;
    Ok(tags)
}

/// Puts what is known of a version into the headers of an answer.
pub(super) fn describe(mut response: Response, version: &Version, versioned: bool) -> Response {
    for (name, value) in &version.headers {
        if name != "x-amz-storage-class" || value != "STANDARD" {
            response = response.with_header(name, value);
        }
    }
    response = response
        .with_header("etag", &format!("\"{}\"", version.etag))
        .with_header("last-modified", &http_date(version.modified))
        .with_header("accept-ranges", "bytes")
        .with_header("x-amz-server-side-encryption", "AES256");
    if versioned {
        response = response.with_header("x-amz-version-id", &version.id);
    }
    if !version.tags.is_empty() {
        response = response.with_header("x-amz-tagging-count", &version.tags.len().to_string());
    }
    response
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(super) fn http_date(millis: i64) -> String {
    moment(millis).to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// `2009-10-12T17:50:30.000Z`; S3 tells whole seconds.
pub(super) fn iso_date(millis: i64) -> String {
    moment(millis).to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

fn moment(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Reads a date of HTTP, as seconds since 1970.
pub(super) fn read_date(text: &str) -> Option<i64> {
    jiff::fmt::rfc2822::parse(text).ok().map(|time| time.timestamp().as_second())
}

/// Reads a number that a query parameter gives.
pub(super) fn number(value: Option<&str>, name: &str, most: usize) -> Result<usize, ServiceError> {
    let Some(text) = value else { return Ok(most) };
    let number: i64 = text.parse().map_err(|_| {
        invalid_argument(&format!("Provided {name} not an integer or within integer range"), name, text)
    })?;
    if !(0..=i64::from(i32::MAX)).contains(&number) {
        return Err(invalid_argument(
            &format!("Argument {name} must be an integer between 0 and 2147483647"),
            name,
            text,
        ));
    }
    Ok(usize::try_from(number).unwrap_or(most).min(most))
}

/// Reads the number of a part, 1 to 10,000.
pub(super) fn part_number(text: &str) -> Result<u32, ServiceError> {
    text.parse().ok().filter(|number| (1..=10_000).contains(number)).ok_or_else(|| {
        invalid_argument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", text)
    })
}

pub(super) fn key_fits(key: &str) -> Result<(), ServiceError> {
    if key.len() > 1024 {
        return Err(ServiceError::new(400, "KeyTooLongError", "Your key is too long")
            .with("Size", key.len().to_string())
            .with("MaxSizeAllowed", "1024"));
    }
    if key.contains('\0') {
        return Err(invalid_request("A key may not hold a null character."));
    }
    Ok(())
}
