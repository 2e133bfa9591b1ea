use std::collections::BTreeMap;

use super::Change;
use crate::source::Location;

/// A way in which the healthy world is broken.
#[derive(Debug, Clone)]
pub struct Fault {
    pub id: String,
    pub title: String,
    pub change: Change,
    /// The tasks that fail when this fault alone is there, and no others: id of the task, and the checks that fail if the author lists them.
    pub breaks: BTreeMap<String, Vec<String>>,
    pub location: Location,
}
