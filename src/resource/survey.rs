use serde_json::Value;

use crate::aws::{ErrorClass, Failure};
use crate::evidence::{Gap, Resource};

use super::{LOGICAL_ID_TAG, Schema};

/// What a look at an account brought: resources, and what could not be seen.
#[derive(Debug, Default)]
pub struct Survey {
    pub resources: Vec<Resource>,
    pub gaps: Vec<Gap>,
}

impl Survey {
    /// Notes a failed look. What vanished between being listed and being read is no gap.
    pub(super) fn gap(&mut self, what: impl Into<String>, failure: &Failure) {
        if failure.class != ErrorClass::Missing {
            self.gaps.push(Gap {
                what: what.into(),
                operation: failure.operation.clone(),
                trouble: failure.trouble(),
            });
        }
    }

    /// Keeps what a look brought, or notes the gap.
    pub(super) fn keep<T>(&mut self, what: impl Into<String>, result: Result<T, Failure>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(failure) => {
                self.gap(what, &failure);
                None
            }
        }
    }

    pub(super) fn absorb(&mut self, other: Self) {
        self.resources.extend(other.resources);
        self.gaps.extend(other.gaps);
    }

    pub(super) fn absorb_all(&mut self, others: Vec<Self>) {
        for other in others {
            self.absorb(other);
        }
    }
}

/// Starts a resource of the inspection. `place` is what makes its key unique among its type.
pub(super) fn seen(schema: &Schema, place: &str, id: impl Into<String>, properties: Value) -> Resource {
    Resource {
        key: format!("{}/{place}", schema.kind),
        kind: schema.kind.to_owned(),
        id: id.into(),
        arn: None,
        logical_id: None,
        properties,
        attributes: Value::Object(serde_json::Map::new()),
        tags: std::collections::BTreeMap::new(),
    }
}

/// Adds tags, and the logical id that stands in them.
pub(super) fn tagged(mut resource: Resource, tags: impl IntoIterator<Item = (String, String)>) -> Resource {
    resource.tags = tags.into_iter().collect();
    resource.logical_id = resource.tags.get(LOGICAL_ID_TAG).cloned();
    resource
}
