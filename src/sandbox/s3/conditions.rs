use super::fault::precondition_failed;
use super::headers::read_date;
use super::state::Version;
use crate::sandbox::{Request, ServiceError};

/// What the conditions of a read come to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Go,
    NotModified,
}

/// Checks the conditions of a read. An entity tag that matches outweighs a date, as RFC 9110 has it.
pub(super) fn for_read(request: &Request, version: &Version, prefix: &str) -> Result<Outcome, ServiceError> {
    let header = |name: &str| request.header(&format!("{prefix}{name}"));
    let seconds = version.modified.div_euclid(1000);
    if let Some(tags) = header("if-match") {
        if !matches_tag(tags, &version.etag) {
            return Err(precondition_failed("If-Match"));
        }
    } else if header("if-unmodified-since").and_then(read_date).is_some_and(|date| seconds > date) {
        return Err(precondition_failed("If-Unmodified-Since"));
    }
    if let Some(tags) = header("if-none-match") {
        if matches_tag(tags, &version.etag) {
            return Ok(Outcome::NotModified);
        }
    } else if header("if-modified-since").and_then(read_date).is_some_and(|date| seconds <= date) {
        return Ok(Outcome::NotModified);
    }
    Ok(Outcome::Go)
}

/// Checks the conditions of a write against what is there.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>
pub(super) fn for_write(request: &Request, current: Option<&Version>, key: &str) -> Result<(), ServiceError> {
    if let Some(tags) = request.header("if-none-match") {
        if tags.trim() != "*" {
            return Err(ServiceError::new(
                501,
                "NotImplemented",
                "A header you provided implies functionality that is not implemented",
            )
            .with("Header", "If-None-Match"));
        }
        if current.is_some() {
            return Err(precondition_failed("If-None-Match"));
        }
    }
    if let Some(tags) = request.header("if-match") {
        let Some(current) = current else { return Err(super::fault::no_such_key(key)) };
        if !matches_tag(tags, &current.etag) {
            return Err(precondition_failed("If-Match"));
        }
    }
    Ok(())
}

fn matches_tag(tags: &str, etag: &str) -> bool {
    tags.split(',')
        .map(str::trim)
        .any(|tag| tag == "*" || tag.trim_start_matches("W/").trim_matches('"') == etag)
}
