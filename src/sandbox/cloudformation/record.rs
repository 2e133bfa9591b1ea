use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::provision::Stack;

/// A stack, with everything that its API tells of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) status: String,
    pub(super) reason: Option<String>,
    pub(super) created: Timestamp,
    pub(super) updated: Option<Timestamp>,
    pub(super) deleted: Option<Timestamp>,
    /// What it was last made of, or is being brought to.
    pub(super) asked: Asked,
    /// What stands of it.
    pub(super) stack: Stack,
    /// By logical id, in order of their first mention; those of deleted resources too.
    pub(super) resources: indexmap::IndexMap<String, Part>,
    /// Oldest first.
    pub(super) events: Vec<Event>,
    pub(super) change_sets: BTreeMap<String, ChangeSet>,
}

/// What a caller asked a stack to be.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Asked {
    /// The template as it was sent.
    pub(super) template: String,
    pub(super) parameters: BTreeMap<String, String>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) capabilities: Vec<String>,
    pub(super) role: Option<String>,
}

/// A resource as the stack's API shows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Part {
    pub(super) kind: String,
    pub(super) physical_id: String,
    pub(super) status: String,
    pub(super) reason: Option<String>,
    pub(super) at: Timestamp,
}

/// Something that happened to a stack or to a resource of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Event {
    pub(super) id: String,
    /// The stack's name for the stack itself.
    pub(super) logical_id: String,
    pub(super) physical_id: String,
    pub(super) kind: String,
    pub(super) status: String,
    pub(super) reason: Option<String>,
    pub(super) at: Timestamp,
}

/// A change that was looked at before it is made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ChangeSet {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: Option<String>,
    /// `CREATE` or `UPDATE`.
    pub(super) kind: String,
    /// `CREATE_COMPLETE` or `FAILED`.
    pub(super) status: String,
    pub(super) execution: String,
    pub(super) reason: Option<String>,
    pub(super) created: Timestamp,
    pub(super) asked: Asked,
    pub(super) changes: Vec<Change>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Change {
    /// `Add`, `Modify` or `Remove`.
    pub(super) action: String,
    pub(super) logical_id: String,
    pub(super) physical_id: Option<String>,
    pub(super) kind: String,
    /// Of a modification: whether the resource is made anew.
    pub(super) replacement: Option<bool>,
}

/// The type of the stack itself among its events.
pub(super) const STACK: &str = "AWS::CloudFormation::Stack";
/// How many events a stack keeps; the oldest go first.
const MOST_EVENTS: usize = 5000;

impl Record {
    pub(super) fn is_busy(&self) -> bool {
        self.status.ends_with("_IN_PROGRESS") && self.status != "REVIEW_IN_PROGRESS"
    }

    /// Sets the stack's own status, and notes it as an event.
    pub(super) fn enter(&mut self, status: &str, reason: Option<String>, at: Timestamp, event_id: String) {
        status.clone_into(&mut self.status);
        self.reason.clone_from(&reason);
        self.note(Event {
            id: event_id,
            logical_id: self.name.clone(),
            physical_id: self.id.clone(),
            kind: STACK.to_owned(),
            status: status.to_owned(),
            reason,
            at,
        });
    }

    pub(super) fn note(&mut self, event: Event) {
        if self.events.len() >= MOST_EVENTS {
            self.events.remove(0);
        }
        self.events.push(event);
    }

    /// Takes over what stands now.
    pub(super) fn settle(&mut self, stack: Stack) {
        for (id, standing) in &stack.resources {
            if let Some(part) = self.resources.get_mut(id) {
                part.physical_id.clone_from(&standing.made.id);
            }
        }
        for event in self.events.iter_mut().filter(|event| event.physical_id.is_empty()) {
            if let Some(id) = stack.physical_id(&event.logical_id) {
                id.clone_into(&mut event.physical_id);
            }
        }
        self.stack = stack;
    }
}
