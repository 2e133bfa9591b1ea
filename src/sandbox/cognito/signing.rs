use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::rsa::{KeyPair, KeyPairComponents, PublicKeyComponents};
use ring::signature::RSA_PKCS1_SHA256;
use serde_json::{Value, json};

use super::prime::{EXPONENT, bytes, inverse_of_exponent, minus_one, power, prime, product};
use crate::context::Random;

/// A pool's key: it signs tokens, and shows its public half.
#[derive(Clone)]
pub(super) struct SigningKey(Arc<(String, KeyPair)>);

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigningKey").field(&self.0.0).finish()
    }
}

impl SigningKey {
    /// Makes a key of 2,048 bits, which takes a moment. `None` if ring does not take it.
    pub(super) fn generate(random: &Random) -> Option<Self> {
        let (mut p, mut q) = (prime(random), prime(random));
        if p.iter().rev().lt(q.iter().rev()) {
            std::mem::swap(&mut p, &mut q);
        }
        let (less_p, less_q) = (minus_one(&p), minus_one(&q));
        // By Fermat's theorem a power inverts modulo a prime.
        let inverse = power(&q, &minus_one(&less_p), &p);
        let (modulus, exponent) = (bytes(&product(&p, &q)), bytes(&[EXPONENT]));
        let components = KeyPairComponents {
            public_key: PublicKeyComponents { n: modulus.as_slice(), e: exponent.as_slice() },
            d: &bytes(&inverse_of_exponent(&product(&less_p, &less_q))),
            p: &bytes(&p),
            q: &bytes(&q),
            dP: &bytes(&inverse_of_exponent(&less_p)),
            dQ: &bytes(&inverse_of_exponent(&less_q)),
            qInv: &bytes(&inverse),
        };
        let pair = KeyPair::from_components(&components).ok()?;
        let id = base64::engine::general_purpose::STANDARD.encode(random.bytes::<32>());
        Some(Self(Arc::new((id, pair))))
    }

    /// Signs claims into a token in compact form; `None` if the signer failed.
    pub(super) fn sign(&self, claims: &Value) -> Option<String> {
        let (id, pair) = self.0.as_ref();
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&json!({ "kid": id, "alg": "RS256" })), part(claims));
        let mut signature = vec![0; pair.public().modulus_len()];
        pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).ok()?;
        Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// The JSON Web Key Set with the public half.
    pub(super) fn key_set(&self) -> Value {
        let (id, pair) = self.0.as_ref();
        let public = PublicKeyComponents::<Vec<u8>>::from(pair.public());
        json!({
            "keys": [{
                "alg": "RS256",
                "e": URL_SAFE_NO_PAD.encode(public.e),
                "kid": id,
                "kty": "RSA",
                "n": URL_SAFE_NO_PAD.encode(public.n),
                "use": "sig",
            }],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::jwt::{Fault, Token, verify};

    #[test]
    fn what_a_key_signs_its_public_half_verifies_and_no_other() {
        let key = SigningKey::generate(&Random::from_seed(7)).expect("a key can be made");
        let text = key.sign(&json!({ "sub": "ada" })).expect("it signs");
        let token = Token::parse(&text).expect("it is a token");
        assert_eq!(verify(&token, &key.key_set()), Ok(()));
        let other = SigningKey::generate(&Random::from_seed(8)).expect("a key can be made");
        assert_eq!(verify(&token, &other.key_set()), Err(Fault::UnknownKey));
        let forged = text.replacen('.', ".e", 1);
        if let Ok(token) = Token::parse(&forged) {
            assert_eq!(verify(&token, &key.key_set()), Err(Fault::Signature));
        }
        let none = Token::parse("eyJhbGciOiJub25lIn0.e30.").expect("it can be read");
        assert_eq!(verify(&none, &key.key_set()), Err(Fault::Algorithm("none".to_owned())));
    }
}
