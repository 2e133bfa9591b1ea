use std::collections::BTreeMap;

use crate::source::{FileTree, Location};
use crate::template::Overlay;

/// A way in which the healthy world is broken.
#[derive(Debug, Clone)]
pub struct Fault {
    pub id: String,
    pub title: String,
    /// Merge patch (RFC 7396) on the template document, empty when the fault changes no resource.
    pub template: Overlay,
    /// Files of the scenario that it replaces, with their new contents.
    pub files: FileTree,
    /// A second merge patch, carried out on the running stack: a change behind the template's back, or after a deployment.
    pub then: Overlay,
    /// Files that `then` replaces.
    pub then_files: FileTree,
    /// The tasks that fail when this fault alone is there, and no others: id of the task, and the checks that fail if the author lists them.
    pub breaks: BTreeMap<String, Vec<String>>,
    pub location: Location,
}
