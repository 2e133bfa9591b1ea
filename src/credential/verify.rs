use jiff::Timestamp;
use serde_json::Value;

use super::bake::Document;
use super::did::{document_url, key_of_did_key, method};
use super::finding::{Finding, Outcome, State};
use super::key::PublicKey;
use super::model::{OpenBadge, StatusEntry, moment};
use super::proof::{Proof, ProofError};
use super::status::is_set;
use super::token::Token;

/// Where the documents come from that a verification needs: the issuer's DID document, the status list.
pub trait Library {
    /// Returns what stands at an address, or why that could not be read.
    fn get(&self, url: &str) -> Result<Vec<u8>, String>;
}

/// What came of looking at a credential.
#[derive(Debug, Clone, PartialEq)]
pub struct Examination {
    pub state: State,
    pub findings: Vec<Finding>,
    /// As far as it could be read.
    pub badge: Option<OpenBadge>,
}

/// Looks at a credential: its shape, its proof, its status and its time.
pub fn verify(document: &Document, library: &dyn Library, now: Timestamp) -> Examination {
    let mut findings = Vec::new();
    let (credential, proof) = match document {
        Document::Json(value) => (value.clone(), proof(value, library)),
        Document::Token(text) => match Token::read(text) {
            Ok(token) => (token.credential.clone(), token_proof(&token, library)),
            Err(why) => {
                let findings = vec![Finding::new("proof", Outcome::Broken(why))];
                return Examination { state: State::Unverifiable, findings, badge: None };
            }
        },
    };
    let badge = OpenBadge::read(&credential);
    let shape = match &badge {
        Ok(_) => Outcome::Holds("an Open Badges 3.0 credential, as the schema has it".to_owned()),
        Err(why) => Outcome::Broken(why.clone()),
    };
    findings.push(Finding::new("structure", shape));
    findings.push(Finding::new("proof", proof));
    let mut state = State::Valid;
    if let Ok(badge) = &badge {
        let (status, revoked) = status(badge, library);
        findings.push(Finding::new("status", status));
        let (validity, by_time) = validity(badge, now);
        findings.push(Finding::new("validity", validity));
        state = match revoked {
            true if superseded(badge, library) => State::Superseded,
            true => State::Revoked,
            false => by_time,
        };
    }
    let unsound = |finding: &Finding| match finding.outcome {
        Outcome::Holds(_) => false,
        Outcome::Broken(_) => matches!(finding.check, "structure" | "proof"),
        Outcome::Unknown(_) => {
            finding.check == "proof" || (finding.check == "status" && state == State::Valid)
        }
    };
    if findings.iter().any(unsound) {
        state = State::Unverifiable;
    }
    Examination { state, findings, badge: badge.ok() }
}

/// The proof that a document carries, with the key of its issuer.
fn proof(document: &Value, library: &dyn Library) -> Outcome {
    let proof = match Proof::of(document) {
        Ok(proof) => proof,
        Err(error @ ProofError::Unsupported(_)) => return Outcome::Unknown(error.to_string()),
        Err(error) => return Outcome::Broken(error.to_string()),
    };
    let key = match key(&proof.method, &document["issuer"], library) {
        Ok(key) => key,
        Err(outcome) => return outcome,
    };
    match proof.verify(key) {
        Ok(()) => Outcome::Holds(signer(&proof.method)),
        Err(error) => Outcome::Broken(error.to_string()),
    }
}

fn token_proof(token: &Token, library: &dyn Library) -> Outcome {
    let found = match verification_method(&token.method, &token.credential["issuer"], library) {
        Ok(found) => found,
        Err(outcome) => return outcome,
    };
    match token.verify(&found["publicKeyJwk"]) {
        Ok(()) => Outcome::Holds(signer(&token.method)),
        Err(why) => Outcome::Broken(why),
    }
}

fn signer(method: &str) -> String {
    let (did, _) = method.split_once('#').unwrap_or((method, ""));
    let who = match did.strip_prefix("did:web:") {
        Some(place) => {
            let host = place.split(':').next().unwrap_or(place).replace("%3A", ":");
            format!("whoever holds {host} vouches for the key")
        }
        None => "nothing but the key says who the issuer is".to_owned(),
    };
    format!("signed with {method}; {who}")
}

/// Looks up an Ed25519 key, which must be the issuer's own.
fn key(id: &str, issuer: &Value, library: &dyn Library) -> Result<PublicKey, Outcome> {
    if let Some(key) = key_of_did_key(id) {
        own(id, issuer)?;
        return key.map_err(Outcome::Broken);
    }
    let found = verification_method(id, issuer, library)?;
    let multibase = found["publicKeyMultibase"].as_str().unwrap_or_default();
    PublicKey::from_multibase(multibase).map_err(|error| Outcome::Broken(format!("{id}: {error}")))
}

