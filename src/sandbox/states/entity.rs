use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::language::{Counts, Event, Line, Machine};
use crate::sandbox::{AccountId, Scope};

/// A state machine. Times are milliseconds since 1970.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct StateMachine {
    pub(super) scope: Scope,
    pub(super) name: String,
    pub(super) definition: String,
    pub(super) role: String,
    pub(super) kind: Kind,
    pub(super) created: i64,
    pub(super) updated: i64,
    /// Nothing before its first update.
    pub(super) revision: Option<String>,
    pub(super) logging: Value,
    pub(super) tracing: Value,
    pub(super) tags: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Kind {
    Standard,
    Express,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Standard => "STANDARD",
            Self::Express => "EXPRESS",
        }
    }
}

impl StateMachine {
    pub(super) fn arn(&self) -> String {
        machine_arn(&self.scope, &self.name)
    }
}

/// An execution, as it is kept; its history stands beside it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Execution {
    pub(super) scope: Scope,
    pub(super) arn: String,
    pub(super) name: String,
    pub(super) machine_name: String,
    /// The machine as it was when the execution began.
    pub(super) definition: String,
    pub(super) role: String,
    pub(super) kind: Kind,
    pub(super) revision: Option<String>,
    pub(super) machine_updated: i64,
    pub(super) logging: Value,
    pub(super) tracing: Value,
    /// JSON texts.
    pub(super) input: String,
    pub(super) output: Option<String>,
    pub(super) started: i64,
    pub(super) stopped: Option<i64>,
    pub(super) status: Status,
    pub(super) error: Option<String>,
    pub(super) cause: Option<String>,
    /// Whether it began in a sandbox that is probed: what began before a freeze stands still until the sandbox runs again.
    pub(super) probed: bool,
    pub(super) line: Line,
    pub(super) counts: Counts,
    pub(super) last: u64,
    #[serde(skip)]
    pub(super) history: Vec<Event>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Status {
    Running,
    Succeeded,
    Failed,
    TimedOut,
    Aborted,
}

impl Status {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Aborted => "ABORTED",
        }
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        let all = [Self::Running, Self::Succeeded, Self::Failed, Self::TimedOut, Self::Aborted];
        all.into_iter().find(|status| status.name() == name)
    }
}

/// An execution that is driven, or was.
#[derive(Debug)]
pub(super) struct Live {
    execution: Mutex<Execution>,
    pub(super) machine: Arc<Machine>,
    /// Whether it was taken away, with its machine or its account.
    pub(super) gone: AtomicBool,
}

impl Live {
    pub(super) fn new(execution: Execution, machine: Arc<Machine>) -> Self {
        Self { execution: Mutex::new(execution), machine, gone: AtomicBool::new(false) }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Execution> {
        self.execution.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn machine_arn(scope: &Scope, name: &str) -> String {
    format!("arn:aws:states:{}:{}:stateMachine:{name}", scope.region, scope.account)
}

/// Of an express machine's execution an ARN has one part more, which tells two of one name apart.
pub(super) fn execution_arn(machine: &StateMachine, name: &str, run: &str) -> String {
    let StateMachine { scope, name: machine_name, kind, .. } = machine;
    let place = format!("arn:aws:states:{}:{}", scope.region, scope.account);
    match kind {
        Kind::Standard => format!("{place}:execution:{machine_name}:{name}"),
        Kind::Express => format!("{place}:express:{machine_name}:{name}:{run}"),
    }
}

/// What an ARN of this service names: whose it is, its kind (`stateMachine`, `execution`), and the rest.
pub(super) fn parts_of(arn: &str) -> Option<(Scope, &str, &str)> {
    let mut parts = arn.strip_prefix("arn:aws:states:")?.splitn(4, ':');
    let region = parts.next().filter(|region| !region.is_empty())?.to_owned();
    let account = AccountId::parse(parts.next()?)?;
    let kind = parts.next()?;
    let rest = parts.next().filter(|rest| !rest.is_empty())?;
    Some((Scope { account, region }, kind, rest))
}
