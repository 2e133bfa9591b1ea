use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{AttemptId, Event};
use crate::context::Reading;
use crate::evidence::canonical;

/// One line of an attempt's ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub facts: Facts,
    /// The facts as they were hashed: canonical JSON.
    pub body: String,
    /// SHA-256 of `body`, in lower-case hexadecimal.
    pub hash: String,
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    pub attempt: AttemptId,
    /// From 0.
    pub number: u64,
    /// Never before the entry before.
    pub time: Reading,
    /// Who caused it: `host`, `candidate`, or a name.
    pub by: String,
    #[serde(flatten)]
    pub event: Event,
    /// The hash of the entry before; of the first, nothing.
    pub previous: String,
}

impl Entry {
    /// Closes an entry with its hash. Fails only on what JSON cannot hold, which no event has.
    pub fn seal(facts: Facts) -> Result<Self, serde_json::Error> {
        let body = canonical(&serde_json::to_value(&facts)?);
        let hash = hash(&body);
        Ok(Self { facts, body, hash })
    }

    /// Reads an entry back as it was stored, without believing it.
    pub fn read(body: String, hash: String) -> Result<Self, serde_json::Error> {
        Ok(Self { facts: serde_json::from_str(&body)?, body, hash })
    }

    /// Whether the hash is that of the body.
    pub fn is_sound(&self) -> bool {
        hash(&self.body) == self.hash
    }
}

fn hash(body: &str) -> String {
    hex::encode(Sha256::digest(body))
}
