use std::io;
use std::path::PathBuf;

use super::scenario::NotStanding;
use crate::attempt::{ArchiveError, StoreError};
use crate::aws;
use crate::target::PoolError;

/// Why an attempt did not go on.
#[derive(Debug, thiserror::Error)]
pub enum ExamError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the challenge as it was kept with the attempt is not valid: {0}")]
    Challenge(String),
    #[error("the sandbox of the attempt cannot be opened: {0}")]
    Place(String),
    /// The target cannot be got into with the keys at hand. Other keys may do.
    #[error("the target of the attempt cannot be got into: {0}")]
    Closed(String),
    #[error("account {account}, in which the attempt stood, is not empty: {}", .left.join("; "))]
    Left { account: String, left: Vec<String> },
    /// The account is another's, or set aside.
    #[error(transparent)]
    Turn(#[from] PoolError),
    #[error("not everything could be taken down: {0}")]
    Standing(String),
    #[error(transparent)]
    Target(#[from] aws::Failure),
    #[error(transparent)]
    NotStanding(#[from] Box<NotStanding>),
    #[error("the scenario stands and is not ready: {0}")]
    NotReady(String),
    #[error("{what} {path}: {source}", path = .path.display())]
    File { what: &'static str, path: PathBuf, source: io::Error },
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    #[error("another process drives the attempt")]
    Driven,
    #[error("a fault of this program: {0}")]
    Internal(String),
}

impl ExamError {
    pub(super) fn file(what: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { what, path, source }
    }
}

impl From<serde_json::Error> for ExamError {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(error.to_string())
    }
}
