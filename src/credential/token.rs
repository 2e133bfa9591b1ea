use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, UnparsedPublicKey,
};
use serde_json::{Value, json};

use super::model::moment;

/// A P-256 key, for credentials as JSON Web Tokens. `Debug` names its public half.
pub struct TokenKey {
    pair: EcdsaKeyPair,
    /// PKCS #8, as it is kept in its file.
    kept: Vec<u8>,
}

impl TokenKey {
    /// Makes a key. Its randomness is that of the operating system, which the library asks by itself.
    pub fn generate() -> Result<Self, String> {
        let kept = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        Self::read(kept.map_err(|_| "no key could be made")?.as_ref())
    }

    /// Reads a key from PKCS #8.
    pub fn read(kept: &[u8]) -> Result<Self, String> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, kept, &SystemRandom::new());
        Ok(Self {
            pair: pair.map_err(|error| format!("this is no P-256 key: {error}"))?,
            kept: kept.to_vec(),
        })
    }

    pub fn to_pkcs8(&self) -> &[u8] {
        &self.kept
    }

    /// Returns the public half as a JSON Web Key.
    pub fn jwk(&self) -> Value {
        // An uncompressed point: 4, x, y.
        let point = self.pair.public_key().as_ref();
        let part =
            |range: std::ops::Range<usize>| point.get(range).map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
        json!({ "kty": "EC", "crv": "P-256", "x": part(1..33), "y": part(33..65) })
    }
}

impl std::fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TokenKey(of {})", self.jwk())
    }
}

/// Returns a credential as a token, ES256. Each signature is new: ECDSA draws a number for each.
/// <https://www.imsglobal.org/spec/ob/v3p0/#jwt-proof>
pub fn sign_token(credential: &Value, key: &TokenKey, method: &str) -> Result<String, String> {
    let mut payload = credential.clone();
    let time = |name: &str| {
        let text = credential[name].as_str().unwrap_or_default();
        moment(text).map(jiff::Timestamp::as_second).map_err(|()| format!("the credential has no {name}"))
    };
    let subject = &credential["credentialSubject"]["id"];
    if !subject.is_string() {
        return Err("a token names its subject by an id, such as a DID; this credential has none".to_owned());
    }
    payload["iss"] = credential["issuer"]["id"].clone();
    payload["jti"] = credential["id"].clone();
    payload["nbf"] = time("validFrom")?.into();
    payload["sub"] = subject.clone();
    if credential["validUntil"].is_string() {
        payload["exp"] = time("validUntil")?.into();
    }
    let header = json!({ "alg": "ES256", "kid": method, "typ": "JWT" });
    let signed = format!("{}.{}", encoded(&header), encoded(&payload));
    let signature =
        key.pair.sign(&SystemRandom::new(), signed.as_bytes()).map_err(|_| "the key cannot sign")?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// A credential that came as a token. Its key is still to be looked up.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    /// The DID URL of the key.
    pub method: String,
    /// The credential, without what only tokens have.
    pub credential: Value,
    signed: String,
    signature: Vec<u8>,
}

impl Token {
    /// Reads a token, and sees that what it says twice is the same.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut parts = text.split('.');
        let mut part = || {
            parts.next().and_then(|part| URL_SAFE_NO_PAD.decode(part).ok()).ok_or("the token is malformed")
        };
        let (header, payload, signature) = (part()?, part()?, part()?);
        let json = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).map_err(|error| error.to_string());
        let (header, mut credential) = (json(&header)?, json(&payload)?);
        if header["alg"] != "ES256" {
            return Err(format!("tokens signed with {} cannot be checked here", header["alg"]));
        }
        let method = header["kid"].as_str().ok_or("the token names no key")?.to_owned();
        let claims = ["iss", "jti", "sub", "nbf", "exp", "iat"];
        let fields = credential.as_object_mut().ok_or("the token holds no object")?;
        let claims = claims.map(|name| (name, fields.shift_remove(name)));
        for (name, claim) in claims {
            let Some(claim) = claim else { continue };
            let time = |field: &str| {
                credential[field].as_str().and_then(|text| moment(text).ok()).map(jiff::Timestamp::as_second)
            };
            let same = match name {
                "iss" => claim == credential["issuer"]["id"] || claim == credential["issuer"],
                "jti" => claim == credential["id"],
                "sub" => claim == credential["credentialSubject"]["id"],
                "nbf" => claim.as_i64() == time("validFrom"),
                "exp" => claim.as_i64() == time("validUntil"),
                _ => true,
            };
            if !same {
                return Err(format!("the token's {name} is not what its credential says"));
            }
        }
        let signed = text.rsplit_once('.').map_or(text, |(signed, _)| signed).to_owned();
        Ok(Self { method, credential, signed, signature })
    }

    /// Whether the token is signed with a JSON Web Key.
    pub fn verify(&self, jwk: &Value) -> Result<(), String> {
        if jwk["kty"] != "EC" || jwk["crv"] != "P-256" {
            return Err("the issuer's key is not a P-256 key".to_owned());
        }
        let part = |name: &str| {
            let bytes = jwk[name].as_str().and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
            bytes.filter(|bytes| bytes.len() == 32).ok_or("the issuer's key is malformed")
        };
        let point = [vec![4], part("x")?, part("y")?].concat();
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
            .verify(self.signed.as_bytes(), &self.signature)
            .map_err(|_| "it was changed after it was signed, or another key signed it".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::unsigned;
    use super::*;

    const METHOD: &str = "did:web:labs.example.org:badges#token-1";

    #[test]
    fn a_token_reads_back_and_every_change_is_seen() {
        let key = TokenKey::generate().unwrap();
        let key = TokenKey::read(key.to_pkcs8()).unwrap();
        let text = sign_token(&unsigned(), &key, METHOD).unwrap();
        let token = Token::read(&text).unwrap();
        assert_eq!((token.method.as_str(), &token.credential), (METHOD, &unsigned()));
        assert_eq!(token.verify(&key.jwk()), Ok(()));
        assert!(token.verify(&TokenKey::generate().unwrap().jwk()).is_err());

        let mut changed = unsigned();
        changed["name"] = json!("Another");
        let other = sign_token(&changed, &TokenKey::generate().unwrap(), METHOD).unwrap();
        let (_, signature) = text.rsplit_once('.').unwrap();
        let (signed, _) = other.rsplit_once('.').unwrap();
        let forged = Token::read(&format!("{signed}.{signature}")).unwrap();
        assert!(forged.verify(&key.jwk()).unwrap_err().contains("changed"));
    }

    #[test]
    fn a_token_may_not_say_two_things() {
        let key = TokenKey::generate().unwrap();
        let text = sign_token(&unsigned(), &key, METHOD).unwrap();
        let parts: Vec<&str> = text.split('.').collect();
        let mut payload: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
        payload["exp"] = json!(1);
        let odd = format!("{}.{}.{}", parts[0], encoded(&payload), parts[2]);
        assert!(Token::read(&odd).unwrap_err().contains("exp"));
        let none = format!("{}.{}.", encoded(&json!({ "alg": "none", "kid": METHOD })), parts[1]);
        assert!(Token::read(&none).unwrap_err().contains("none"));
    }

    #[test]
    fn a_private_key_does_not_show_itself() {
        let key = TokenKey::generate().unwrap();
        let shown = format!("{key:?}");
        assert!(shown.contains("P-256") && !shown.contains(&hex::encode(key.to_pkcs8())));
    }
}
