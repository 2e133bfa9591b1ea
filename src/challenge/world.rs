use super::{Challenge, Change, Fault};
use crate::source::FileTree;
use crate::template::Template;
use crate::text::did_you_mean;

/// A scenario as it is to be provisioned.
#[derive(Debug, Clone)]
pub struct World {
    pub template: Template,
    /// What the template's `Code` names, below `scenario/`.
    pub files: FileTree,
    /// The stack that the running one is then updated to.
    pub then: Option<Then>,
}

/// The second state of a world.
#[derive(Debug, Clone)]
pub struct Then {
    pub template: Template,
    pub files: FileTree,
}

/// A challenge has no such fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the challenge has no fault `{id}`{}", .help.as_ref().map(|help| format!(": {help}")).unwrap_or_default())]
pub struct UnknownFault {
    pub id: String,
    pub help: Option<String>,
}

impl Challenge {
    /// Returns a fault by its id.
    pub fn fault(&self, id: &str) -> Result<&Fault, UnknownFault> {
        self.faults.iter().find(|fault| fault.id == id).ok_or_else(|| UnknownFault {
            id: id.to_owned(),
            help: did_you_mean(id, self.faults.iter().map(|fault| fault.id.as_str())),
        })
    }

    /// Builds the healthy world with faults laid over it, in the order given. No faults: the healthy world.
    pub fn world<S: AsRef<str>>(&self, faults: &[S]) -> Result<World, UnknownFault> {
        let faults = faults.iter().map(|id| self.fault(id.as_ref())).collect::<Result<Vec<_>, _>>()?;
        let changes: Vec<&Change> = faults.iter().map(|fault| &fault.change).collect();
        Ok(self.changed(&changes))
    }

    /// Builds the healthy world with changes laid over it, in the order given.
    pub fn changed(&self, changes: &[&Change]) -> World {
        World::with(&self.template, &self.files, changes)
    }

    /// Builds the broken start.
    pub fn broken_start(&self) -> Result<World, UnknownFault> {
        self.world(&self.start)
    }
}
