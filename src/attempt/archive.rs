use std::collections::BTreeMap;
use std::io::{self, Cursor, Read as _, Write as _};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::{AttemptId, Ledger};
use crate::evaluate::Verdict;
use crate::evidence::{AuditLog, Evidence, redact_text};
use crate::score::Scorecard;
use crate::source::FileTree;

const MANIFEST: &str = "manifest.json";
/// Where the challenge's files are.
const CHALLENGE: &str = "challenge/";
/// The largest member that is read, in bytes.
const LARGEST: u64 = 512 << 20;
/// What stands where a secret stood.
const REDACTED: &str = "[redacted]";

/// Code of functions: by function, and by path in its package.
pub type Code = BTreeMap<String, BTreeMap<String, String>>;

/// Everything that the grade of an attempt was computed from, and what it came to: one file, named by what it holds.
///
/// Secrets are taken out before anything is evaluated, so that whoever evaluates it again sees what the first did.
#[derive(Debug, Clone, PartialEq)]
pub struct Archive {
    pub attempt: AttemptId,
    /// Version of the program that made it.
    pub tool: String,
    pub evidence: Evidence,
    pub answers: BTreeMap<String, String>,
    /// Where the target keeps one.
    pub audit: Option<AuditLog>,
    /// Code of the functions as it was handed in, as far as it is text.
    pub code: Code,
    pub verdicts: Vec<Verdict>,
    pub scorecard: Scorecard,
    /// The ledger up to the grade: bodies and hashes.
    pub ledger: Vec<(String, String)>,
    /// The challenge's files.
    pub challenge: FileTree,
}

/// Why an archive is not what it should be.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error("the archive cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    #[error("the archive is not the one that the ledger names")]
    Another,
    #[error("{0} in the archive is not what was packed")]
    Damaged(String),
}

#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    version: u32,
    attempt: AttemptId,
    tool: String,
    challenge: String,
    release: String,
    /// Digest of the challenge's files.
    definition: String,
    /// SHA-256 of each member.
    members: BTreeMap<String, String>,
}

impl Archive {
    /// Packs it, and returns the bytes with the digest that names them: that of the manifest, which holds those of all members.
    pub fn pack(&self) -> io::Result<(Vec<u8>, String)> {
        let mut members: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        let mut add = |name: &str, value: &dyn erased::Json| -> io::Result<()> {
            members.insert(name.to_owned(), value.bytes()?);
            Ok(())
        };
        add("evidence.json", &self.evidence)?;
        add("answers.json", &self.answers)?;
        add("audit.json", &self.audit)?;
        if !self.code.is_empty() {
            add("code.json", &self.code)?;
        }
        add("verdicts.json", &self.verdicts)?;
        add("scorecard.json", &self.scorecard)?;
        add("ledger.json", &self.ledger)?;
        for (path, contents) in self.challenge.iter() {
            members.insert(format!("{CHALLENGE}{path}"), contents.to_vec());
        }
        let digests = members.iter().map(|(name, bytes)| (name.clone(), hash(bytes)));
        let manifest = Manifest {
            version: 1,
            attempt: self.attempt.clone(),
            tool: self.tool.clone(),
            challenge: self.evidence.challenge.clone(),
            release: self.evidence.release.clone(),
            definition: self.challenge.digest(),
            members: digests.collect(),
        };
        let manifest = serde_json::to_vec(&manifest)?;
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in [(MANIFEST, &manifest)]
            .into_iter()
            .chain(members.iter().map(|(name, bytes)| (name.as_str(), bytes)))
        {
            zip.start_file(name, SimpleFileOptions::default()).map_err(io::Error::other)?;
            zip.write_all(bytes)?;
        }
        Ok((zip.finish().map_err(io::Error::other)?.into_inner(), hash(&manifest)))
    }

    /// Opens an archive that must be the one named `digest`; every member is held against the manifest.
    pub fn unpack(bytes: &[u8], digest: &str) -> Result<Self, ArchiveError> {
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(io::Error::other)?;
        let mut read = |name: &str| -> Result<Vec<u8>, ArchiveError> {
            let mut bytes = Vec::new();
            let member = zip.by_name(name).map_err(|_| ArchiveError::Damaged(name.to_owned()))?;
            member
                .take(LARGEST)
                .read_to_end(&mut bytes)
                .map_err(|_| ArchiveError::Damaged(name.to_owned()))?;
            Ok(bytes)
        };
        let manifest = read(MANIFEST)?;
        if hash(&manifest) != digest {
            return Err(ArchiveError::Another);
        }
        let manifest: Manifest = parse(&manifest, MANIFEST)?;
        let mut challenge = FileTree::new();
        let mut members: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
        for (name, digest) in &manifest.members {
            let bytes = read(name)?;
            if hash(&bytes) != *digest {
                return Err(ArchiveError::Damaged(name.clone()));
            }
            match name.strip_prefix(CHALLENGE) {
                Some(path) => challenge.insert(path, bytes),
                None => drop(members.insert(name, bytes)),
            }
        }
        let member = |name: &str| members.get(name).map(Vec::as_slice).unwrap_or_default();
        Ok(Self {
            attempt: manifest.attempt,
            tool: manifest.tool,
            evidence: parse(member("evidence.json"), "evidence.json")?,
            answers: parse(member("answers.json"), "answers.json")?,
            audit: parse(member("audit.json"), "audit.json")?,
            code: match members.get("code.json") {
                Some(bytes) => parse(bytes, "code.json")?,
                None => Code::new(),
            },
            verdicts: parse(member("verdicts.json"), "verdicts.json")?,
            scorecard: parse(member("scorecard.json"), "scorecard.json")?,
            ledger: parse(member("ledger.json"), "ledger.json")?,
            challenge,
        })
    }
}

