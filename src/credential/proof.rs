use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::canonical::{CanonicalError, canonical};
use super::key::{PublicKey, SecretKey};

/// The one cryptosuite that every verifier of Open Badges 3.0 must know.
/// <https://www.imsglobal.org/spec/ob/v3p0/#data-integrity>
pub const SUITE: &str = "eddsa-rdfc-2022";

/// Why a document could not be signed, or its proof does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
    #[error("it has no proof")]
    Missing,
    /// A proof that is made in a way that this program does not know: nothing is said of it.
    #[error("its proof is of a kind that cannot be checked here: {0}")]
    Unsupported(String),
    #[error("its proof is malformed: {0}")]
    Malformed(String),
    #[error("it was changed after it was signed, or another key signed it")]
    WrongSignature,
}

/// Returns a document with a Data Integrity proof. The same document, key and moment give the same bytes.
///
/// `created` is RFC 3339, `method` the DID URL of the key. <https://www.w3.org/TR/vc-di-eddsa/#eddsa-rdfc-2022>
pub fn sign(document: &Value, key: &SecretKey, method: &str, created: &str) -> Result<Value, ProofError> {
    let mut options = json!({
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": created,
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    });
    let signature = key.sign(&hashes(document, &options)?);
    options["proofValue"] = format!("z{}", bs58::encode(signature).into_string()).into();
    let mut signed = document.clone();
    // An array: the official schema's JSON-LD flavour takes no single object.
    signed["proof"] = json!([options]);
    Ok(signed)
}

/// A proof that was found in a document, and what it covers. Its key is still to be looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The DID URL of the key.
    pub method: String,
    /// RFC 3339.
    pub created: String,
    signed: Vec<u8>,
    signature: Vec<u8>,
}

impl Proof {
    /// Reads the proof of a document. Of several, the first of the known kind counts.
    pub fn of(document: &Value) -> Result<Self, ProofError> {
        let mut bare = document.clone();
        let proofs = match bare.as_object_mut().and_then(|fields| fields.remove("proof")) {
            None => return Err(ProofError::Missing),
            Some(Value::Array(proofs)) => proofs,
            Some(one) => vec![one],
        };
        let known = |proof: &&Value| proof["type"] == "DataIntegrityProof" && proof["cryptosuite"] == SUITE;
        let kinds =
            || proofs.iter().map(|proof| proof["cryptosuite"].to_string()).collect::<Vec<_>>().join(", ");
        let mut options = match proofs.iter().find(known) {
            Some(proof) => proof.clone(),
            None if proofs.is_empty() => return Err(ProofError::Missing),
            None => return Err(ProofError::Unsupported(kinds())),
        };
        let text = |name: &str| {
            let value = options[name].as_str().map(str::to_owned);
            value.ok_or_else(|| ProofError::Malformed(format!("it has no {name}")))
        };
        let (method, created, value) = (text("verificationMethod")?, text("created")?, text("proofValue")?);
        if options["proofPurpose"] != "assertionMethod" {
            return Err(ProofError::Malformed(format!("its purpose is {}", options["proofPurpose"])));
        }
        let signature = value.strip_prefix('z').and_then(|digits| bs58::decode(digits).into_vec().ok());
        let signature =
            signature.ok_or_else(|| ProofError::Malformed("its value is no base58".to_owned()))?;
        if let Some(fields) = options.as_object_mut() {
            fields.remove("proofValue");
            // A proof may repeat the document's contexts; others than those would change what its terms mean.
            if fields.remove("@context").is_some_and(|context| context != document["@context"]) {
                return Err(ProofError::Malformed("its @context is not the document's".to_owned()));
            }
        }
        Ok(Self { method, created, signed: hashes(&bare, &options)?, signature })
    }

    pub fn verify(&self, key: PublicKey) -> Result<(), ProofError> {
        key.verifies(&self.signed, &self.signature).then_some(()).ok_or(ProofError::WrongSignature)
    }
}

/// What is signed: the digest of the proof's options, then that of the document.
fn hashes(document: &Value, options: &Value) -> Result<Vec<u8>, CanonicalError> {
    let mut options = options.clone();
    options["@context"] = document["@context"].clone();
    let (options, document) = (canonical(&options)?, canonical(document)?);
    Ok([Sha256::digest(options), Sha256::digest(document)].concat())
}

#[cfg(test)]
mod tests {
    use super::super::vocabulary::{CREDENTIALS, OPEN_BADGES};
    use super::*;

