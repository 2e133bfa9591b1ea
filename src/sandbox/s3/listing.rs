use std::ops::Bound;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::buckets::canonical_id;
use super::fault::{invalid_argument, no_such_upload};
use super::headers::{iso_date, number};
use super::operation::{Ask, Operation};
use super::service::{Desk, xml_answer};
use super::state::Version;
use super::xml::{document, element};
use crate::sandbox::{Response, ServiceError};

/// What `encoding-type=url` leaves as it is.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

/// How the keys of a listing are written, and which of them are wanted.
struct Frame<'a> {
    encoded: bool,
    prefix: &'a str,
    delimiter: &'a str,
    most: usize,
}

impl<'a> Frame<'a> {
    fn of(ask: &'a Ask, limit: &str) -> Result<Self, ServiceError> {
        let encoded = match ask.value("encoding-type") {
            None => false,
            Some("url") => true,
            Some(other) => {
                return Err(invalid_argument(
                    "Invalid Encoding Method specified in Request",
                    "encoding-type",
                    other,
                ));
            }
        };
        Ok(Self {
            encoded,
            prefix: ask.value("prefix").unwrap_or_default(),
            delimiter: ask.value("delimiter").unwrap_or_default(),
            most: number(ask.query.get(limit).map(String::as_str), limit, 1000)?,
        })
    }

    fn key(&self, name: &str, key: &str) -> String {
        if self.encoded {
            element(name, &utf8_percent_encode(key, KEPT).to_string())
        } else {
            element(name, key)
        }
    }

    /// The common prefix that a key falls under.
    fn group<'k>(&self, key: &'k str) -> Option<&'k str> {
        if self.delimiter.is_empty() {
            return None;
        }
        let rest = &key[self.prefix.len()..];
        rest.find(self.delimiter).map(|at| &key[..self.prefix.len() + at + self.delimiter.len()])
    }

    /// Writes members and groups in order, at most as many as wanted, and returns what was written, how many, and the last
    /// name when there is more. A group at or before `after` was listed already.
    fn write<'k, T>(
        &self,
        keys: impl Iterator<Item = (&'k str, T)>,
        after: &str,
        mut show: impl FnMut(&str, T) -> String,
    ) -> Written {
        let mut written = Written::default();
        let mut groups: Vec<String> = Vec::new();
        for (key, value) in keys {
            let group = self.group(key);
            if let Some(group) = group
                && (groups.last().is_some_and(|last| last == group)
                    || (!after.is_empty() && after.starts_with(group)))
            {
                continue;
            }
            if written.count == self.most {
                written.more = self.most > 0;
                break;
            }
            written.count += 1;
            if let Some(group) = group {
                groups.push(group.to_owned());
                group.clone_into(&mut written.last);
            } else {
                written.members.push_str(&show(key, value));
                key.clone_into(&mut written.last);
            }
        }
        written.groups = groups
            .iter()
            .map(|group| format!("<CommonPrefixes>{}</CommonPrefixes>", self.key("Prefix", group)))
            .collect();
        written
    }

    fn head(&self, ask: &Ask, limit: &str) -> String {
        let mut head = element("Name", &ask.bucket) + &self.key("Prefix", self.prefix);
        if !self.delimiter.is_empty() {
            head.push_str(&self.key("Delimiter", self.delimiter));
        }
        head.push_str(&element(limit, &self.most.to_string()));
        if self.encoded {
            head.push_str(&element("EncodingType", "url"));
        }
        head
    }
}

#[derive(Default)]
struct Written {
    members: String,
    groups: String,
    count: usize,
    /// The last key or group that was written.
    last: String,
    more: bool,
}

