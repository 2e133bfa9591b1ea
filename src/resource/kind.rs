use std::collections::BTreeMap;
use std::fmt::Debug;
use std::pin::Pin;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::properties::Properties;
use super::{Schema, Survey};
use crate::aws::{Clients, Failure};
use crate::source::FileTree;

/// The future that a resource type answers with.
pub type Future<'a, T> = Pin<Box<dyn std::future::Future<Output = T> + Send + 'a>>;

/// A resource as a template wants it: intrinsics are resolved.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub logical_id: String,
    /// Its name, if the type has one and `properties` does not say.
    pub name: String,
    pub properties: Value,
    /// The properties' tags and ours.
    pub tags: BTreeMap<String, String>,
    /// What paths in `properties` lead to.
    pub files: Arc<FileTree>,
}

/// A resource that was made, as other resources refer to it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Made {
    /// Physical id: what `Ref` returns.
    pub id: String,
    /// What `Fn::GetAtt` returns.
    #[serde(default)]
    pub attributes: BTreeMap<String, Value>,
}

/// A resource that stands, and what it was last given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(flatten)]
    pub made: Made,
    pub properties: Value,
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// SHA-256 of the files that `properties` names, in base64, as Lambda tells a package's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// A creation that failed; when `made` is there, something stands that has to be deleted again.
#[derive(Debug)]
pub struct Incomplete {
    pub failure: Failure,
    pub made: Option<Made>,
}

/// What can be done with resources of one type.
pub trait ResourceType: Debug + Send + Sync {
    fn schema(&self) -> &'static Schema;

    /// Makes the resource and waits until it can be used.
    fn create<'a>(&'a self, clients: &'a Clients, wanted: &'a Wanted)
    -> Future<'a, Result<Made, Incomplete>>;

    /// Brings a standing resource to what is wanted, in place. Create-only properties are the same in both.
    fn update<'a>(
        &'a self,
        clients: &'a Clients,
        standing: &'a Standing,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Failure>>;

    /// Deletes the resource with whatever hangs on it. One that is not there is fine.
    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>>;

    /// Deletes what a service made by itself for the resource, once everything beside it is gone too: whatever was still running when the
    /// resource was deleted may have made it again.
    fn forget<'a>(&'a self, _clients: &'a Clients, _standing: &'a Standing) -> Future<'a, ()> {
        Box::pin(async {})
    }

    /// Returns the digest of the files that the properties name, if any are.
    fn digest(&self, _wanted: &Wanted) -> Result<Option<String>, Failure> {
        Ok(None)
    }

    /// Reads every resource of the type that stands in account and region, and the parts below it. Types that are
    /// read with their whole have no survey of their own.
    fn survey<'a>(&'a self, _clients: &'a Clients) -> Future<'a, Survey> {
        Box::pin(async { Survey::default() })
    }
}

impl Wanted {
    pub(super) fn properties(&self) -> Properties<'_> {
        Properties(&self.properties)
    }

    /// Returns the name that `property` gives, or the made-up one.
    pub(super) fn name_in(&self, property: &str) -> String {
        self.properties().text(property).unwrap_or_else(|| self.name.clone())
    }
}

impl Standing {
    pub(super) fn properties(&self) -> Properties<'_> {
        Properties(&self.properties)
    }
}

impl Made {
    pub(super) fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), attributes: BTreeMap::new() }
    }

    pub(super) fn with(mut self, attribute: &str, value: impl Into<Value>) -> Self {
        self.attributes.insert(attribute.to_owned(), value.into());
        self
    }

    /// Adds an attribute that is not always there.
    pub(super) fn maybe(self, attribute: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(attribute, json!(value)),
            None => self,
        }
    }
}

impl From<Failure> for Incomplete {
    fn from(failure: Failure) -> Self {
        Self { failure, made: None }
    }
}

impl Incomplete {
    /// Notes what stands although the creation failed.
    pub(super) fn after(made: &Made) -> impl FnOnce(Failure) -> Self {
        let made = Some(made.clone());
        move |failure| Self { failure, made }
    }
}