    /// The key and the credential that 1EdTech's implementation guide signs.
    /// <https://www.imsglobal.org/spec/ob/v3p0/impl/#ob-linked-data-proof>
    const SEED: &str = "6241a409e6707bb640a0140a8a32bc3d193c33a661747284d6adfa4ed4180be4";
    const METHOD: &str =
        "https://example.edu/issuers/565049#z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi";
    const VALUE: &str =
        "z5x9aCBYovW3CQCbKdNyhEm7ffYSw1YpEdPywQJoNbzDD2gkzQDKJ1sYKJaWvqZtkMtSbz35HcbgXVEDYHxCzgkCr";

    fn published() -> (Value, SecretKey) {
        let badge = json!({
            "@context": [CREDENTIALS, OPEN_BADGES],
            "id": "http://example.com/credentials/3527",
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "issuer": {
                "id": "https://example.edu/issuers/565049",
                "type": ["Profile"],
                "url": "https://www.imsglobal.org",
                "name": "Example Corp"
            },
            "validFrom": "2010-01-01T00:00:00Z",
            "name": "Teamwork Badge",
            "credentialSubject": {
                "id": "did:example:ebfeb1f712ebc6f1c276e12ec21",
                "type": ["AchievementSubject"],
                "achievement": {
                    "id": "https://example.com/achievements/21st-century-skills/teamwork",
                    "type": ["Achievement"],
                    "criteria": {
                        "narrative": "Team members are nominated for this badge by their peers and recognized upon review by Example Corp management."
                    },
                    "description": "This badge recognizes the development of the capacity to collaborate within a group environment.",
                    "name": "Teamwork"
                }
            }
        });
        let seed = hex::decode(SEED).unwrap().try_into().unwrap();
        (badge, SecretKey::from_seed(seed))
    }

    #[test]
    fn the_published_test_vector_is_signed_to_the_same_value() {
        let (badge, key) = published();
        assert_eq!(
            hex::encode(Sha256::digest(canonical(&badge).unwrap())),
            "87f65a76d40146205e3b3e06cb0fbd153f97f9ce70372390f52566bb7f9e0773"
        );
        let signed = sign(&badge, &key, METHOD, "2010-01-01T19:23:24Z").unwrap();
        assert_eq!(signed["proof"][0]["proofValue"], VALUE);
        assert_eq!(Proof::of(&signed).unwrap().verify(key.public()), Ok(()));
    }

    #[test]
    fn a_single_proof_that_repeats_the_contexts_is_read_too() {
        let (badge, key) = published();
        let mut signed = sign(&badge, &key, METHOD, "2010-01-01T19:23:24Z").unwrap();
        signed["proof"] = signed["proof"][0].take();
        signed["proof"]["@context"] = signed["@context"].clone();
        assert_eq!(Proof::of(&signed).unwrap().verify(key.public()), Ok(()));
        signed["proof"]["@context"] = json!([CREDENTIALS]);
        assert!(matches!(Proof::of(&signed), Err(ProofError::Malformed(_))));
    }

    #[test]
    fn every_change_is_seen() {
        let (badge, key) = published();
        let signed = sign(&badge, &key, METHOD, "2010-01-01T19:23:24Z").unwrap();
        for (pointer, value) in [
            ("/name", "Teamwork badge"),
            ("/validFrom", "2010-01-01T00:00:01Z"),
            ("/credentialSubject/achievement/criteria/narrative", "None."),
            ("/proof/0/created", "2011-01-01T19:23:24Z"),
            ("/proof/0/verificationMethod", "https://example.edu/issuers/565049#z6Mkother"),
        ] {
            let mut changed = signed.clone();
            *changed.pointer_mut(pointer).unwrap() = json!(value);
            let verdict = Proof::of(&changed).unwrap().verify(key.public());
            assert_eq!(verdict, Err(ProofError::WrongSignature), "{pointer}");
        }
        let other = SecretKey::from_seed([1; 32]).public();
        assert_eq!(Proof::of(&signed).unwrap().verify(other), Err(ProofError::WrongSignature));
        let mut added = signed;
        added["rank"] = json!(1);
        assert!(matches!(Proof::of(&added), Err(ProofError::Canonical(CanonicalError::UndefinedTerms(_)))));
    }

    #[test]
    fn a_proof_of_another_kind_is_told_from_a_wrong_one() {
        let (mut badge, _) = published();
        assert_eq!(Proof::of(&badge), Err(ProofError::Missing));
        badge["proof"] = json!({ "type": "DataIntegrityProof", "cryptosuite": "ecdsa-sd-2023" });
        assert!(matches!(Proof::of(&badge), Err(ProofError::Unsupported(_))));
    }
}
