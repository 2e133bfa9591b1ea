use std::process::ExitCode;

use crate::credential::IssuerError;
use crate::score;

/// How a run that did its work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Code 0: done, or graded and passed.
    Done,
    /// Code 1: graded, below the pass mark.
    BelowPassMark,
    /// Code 1: a proof found the rubric wrong, or found it out to be unproven.
    NotProven,
    /// Code 1: a credential is not valid now.
    NotValid,
    /// Code 1: a ledger is not what was written.
    Broken,
    /// Code 1: an answer was passed on from no attempt that is known.
    NoLeaker,
    /// Code 5: graded, and something is undetermined.
    Provisional,
    /// Code 5: what is needed to tell whether a credential is valid could not be read.
    Unverifiable,
    /// Code 128 and the number of the signal that ended it.
    Interrupted(u8),
}

impl From<score::Result> for Exit {
    fn from(result: score::Result) -> Self {
        match result {
            score::Result::Passed => Self::Done,
            score::Result::Failed => Self::BelowPassMark,
            score::Result::Provisional => Self::Provisional,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::BelowPassMark | Exit::NotProven | Exit::NotValid | Exit::Broken | Exit::NoLeaker => 1,
            Exit::Provisional | Exit::Unverifiable => 5,
            Exit::Interrupted(signal) => 128 + signal,
        })
    }
}

/// What kind of thing went wrong; the exit code follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// Code 2: the command line asks for something that is not there.
    Usage,
    /// Code 3: a definition is not valid.
    Definition,
    /// Code 4: the environment, the endpoint or the provisioning failed.
    Environment,
    /// Code 70: a fault of this program.
    Internal,
}

impl From<FailureKind> for ExitCode {
    fn from(kind: FailureKind) -> Self {
        Self::from(match kind {
            FailureKind::Usage => 2,
            FailureKind::Definition => 3,
            FailureKind::Environment => 4,
            FailureKind::Internal => 70,
        })
    }
}

/// Why a run could not do its work, told to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub kind: FailureKind,
    /// What happened: one sentence without its full stop, or several problems already drawn with their places.
    pub message: String,
    /// What to do about it.
    pub hints: Vec<String>,
    /// Whether `message` is a drawing that needs no heading of its own.
    pub drawn: bool,
}

impl From<IssuerError> for Failure {
    fn from(error: IssuerError) -> Self {
        let message = error.to_string();
        match error {
            IssuerError::Absent(_) => Self::usage(message).hint(
                "`proofmark issuer init --name NAME --site https://...` makes one; --issuer names its folder",
            ),
            IssuerError::Present(_) | IssuerError::Refused(_) => Self::usage(message),
            IssuerError::Key(_) | IssuerError::Folder(_) => Self::environment(message),
        }
    }
}

impl Failure {
    fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hints: Vec::new(), drawn: false }
    }

    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Usage, message)
    }

    pub fn environment(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Environment, message)
    }

    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Internal, message)
    }

    /// Problems of a definition, drawn with file, line and column.
    pub fn definition(drawing: impl Into<String>) -> Self {
        Self { drawn: true, ..Self::new(FailureKind::Definition, drawing) }
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}
