use percent_encoding::percent_decode_str;

use super::checksum::{Algorithm, Checksum, md5_hex};
use super::conditions::{Outcome, for_read};
use super::fault::{invalid_argument, invalid_request, precondition_failed};
use super::headers::{check_list, given, iso_date, key_fits, tags};
use super::multipart::keep_part;
use super::objects::{Unsatisfiable, find, new_id, read_range, slice};
use super::operation::Ask;
use super::service::{Desk, xml_answer};
use super::state::{Content, Version};
use super::xml::{document, element};
use crate::sandbox::{Request, Response, ServiceError};

/// What a copy is made from: the header `x-amz-copy-source`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) bucket: String,
    pub(super) key: String,
    pub(super) version: Option<String>,
}

impl Source {
    /// Reads `/bucket/key?versionId=...`, escaped.
    pub(super) fn of(request: &Request) -> Result<Self, ServiceError> {
        let text = request.header("x-amz-copy-source").unwrap_or_default();
        let (path, version) = match text.split_once("?versionId=") {
            Some((path, version)) => (path, Some(version.to_owned())),
            None => (text, None),
        };
        let path = percent_decode_str(path).decode_utf8_lossy().into_owned();
        let path = path.strip_prefix('/').unwrap_or(&path);
        match path.split_once('/') {
            Some((bucket, key)) if !bucket.is_empty() && !key.is_empty() => {
                Ok(Self { bucket: bucket.to_owned(), key: key.to_owned(), version })
            }
            _ => Err(invalid_argument(
                "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
                "x-amz-copy-source",
                text,
            )),
        }
    }
}

/// Finds the source and checks the conditions on it.
fn take(desk: &Desk<'_>) -> Result<(Source, Version), ServiceError> {
    let source = Source::of(desk.request)?;
    let state = desk.s3.state();
    let bucket = state.bucket(&source.bucket)?;
    let version = find(desk, bucket, &source.bucket, &source.key, source.version.as_deref())?;
    if for_read(desk.request, version, "x-amz-copy-source-")? == Outcome::NotModified {
        return Err(precondition_failed("x-amz-copy-source-If-None-Match"));
    }
    Ok((source, version.clone()))
}

pub(super) fn object(desk: &Desk<'_>, ask: &Ask) -> Result<Response, ServiceError> {
    key_fits(&ask.key)?;
    let (source, from) = take(desk)?;
    let directive = |name: &str| match desk.request.header(name) {
        None | Some("COPY") => Ok(false),
        Some("REPLACE") => Ok(true),
        Some(other) => Err(invalid_argument(&format!("Unknown {name}"), name, other)),
    };
    let replace = directive("x-amz-metadata-directive")?;
    let new_tags = directive("x-amz-tagging-directive")?;
    let same = source.bucket == ask.bucket && source.key == ask.key && source.version.is_none();
    if same && !replace && !desk.request.headers.contains_key("x-amz-storage-class") {
        return Err(invalid_request(
            "This copy request is illegal because it is trying to copy an object to itself without changing the object's \
             metadata, storage class, website redirect location or encryption attributes.",
        ));
    }
    let own = given(desk.request)?;
    let mut headers = if replace { own.clone() } else { from.headers.clone() };
    if let Some(class) = own.get("x-amz-storage-class") {
        headers.insert("x-amz-storage-class".to_owned(), class.clone());
    }
    let wanted = desk.request.header("x-amz-checksum-algorithm").and_then(Algorithm::parse);
    let checksum = match (wanted, &from.checksum) {
        (None, Some(kept)) if !kept.composite => kept.clone(),
        (wanted, _) => {
            let algorithm = wanted.unwrap_or(Algorithm::Crc64Nvme);
            let value = algorithm.of(&from.content.bytes);
            Checksum { algorithm: algorithm.name().to_owned(), value, composite: false }
        }
    };
    let mut state = desk.s3.state();
    let bucket = state.bucket_mut(&ask.bucket)?;
    check_list(desk.request, bucket)?;
    let version = Version {
        id: new_id(desk, bucket),
        modified: desk.now,
        marker: false,
        etag: md5_hex(&from.content.bytes),
        size: from.size,
        headers,
        tags: if new_tags { tags(desk.request)? } else { from.tags.clone() },
        checksum: Some(checksum.clone()),
        parts: Vec::new(),
        content: from.content.clone(),
    };
    let inner = element("ETag", &format!("\"{}\"", version.etag))
        + &element("LastModified", &iso_date(desk.now))
        + &element(&format!("Checksum{}", checksum.algorithm), &checksum.value)
        + &element("ChecksumType", checksum.kind());
    let mut answer = xml_answer(200, document("CopyObjectResult", &inner))
        .with_header("x-amz-server-side-encryption", "AES256");
    if bucket.facts.versioning.is_some() {
        answer = answer.with_header("x-amz-version-id", &version.id);
    }
    if let Some(version) = &source.version {
        answer = answer.with_header("x-amz-copy-source-version-id", version);
    }
    bucket.insert(&ask.key, version);
    Ok(answer)
}

pub(super) fn part(desk: &Desk<'_>, ask: &Ask) -> Result<Response, ServiceError> {
    let (_, from) = take(desk)?;
    let bytes = match desk.request.header("x-amz-copy-source-range") {
        None => from.content.bytes.clone(),
        Some(text) => match read_range(text, from.size) {
            Some(Ok((first, last))) => slice(&from.content.bytes, first, last),
            Some(Err(Unsatisfiable)) | None => {
                return Err(invalid_argument(
                    "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the \
                     zero-based offsets of the first and last bytes to copy",
                    "x-amz-copy-source-range",
                    text,
                ));
            }
        },
    };
    let part = keep_part(desk, ask, Content::of(bytes, &desk.s3.keeper)?, None)?;
    let inner =
        element("ETag", &format!("\"{}\"", part.etag)) + &element("LastModified", &iso_date(desk.now));
    Ok(xml_answer(200, document("CopyPartResult", &inner)))
}
