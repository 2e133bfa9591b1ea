use std::collections::BTreeMap;

use super::Change;
use crate::source::{FileTree, Location};

/// What a candidate might have done to the broken start: right, or wrong in a way that the author foresaw.
#[derive(Debug, Clone)]
pub struct Variation {
    /// Name of its folder.
    pub id: String,
    pub title: String,
    pub work: Work,
    pub location: Location,
}

/// How it is done; always from the broken start, and with the candidate's own keys.
#[derive(Debug, Clone)]
pub enum Work {
    /// Everything is brought to the healthy world with this change.
    Change(Box<Change>),
    Script(Script),
}

/// A program that does a candidate's work with the AWS CLI or an SDK.
#[derive(Debug, Clone)]
pub struct Script {
    /// Its file among `files`. The ending says what runs it.
    pub file: String,
    pub files: FileTree,
}

/// Work that is wrong, and what it must be marked as.
#[derive(Debug, Clone)]
pub struct NearMiss {
    pub variation: Variation,
    /// The tasks that fail and no others: id of the task, and the checks that fail if the author lists them.
    pub fails: BTreeMap<String, Vec<String>>,
}

/// What runs scripts, by the ending of the file.
const INTERPRETERS: [(&str, &str); 2] = [("sh", "bash"), ("py", "python3")];

impl Script {
    /// Returns the program that runs it; `None` where the file's ending is not known.
    pub fn interpreter(&self) -> Option<&'static str> {
        interpreter(&self.file)
    }
}

pub(super) fn interpreter(file: &str) -> Option<&'static str> {
    let ending = file.rsplit_once('.')?.1;
    INTERPRETERS.iter().find(|(known, _)| *known == ending).map(|(_, program)| *program)
}
