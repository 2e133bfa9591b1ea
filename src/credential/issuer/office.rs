use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::folder::{Folder, IssuerError};
use super::keys::{IssuerKey, PublicHalf};
use super::record::{Issue, Record, Standing, last_change, not_live};
use crate::context::Random;
use crate::credential::award::{Award, Refusal};
use crate::credential::compose::{Issuance, IssuerProfile, compose, seconds};
use crate::credential::did::{DocumentKey, did_key, did_web, document, method_id};
use crate::credential::key::PublicKey;
use crate::credential::proof::sign;
use crate::credential::status::{ENTRIES, StatusList};
use crate::credential::token::sign_token;
use crate::evidence::digest;

/// Letters of a salt.
const SALT: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// Who issues from a folder.
#[derive(Debug)]
pub struct Issuer {
    folder: Folder,
    register: Register,
}

/// `issuer.json`: what everyone may know of an issuer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Register {
    version: u32,
    profile: IssuerProfile,
    created: Timestamp,
    keys: Vec<IssuerKey>,
}

/// What an issuance came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Issued,
    /// It had been issued before, and is the same.
    Unchanged,
    /// Another grade of the same attempt: the credential before is superseded.
    Reissued,
    /// Another attempt under the id of an older credential, which is superseded.
    Renewed,
    /// The attempt does not pass any more: its credential is revoked.
    Revoked,
}

/// A credential of the register.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub uuid: String,
    pub issue: Issue,
}

/// What is signed for a ledger: nothing else that the key signs looks like it.
fn of_ledger(attempt: &str, head: &str) -> Vec<u8> {
    format!("proofmark ledger\n{attempt}\n{head}\n").into_bytes()
}

impl Issuer {
    /// Makes an issuer: of a site, under its name in the web; without one, under the name of its key.
    pub fn create(
        path: &Path,
        name: &str,
        site: Option<&str>,
        random: &Random,
        now: Timestamp,
    ) -> Result<Self, IssuerError> {
        let site = site.map(|site| site.trim_end_matches('/').to_owned());
        let id = site.as_deref().map(did_web).transpose().map_err(IssuerError::Refused)?;
        if name.trim().is_empty() {
            return Err(IssuerError::Refused("an issuer needs a name".to_owned()));
        }
        let folder = Folder::open(path)?;
        if folder.has("issuer.json") {
            return Err(IssuerError::Present(folder.shown()));
        }
        let key = IssuerKey::for_proofs(&folder, "key-1".to_owned(), random, now)?;
        let of_key = || match &key.public {
            PublicHalf::Ed25519(multibase) => {
                PublicKey::from_multibase(multibase).map(did_key).unwrap_or_default()
            }
            PublicHalf::P256(_) => String::new(),
        };
        let profile = IssuerProfile { id: id.unwrap_or_else(of_key), name: name.trim().to_owned(), site };
        let register = Register { version: 1, profile, created: now, keys: vec![key] };
        folder.write("issuer.json", &register)?;
        Ok(Self { folder, register })
    }

    /// Opens an issuer's folder, for one process at a time.
    pub fn open(path: &Path) -> Result<Self, IssuerError> {
        if !path.join("issuer.json").exists() {
            return Err(IssuerError::Absent(path.display().to_string()));
        }
        let folder = Folder::open(path)?;
        let register = folder.read("issuer.json")?.ok_or_else(|| IssuerError::Absent(folder.shown()))?;
        Ok(Self { folder, register })
    }

    pub fn profile(&self) -> &IssuerProfile {
        &self.register.profile
    }

    pub fn keys(&self) -> &[IssuerKey] {
        &self.register.keys
    }

    /// Returns the DID document; an issuer without a site is its own.
    pub fn did_document(&self) -> Value {
        let did = &self.profile().id;
        let keys = self.register.keys.iter().filter(|key| !key.compromised);
        let keys: Vec<DocumentKey> = keys.map(|key| key.entry(did)).collect();
        document(did, &keys)
    }