pub(super) fn objects(desk: &Desk<'_>, ask: &Ask) -> Result<Response, ServiceError> {
    let state = desk.s3.state();
    let bucket = state.bucket(&ask.bucket)?;
    let frame = Frame::of(ask, "max-keys")?;
    let second = matches!(ask.operation, Operation::ListObjectsV2);
    let token = ask.query.get("continuation-token").filter(|_| second);
    let after = match token {
        Some(token) => URL_SAFE_NO_PAD
            .decode(token)
            .ok()
            .and_then(|raw| String::from_utf8(raw).ok())
            .ok_or_else(|| {
                invalid_argument("The continuation token provided is incorrect", "continuation-token", token)
            })?,
        None => ask.value(if second { "start-after" } else { "marker" }).unwrap_or_default().to_owned(),
    };
    let owners = !second || ask.value("fetch-owner") == Some("true");
    let owner = if owners {
        format!("<Owner>{}</Owner>", element("ID", &canonical_id(&bucket.facts.owner)))
    } else {
        String::new()
    };
    let keys = bucket
        .objects
        .range::<str, _>((Bound::Included(frame.prefix), Bound::Unbounded))
        .take_while(|(key, _)| key.starts_with(frame.prefix))
        .filter(|(key, _)| key.as_str() > after.as_str())
        .filter_map(|(key, versions)| {
            Some((key.as_str(), versions.last().filter(|version| !version.marker)?))
        });
    let written = frame.write(keys, &after, |key, version| {
        format!("<Contents>{}{}{owner}</Contents>", frame.key("Key", key), facts(version))
    });
    let mut inner = frame.head(ask, "MaxKeys");
    if second {
        inner.push_str(&element("KeyCount", &written.count.to_string()));
        if let Some(token) = token {
            inner.push_str(&element("ContinuationToken", token));
        }
        if let Some(after) = ask.value("start-after") {
            inner.push_str(&frame.key("StartAfter", after));
        }
        if written.more {
            inner.push_str(&element("NextContinuationToken", &URL_SAFE_NO_PAD.encode(&written.last)));
        }
    } else {
        inner.push_str(&frame.key("Marker", &after));
        if written.more && !frame.delimiter.is_empty() {
            inner.push_str(&frame.key("NextMarker", &written.last));
        }
    }
    inner.push_str(&element("IsTruncated", if written.more { "true" } else { "false" }));
    inner.push_str(&written.members);
    inner.push_str(&written.groups);
    Ok(xml_answer(200, document("ListBucketResult", &inner))
        .with_header("x-amz-bucket-region", &bucket.facts.region))
}

fn facts(version: &Version) -> String {
    let mut facts = element("LastModified", &iso_date(version.modified))
        + &element("ETag", &format!("\"{}\"", version.etag));
    if let Some(checksum) = &version.checksum {
        facts.push_str(&element("ChecksumAlgorithm", &checksum.algorithm));
        facts.push_str(&element("ChecksumType", checksum.kind()));
    }
    facts
        + &element("Size", &version.size.to_string())
        + &element(
            "StorageClass",
            version.headers.get("x-amz-storage-class").map_or("STANDARD", String::as_str),
        )
}

pub(super) fn versions(desk: &Desk<'_>, ask: &Ask) -> Result<Response, ServiceError> {
    let state = desk.s3.state();
    let bucket = state.bucket(&ask.bucket)?;
    let frame = Frame::of(ask, "max-keys")?;
    let (after, after_id) = (ask.value("key-marker").unwrap_or_default(), ask.value("version-id-marker"));
    if after_id.is_some() && after.is_empty() {
        return Err(invalid_argument(
            "A version-id marker cannot be specified without a key marker.",
            "version-id-marker",
            after_id.unwrap_or_default(),
        ));
    }
    let owner = format!("<Owner>{}</Owner>", element("ID", &canonical_id(&bucket.facts.owner)));
    let all = bucket
        .objects
        .range::<str, _>((Bound::Included(frame.prefix), Bound::Unbounded))
        .take_while(|(key, _)| key.starts_with(frame.prefix))
        .flat_map(|(key, versions)| {
            versions
                .iter()
                .rev()
                .enumerate()
                .map(move |(index, version)| (key.as_str(), (index == 0, version)))
        });
    let mut passed = after_id.is_none();
    let keys = all.filter(|(key, (_, version))| {
        if *key == after && !passed {
            passed = after_id == Some(version.id.as_str());
            return false;
        }
        *key > after || (*key == after && after_id.is_some())
    });
    let mut last_id = String::new();
    let written = frame.write(keys, after, |key, (latest, version)| {
        version.id.clone_into(&mut last_id);
        let named = frame.key("Key", key)
            + &element("VersionId", &version.id)
            + &element("IsLatest", if latest { "true" } else { "false" });
        if version.marker {
            let modified = element("LastModified", &iso_date(version.modified));
            format!("<DeleteMarker>{named}{modified}{owner}</DeleteMarker>")
        } else {
            format!("<Version>{named}{}{owner}</Version>", facts(version))
        }
    });
    let mut inner = frame.head(ask, "MaxKeys");
    inner.push_str(&frame.key("KeyMarker", after));
    inner.push_str(&element("VersionIdMarker", after_id.unwrap_or_default()));
    if written.more {
        inner.push_str(&frame.key("NextKeyMarker", &written.last));
        if frame.group(&written.last).is_none_or(|group| group != written.last) {
            inner.push_str(&element("NextVersionIdMarker", &last_id));
        }
    }
    inner.push_str(&element("IsTruncated", if written.more { "true" } else { "false" }));
    inner.push_str(&written.members);
    inner.push_str(&written.groups);
    Ok(xml_answer(200, document("ListVersionsResult", &inner)))
}

