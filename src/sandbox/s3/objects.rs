use bytes::Bytes;

use super::access::on;
use super::checksum::{Algorithm, md5_hex, verify};
use super::conditions::{Outcome, for_read, for_write};
use super::configuration::access_control;
use super::fault::{access_denied, invalid_request, method_not_allowed, no_such_key};
use super::headers::{check_list, describe, given, http_date, key_fits, part_number, tags};
use super::operation::Ask;
use super::service::{Desk, xml_answer};
use super::state::{Bucket, Content, Version, Versioning};
use super::xml::{document, element};
use crate::policy::Context;
use crate::sandbox::{Response, ServiceError};

/// The largest object that one call may bring, in bytes; S3's own limit of 5 GB is beyond what the sandbox keeps.
const LARGEST: usize = 100 * 1024 * 1024;

/// What a query may set in the answer instead of what the object has.
const OVERRIDES: [&str; 6] = [
    "content-type",
    "content-language",
    "expires",
    "cache-control",
    "content-disposition",
    "content-encoding",
];

pub(super) fn put(desk: &Desk<'_>, ask: &Ask) -> Result<Response, ServiceError> {
    key_fits(&ask.key)?;
    let body = &desk.body.body;
    if body.len() > LARGEST {
        return Err(ServiceError::new(
            400,
            "EntityTooLarge",
            "Your proposed upload exceeds the maximum allowed size",
        ));
    }
    let checksum = verify(desk.request, &desk.body.trailers, body, Algorithm::Crc64Nvme)?;
    let (headers, tags) = (given(desk.request)?, tags(desk.request)?);
    let content = Content::of(body.clone(), &desk.s3.keeper)?;
    let mut state = desk.s3.state();
    let bucket = state.bucket_mut(&ask.bucket)?;
    check_list(desk.request, bucket)?;
    for_write(desk.request, bucket.current(&ask.key), &ask.key)?;
    let version = Version {
        id: new_id(desk, bucket),
        modified: desk.now,
        marker: false,
        etag: md5_hex(body),
        size: body.len(),
        headers,
        tags,
        checksum: Some(checksum.clone()),
        parts: Vec::new(),
        content,
    };
    let mut answer = Response::empty(200)
        .with_header("etag", &format!("\"{}\"", version.etag))
        .with_header("x-amz-server-side-encryption", "AES256")
        .with_header(&format!("x-amz-checksum-{}", checksum.algorithm.to_ascii_lowercase()), &checksum.value)
        .with_header("x-amz-checksum-type", checksum.kind());
    if bucket.facts.versioning.is_some() {
        answer = answer.with_header("x-amz-version-id", &version.id);
    }
    bucket.insert(&ask.key, version);
    Ok(answer)
}

/// The id of a version to be made.
pub(super) fn new_id(desk: &Desk<'_>, bucket: &Bucket) -> String {
    match bucket.facts.versioning {
        Some(Versioning::Enabled) => desk.s3.version_id(),
        _ => "null".to_owned(),
    }
}

/// Finds what a read is about. Whether a key is missing is told only to those that may list the bucket.
pub(super) fn find<'a>(
    desk: &Desk<'_>,
    bucket: &'a Bucket,
    name: &str,
    key: &str,
    id: Option<&str>,
) -> Result<&'a Version, ServiceError> {
    let version = match bucket.version(key, id) {
        Ok(version) => version,
        Err(_) if !may_list(desk, bucket, name) => return Err(access_denied()),
        Err(missing) => return Err(missing),
    };
    if version.marker {
        return Err(if id.is_some() {
            method_not_allowed(desk.request.method.as_str()).with("ResourceType", "DeleteMarker")
        } else if may_list(desk, bucket, name) {
            no_such_key(key)
        } else {
            access_denied()
        });
    }
    Ok(version)
}

fn may_list(desk: &Desk<'_>, bucket: &Bucket, name: &str) -> bool {
    let access = on(bucket, name, "", "s3:ListBucket".to_owned(), desk.scope);
    let keys = crate::sandbox::authority::request_keys(desk.request, desk.caller, desk.scope);
    desk.s3.authority.decide(desk.caller, &access, keys).is_allowed()
}