    /// Issues what an award earns. Asked again, it gives the same; an attempt has at most one live credential.
    ///
    /// `renews` is the UUID of a credential whose place this one takes.
    pub fn issue(
        &mut self,
        award: &Award,
        renews: Option<&str>,
        with_token: bool,
        random: &Random,
        now: Timestamp,
    ) -> Result<(Change, Found), IssuerError> {
        let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
        let records = self.records()?;
        let of_attempt = |record: &&Record| record.issues.iter().any(|issue| issue.attempt == award.attempt);
        let before = records.iter().find(of_attempt);
        if let Some(other) = before.and_then(Record::latest).filter(|other| other.attempt != award.attempt) {
            return Err(IssuerError::Refused(format!(
                "the credential of this attempt was renewed by attempt {}",
                other.attempt
            )));
        }
        match (award.check(), before) {
            (Ok(()), _) => {}
            (Err(Refusal::Failed | Refusal::Provisional), Some(before)) => return self.withdraw(before, now),
            (Err(refusal), _) => return Err(IssuerError::Refused(refusal.to_string())),
        }
        let known =
            digest(&serde_json::to_value(award).map_err(|error| IssuerError::Refused(error.to_string()))?);
        if let Some((uuid, issue)) = before.and_then(|record| Some((&record.uuid, record.latest()?))) {
            if issue.award == known {
                return self.again(uuid, issue, with_token);
            }
            let issues = records.iter().find(|record| record.uuid == *uuid);
            return self.put(issues, award, known, Change::Reissued, with_token, (random, now), &records);
        }
        let renewed = match renews {
            None => None,
            Some(uuid) => Some(records.iter().find(|record| record.uuid == uuid).ok_or_else(|| {
                IssuerError::Refused(format!("there is no credential {uuid} that could be renewed"))
            })?),
        };
        if let Some(other) =
            renewed.and_then(Record::latest).filter(|other| other.challenge != award.scorecard.challenge)
        {
            return Err(IssuerError::Refused(format!(
                "the credential to renew is one of {}, and the attempt one of {}",
                other.challenge, award.scorecard.challenge
            )));
        }
        let change = if renewed.is_some() { Change::Renewed } else { Change::Issued };
        self.put(renewed, award, known, change, with_token, (random, now), &records)
    }

    /// The same award once more. One that was taken back does not come back by itself.
    fn again(&self, uuid: &str, issue: &Issue, with_token: bool) -> Result<(Change, Found), IssuerError> {
        if let Standing::Revoked { at, reason } = &issue.standing {
            return Err(IssuerError::Refused(format!(
                "the credential {uuid} of this attempt was revoked at {at} ({reason}); `proofmark reinstate {uuid}` makes it live again"
            )));
        }
        let mut issue = issue.clone();
        if with_token && issue.token.is_none() {
            issue.token = Some(self.token(&issue.credential)?);
            let mut record = self.record(uuid)?;
            if let Some(latest) = record.issues.last_mut() {
                latest.token.clone_from(&issue.token);
            }
            self.keep(&record)?;
        }
        Ok((Change::Unchanged, Found { uuid: uuid.to_owned(), issue }))
    }

    fn withdraw(&self, before: &Record, now: Timestamp) -> Result<(Change, Found), IssuerError> {
        let mut record = before.clone();
        record.revoke(now, "another grade of the attempt does not pass");
        self.keep(&record)?;
        let issue =
            record.latest().cloned().ok_or_else(|| IssuerError::Folder("a record is empty".to_owned()))?;
        Ok((Change::Revoked, Found { uuid: record.uuid, issue }))
    }

    #[expect(clippy::too_many_arguments, reason = "one step of `issue`, which has them all")]
    fn put(
        &mut self,
        before: Option<&Record>,
        award: &Award,
        known: String,
        change: Change,
        with_token: bool,
        (random, now): (&Random, Timestamp),
        records: &[Record],
    ) -> Result<(Change, Found), IssuerError> {
        let taken: Vec<u64> =
            records.iter().flat_map(|record| &record.issues).map(|issue| issue.index).collect();
        if u64::try_from(taken.len()).unwrap_or(u64::MAX) > ENTRIES / 2 {
            return Err(IssuerError::Refused("the status list is full: make another issuer".to_owned()));
        }
        let index = std::iter::repeat_with(|| random.below(ENTRIES)).find(|index| !taken.contains(index));
        let first = before.and_then(|record| record.issues.first()).map_or(now, |issue| issue.at);
        // A newer credential must be newer by its own dates too.
        let latest = before.and_then(Record::latest).map(|issue| issue.at);
        let at = latest.map_or(now, |latest| now.max(latest + jiff::SignedDuration::from_secs(1)));
        let issuance = Issuance {
            uuid: before.map_or_else(|| random.uuid(), |record| record.uuid.clone()),
            index: index.unwrap_or_default(),
            salt: random.characters(SALT, 16),
            at,
            awarded: first,
        };
        let document = compose(award, self.profile(), &issuance)
            .map_err(|refusal| IssuerError::Refused(refusal.to_string()))?;
        let credential = self.signed(&document, at)?;
        let token = if with_token { Some(self.token(&document)?) } else { None };
        let issue = Issue {
            attempt: award.attempt.clone(),
            challenge: award.scorecard.challenge.clone(),
            index: issuance.index,
            at,
            award: known,
            standing: Standing::Live,
            credential,
            token,
        };
        let mut record =
            before.cloned().unwrap_or(Record { version: 1, uuid: issuance.uuid, issues: vec![] });
        record.supersede(issue.clone());
        self.keep(&record)?;
        Ok((change, Found { uuid: record.uuid, issue }))
    }

