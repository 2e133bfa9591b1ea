use std::path::PathBuf;

use super::super::issuer::IssuerFolder;
use super::super::{Failure, screen};
use super::desk::{Desk, stored};
use crate::attempt::{Attempt, Event, Signature, Trust};
use crate::context::Context;
use crate::credential::Issuer;

/// Names the issuer's folder, in that of an attempt.
const NAMED: &str = "issuer";

/// What is known of the issuer's signature under a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Seal {
    /// On a candidate's own machine nobody signs.
    None,
    /// An issuer's host has not signed yet, or something came after its signature.
    Open,
    /// Signed by that issuer, up to that entry.
    Sound { issuer: String, entry: usize },
    /// By whom it says, and nobody here can tell whether that is so.
    Unknown { issuer: String },
    /// The signature is not one of the issuer's.
    Broken { issuer: String },
}

/// Notes where the keys are that sign for an attempt.
pub(super) fn name_issuer(
    context: &Context,
    desk: &Desk,
    attempt: &Attempt,
    folder: &IssuerFolder,
) -> Result<(), Failure> {
    if attempt.creation.trust != Trust::Issuer {
        return Ok(());
    }
    let path = desk.home.folder(&attempt.id).join(NAMED);
    let folder = folder.path(context);
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    std::fs::write(&path, folder.as_os_str().as_encoded_bytes())
        .map_err(|error| Failure::environment(format!("cannot write {}: {error}", path.display())))
}

fn issuer(context: &Context, desk: &Desk, attempt: &Attempt) -> Result<Issuer, String> {
    let named = std::fs::read_to_string(desk.home.folder(&attempt.id).join(NAMED)).ok();
    let folder = named.map_or_else(|| context.environment.state_dir().join("issuer"), PathBuf::from);
    Issuer::open(&folder).map_err(|error| error.to_string())
}

/// Puts the issuer's signature under the ledger of an attempt that is over, unless it is there already. Without the keys it stays open,
/// and is said to be.
pub(super) async fn seal(context: &Context, desk: &Desk, attempt: Attempt) -> Result<Attempt, Failure> {
    let due = attempt.creation.trust == Trust::Issuer && attempt.state.is_over() && attempt.settled;
    let last = attempt.ledger.entries.last().map(|entry| &entry.facts.event);
    if !due || matches!(last, Some(Event::Signed(_))) {
        return Ok(attempt);
    }
    let signed = issuer(context, desk, &attempt).and_then(|issuer| {
        let head = attempt.ledger.head().to_owned();
        let signed = issuer.sign_ledger(attempt.id.as_str(), &head);
        let (key, signature) = signed.map_err(|error| error.to_string())?;
        Ok(Signature { issuer: issuer.profile().id.clone(), key, head, signature })
    });
    match signed {
        Ok(signature) => {
            let event = Event::Signed(signature);
            let noted = desk.store.append(&attempt.id, context.clock.reading(), "host", event).await;
            noted.map_err(|error| stored(&error))
        }
        Err(why) => {
            screen::note(&format!("warning: the ledger is not signed: {why}"));
            Ok(attempt)
        }
    }
}

/// Looks at the signature under a ledger.
pub(super) fn sealed(context: &Context, desk: &Desk, attempt: &Attempt) -> Seal {
    if attempt.creation.trust != Trust::Issuer {
        return Seal::None;
    }
    let entries = &attempt.ledger.entries;
    let Some(signature) = &attempt.signed else { return Seal::Open };
    let name = signature.issuer.clone();
    match issuer(context, desk, attempt) {
        Ok(issuer) if issuer.profile().id == name => {
            let Signature { key, head, signature, .. } = signature;
            let signed = entries.iter().position(|entry| entry.hash == *head);
            let sound = issuer.signed_ledger(key, attempt.id.as_str(), head, signature);
            let Some(entry) = signed.filter(|_| sound) else { return Seal::Broken { issuer: name } };
            let behind = entries[entry + 1..].iter();
            let only = behind.map(|entry| &entry.facts.event).all(|event| matches!(event, Event::Signed(_)));
            if only { Seal::Sound { issuer: name, entry } } else { Seal::Open }
        }
        _ => Seal::Unknown { issuer: name },
    }
}

impl Seal {
    /// Says it in words that follow "the ledger is".
    pub(super) fn words(&self) -> String {
        match self {
            Self::None => "kept on a machine of the candidate's own, whose word it is".to_owned(),
            Self::Open => "kept by an issuer, and not signed up to its end".to_owned(),
            Self::Sound { issuer, entry } => format!("kept and signed by {issuer} up to entry {entry}"),
            Self::Unknown { issuer } => {
                format!("signed by {issuer}, as it says; the issuer's keys are not at hand")
            }
            Self::Broken { issuer } => format!("NOT signed by {issuer}, though it says so"),
        }
    }
}