/// Whether the caller may do one thing to an object.
pub(super) fn may(
    desk: &Desk<'_>,
    bucket: &Bucket,
    name: &str,
    key: &str,
    action: &str,
    own: Context,
) -> bool {
    let mut access = on(bucket, name, key, action.to_owned(), desk.scope);
    access.context.extend(own);
    let keys = crate::sandbox::authority::request_keys(desk.request, desk.caller, desk.scope);
    desk.s3.authority.decide(desk.caller, &access, keys).is_allowed()
}

pub(super) fn get(desk: &Desk<'_>, ask: &Ask) -> Result<Response, ServiceError> {
    let state = desk.s3.state();
    let bucket = state.bucket(&ask.bucket)?;
    let version = find(desk, bucket, &ask.bucket, &ask.key, ask.value("versionId"))?;
    let versioned = bucket.facts.versioning.is_some();
    if for_read(desk.request, version, "")? == Outcome::NotModified {
        return Ok(Response::empty(304)
            .with_header("etag", &format!("\"{}\"", version.etag))
            .with_header("last-modified", &http_date(version.modified)));
    }
    let whole = version.content.bytes.clone();
    let mut answer = describe(Response::empty(200), version, versioned);
    for name in OVERRIDES {
        if let Some(value) = ask.value(&format!("response-{name}")) {
            answer = answer.with_header(name, value);
        }
    }
    let mut range = desk.request.header("range").and_then(|text| read_range(text, whole.len()));
    if let Some(part) = ask.value("partNumber") {
        if range.is_some() {
            return Err(invalid_request("Cannot specify both Range header and partNumber query parameter"));
        }
        range = Some(part_range(part, version)?);
        if !version.parts.is_empty() {
            answer = answer.with_header("x-amz-mp-parts-count", &version.parts.len().to_string());
        }
    }
    match range {
        None => {
            if desk
                .request
                .header("x-amz-checksum-mode")
                .is_some_and(|mode| mode.eq_ignore_ascii_case("ENABLED"))
                && let Some(checksum) = &version.checksum
            {
                let name = format!("x-amz-checksum-{}", checksum.algorithm.to_ascii_lowercase());
                answer = answer
                    .with_header(&name, &checksum.value)
                    .with_header("x-amz-checksum-type", checksum.kind());
            }
            answer.body = whole;
        }
        Some(Err(Unsatisfiable)) => {
            let asked = desk.request.header("range").unwrap_or_default();
            return Err(ServiceError::new(416, "InvalidRange", "The requested range is not satisfiable")
                .with("RangeRequested", asked)
                .with("ActualObjectSize", whole.len().to_string()));
        }
        Some(Ok((from, to))) => {
            answer.status = http::StatusCode::PARTIAL_CONTENT;
            answer = answer.with_header("content-range", &format!("bytes {from}-{to}/{}", whole.len()));
            answer.body = slice(&whole, from, to);
        }
    }
    Ok(answer)
}

/// A range that lies outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unsatisfiable;

/// Takes bytes out, both ends included.
pub(super) fn slice(bytes: &Bytes, from: usize, to: usize) -> Bytes {
    if bytes.is_empty() { Bytes::new() } else { bytes.slice(from..=to.min(bytes.len() - 1)) }
}

/// Reads one range of bytes, as first and last byte; `None` for what is no range, or several, which S3 answers with everything.
pub(super) fn read_range(text: &str, size: usize) -> Option<Result<(usize, usize), Unsatisfiable>> {
    let (from, to) = text.trim().strip_prefix("bytes=")?.split_once('-')?;
    let (from, to) = (from.trim(), to.trim());
    if from.is_empty() {
        let last: usize = to.parse().ok()?;
        return Some(if last == 0 || size == 0 {
            Err(Unsatisfiable)
        } else {
            Ok((size.saturating_sub(last), size - 1))
        });
    }
    let from: usize = from.parse().ok()?;
    let to: usize = if to.is_empty() { usize::MAX } else { to.parse().ok()? };
    if from > to {
        return None;
    }
    Some(if from >= size { Err(Unsatisfiable) } else { Ok((from, to.min(size - 1))) })
}

