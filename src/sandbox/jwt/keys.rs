use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde_json::Value;

use super::{Fault, Token};

/// Checks a token's signature against the key of a set that it names. Only RS256 counts, whatever else a token asks for.
pub fn verify(token: &Token, key_set: &Value) -> Result<(), Fault> {
    let algorithm = token.header.get("alg").and_then(Value::as_str).unwrap_or_default();
    if algorithm != "RS256" {
        return Err(Fault::Algorithm(algorithm.to_owned()));
    }
    let wanted = token.header.get("kid").and_then(Value::as_str);
    let keys: Vec<&Value> = key_set["keys"].as_array().into_iter().flatten().collect();
    let rsa = |key: &&&Value| key["kty"] == "RSA" && (key["use"].is_null() || key["use"] == "sig");
    let key = keys.iter().filter(rsa).find(|key| wanted.is_some_and(|wanted| key["kid"] == wanted));
    let key = key.ok_or(Fault::UnknownKey)?;
    let number = |name: &str| {
        let text = key[name].as_str().ok_or(Fault::UnknownKey)?;
        URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).map_err(|_| Fault::UnknownKey)
    };
    let public = RsaPublicKeyComponents { n: number("n")?, e: number("e")? };
    public
        .verify(&RSA_PKCS1_2048_8192_SHA256, token.signed.as_bytes(), &token.signature)
        .map_err(|_| Fault::Signature)
}