fn own<'a>(id: &'a str, issuer: &Value) -> Result<&'a str, Outcome> {
    let (did, _) = id.split_once('#').unwrap_or((id, ""));
    let named = issuer.as_str().or_else(|| issuer["id"].as_str()).unwrap_or_default();
    if did == named {
        Ok(did)
    } else {
        Err(Outcome::Broken(format!("it names {named:?} as its issuer, and is signed with a key of {did}")))
    }
}

fn verification_method(id: &str, issuer: &Value, library: &dyn Library) -> Result<Value, Outcome> {
    let did = own(id, issuer)?;
    let url = document_url(did).ok_or_else(|| {
        Outcome::Unknown(format!("keys of {did} cannot be looked up here: did:web and did:key can"))
    })?;
    let text = library
        .get(&url)
        .map_err(|why| Outcome::Unknown(format!("the issuer's keys at {url} could not be read: {why}")))?;
    let document = serde_json::from_slice(&text)
        .map_err(|error| Outcome::Unknown(format!("{url} is no DID document: {error}")))?;
    method(&document, did, id).cloned().map_err(Outcome::Broken)
}

/// Whether the credential was revoked; the second part says that it was, for sure.
fn status(badge: &OpenBadge, library: &dyn Library) -> (Outcome, bool) {
    let Some(entry) = &badge.credential_status else {
        return (Outcome::Holds("it has no status: its issuer cannot revoke it".to_owned()), false);
    };
    match revoked(badge, entry, library) {
        Ok(true) => (Outcome::Broken("its issuer revoked it".to_owned()), true),
        Ok(false) => (Outcome::Holds("its issuer's list does not name it as revoked".to_owned()), false),
        Err(why) => (Outcome::Unknown(why), false),
    }
}

fn revoked(badge: &OpenBadge, entry: &StatusEntry, library: &dyn Library) -> Result<bool, String> {
    if entry.kind != "BitstringStatusListEntry" {
        return Err(format!("a status of the kind {} cannot be looked up here", entry.kind));
    }
    let field =
        |value: &Option<String>, name: &str| value.clone().ok_or_else(|| format!("its status has no {name}"));
    let url = field(&entry.status_list_credential, "statusListCredential")?;
    let index = field(&entry.status_list_index, "statusListIndex")?;
    let index: u64 =
        index.parse().map_err(|_| format!("its place in the status list {index:?} is no number"))?;
    let purpose = field(&entry.status_purpose, "statusPurpose")?;
    let text =
        library.get(&url).map_err(|why| format!("the status list at {url} could not be read: {why}"))?;
    let list: Value =
        serde_json::from_slice(&text).map_err(|error| format!("{url} is no status list: {error}"))?;
    let issuer = list["issuer"].as_str().or_else(|| list["issuer"]["id"].as_str());
    if list["id"] != url.as_str() || issuer != Some(badge.issuer.id.as_str()) {
        return Err(format!("what stands at {url} is not the issuer's status list"));
    }
    match proof(&list, library) {
        Outcome::Holds(_) => is_set(&list, &purpose, index),
        Outcome::Broken(why) | Outcome::Unknown(why) => Err(format!("the status list at {url}: {why}")),
    }
}

fn validity(badge: &OpenBadge, now: Timestamp) -> (Outcome, State) {
    let at = |text: &str| moment(text).unwrap_or(Timestamp::MAX);
    if at(&badge.valid_from) > now {
        return (Outcome::Broken(format!("it is valid from {} on", badge.valid_from)), State::NotYetValid);
    }
    match &badge.valid_until {
        Some(end) if at(end) < now => (Outcome::Broken(format!("it was valid until {end}")), State::Expired),
        Some(end) => (Outcome::Holds(format!("valid from {} until {end}", badge.valid_from)), State::Valid),
        None => (Outcome::Holds(format!("valid from {} on, without end", badge.valid_from)), State::Valid),
    }
}

/// Whether the issuer's site has a newer credential of the same id. <https://www.imsglobal.org/spec/ob/v3p0/#equality-and-comparison>
fn superseded(badge: &OpenBadge, library: &dyn Library) -> bool {
    let newer = || {
        let page = badge.evidence.iter().find_map(|evidence| evidence.id.as_deref()?.split('#').next())?;
        let text = library.get(&format!("{page}credential.json")).ok()?;
        let document: Value = serde_json::from_slice(&text).ok()?;
        let other = OpenBadge::read(&document).ok()?;
        let same = other.id == badge.id && other.issuer.id == badge.issuer.id;
        let later = moment(&other.valid_from).ok()? > moment(&badge.valid_from).ok()?;
        Some(same && later && matches!(proof(&document, library), Outcome::Holds(_)))
    };
    newer().unwrap_or(false)
}
