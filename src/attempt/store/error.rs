use std::path::PathBuf;

use super::super::attempt::NotNow;
use super::super::{AttemptId, Refusal};

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("there is no attempt {0}")]
    Unknown(AttemptId),
    #[error(transparent)]
    NotNow(#[from] NotNow),
    #[error("{0}")]
    Refused(#[from] Refusal),
    #[error("the ledger of {0} cannot be read: {1}")]
    Damaged(AttemptId, String),
    #[error("the attempts in {} are locked by another program", .0.display())]
    Locked(PathBuf),
    #[error("there is no room left for the attempts in {path}: {words}", path = .0.display(), words = .1)]
    Full(PathBuf, String),
    #[error("the attempts in {path} cannot be used: {words}", path = .0.display(), words = .1)]
    Unusable(PathBuf, String),
}

impl StoreError {
    /// Tells what a failure of the database means for the file at `path`.
    pub(super) fn of(path: PathBuf, error: &sqlx::Error) -> Self {
        let words = error.to_string();
        // The result codes of SQLite, the extended ones cut down: https://www.sqlite.org/rescode.html
        let code = error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code)
            .and_then(|code| code.parse::<u32>().ok());
        match code.map(|code| code & 0xff) {
            Some(5 | 6) => Self::Locked(path),
            Some(13) => Self::Full(path, words),
            _ if words.contains("timed out") => Self::Locked(path),
            _ => Self::Unusable(path, words),
        }
    }

    /// Whether it may be otherwise a moment later.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Locked(_) | Self::Full(..) | Self::Unusable(..))
    }
}
