use super::buckets::read as read_body;
use super::fault::malformed_xml;
use super::objects::find;
use super::operation::Ask;
use super::service::{Desk, xml_answer};
use super::xml::{Element, document, element};
use crate::sandbox::{Response, ServiceError};

/// Checks tags: at most so many, no key twice, keys to 128 characters, values to 256.
pub(super) fn check(tags: &[(String, String)], most: usize) -> Result<(), ServiceError> {
    if tags.len() > most {
        let what = if most == 10 {
            "Object tags cannot be greater than 10"
        } else {
            "Bucket tag count cannot be greater than 50"
        };
        return Err(ServiceError::new(400, "BadRequest", what));
    }
    let invalid = |message: &str| ServiceError::new(400, "InvalidTag", message);
    for (index, (key, value)) in tags.iter().enumerate() {
        if key.is_empty() || key.chars().count() > 128 {
            return Err(invalid("The TagKey you have provided is invalid").with("TagKey", key.as_str()));
        }
        if value.chars().count() > 256 {
            return Err(invalid("The TagValue you have provided is invalid").with("TagValue", value.as_str()));
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(invalid("System tags cannot be added/updated by requester"));
        }
        if tags[..index].iter().any(|(other, _)| other == key) {
            return Err(
                invalid("Cannot provide multiple Tags with the same key").with("TagKey", key.as_str())
            );
        }
    }
    Ok(())
}

/// Reads a `Tagging` document.
pub(super) fn read(document: &Element, most: usize) -> Result<Vec<(String, String)>, ServiceError> {
    let set = document.child("TagSet").ok_or_else(malformed_xml)?;
    let tags = set
        .all("Tag")
        .map(|tag| Some((tag.value("Key")?.to_owned(), tag.value("Value")?.to_owned())))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(malformed_xml)?;
    check(&tags, most)?;
    Ok(tags)
}

pub(super) fn get(desk: &Desk<'_>, ask: &Ask) -> Result<Response, ServiceError> {
    let state = desk.s3.state();
    let bucket = state.bucket(&ask.bucket)?;
    let version = find(desk, bucket, &ask.bucket, &ask.key, ask.value("versionId"))?;
    let tags: String = version
        .tags
        .iter()
        .map(|(key, value)| format!("<Tag>{}{}</Tag>", element("Key", key), element("Value", value)))
        .collect();
    let mut answer = xml_answer(200, document("Tagging", &format!("<TagSet>{tags}</TagSet>")));
    if bucket.facts.versioning.is_some() {
        answer = answer.with_header("x-amz-version-id", &version.id);
    }
    Ok(answer)
}

pub(super) fn put(desk: &Desk<'_>, ask: &Ask) -> Result<Response, ServiceError> {
    let tags = read(&read_body(desk, "Tagging")?, 10)?;
    set(desk, ask, tags, 200)
}

pub(super) fn delete(desk: &Desk<'_>, ask: &Ask) -> Result<Response, ServiceError> {
    set(desk, ask, Vec::new(), 204)
}

fn set(
    desk: &Desk<'_>,
    ask: &Ask,
    tags: Vec<(String, String)>,
    status: u16,
) -> Result<Response, ServiceError> {
    let mut state = desk.s3.state();
    let bucket = state.bucket_mut(&ask.bucket)?;
    let versioned = bucket.facts.versioning.is_some();
    find(desk, bucket, &ask.bucket, &ask.key, ask.value("versionId"))?;
    let version = bucket.version_mut(&ask.key, ask.value("versionId"))?;
    version.tags = tags;
    let answer = Response::empty(status);
    Ok(if versioned { answer.with_header("x-amz-version-id", &version.id) } else { answer })
}