fn part_range(text: &str, version: &Version) -> Result<Result<(usize, usize), Unsatisfiable>, ServiceError> {
    let number = part_number(text)? as usize;
    let sizes = if version.parts.is_empty() { std::slice::from_ref(&version.size) } else { &version.parts };
    let Some(size) = sizes.get(number - 1) else {
        return Err(ServiceError::new(
            416,
            "InvalidPartNumber",
            "The requested partnumber is not satisfiable",
        ));
    };
    let from: usize = sizes[..number - 1].iter().sum();
    Ok(Ok((from, (from + size).saturating_sub(1))))
}

pub(super) fn attributes(desk: &Desk<'_>, ask: &Ask) -> Result<Response, ServiceError> {
    let wanted: Vec<&str> = desk
        .request
        .headers
        .get_all("x-amz-object-attributes")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    if wanted.is_empty() {
        return Err(invalid_request(
            "The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty",
        ));
    }
    let state = desk.s3.state();
    let bucket = state.bucket(&ask.bucket)?;
    let version = find(desk, bucket, &ask.bucket, &ask.key, ask.value("versionId"))?;
    let mut inner = String::new();
    for attribute in wanted {
        match attribute {
            "ETag" => inner.push_str(&element("ETag", &version.etag)),
            "ObjectSize" => inner.push_str(&element("ObjectSize", &version.size.to_string())),
            "StorageClass" => inner.push_str(&element(
                "StorageClass",
                version.headers.get("x-amz-storage-class").map_or("STANDARD", String::as_str),
            )),
            "Checksum" => {
                if let Some(checksum) = &version.checksum {
                    let value = element(&format!("Checksum{}", checksum.algorithm), &checksum.value);
                    inner.push_str(&format!(
                        "<Checksum>{value}{}</Checksum>",
                        element("ChecksumType", checksum.kind())
                    ));
                }
            }
            "ObjectParts" if !version.parts.is_empty() => {
                let count = element("PartsCount", &version.parts.len().to_string());
                inner.push_str(&format!("<ObjectParts>{count}</ObjectParts>"));
            }
            _ => {}
        }
    }
    let mut answer = xml_answer(200, document("GetObjectAttributesResponse", &inner))
        .with_header("last-modified", &http_date(version.modified));
    if bucket.facts.versioning.is_some() {
        answer = answer.with_header("x-amz-version-id", &version.id);
    }
    Ok(answer)
}

pub(super) fn acl(desk: &Desk<'_>, ask: &Ask) -> Result<Response, ServiceError> {
    let state = desk.s3.state();
    let bucket = state.bucket(&ask.bucket)?;
    find(desk, bucket, &ask.bucket, &ask.key, ask.value("versionId"))?;
    Ok(xml_answer(200, document("AccessControlPolicy", &access_control(&bucket.facts.owner))))
}

pub(super) fn put_acl(desk: &Desk<'_>, ask: &Ask) -> Result<Response, ServiceError> {
    let state = desk.s3.state();
    let bucket = state.bucket(&ask.bucket)?;
    find(desk, bucket, &ask.bucket, &ask.key, ask.value("versionId"))?;
    if !bucket.takes_lists() {
        return Err(super::configuration::no_lists());
    }
    // These two give the owner full control, which is what every object here has.
    let canned = desk.request.header("x-amz-acl").unwrap_or_default();
    if ["private", "bucket-owner-full-control"].contains(&canned) {
        return Ok(Response::empty(200));
    }
    Err(ServiceError::not_covered(
        "s3",
        "PutObjectAcl with other lists than private and bucket-owner-full-control",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_http_has_them() {
        assert_eq!(read_range("bytes=1-2", 5), Some(Ok((1, 2))));
        assert_eq!(read_range("bytes=3-", 5), Some(Ok((3, 4))));
        assert_eq!(read_range("bytes=-2", 5), Some(Ok((3, 4))));
        assert_eq!(read_range("bytes=-9", 5), Some(Ok((0, 4))));
        assert_eq!(read_range("bytes=0-99", 5), Some(Ok((0, 4))));
        assert_eq!(read_range("bytes=5-", 5), Some(Err(Unsatisfiable)));
        assert_eq!(read_range("bytes=0-", 0), Some(Err(Unsatisfiable)));
        for all in
            ["bytes=2-1", "bytes=a-", "bytes=0-1,3-4", "lines=1-2", "bytes=-", "bytes=18446744073709551616-"]
        {
            assert_eq!(read_range(all, 5), None, "{all}");
        }
    }
}
