use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Everything that was issued under one id, in order: a later one takes the place of those before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Format of this file.
    pub version: u32,
    /// UUID of the credential.
    pub uuid: String,
    pub issues: Vec<Issue>,
}

/// One credential as it was signed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issue {
    pub attempt: String,
    /// Id of the challenge.
    pub challenge: String,
    /// Its entry in the status list.
    pub index: u64,
    pub at: Timestamp,
    /// SHA-256 of the award that it was made of: the same award is not issued twice.
    pub award: String,
    pub standing: Standing,
    pub credential: Value,
    /// The same as a JSON Web Token, where one was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "standing", deny_unknown_fields)]
pub enum Standing {
    Live,
    Revoked { at: Timestamp, reason: String },
    Superseded { at: Timestamp },
}

impl Record {
    /// Returns the latest of its credentials. A record is made with one.
    pub fn latest(&self) -> Option<&Issue> {
        self.issues.last()
    }

    /// Takes the latest credential back; one that is not live stays as it is.
    pub fn revoke(&mut self, at: Timestamp, reason: &str) {
        if let Some(issue) = self.issues.last_mut().filter(|issue| issue.standing == Standing::Live) {
            issue.standing = Standing::Revoked { at, reason: reason.to_owned() };
        }
    }

    /// Makes the latest credential live again.
    pub fn reinstate(&mut self) {
        if let Some(issue) = self.issues.last_mut() {
            issue.standing = Standing::Live;
        }
    }

    /// Puts a newer credential in the place of the latest.
    pub fn supersede(&mut self, newer: Issue) {
        if let Some(issue) = self.issues.last_mut().filter(|issue| issue.standing == Standing::Live) {
            issue.standing = Standing::Superseded { at: newer.at };
        }
        self.issues.push(newer);
    }
}

/// Returns the entries of the status list that are set: whatever is not live.
pub fn not_live(records: &[Record]) -> BTreeSet<u64> {
    let issues = records.iter().flat_map(|record| &record.issues);
    issues.filter(|issue| issue.standing != Standing::Live).map(|issue| issue.index).collect()
}

/// Returns when anything was issued or taken back last.
pub fn last_change(records: &[Record]) -> Option<Timestamp> {
    let issues = records.iter().flat_map(|record| &record.issues);
    let moments = issues.flat_map(|issue| {
        let end = match issue.standing {
            Standing::Live => None,
            Standing::Revoked { at, .. } | Standing::Superseded { at } => Some(at),
        };
        [Some(issue.at), end]
    });
    moments.flatten().max()
}
