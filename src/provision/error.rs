use std::fmt;

use super::Stack;
use crate::aws::Failure;
use crate::source::Diagnostic;

/// Why a stack could not be made or changed.
#[derive(Debug)]
pub enum Error {
    /// The template is wrong: nothing was attempted.
    Definition(Vec<Diagnostic>),
    /// The target does not answer as it must: nothing was attempted.
    Target(Failure),
    /// A resource could not be made; what was made before it was deleted again, but for the leftovers.
    Resource { logical_id: String, kind: String, failure: Failure, leftovers: Vec<Leftover> },
}

/// A resource that could not be deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    pub logical_id: String,
    pub kind: String,
    /// Physical id.
    pub id: String,
    pub failure: Failure,
}

/// A change or a teardown that stopped on its way, and the stack as it stands now: trying again takes up from there.
#[derive(Debug)]
pub struct Unfinished {
    pub error: Error,
    pub stack: Stack,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Definition(problems) => match problems.as_slice() {
                [only] => f.write_str(&only.message),
                [first, rest @ ..] => write!(f, "{} (and {} more)", first.message, rest.len()),
                [] => f.write_str("the template is not valid"),
            },
            Self::Target(failure) => failure.fmt(f),
            Self::Resource { logical_id, kind, failure, leftovers } => {
                write!(f, "{logical_id} ({kind}): {failure}")?;
                for left in leftovers {
                    write!(f, "; left behind: {left}")?;
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Leftover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} {}): {}", self.logical_id, self.kind, self.id, self.failure)
    }
}

impl fmt::Display for Unfinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for Unfinished {}
