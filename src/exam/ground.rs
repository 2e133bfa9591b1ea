use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::ExamError;
use crate::attempt::write_private;
use crate::evidence::Inspection;
use crate::provision::Stack;
use crate::target::{Candidate, Lease, rejoin_embedded};

/// Where an attempt stands, and the keys to it: a file in its folder, gone with its release.
#[derive(Clone, Serialize, Deserialize)]
pub struct Ground {
    pub version: u32,
    pub address: SocketAddr,
    pub admin_token: String,
    pub region: String,
    pub account: String,
    pub access_key_id: String,
    pub secret_access_key: String,
    pub stack: Stack,
    pub candidate: Candidate,
    /// What stood when the candidate began, where a check compares with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Inspection>,
}

impl fmt::Debug for Ground {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ground")
            .field("address", &self.address)
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

impl Ground {
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Goes back there, with the grader's rights.
    pub fn lease(&self) -> Lease {
        rejoin_embedded(
            &self.url(),
            &self.region,
            &self.account,
            &self.access_key_id,
            &self.secret_access_key,
        )
    }

    /// Returns what must not stand in anything that is kept.
    pub fn secrets(&self) -> [&str; 3] {
        [&self.admin_token, &self.secret_access_key, &self.candidate.secret_access_key]
    }

    fn path(folder: &Path) -> PathBuf {
        folder.join("ground.json")
    }

    pub(super) fn save(&self, folder: &Path) -> Result<(), ExamError> {
        let path = Self::path(folder);
        write_private(&path, &serde_json::to_vec(self)?).map_err(ExamError::file("cannot write", path))
    }

    /// Reads it; `None` where there is none, because nothing stands yet or any more.
    pub fn load(folder: &Path) -> Result<Option<Self>, ExamError> {
        let path = Self::path(folder);
        match std::fs::read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ExamError::File { what: "cannot read", path, source: error }),
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| ExamError::File {
                what: "cannot understand",
                path,
                source: std::io::Error::other(error),
            }),
        }
    }

    pub(super) fn forget(folder: &Path) -> Result<(), ExamError> {
        let path = Self::path(folder);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(ExamError::File { what: "cannot remove", path, source: error })
            }
            _ => Ok(()),
        }
    }
}
