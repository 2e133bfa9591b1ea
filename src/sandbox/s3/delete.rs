use super::buckets::read;
use super::fault::malformed_xml;
use super::objects::may;
use super::operation::Ask;
use super::service::{Desk, xml_answer};
use super::state::{Bucket, Content, Version, Versioning};
use super::xml::{document, element};
use crate::policy::Context;
use crate::sandbox::{Response, ServiceError};

/// What a deletion did.
struct Deleted {
    /// The version that went, or the marker that came; `None` in a bucket without versions.
    version: Option<String>,
    marker: bool,
}

/// Deletes a version for good, or puts a delete marker on top, or, without versioning, the object.
fn delete(desk: &Desk<'_>, bucket: &mut Bucket, key: &str, id: Option<&str>) -> Deleted {
    if let Some(id) = id {
        let marker = bucket.remove(key, id).is_some_and(|version| version.marker);
        return Deleted { version: Some(id.to_owned()), marker };
    }
    let id = match bucket.facts.versioning {
        None => {
            bucket.remove(key, "null");
            return Deleted { version: None, marker: false };
        }
        Some(Versioning::Enabled) => desk.s3.version_id(),
        Some(Versioning::Suspended) => "null".to_owned(),
    };
    let marker = Version {
        id: id.clone(),
        modified: desk.now,
        marker: true,
        etag: String::new(),
        size: 0,
        headers: std::collections::BTreeMap::new(),
        tags: Vec::new(),
        checksum: None,
        parts: Vec::new(),
        content: Content::default(),
    };
    bucket.insert(key, marker);
    Deleted { version: Some(id), marker: true }
}

pub(super) fn one(desk: &Desk<'_>, ask: &Ask) -> Result<Response, ServiceError> {
    let mut state = desk.s3.state();
    let bucket = state.bucket_mut(&ask.bucket)?;
    if let Some(tags) = desk.request.header("if-match") {
        let there = bucket.current(&ask.key);
        if there.is_none_or(|version| tags.trim_matches('"') != version.etag && tags != "*") {
            return Err(super::fault::precondition_failed("If-Match"));
        }
    }
    let deleted = delete(desk, bucket, &ask.key, ask.value("versionId"));
    let mut answer = Response::empty(204);
    if let Some(version) = deleted.version {
        answer = answer.with_header("x-amz-version-id", &version);
    }
    if deleted.marker {
        answer = answer.with_header("x-amz-delete-marker", "true");
    }
    Ok(answer)
}

pub(super) fn many(desk: &Desk<'_>, ask: &Ask) -> Result<Response, ServiceError> {
    let read = read(desk, "Delete")?;
    let quiet = read.value("Quiet") == Some("true");
    let objects: Vec<_> = read.all("Object").collect();
    if objects.is_empty() || objects.len() > 1000 {
        return Err(malformed_xml());
    }
    let mut state = desk.s3.state();
    let bucket = state.bucket_mut(&ask.bucket)?;
    let mut inner = String::new();
    for object in objects {
        let key = object.value("Key").filter(|key| !key.is_empty()).ok_or_else(malformed_xml)?;
        let id = object.value("VersionId").filter(|id| !id.is_empty());
        let action = if id.is_some() { "s3:DeleteObjectVersion" } else { "s3:DeleteObject" };
        let named = element("Key", key) + &id.map(|id| element("VersionId", id)).unwrap_or_default();
        if !may(desk, bucket, &ask.bucket, key, action, Context::new()) {
            let why = element("Code", "AccessDenied") + &element("Message", "Access Denied");
            inner.push_str(&format!("<Error>{named}{why}</Error>"));
            continue;
        }
        let deleted = delete(desk, bucket, key, id);
        if quiet {
            continue;
        }
        inner.push_str(&format!("<Deleted>{named}"));
        if deleted.marker {
            inner.push_str(&element("DeleteMarker", "true"));
            inner.push_str(&element("DeleteMarkerVersionId", &deleted.version.unwrap_or_default()));
        }
        inner.push_str("</Deleted>");
    }
    Ok(xml_answer(200, document("DeleteResult", &inner)))
}
