use std::collections::BTreeMap;
use std::sync::Arc;

use super::drive;
use super::entity::{Execution, Live, StateMachine, Status};
use super::language::{Event, read};
use super::service::{Core, StepFunctions};
use crate::sandbox::keeping::{Durable, Keeper, Records};
use crate::sandbox::{AccountId, Scope};

/// Between the parts of a key.
const SEPARATOR: char = '\u{1f}';
/// What the records' keys begin with of executions; never changes between releases.
pub(super) const EXECUTIONS: &str = "states-executions";

/// The key of an execution; those of its events begin so.
pub(super) fn key(execution: &Execution) -> String {
    format!("{}{SEPARATOR}", execution.arn)
}

pub(super) fn event_key(execution: &Execution, event: u64) -> String {
    format!("{}{event:06}", key(execution))
}

impl Durable for StepFunctions {
    fn name(&self) -> &'static str {
        "states"
    }

    fn records(&self, account: &AccountId, _keeper: &Keeper) -> Result<Option<Records>, String> {
        let state = self.0.state();
        let own = state.machines.values().filter(|machine| machine.scope.account == *account);
        let record = |machine: &StateMachine| {
            let text = serde_json::to_vec(machine).map_err(|error| error.to_string())?;
            let Scope { region, .. } = &machine.scope;
            Ok((format!("{region}{SEPARATOR}{}", machine.name), text))
        };
        own.map(record).collect::<Result<Records, String>>().map(Some)
    }

    fn restore(&self, _account: &AccountId, records: Records, _keeper: &Keeper) -> Result<(), String> {
        let mut state = self.0.state();
        for (key, value) in records {
            let machine: StateMachine =
                serde_json::from_slice(&value).map_err(|error| format!("{key}: {error}"))?;
            state.machines.insert(machine.arn(), machine);
        }
        Ok(())
    }
}

/// Takes executions back, and lets those go on that had not ended.
struct Resumed(Arc<Core>);

impl StepFunctions {
    /// Returns what takes back the executions that there were when the process ended.
    pub fn executions(&self) -> Arc<dyn Durable> {
        Arc::new(Resumed(Arc::clone(&self.0)))
    }
}

impl Durable for Resumed {
    fn name(&self) -> &'static str {
        EXECUTIONS
    }

    fn restore(&self, _account: &AccountId, records: Records, keeper: &Keeper) -> Result<(), String> {
        let mut heads: Vec<Execution> = Vec::new();
        let mut events: BTreeMap<String, Vec<Event>> = BTreeMap::new();
        for (key, value) in records {
            let unreadable = |error: serde_json::Error| format!("{key}: {error}");
            let (arn, event) = key.split_once(SEPARATOR).ok_or("a key without an execution")?;
            if event.is_empty() {
                // One that cannot be read must not keep the others, and the sandbox, from starting.
                match serde_json::from_slice(&value).map_err(unreadable) {
                    Ok(execution) => heads.push(execution),
                    Err(error) => tracing::error!(%error, "an execution cannot be read and is left out"),
                }
            } else {
                let event = serde_json::from_slice(&value).map_err(unreadable)?;
                events.entry(arn.to_owned()).or_default().push(event);
            }
        }
        for mut execution in heads {
            execution.history = events.remove(&execution.arn).unwrap_or_default();
            execution.history.sort_by_key(|event| event.id);
            let arn = execution.arn.clone();
            let machine = read(&execution.definition).map_err(|_| format!("{arn}: its definition"))?;
            let runs = execution.status == Status::Running;
            let live = Arc::new(Live::new(execution, Arc::new(machine)));
            self.0.state().executions.insert(arn, Arc::clone(&live));
            // What is opened as evidence only is not to change.
            if runs && keeper.is_durable() {
                tokio::spawn(drive::drive(Arc::clone(&self.0), live));
            }
        }
        Ok(())
    }
}