    /// Takes a credential back, by its UUID or by its attempt.
    pub fn revoke(&self, id: &str, reason: &str, now: Timestamp) -> Result<Found, IssuerError> {
        let mut record = self.find(id)?;
        record.revoke(now, reason);
        self.kept(record)
    }

    /// Makes a credential that was taken back live again.
    pub fn reinstate(&self, id: &str) -> Result<Found, IssuerError> {
        let mut record = self.find(id)?;
        record.reinstate();
        self.kept(record)
    }

    fn kept(&self, record: Record) -> Result<Found, IssuerError> {
        self.keep(&record)?;
        let issue =
            record.latest().cloned().ok_or_else(|| IssuerError::Folder("a record is empty".to_owned()))?;
        Ok(Found { uuid: record.uuid, issue })
    }

    /// Makes a new key for proofs. Where the old one may be in other hands, what it signed is signed anew.
    pub fn rotate(
        &mut self,
        compromised: bool,
        random: &Random,
        now: Timestamp,
    ) -> Result<usize, IssuerError> {
        if self.profile().site.is_none() {
            return Err(IssuerError::Refused(
                "this issuer is its key (did:key): another key is another issuer. `proofmark issuer init --site` makes one whose keys can change"
                    .to_owned(),
            ));
        }
        let of_kind = |key: &&mut IssuerKey| matches!(key.public, PublicHalf::Ed25519(_));
        for key in self.register.keys.iter_mut().filter(of_kind) {
            key.retired.get_or_insert(now);
            key.compromised |= compromised;
        }
        let name = format!("key-{}", self.register.keys.len() + 1);
        let key = IssuerKey::for_proofs(&self.folder, name, random, now)?;
        self.register.keys.push(key);
        self.folder.write("issuer.json", &self.register)?;
        self.mend(now)
    }

    /// Signs anew what a compromised key had signed, and returns how many that were. It can be asked again after a crash.
    pub fn mend(&self, now: Timestamp) -> Result<usize, IssuerError> {
        let lost = self.register.keys.iter().filter(|key| key.compromised);
        let lost: Vec<String> = lost.map(|key| method_id(&self.profile().id, &key.name)).collect();
        let mut signed = 0;
        for mut record in self.records()? {
            let concerned = |issue: &&mut Issue| {
                let method = issue.credential["proof"][0]["verificationMethod"].as_str();
                lost.iter().any(|lost| method == Some(lost))
            };
            let before = signed;
            for issue in record.issues.iter_mut().filter(concerned) {
                let mut document = issue.credential.clone();
                document.as_object_mut().and_then(|fields| fields.shift_remove("proof"));
                issue.credential = self.signed(&document, now)?;
                signed += 1;
            }
            if signed > before {
                self.keep(&record)?;
            }
        }
        Ok(signed)
    }

    /// Returns the status list as a signed credential, as it is since its last change; `None` without a site.
    pub fn status_list(&self, now: Timestamp) -> Result<Option<Value>, IssuerError> {
        let Some(url) = self.profile().status_url() else { return Ok(None) };
        let records = self.records()?;
        // A credential may begin later than now, and a list that is not yet valid would be of no use.
        let at = last_change(&records).unwrap_or(self.register.created).min(now);
        let issuer = serde_json::json!({ "id": self.profile().id });
        let list = StatusList { revoked: not_live(&records) }.credential(&url, &issuer, &seconds(at));
        let list = list.map_err(|error| IssuerError::Folder(error.to_string()))?;
        self.signed(&list, at).map(Some)
    }

    /// Returns every record, in order of their ids.
    pub fn records(&self) -> Result<Vec<Record>, IssuerError> {
        let names = self.folder.names("credentials", ".json")?;
        names.iter().map(|name| self.record(name)).collect()
    }

