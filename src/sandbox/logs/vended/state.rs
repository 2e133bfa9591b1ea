use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::delivery::Delivery;
use super::destination::Destination;
use super::source::Source;
use crate::sandbox::ServiceError;

/// What an account has of vended logs in a region.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(in crate::sandbox::logs) struct Vended {
    /// By name.
    pub(super) sources: BTreeMap<String, Source>,
    /// By name.
    pub(super) destinations: BTreeMap<String, Destination>,
    /// By id.
    pub(super) deliveries: BTreeMap<String, Delivery>,
}

impl Vended {
    /// Returns the tags of what an ARN names, by what stands in it: `delivery-source`, its name.
    pub(in crate::sandbox::logs) fn tags_mut(
        &mut self,
        kind: &str,
        name: &str,
    ) -> Option<&mut BTreeMap<String, String>> {
        match kind {
            "delivery-source" => self.sources.get_mut(name).map(|source| &mut source.tags),
            "delivery-destination" => {
                self.destinations.get_mut(name).map(|destination| &mut destination.tags)
            }
            "delivery" => self.deliveries.get_mut(name).map(|delivery| &mut delivery.tags),
            _ => None,
        }
    }
}

/// Refuses a name that is none: letters, digits, `_` and `-`, 1 to 60 of them.
pub(super) fn check_name(name: &str, at: &str) -> Result<(), ServiceError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    let must = match name.len() {
        0 => "have length greater than or equal to 1",
        61.. => "have length less than or equal to 60",
        _ if name.bytes().all(plain) => return Ok(()),
        _ => "satisfy regular expression pattern: [\\w-]*",
    };
    Err(validation(format!(
        "1 validation error detected: Value '{name}' at '{at}' failed to satisfy constraint: Member must {must}"
    )))
}

/// Tags come with what is made; what is there already is tagged by `TagResource`.
pub(super) fn only_when_new(tags: &BTreeMap<String, String>) -> Result<(), ServiceError> {
    if tags.is_empty() {
        return Ok(());
    }
    Err(conflict("Tags can only be provided when a resource is being created, not updated."))
}

pub(super) fn missing(what: &str) -> ServiceError {
    ServiceError::new(
        400,
        "ResourceNotFoundException",
        format!("Requested {what} does not exist in this account."),
    )
}

pub(super) fn validation(message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, "ValidationException", message)
}

pub(super) fn conflict(message: &str) -> ServiceError {
    ServiceError::new(400, "ConflictException", message)
}
