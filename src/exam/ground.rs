use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::ExamError;
use crate::attempt::write_private;
use crate::aws::{Clients, Endpoint, Settling};
use crate::evidence::Inspection;
use crate::provision::Stack;
use crate::target::{Candidate, Entrance, Lease, Profile, TargetKind, rejoin_embedded};

/// Where an attempt stands, and the keys to it: a file in its folder, gone with its release.
#[derive(Clone, Serialize, Deserialize)]
pub struct Ground {
    pub version: u32,
    pub spot: Spot,
    pub region: String,
    pub account: String,
    pub stack: Stack,
    pub candidate: Candidate,
    /// What stood when the candidate began, where a check compares with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Inspection>,
}

/// What an attempt stands on.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Spot {
    /// A sandbox of its own, which we open and close.
    Sandbox {
        address: SocketAddr,
        admin_token: String,
        /// The grader's.
        access_key_id: String,
        secret_access_key: String,
    },
    /// A target that is there anyway. Whoever goes in has keys at hand; none are kept.
    Elsewhere { entrance: Entrance },
}

impl fmt::Debug for Ground {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ground")
            .field("url", &self.url())
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sandbox { address, .. } => f.debug_tuple("Sandbox").field(address).finish(),
            Self::Elsewhere { entrance } => f.debug_tuple("Elsewhere").field(&entrance.endpoint_url).finish(),
        }
    }
}

impl Ground {
    /// The form of the file. The first had no spot but a sandbox.
    pub(super) const VERSION: u32 = 2;

    /// Returns the address at which AWS is spoken; `None` means AWS itself.
    pub fn url(&self) -> Option<String> {
        match &self.spot {
            Spot::Sandbox { address, .. } => Some(format!("http://{address}")),
            Spot::Elsewhere { entrance } => entrance.endpoint_url.clone(),
        }
    }

    /// Goes back there with the candidate's rights: who only shows the way in needs no others.
    pub fn lease(&self) -> Lease {
        let kind = match (&self.spot, self.url()) {
            (Spot::Sandbox { .. }, _) => TargetKind::Embedded,
            (_, Some(_)) => TargetKind::Endpoint,
            (_, None) => TargetKind::Account,
        };
        let settling = if kind == TargetKind::Embedded { Settling::Immediate } else { Settling::Eventual };
        let (key, secret) = (&self.candidate.access_key_id, &self.candidate.secret_access_key);
        let endpoint = Endpoint::with_keys(self.url().as_deref(), self.region.clone(), key, secret, settling);
        let profile = match &self.spot {
            Spot::Elsewhere { entrance } => entrance.endpoint_profile.as_deref().and_then(Profile::named),
            Spot::Sandbox { .. } => None,
        };
        Lease {
            kind,
            clients: Clients::new(&endpoint),
            account: self.account.clone(),
            profile: profile.unwrap_or(Profile::full()),
        }
    }

    /// Goes back into a sandbox of its own with the grader's rights; `None` where it stands elsewhere.
    pub(super) fn rejoin(&self) -> Option<Lease> {
        let Spot::Sandbox { address, access_key_id, secret_access_key, .. } = &self.spot else { return None };
        let url = format!("http://{address}");
        Some(rejoin_embedded(&url, &self.region, &self.account, access_key_id, secret_access_key))
    }

    /// Returns what must not stand in anything that is kept.
    pub fn secrets(&self) -> Vec<&str> {
        let own = self.candidate.secret_access_key.as_str();
        match &self.spot {
            Spot::Sandbox { admin_token, secret_access_key, .. } => {
                vec![admin_token, secret_access_key, own]
            }
            Spot::Elsewhere { entrance } => {
                entrance.external_id.as_deref().into_iter().chain([own]).collect()
            }
        }
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
            Ok(bytes) => Self::read(&bytes).map(Some).map_err(|error| ExamError::File {
                what: "cannot understand",
                path,
                source: std::io::Error::other(error),
            }),
        }
    }

    fn read(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        let mut value: Value = serde_json::from_slice(bytes)?;
        if value["version"] == 1 {
            let mut spot = json!({ "kind": "sandbox" });
            for name in ["address", "admin_token", "access_key_id", "secret_access_key"] {
                spot[name] = value[name].take();
            }
            value["spot"] = spot;
            value["version"] = json!(Self::VERSION);
        }
        serde_json::from_value(value)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_older_release_noted_is_read() {
        let stack = Stack::empty("lab", "id".to_owned(), "111122223333".to_owned(), "us-east-1".to_owned());
        let noted = json!({
            "version": 1, "address": "127.0.0.1:4566", "admin_token": "t", "region": "us-east-1",
            "account": "111122223333", "access_key_id": "AKIA1", "secret_access_key": "s1", "stack": stack,
            "candidate": { "user": "lab-candidate", "arn": "a", "access_key_id": "AKIA2", "secret_access_key": "s2" } });
        let ground = Ground::read(noted.to_string().as_bytes()).unwrap();
        assert_eq!(ground.url().as_deref(), Some("http://127.0.0.1:4566"));
        assert_eq!(ground.secrets(), ["t", "s1", "s2"]);
        assert!(ground.rejoin().is_some());
        let again = Ground::read(&serde_json::to_vec(&ground).unwrap()).unwrap();
        assert_eq!((again.version, again.secrets()), (2, ground.secrets()));
    }
}