    fn record(&self, uuid: &str) -> Result<Record, IssuerError> {
        let record = self.folder.read(&format!("credentials/{uuid}.json"))?;
        record.ok_or_else(|| IssuerError::Refused(format!("there is no credential {uuid}")))
    }

    /// Finds a record by the UUID of the credential, with or without `urn:uuid:`, or by the attempt.
    pub fn find(&self, id: &str) -> Result<Record, IssuerError> {
        let uuid = id.strip_prefix("urn:uuid:").unwrap_or(id);
        let fits =
            |record: &Record| record.uuid == uuid || record.latest().is_some_and(|issue| issue.attempt == id);
        let found = self.records()?.into_iter().find(fits);
        found.ok_or_else(|| {
            IssuerError::Refused(format!("no credential has the id {id}, or is of that attempt"))
        })
    }

    fn keep(&self, record: &Record) -> Result<(), IssuerError> {
        self.folder.write(&format!("credentials/{}.json", record.uuid), record)
    }

    fn signed(&self, document: &Value, at: Timestamp) -> Result<Value, IssuerError> {
        let current =
            |key: &&IssuerKey| key.retired.is_none() && matches!(key.public, PublicHalf::Ed25519(_));
        let key = self.register.keys.iter().rev().find(current);
        let key = key.ok_or_else(|| IssuerError::Key("the issuer has no key that still signs".to_owned()))?;
        let method = method_id(&self.profile().id, &key.name);
        let secret = key.proof_secret(&self.folder)?;
        sign(document, &secret, &method, &seconds(at))
            .map_err(|error| IssuerError::Refused(error.to_string()))
    }

    /// Signs that an attempt's ledger is as it was kept here, up to the entry with that hash. Returns the key's name and the signature.
    pub fn sign_ledger(&self, attempt: &str, head: &str) -> Result<(String, String), IssuerError> {
        let current =
            |key: &&IssuerKey| key.retired.is_none() && matches!(key.public, PublicHalf::Ed25519(_));
        let key = self.register.keys.iter().rev().find(current);
        let key = key.ok_or_else(|| IssuerError::Key("the issuer has no key that still signs".to_owned()))?;
        let signature = key.proof_secret(&self.folder)?.sign(&of_ledger(attempt, head));
        Ok((key.name.clone(), format!("z{}", bs58::encode(signature).into_string())))
    }

    /// Whether a signature under a ledger is one of this issuer's keys, and the key one that counts.
    pub fn signed_ledger(&self, key: &str, attempt: &str, head: &str, signature: &str) -> bool {
        let known = self.register.keys.iter().find(|one| one.name == key && !one.compromised);
        let Some(PublicHalf::Ed25519(public)) = known.map(|known| &known.public) else { return false };
        let bytes = signature.strip_prefix('z').and_then(|text| bs58::decode(text).into_vec().ok());
        match (PublicKey::from_multibase(public), bytes) {
            (Ok(public), Some(bytes)) => public.verifies(&of_ledger(attempt, head), &bytes),
            _ => false,
        }
    }

    fn token(&self, credential: &Value) -> Result<String, IssuerError> {
        let current = |key: &&IssuerKey| key.retired.is_none() && matches!(key.public, PublicHalf::P256(_));
        let key = self.register.keys.iter().rev().find(current).ok_or_else(|| {
            IssuerError::Refused(
                "the issuer has no key for tokens: `proofmark issuer token-key` makes one".to_owned(),
            )
        })?;
        let mut bare = credential.clone();
        bare.as_object_mut().and_then(|fields| fields.shift_remove("proof"));
        let method = method_id(&self.profile().id, &key.name);
        sign_token(&bare, &key.token_secret(&self.folder)?, &method).map_err(IssuerError::Refused)
    }

    /// Makes a key for tokens; one before it retires.
    pub fn token_key(&mut self, now: Timestamp) -> Result<(), IssuerError> {
        if self.profile().site.is_none() {
            return Err(IssuerError::Refused(
                "tokens need an issuer with a site, where their key is found".to_owned(),
            ));
        }
        let name = format!("token-{}", self.register.keys.len() + 1);
        let key = IssuerKey::for_tokens(&self.folder, name, now)?;
        for old in self.register.keys.iter_mut().filter(|key| matches!(key.public, PublicHalf::P256(_))) {
            old.retired.get_or_insert(now);
        }
        self.register.keys.push(key);
        self.folder.write("issuer.json", &self.register)
    }
}
