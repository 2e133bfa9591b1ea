use std::fmt;
use std::sync::Arc;

use super::record::{Event, Part};
use super::service::Core;
use crate::provision::{Action, Event as Happening, Listener};
use crate::sandbox::Scope;

/// Writes what happens to a stack's resources into its record.
pub(super) struct Progress {
    pub(super) core: Arc<Core>,
    pub(super) scope: Scope,
    pub(super) name: String,
    /// What the stack is on its way to: its resources are created, updated or deleted.
    pub(super) updating: bool,
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress").field("stack", &self.name).finish_non_exhaustive()
    }
}

impl Listener for Progress {
    fn hear(&self, happening: &Happening) {
        let (logical_id, kind, action, end, reason) = match happening {
            Happening::Started { logical_id, kind, action } => {
                (logical_id, kind, action, "IN_PROGRESS", None)
            }
            Happening::Finished { logical_id, kind, action, .. } => {
                (logical_id, kind, action, "COMPLETE", None)
            }
            Happening::Failed { logical_id, kind, action, failure } => {
                (logical_id, kind, action, "FAILED", Some(failure.to_string()))
            }
            // This sandbox leaves nothing out.
            Happening::LeftOut { .. } => return,
            Happening::RollingBack => {
                let status =
                    if self.updating { "UPDATE_ROLLBACK_IN_PROGRESS" } else { "ROLLBACK_IN_PROGRESS" };
                let (at, id) = (self.core.clock.now(), self.core.random.uuid());
                let mut state = self.core.state();
                if let Ok(record) = state.standing_mut(&self.scope, &self.name) {
                    let failed: Vec<&str> = record
                        .resources
                        .iter()
                        .filter(|(_, part)| part.status.ends_with("_FAILED"))
                        .map(|(id, _)| id.as_str())
                        .collect();
                    let verb = if self.updating { "update" } else { "create" };
                    let reason =
                        format!("The following resource(s) failed to {verb}: [{}]. ", failed.join(", "));
                    record.enter(status, Some(reason), at, id);
                }
                return;
            }
        };
        let verb = match action {
            Action::Create => "CREATE",
            Action::Update | Action::Replace => "UPDATE",
            Action::Delete => "DELETE",
        };
        // Half-made and replaced ones bear a note behind their id.
        let logical_id = logical_id.split(' ').next().unwrap_or(logical_id);
        self.note(logical_id, kind, &format!("{verb}_{end}"), reason);
    }
}

impl Progress {
    fn note(&self, logical_id: &str, kind: &str, status: &str, reason: Option<String>) {
        let at = self.core.clock.now();
        let mut state = self.core.state();
        let Ok(record) = state.standing_mut(&self.scope, &self.name) else { return };
        let physical_id = record.stack.physical_id(logical_id).unwrap_or_default().to_owned();
        let part = record.resources.entry(logical_id.to_owned()).or_insert_with(|| Part {
            kind: kind.to_owned(),
            physical_id: String::new(),
            status: String::new(),
            reason: None,
            at,
        });
        if !physical_id.is_empty() {
            part.physical_id.clone_from(&physical_id);
        }
        kind.clone_into(&mut part.kind);
        status.clone_into(&mut part.status);
        part.reason.clone_from(&reason);
        part.at = at;
        record.note(Event {
            id: format!("{logical_id}-{status}-{}", self.core.random.uuid()),
            logical_id: logical_id.to_owned(),
            physical_id,
            kind: kind.to_owned(),
            status: status.to_owned(),
            reason,
            at,
        });
    }
}
