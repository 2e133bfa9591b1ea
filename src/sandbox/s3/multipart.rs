use super::buckets::read;
use super::checksum::{Algorithm, Checksum, md5_hex, verify};
use super::conditions::for_write;
use super::fault::{invalid_request, malformed_xml, no_such_upload};
use super::headers::{check_list, given, key_fits, part_number, tags};
use super::objects::new_id;
use super::operation::Ask;
use super::service::{Desk, xml_answer};
use super::state::{Content, Part, Upload, Version};
use super::xml::{document, element};
use crate::sandbox::{Response, ServiceError};

/// Every part but the last has at least 5 MiB.
const SMALLEST: usize = 5 * 1024 * 1024;

pub(super) fn create(desk: &Desk<'_>, ask: &Ask) -> Result<Response, ServiceError> {
    key_fits(&ask.key)?;
    let algorithm = match desk.request.header("x-amz-checksum-algorithm") {
        None => None,
        Some(name) => Some(Algorithm::parse(name).ok_or_else(|| {
            invalid_request("Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]")
        })?),
    };
    let full_object = desk
        .request
        .header("x-amz-checksum-type")
        .map_or(algorithm == Some(Algorithm::Crc64Nvme), |kind| kind == "FULL_OBJECT");
    let upload = Upload {
        key: ask.key.clone(),
        begun: desk.now,
        headers: given(desk.request)?,
        tags: tags(desk.request)?,
        algorithm: algorithm.map(|algorithm| algorithm.name().to_owned()),
        full_object,
        parts: std::collections::BTreeMap::new(),
    };
    let id =
        desk.s3.random.characters(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._", 96);
    let mut state = desk.s3.state();
    let bucket = state.bucket_mut(&ask.bucket)?;
    check_list(desk.request, bucket)?;
    bucket.uploads.insert(id.clone(), upload);
    let inner = element("Bucket", &ask.bucket) + &element("Key", &ask.key) + &element("UploadId", &id);
    let mut answer = xml_answer(200, document("InitiateMultipartUploadResult", &inner))
        .with_header("x-amz-server-side-encryption", "AES256");
    if let Some(algorithm) = algorithm {
        answer = answer
            .with_header("x-amz-checksum-algorithm", algorithm.name())
            .with_header("x-amz-checksum-type", if full_object { "FULL_OBJECT" } else { "COMPOSITE" });
    }
    Ok(answer)
}

pub(super) fn part(desk: &Desk<'_>, ask: &Ask) -> Result<Response, ServiceError> {
    let default = upload_algorithm(desk, ask)?;
    let checksum = verify(desk.request, &desk.body.trailers, &desk.body.body, default)?;
    let part = keep_part(desk, ask, Content::of(desk.body.body.clone(), &desk.s3.keeper)?, Some(checksum))?;
    Ok(Response::empty(200)
        .with_header("etag", &format!("\"{}\"", part.etag))
        .with_header("x-amz-server-side-encryption", "AES256")
        .with_header(
            &format!("x-amz-checksum-{}", part.checksum.algorithm.to_ascii_lowercase()),
            &part.checksum.value,
        ))
}

fn upload_algorithm(desk: &Desk<'_>, ask: &Ask) -> Result<Algorithm, ServiceError> {
    let state = desk.s3.state();
    let id = ask.value("uploadId").unwrap_or_default();
    let upload = state.bucket(&ask.bucket)?.uploads.get(id).filter(|upload| upload.key == ask.key);
    let upload = upload.ok_or_else(|| no_such_upload(id))?;
    Ok(upload.algorithm.as_deref().and_then(Algorithm::parse).unwrap_or(Algorithm::Crc64Nvme))
}

/// Puts a part into its upload; one of the same number is replaced.
pub(super) fn keep_part(
    desk: &Desk<'_>,
    ask: &Ask,
    content: Content,
    checksum: Option<Checksum>,
) -> Result<Part, ServiceError> {
    let number = part_number(ask.value("partNumber").unwrap_or_default())?;
    let algorithm = upload_algorithm(desk, ask)?;
    let checksum = checksum.unwrap_or_else(|| Checksum {
        algorithm: algorithm.name().to_owned(),
        value: algorithm.of(&content.bytes),
        composite: false,
    });
    let part = Part {
        etag: md5_hex(&content.bytes),
        modified: desk.now,
        checksum,
        size: content.bytes.len(),
        content,
    };
    let id = ask.value("uploadId").unwrap_or_default();
    let mut state = desk.s3.state();
    let upload = state.bucket_mut(&ask.bucket)?.uploads.get_mut(id).ok_or_else(|| no_such_upload(id))?;
    upload.parts.insert(number, part.clone());
    Ok(part)
}

pub(super) fn abort(desk: &Desk<'_>, ask: &Ask) -> Result<Response, ServiceError> {
    let id = ask.value("uploadId").unwrap_or_default();
    let mut state = desk.s3.state();
    let uploads = &mut state.bucket_mut(&ask.bucket)?.uploads;
    if uploads.get(id).is_none_or(|upload| upload.key != ask.key) {
        return Err(no_such_upload(id));
    }
    uploads.remove(id);
    Ok(Response::empty(204))
}

pub(super) fn complete(desk: &Desk<'_>, ask: &Ask) -> Result<Response, ServiceError> {
    let id = ask.value("uploadId").unwrap_or_default();
    let read = read(desk, "CompleteMultipartUpload")?;
    let mut state = desk.s3.state();
    let bucket = state.bucket_mut(&ask.bucket)?;
    let upload =
        bucket.uploads.get(id).filter(|upload| upload.key == ask.key).ok_or_else(|| no_such_upload(id))?;
    let mut chosen: Vec<&Part> = Vec::new();
    let mut before = 0;
    for wanted in read.all("Part") {
        let number: u32 =
            wanted.value("PartNumber").and_then(|text| text.trim().parse().ok()).ok_or_else(malformed_xml)?;
        let etag = wanted.value("ETag").ok_or_else(malformed_xml)?.trim().trim_matches('"');
        if number <= before {
            return Err(ServiceError::new(
                400,
                "InvalidPartOrder",
                "The list of parts was not in ascending order. Parts must be ordered by part number.",
            ));
        }
        before = number;
        let part = upload.parts.get(&number).filter(|part| part.etag == etag).ok_or_else(|| {
            ServiceError::new(
                400,
                "InvalidPart",
                "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified \
                 entity tag may not match the part's entity tag.",
            )
            .with("UploadId", id)
            .with("PartNumber", number.to_string())
            .with("ETag", etag)
        })?;
        chosen.push(part);
    }
    if chosen.is_empty() {
        return Err(malformed_xml());
    }
    if let Some(small) = chosen[..chosen.len() - 1].iter().find(|part| part.size < SMALLEST) {
        return Err(ServiceError::new(
            400,
            "EntityTooSmall",
            "Your proposed upload is smaller than the minimum allowed size",
        )
        .with("ProposedSize", small.size.to_string())
        .with("MinSizeAllowed", SMALLEST.to_string())
        .with("ETag", small.etag.as_str()));
    }
    for_write(desk.request, bucket.current(&ask.key), &ask.key)?;
    let version = assemble(desk, upload, &chosen, new_id(desk, bucket))?;
    let mut inner = element(
        "Location",
        &format!("http://{}/{}/{}", desk.request.header("host").unwrap_or("localhost"), ask.bucket, ask.key),
    ) + &element("Bucket", &ask.bucket)
        + &element("Key", &ask.key)
        + &element("ETag", &format!("\"{}\"", version.etag));
    if let Some(checksum) = &version.checksum {
        inner.push_str(&element(&format!("Checksum{}", checksum.algorithm), &checksum.value));
        inner.push_str(&element("ChecksumType", checksum.kind()));
    }
    let mut answer = xml_answer(200, document("CompleteMultipartUploadResult", &inner))
        .with_header("x-amz-server-side-encryption", "AES256");
    if bucket.facts.versioning.is_some() {
        answer = answer.with_header("x-amz-version-id", &version.id);
    }
    bucket.insert(&ask.key, version);
    bucket.uploads.remove(id);
    Ok(answer)
}

/// Joins parts. The entity tag is the MD5 of the parts' MD5s, with their number.
fn assemble(desk: &Desk<'_>, upload: &Upload, parts: &[&Part], id: String) -> Result<Version, ServiceError> {
    let count = parts.len();
    let mut whole = Vec::with_capacity(parts.iter().map(|part| part.size).sum());
    let mut digests = Vec::new();
    for part in parts {
        whole.extend_from_slice(&part.content.bytes);
        digests.extend(hex::decode(&part.etag).unwrap_or_default());
    }
    let algorithm = upload.algorithm.as_deref().and_then(Algorithm::parse);
    let checksum = match algorithm {
        Some(algorithm) if !upload.full_object => Checksum {
            algorithm: algorithm.name().to_owned(),
            value: format!(
                "{}-{count}",
                algorithm.of_parts(parts.iter().map(|part| part.checksum.value.as_str()))
            ),
            composite: true,
        },
        algorithm => {
            let algorithm = algorithm.unwrap_or(Algorithm::Crc64Nvme);
            Checksum { algorithm: algorithm.name().to_owned(), value: algorithm.of(&whole), composite: false }
        }
    };
    Ok(Version {
        id,
        modified: desk.now,
        marker: false,
        etag: format!("{}-{count}", md5_hex(&digests)),
        size: whole.len(),
        headers: upload.headers.clone(),
        tags: upload.tags.clone(),
        checksum: Some(checksum),
        parts: parts.iter().map(|part| part.size).collect(),
        content: Content::of(whole.into(), &desk.s3.keeper)?,
    })
}
