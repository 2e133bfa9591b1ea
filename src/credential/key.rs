use ed25519_dalek::{Signature, Signer as _, VerifyingKey};

/// Multicodec prefixes of Ed25519 keys. <https://www.w3.org/TR/cid-1.0/#Multikey>
const PUBLIC: [u8; 2] = [0xed, 0x01];
const SECRET: [u8; 2] = [0x80, 0x26];

/// Why a text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no Ed25519 key in multibase form")]
pub struct KeyError;

/// A private key. It shows itself to nobody: `Debug` names its public half.
#[derive(Clone)]
pub struct SecretKey(ed25519_dalek::SigningKey);

impl SecretKey {
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(&seed))
    }

    pub fn from_multibase(text: &str) -> Result<Self, KeyError> {
        multibase_bytes(text, SECRET).map(Self::from_seed)
    }

    /// Returns the key as it is kept in its file.
    pub fn to_multibase(&self) -> String {
        multibase(SECRET, self.0.as_bytes())
    }

    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SecretKey(of {})", self.public().to_multibase())
    }
}

/// A public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    pub fn from_multibase(text: &str) -> Result<Self, KeyError> {
        let bytes = multibase_bytes(text, PUBLIC)?;
        VerifyingKey::from_bytes(&bytes).map(Self).map_err(|_| KeyError)
    }

    pub fn to_multibase(self) -> String {
        multibase(PUBLIC, self.0.as_bytes())
    }

    /// Whether a signature is this key's. Keys of low order, for which anything verifies, are refused.
    pub fn verifies(self, message: &[u8], signature: &[u8]) -> bool {
        let Ok(signature) = <[u8; 64]>::try_from(signature) else { return false };
        self.0.verify_strict(message, &Signature::from_bytes(&signature)).is_ok()
    }
}

fn multibase(prefix: [u8; 2], key: &[u8; 32]) -> String {
    format!("z{}", bs58::encode([prefix.as_slice(), key].concat()).into_string())
}

fn multibase_bytes(text: &str, prefix: [u8; 2]) -> Result<[u8; 32], KeyError> {
    let bytes = text.strip_prefix('z').and_then(|digits| bs58::decode(digits).into_vec().ok());
    bytes
        .as_deref()
        .and_then(|bytes| bytes.strip_prefix(&prefix))
        .and_then(|key| key.try_into().ok())
        .ok_or(KeyError)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_and_signs() {
        let key = SecretKey::from_seed([7; 32]);
        let again = SecretKey::from_multibase(&key.to_multibase()).unwrap();
        assert_eq!(again.public(), key.public());
        let signature = again.sign(b"tea");
        assert!(key.public().verifies(b"tea", &signature) && !key.public().verifies(b"coffee", &signature));
        assert!(!key.public().verifies(b"tea", &signature[1..]));
        let public = key.public().to_multibase();
        assert!(public.starts_with("z6Mk"), "{public}");
        assert_eq!(PublicKey::from_multibase(&public), Ok(key.public()));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let public = SecretKey::from_seed([7; 32]).public().to_multibase();
        for text in ["", "z", "z6Mk", &public[1..], &format!("{public}x"), "z0OIl"] {
            assert_eq!(PublicKey::from_multibase(text), Err(KeyError), "{text}");
        }
        assert!(SecretKey::from_multibase(&public).is_err());
    }

    #[test]
    fn a_private_key_does_not_show_itself() {
        let key = SecretKey::from_seed([7; 32]);
        let shown = format!("{key:?}");
        assert!(!shown.contains(&key.to_multibase()) && shown.contains("z6Mk"), "{shown}");
    }
}