pub(super) fn uploads(desk: &Desk<'_>, ask: &Ask) -> Result<Response, ServiceError> {
    let state = desk.s3.state();
    let bucket = state.bucket(&ask.bucket)?;
    let frame = Frame::of(ask, "max-uploads")?;
    let after = ask.value("key-marker").unwrap_or_default();
    let owner = element("ID", &canonical_id(&bucket.facts.owner));
    let mut all: Vec<_> = bucket
        .uploads
        .iter()
        .filter(|(_, upload)| {
            upload.key.starts_with(frame.prefix) && (after.is_empty() || upload.key.as_str() > after)
        })
        .map(|(id, upload)| (upload.key.as_str(), (id, upload)))
        .collect();
    all.sort_by_key(|(key, (_, upload))| (*key, upload.begun));
    let written = frame.write(all.into_iter(), after, |key, (id, upload)| {
        format!(
            "<Upload>{}{}<Initiator>{owner}</Initiator><Owner>{owner}</Owner>{}{}</Upload>",
            frame.key("Key", key),
            element("UploadId", id),
            element("StorageClass", "STANDARD"),
            element("Initiated", &iso_date(upload.begun))
        )
    });
    let mut inner =
        frame.head(ask, "MaxUploads").replacen("<Name>", "<Bucket>", 1).replacen("</Name>", "</Bucket>", 1);
    inner.push_str(&frame.key("KeyMarker", after));
    if written.more {
        inner.push_str(&frame.key("NextKeyMarker", &written.last));
    }
    inner.push_str(&element("IsTruncated", if written.more { "true" } else { "false" }));
    inner.push_str(&written.members);
    inner.push_str(&written.groups);
    Ok(xml_answer(200, document("ListMultipartUploadsResult", &inner)))
}

pub(super) fn parts(desk: &Desk<'_>, ask: &Ask) -> Result<Response, ServiceError> {
    let state = desk.s3.state();
    let bucket = state.bucket(&ask.bucket)?;
    let id = ask.value("uploadId").unwrap_or_default();
    let upload =
        bucket.uploads.get(id).filter(|upload| upload.key == ask.key).ok_or_else(|| no_such_upload(id))?;
    let most = number(ask.value("max-parts"), "max-parts", 1000)?;
    let after =
        u32::try_from(number(ask.value("part-number-marker").or(Some("0")), "part-number-marker", 10_000)?)
            .unwrap_or(0);
    let mut rest = upload.parts.range(after + 1..);
    let mut inner = element("Bucket", &ask.bucket) + &element("Key", &ask.key) + &element("UploadId", id);
    let mut last = after;
    let mut shown = String::new();
    for (number, part) in rest.by_ref().take(most) {
        last = *number;
        shown.push_str(&format!(
            "<Part>{}{}{}{}{}</Part>",
            element("PartNumber", &number.to_string()),
            element("LastModified", &iso_date(part.modified)),
            element("ETag", &format!("\"{}\"", part.etag)),
            element("Size", &part.size.to_string()),
            element(&format!("Checksum{}", part.checksum.algorithm), &part.checksum.value),
        ));
    }
    let owner = element("ID", &canonical_id(&bucket.facts.owner));
    let more = rest.next().is_some();
    inner.push_str(&format!("<Initiator>{owner}</Initiator><Owner>{owner}</Owner>"));
    inner.push_str(&element("StorageClass", "STANDARD"));
    inner.push_str(&element("PartNumberMarker", &after.to_string()));
    inner.push_str(&element("NextPartNumberMarker", &last.to_string()));
    inner.push_str(&element("MaxParts", &most.to_string()));
    inner.push_str(&element("IsTruncated", if more { "true" } else { "false" }));
    inner.push_str(&shown);
    Ok(xml_answer(200, document("ListPartsResult", &inner)))
}
