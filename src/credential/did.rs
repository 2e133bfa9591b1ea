use serde_json::{Value, json};

use super::key::PublicKey;

/// Returns the DID of an issuer whose site stands at an address: `https://labs.example.org/badges` is
/// `did:web:labs.example.org:badges`. <https://w3c-ccg.github.io/did-method-web/>
pub fn did_web(site: &str) -> Result<String, String> {
    let wrong = |why: &str| format!("{site:?} cannot be an issuer's address: {why}");
    let rest = site.strip_prefix("https://").ok_or_else(|| wrong("it must begin with https://"))?;
    let (host, path) = rest.trim_end_matches('/').split_once('/').unwrap_or((rest.trim_end_matches('/'), ""));
    let letters =
        |text: &str, more: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c));
    if host.is_empty() || !letters(host, "-.:") {
        return Err(wrong("its host is not a name"));
    }
    let parts = path.split('/').filter(|_| !path.is_empty());
    let mut did = format!("did:web:{}", host.replace(':', "%3A"));
    for part in parts {
        if part.is_empty() || !letters(part, "-._~") {
            return Err(wrong("its path may hold letters, digits, and -._~"));
        }
        did.push(':');
        did.push_str(part);
    }
    Ok(did)
}

/// Returns where the document of a `did:web` is found; `None` for other methods.
pub fn document_url(did: &str) -> Option<String> {
    let mut parts = did.strip_prefix("did:web:")?.split(':');
    let host = parts.next().filter(|host| !host.is_empty())?.replace("%3A", ":").replace("%3a", ":");
    let path: Vec<&str> = parts.collect();
    let folder = if path.is_empty() { ".well-known".to_owned() } else { path.join("/") };
    Some(format!("https://{host}/{folder}/did.json"))
}

/// Returns the DID that is a key itself. <https://w3c-ccg.github.io/did-key-spec/>
pub fn did_key(key: PublicKey) -> String {
    format!("did:key:{}", key.to_multibase())
}

/// Returns the name that proofs give a key: of a `did:key`, the key again; else the fragment given.
pub fn method_id(did: &str, fragment: &str) -> String {
    format!("{did}#{}", did.strip_prefix("did:key:").unwrap_or(fragment))
}

/// Returns the key of a `did:key` verification method; `None` where it is not of that kind.
pub(super) fn key_of_did_key(method: &str) -> Option<Result<PublicKey, String>> {
    let (did, fragment) = method.split_once('#').unwrap_or((method, ""));
    let key = did.strip_prefix("did:key:")?;
    if fragment != key {
        return Some(Err(format!("the key {method} is not the one that its DID is made of")));
    }
    Some(PublicKey::from_multibase(key).map_err(|error| error.to_string()))
}

/// A key in an issuer's DID document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DocumentKey {
    /// Ed25519, for Data Integrity proofs.
    Multikey { id: String, multibase: String },
    /// P-256, for JSON Web Tokens.
    Jwk { id: String, jwk: Value },
}

impl DocumentKey {
    fn id(&self) -> &str {
        match self {
            Self::Multikey { id, .. } | Self::Jwk { id, .. } => id,
        }
    }
}

/// Returns a DID document with the keys that credentials may be signed with, retired ones among them: what they signed stays
/// valid. <https://www.w3.org/TR/did-core/>
pub fn document(did: &str, keys: &[DocumentKey]) -> Value {
    let methods: Vec<Value> = keys
        .iter()
        .map(|key| match key {
            DocumentKey::Multikey { id, multibase } => {
                json!({ "id": id, "type": "Multikey", "controller": did, "publicKeyMultibase": multibase })
            }
            DocumentKey::Jwk { id, jwk } => {
                json!({ "id": id, "type": "JsonWebKey", "controller": did, "publicKeyJwk": jwk })
            }
        })
        .collect();
    let mut contexts = vec!["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"];
    if keys.iter().any(|key| matches!(key, DocumentKey::Jwk { .. })) {
        contexts.push("https://w3id.org/security/jwk/v1");
    }
    json!({
        "@context": contexts,
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": keys.iter().map(DocumentKey::id).collect::<Vec<_>>(),
    })
}

/// Finds a key that may sign credentials in a DID document: named under `assertionMethod`, and controlled by the DID itself.
pub(super) fn method<'a>(document: &'a Value, did: &str, id: &str) -> Result<&'a Value, String> {
    if document["id"] != did {
        return Err(format!("the DID document is that of {}, not of {did}", document["id"]));
    }
    let list = |name: &str| document[name].as_array().into_iter().flatten();
    if !list("assertionMethod").any(|entry| entry == id || entry["id"] == id) {
        return Err(format!("the issuer does not sign credentials with the key {id}"));
    }
    let embedded = list("assertionMethod").filter(|entry| entry.is_object());
    let found = list("verificationMethod").chain(embedded).find(|entry| entry["id"] == id);
    let found = found.ok_or_else(|| format!("the DID document names the key {id}, and does not hold it"))?;
    if found["controller"] != did {
        return Err(format!("the key {id} is controlled by {}", found["controller"]));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::key::SecretKey;

    #[test]
    fn a_site_has_a_did_and_a_did_leads_to_its_document() {
        for (site, did, url) in [
            ("https://example.org", "did:web:example.org", "https://example.org/.well-known/did.json"),
            ("https://example.org/a/b/", "did:web:example.org:a:b", "https://example.org/a/b/did.json"),
            ("https://localhost:8443/x", "did:web:localhost%3A8443:x", "https://localhost:8443/x/did.json"),
        ] {
            assert_eq!(did_web(site).as_deref(), Ok(did));
            assert_eq!(document_url(did).as_deref(), Some(url));
        }
        for site in
            ["http://example.org", "https://", "https://a b/", "https://example.org/a:b", "example.org"]
        {
            assert!(did_web(site).is_err(), "{site}");
        }
        assert_eq!(document_url("did:key:z6Mk"), None);
    }

    #[test]
    fn a_key_must_be_named_held_and_controlled() {
        let key = SecretKey::from_seed([1; 32]).public().to_multibase();
        let id = "did:web:example.org#key-1".to_owned();
        let keys = [DocumentKey::Multikey { id: id.clone(), multibase: key.clone() }];
        let whole = document("did:web:example.org", &keys);
        assert_eq!(method(&whole, "did:web:example.org", &id).unwrap()["publicKeyMultibase"], key);
        assert!(
            method(&whole, "did:web:example.com", &id).unwrap_err().contains("not of did:web:example.com")
        );
        let mut unnamed = whole.clone();
        unnamed["assertionMethod"] = json!([]);
        assert!(method(&unnamed, "did:web:example.org", &id).unwrap_err().contains("does not sign"));
        let mut foreign = whole.clone();
        foreign["verificationMethod"][0]["controller"] = json!("did:web:example.com");
        assert!(method(&foreign, "did:web:example.org", &id).unwrap_err().contains("controlled by"));
    }

    #[test]
    fn a_did_key_is_its_own_document() {
        let key = SecretKey::from_seed([1; 32]).public();
        let did = did_key(key);
        let id = method_id(&did, "unused");
        assert_eq!(key_of_did_key(&id), Some(Ok(key)));
        assert!(key_of_did_key(&format!("{did}#z6Mkother")).unwrap().is_err());
        assert!(key_of_did_key("did:web:example.org#key").is_none());
    }
}