/// Returns a record without secrets: those that are known by their value, and what texts say of others. Its shape stays, and so do
/// the names of fields: a route may well have an `authorization`.
pub fn without_secrets<T: Serialize + DeserializeOwned>(
    record: &T,
    known: &[&str],
) -> Result<T, serde_json::Error> {
    serde_json::from_value(clean(serde_json::to_value(record)?, known))
}

fn clean(value: Value, known: &[&str]) -> Value {
    match value {
        Value::String(text) => Value::String(clean_text(&text, known)),
        Value::Array(items) => items.into_iter().map(|item| clean(item, known)).collect(),
        Value::Object(fields) => Value::Object(
            fields.into_iter().map(|(key, value)| (clean_text(&key, known), clean(value, known))).collect(),
        ),
        other => other,
    }
}

fn clean_text(text: &str, known: &[&str]) -> String {
    let known = known.iter().filter(|secret| !secret.is_empty());
    redact_text(&known.fold(text.to_owned(), |text, secret| text.replace(secret, REDACTED)))
}

fn hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn parse<T: DeserializeOwned>(bytes: &[u8], name: &str) -> Result<T, ArchiveError> {
    serde_json::from_slice(bytes).map_err(|_| ArchiveError::Damaged(name.to_owned()))
}

/// What can be written as JSON, whatever its type.
mod erased {
    pub(super) trait Json {
        fn bytes(&self) -> std::io::Result<Vec<u8>>;
    }

    impl<T: serde::Serialize> Json for T {
        fn bytes(&self) -> std::io::Result<Vec<u8>> {
            Ok(serde_json::to_vec(self)?)
        }
    }
}

impl From<&Ledger> for Vec<(String, String)> {
    fn from(ledger: &Ledger) -> Self {
        ledger.entries.iter().map(|entry| (entry.body.clone(), entry.hash.clone())).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::attempt::attempt::tests::id;
    use crate::challenge::Points;
    use crate::score::{Interval, Result};

    fn archive() -> Archive {
        let mut challenge = FileTree::new();
        challenge.insert("challenge.yaml", *b"id: x\n");
        let evidence = json!({
            "version": 1, "challenge": "x", "release": "1.0.0", "target": "embedded", "seed": 1, "variables": {},
            "inspection": { "account": "1", "region": "r", "resources": [], "links": [], "gaps": [] }, "transcripts": {},
        });
        Archive {
            attempt: id(),
            tool: "0.1.0".to_owned(),
            evidence: serde_json::from_value(evidence).unwrap(),
            answers: BTreeMap::from([("t/q".to_owned(), "42".to_owned())]),
            audit: Some(AuditLog::default()),
            code: Code::from([("get".to_owned(), [("app.py".to_owned(), "pass\n".to_owned())].into())]),
            verdicts: vec![],
            scorecard: Scorecard {
                challenge: "x".to_owned(),
                release: "1.0.0".to_owned(),
                title: "X".to_owned(),
                points: Points(100),
                score: Interval::default(),
                pass_mark: 8_000,
                isolation: None,
                feedback: crate::challenge::Feedback::default(),
                scaled_cut: 750,
                result: Result::Failed,
                gates: vec![],
                domains: vec![],
                tasks: vec![],
            },
            ledger: vec![("{}".to_owned(), "h".to_owned())],
            challenge,
        }
    }

    #[test]
    fn an_archive_comes_back_and_the_same_one_has_the_same_bytes() {
        let (bytes, digest) = archive().pack().unwrap();
        assert_eq!(archive().pack().unwrap(), (bytes.clone(), digest.clone()));
        assert_eq!(Archive::unpack(&bytes, &digest).unwrap(), archive());
    }

    #[test]
    fn another_archive_and_a_damaged_one_are_told_apart() {
        let (bytes, digest) = archive().pack().unwrap();
        let (other, _) = Archive { tool: "0.2.0".to_owned(), ..archive() }.pack().unwrap();
        assert!(matches!(Archive::unpack(&other, &digest), Err(ArchiveError::Another)));
        assert!(matches!(Archive::unpack(&bytes[..40], &digest), Err(ArchiveError::Unreadable(_))));
        let at = ZipArchive::new(Cursor::new(&bytes)).unwrap().by_name("answers.json").unwrap().data_start();
        let mut damaged = bytes.clone();
        damaged[usize::try_from(at.unwrap()).unwrap() + 1] ^= 1;
        let told = Archive::unpack(&damaged, &digest).unwrap_err().to_string();
        assert_eq!(told, "answers.json in the archive is not what was packed");
    }

    #[test]
    fn secrets_go_by_value_and_by_what_is_said_of_them_and_names_stay() {
        let seen = json!({"authorization": "AWS_IAM", "note": "my key is s3cr3t!", "env": "AWS_SESSION_TOKEN=FwoGZXIvYXdz"});
        assert_eq!(
            without_secrets(&seen, &["s3cr3t!", ""]).unwrap(),
            json!({"authorization": "AWS_IAM", "note": "my key is [redacted]", "env": "AWS_SESSION_TOKEN=[redacted]"})
        );
    }
}
