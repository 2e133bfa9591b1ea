use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::checksum::Checksum;
use super::fault::{no_such_bucket, no_such_key, no_such_version};
use crate::policy::Policy;
use crate::sandbox::keeping::Keeper;
use crate::sandbox::{AccountId, ServiceError};

/// All buckets, of all accounts.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) buckets: BTreeMap<String, Bucket>,
}

/// A bucket with its objects. Times are milliseconds since 1970.
#[derive(Debug, Default)]
pub(super) struct Bucket {
    pub(super) facts: Facts,
    /// The bucket policy, parsed.
    pub(super) policy: Option<Arc<Policy>>,
    /// The versions of each key, the newest last.
    pub(super) objects: BTreeMap<String, Vec<Version>>,
    pub(super) uploads: BTreeMap<String, Upload>,
}

/// What a bucket is, apart from its objects.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub(super) struct Facts {
    pub(super) owner: String,
    pub(super) region: String,
    pub(super) created: i64,
    pub(super) versioning: Option<Versioning>,
    /// By subresource (`cors`, `policy`): the inner XML, or the policy's JSON.
    pub(super) configurations: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Versioning {
    Enabled,
    Suspended,
}

/// One version of an object, or a delete marker.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Version {
    /// `null` where the bucket had no versioning.
    pub(super) id: String,
    pub(super) modified: i64,
    pub(super) marker: bool,
    /// Without quotes.
    pub(super) etag: String,
    pub(super) size: usize,
    /// What the client gave along: content type and its like, `x-amz-meta-*`.
    pub(super) headers: BTreeMap<String, String>,
    pub(super) tags: Vec<(String, String)>,
    pub(super) checksum: Option<Checksum>,
    /// Sizes of the parts that it was uploaded in.
    pub(super) parts: Vec<usize>,
    pub(super) content: Content,
}

/// An upload in parts that is not complete.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Upload {
    pub(super) key: String,
    pub(super) begun: i64,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) tags: Vec<(String, String)>,
    pub(super) algorithm: Option<String>,
    /// Whether the whole object's checksum is wanted, not that of the parts.
    pub(super) full_object: bool,
    pub(super) parts: BTreeMap<u32, Part>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Part {
    pub(super) etag: String,
    pub(super) modified: i64,
    pub(super) checksum: Checksum,
    pub(super) content: Content,
    pub(super) size: usize,
}

/// The bytes of an object.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Content {
    #[serde(skip)]
    pub(super) bytes: Bytes,
    /// By which they are found on disk; empty where nothing is kept there.
    #[serde(rename = "content")]
    pub(super) digest: String,
}

impl State {
    pub(super) fn bucket(&self, name: &str) -> Result<&Bucket, ServiceError> {
        self.buckets.get(name).ok_or_else(|| no_such_bucket(name))
    }

    pub(super) fn bucket_mut(&mut self, name: &str) -> Result<&mut Bucket, ServiceError> {
        self.buckets.get_mut(name).ok_or_else(|| no_such_bucket(name))
    }

    pub(super) fn reset(&mut self, account: Option<&AccountId>) {
        self.buckets
            .retain(|_, bucket| account.is_some_and(|account| bucket.facts.owner != account.as_str()));
    }

    /// Counts the buckets of an account.
    pub(super) fn count(&self, account: &AccountId) -> usize {
        self.buckets.values().filter(|bucket| bucket.facts.owner == account.as_str()).count()
    }
}

impl Bucket {
    pub(super) fn owner(&self) -> Option<AccountId> {
        AccountId::parse(&self.facts.owner)
    }

    /// The newest version of a key, unless that is a delete marker.
    pub(super) fn current(&self, key: &str) -> Option<&Version> {
        self.objects.get(key)?.last().filter(|version| !version.marker)
    }

    /// Finds the version that a call names, or the newest one. A delete marker is found too.
    pub(super) fn version(&self, key: &str, id: Option<&str>) -> Result<&Version, ServiceError> {
        let versions = self.objects.get(key);
        match id {
            None => versions.and_then(|versions| versions.last()).ok_or_else(|| no_such_key(key)),
            Some(id) => versions
                .and_then(|versions| versions.iter().find(|version| version.id == id))
                .ok_or_else(|| no_such_version(key, id)),
        }
    }

    pub(super) fn version_mut(&mut self, key: &str, id: Option<&str>) -> Result<&mut Version, ServiceError> {
        let versions = self.objects.get_mut(key);
        match id {
            None => versions
                .and_then(|versions| versions.last_mut())
                .filter(|version| !version.marker)
                .ok_or_else(|| no_such_key(key)),
            Some(id) => versions
                .and_then(|versions| versions.iter_mut().find(|version| version.id == id))
                .ok_or_else(|| no_such_version(key, id)),
        }
    }

    /// Makes a version the newest of its key. Without versioning, or while it is suspended, it takes the place of the one that
    /// is called `null`.
    pub(super) fn insert(&mut self, key: &str, version: Version) {
        let versions = self.objects.entry(key.to_owned()).or_default();
        if version.id == "null" {
            versions.retain(|kept| kept.id != "null");
        }
        versions.push(version);
    }

    /// Removes a version; the key goes with its last one.
    pub(super) fn remove(&mut self, key: &str, id: &str) -> Option<Version> {
        let versions = self.objects.get_mut(key)?;
        let at = versions.iter().position(|version| version.id == id)?;
        let removed = versions.remove(at);
        if versions.is_empty() {
            self.objects.remove(key);
        }
        Some(removed)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }
}

impl Content {
    /// Puts bytes where they outlive the process, if anything does.
    pub(super) fn of(bytes: Bytes, keeper: &Keeper) -> Result<Self, ServiceError> {
        let digest = keeper.put_content(&bytes).map_err(|reason| {
            ServiceError::new(
                503,
                "ServiceUnavailable",
                format!("The sandbox cannot keep the object: {reason}"),
            )
        })?;
        Ok(Self { bytes, digest })
    }
}

/// Query parameters that a request came with.
pub(super) type Query = HashMap<String, String>;
