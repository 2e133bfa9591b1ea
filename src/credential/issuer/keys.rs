use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::folder::{Folder, IssuerError};
use crate::context::Random;
use crate::credential::did::DocumentKey;
use crate::credential::key::SecretKey;
use crate::credential::token::TokenKey;

/// A key of an issuer, as everyone may know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IssuerKey {
    /// Its fragment in the DID document.
    pub name: String,
    pub public: PublicHalf,
    pub created: Timestamp,
    /// Since when it signs nothing more. What it signed stays valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired: Option<Timestamp>,
    /// Someone else may have had it: nothing that it signed counts any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub compromised: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PublicHalf {
    /// For Data Integrity proofs, in multibase form.
    Ed25519(String),
    /// For tokens, as a JSON Web Key.
    P256(Value),
}

impl IssuerKey {
    fn file(&self) -> String {
        format!("keys/{}.key", self.name)
    }

    /// Returns the key as the DID document of its issuer shows it.
    pub(super) fn entry(&self, did: &str) -> DocumentKey {
        let id = format!("{did}#{}", self.name);
        match &self.public {
            PublicHalf::Ed25519(multibase) => DocumentKey::Multikey { id, multibase: multibase.clone() },
            PublicHalf::P256(jwk) => DocumentKey::Jwk { id, jwk: jwk.clone() },
        }
    }

    /// Makes a key for proofs, and keeps its private half.
    pub(super) fn for_proofs(
        folder: &Folder,
        name: String,
        random: &Random,
        now: Timestamp,
    ) -> Result<Self, IssuerError> {
        let secret = SecretKey::from_seed(random.bytes());
        let public = PublicHalf::Ed25519(secret.public().to_multibase());
        let key = Self { name, public, created: now, retired: None, compromised: false };
        folder.keep_secret(&key.file(), &secret.to_multibase())?;
        Ok(key)
    }

    /// Makes a key for tokens, and keeps its private half.
    pub(super) fn for_tokens(folder: &Folder, name: String, now: Timestamp) -> Result<Self, IssuerError> {
        let secret = TokenKey::generate().map_err(IssuerError::Key)?;
        let key = Self {
            name,
            public: PublicHalf::P256(secret.jwk()),
            created: now,
            retired: None,
            compromised: false,
        };
        folder.keep_secret(&key.file(), &STANDARD.encode(secret.to_pkcs8()))?;
        Ok(key)
    }

    /// Reads the private half, and sees that it is the one that belongs to the public half.
    pub(super) fn proof_secret(&self, folder: &Folder) -> Result<SecretKey, IssuerError> {
        let text = folder.secret(&self.file())?;
        let secret =
            SecretKey::from_multibase(&text).map_err(|error| self.wrong(folder, &error.to_string()))?;
        if self.public == PublicHalf::Ed25519(secret.public().to_multibase()) {
            Ok(secret)
        } else {
            Err(self.wrong(folder, "it is another one than the issuer's record has"))
        }
    }

    pub(super) fn token_secret(&self, folder: &Folder) -> Result<TokenKey, IssuerError> {
        let text = folder.secret(&self.file())?;
        let bytes = STANDARD.decode(text).map_err(|_| self.wrong(folder, "it is no base64"))?;
        let secret = TokenKey::read(&bytes).map_err(|why| self.wrong(folder, &why))?;
        if self.public == PublicHalf::P256(secret.jwk()) {
            Ok(secret)
        } else {
            Err(self.wrong(folder, "it is another one than the issuer's record has"))
        }
    }

    fn wrong(&self, folder: &Folder, why: &str) -> IssuerError {
        IssuerError::Key(format!(
            "the private key {}/{} is not usable: {why}; bring the right one back, or make a new one (`proofmark issuer rotate`)",
            folder.shown(),
            self.file()
        ))
    }
}
