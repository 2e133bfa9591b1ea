use oxjsonld::{JsonLdParser, JsonLdRemoteDocument};
use oxrdf::dataset::{CanonicalizationAlgorithm, CanonicalizationHashAlgorithm, Dataset};
use serde_json::{Value, json};

use super::vocabulary::bundled;

/// What terms that no context defines, and relative addresses, become, so that they can be seen.
const UNDEFINED: &str = "undefined://term/";

/// Why a document has no canonical form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// The context is not one of those that are bundled.
    #[error("the context {0} is not one that this program knows")]
    UnknownContext(String),
    /// A signature would not cover these.
    #[error("no context defines {}", .0.join(", "))]
    UndefinedTerms(Vec<String>),
    #[error("this is no JSON-LD: {0}")]
    Invalid(String),
}

/// Returns the canonical N-Quads (RDFC-1.0 with SHA-256) of a JSON-LD document.
///
/// A term that no context defines would silently be left out of what is signed, hence such a document is refused; so is one
/// that defines terms itself, since that is a way to leave something out, too.
///
/// <https://www.w3.org/TR/rdf-canon/>, <https://www.w3.org/TR/vc-di-eddsa/#transformation-eddsa-rdfc-2022>
pub fn canonical(document: &Value) -> Result<String, CanonicalError> {
    let mut undefined = undefined_terms(document)?;
    if !undefined.is_empty() {
        undefined.sort();
        undefined.dedup();
        return Err(CanonicalError::UndefinedTerms(undefined));
    }
    let mut dataset = read(document, None)?;
    dataset.canonicalize(CanonicalizationAlgorithm::Rdfc10 {
        hash_algorithm: CanonicalizationHashAlgorithm::Sha256,
    });
    let mut lines: Vec<String> = dataset.iter().map(|quad| format!("{quad} .\n")).collect();
    lines.sort_unstable();
    Ok(lines.concat())
}

/// Finds what no context defines, by reading the document with a vocabulary and a base that catch all of it.
fn undefined_terms(document: &Value) -> Result<Vec<String>, CanonicalError> {
    let mut caught = document.clone();
    let own = match caught["@context"].take() {
        Value::Array(contexts) => contexts,
        Value::Null => return Err(CanonicalError::Invalid("it has no @context".to_owned())),
        one => vec![one],
    };
    if let Some(unknown) = own.iter().find(|context| context.as_str().and_then(bundled).is_none()) {
        return Err(CanonicalError::UnknownContext(unknown.to_string()));
    }
    caught["@context"] = [json!({ "@vocab": UNDEFINED })].into_iter().chain(own).collect();
    let dataset = read(&caught, Some(UNDEFINED))?;
    let mut found = Vec::new();
    for quad in &dataset {
        let text = quad.to_string();
        for piece in text.split('<').filter_map(|piece| piece.strip_prefix("undefined://")) {
            let name = piece.split('>').next().unwrap_or_default();
            found.push(name.strip_prefix("term/").unwrap_or(name).to_owned());
        }
    }
    found.extend(keywords(document, true));
    Ok(found)
}

/// Keys that look like keywords: JSON-LD passes over those that it does not know, and a context further in hides terms.
fn keywords(value: &Value, top: bool) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(|item| keywords(item, false)).collect(),
        Value::Object(fields) => {
            let inside = |(key, value): (&String, &Value)| {
                let own = top && key == "@context";
                let mut found = if own { Vec::new() } else { keywords(value, false) };
                found.extend((key.starts_with('@') && !own).then(|| key.clone()));
                found
            };
            fields.iter().flat_map(inside).collect()
        }
        _ => Vec::new(),
    }
}

fn read(document: &Value, base: Option<&str>) -> Result<Dataset, CanonicalError> {
    let invalid = |error: &dyn std::fmt::Display| CanonicalError::Invalid(error.to_string());
    let text = document.to_string();
    let mut parser = JsonLdParser::new();
    if let Some(base) = base {
        parser = parser.with_base_iri(base).map_err(|error| invalid(&error))?;
    }
    let quads = parser.for_slice(text.as_bytes()).with_load_document_callback(|url, _| {
        let document = bundled(url).ok_or_else(|| format!("the context {url} is not bundled"))?;
        Ok(JsonLdRemoteDocument { document: document.to_vec(), document_url: url.to_owned() })
    });
    let mut dataset = Dataset::new();
    for quad in quads {
        dataset.insert(&quad.map_err(|error| invalid(&error))?);
    }
    Ok(dataset)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn badge() -> Value {
        json!({
            "@context": [super::super::vocabulary::CREDENTIALS, super::super::vocabulary::OPEN_BADGES],
            "id": "urn:uuid:8d0f3c1e-2f1b-4f57-9f0a-1c7b1e6a5a10",
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "issuer": { "id": "did:example:issuer", "type": ["Profile"] },
            "credentialSubject": { "type": ["AchievementSubject"], "id": "did:example:ada" }
        })
    }

    fn undefined(change: impl FnOnce(&mut Value)) -> Vec<String> {
        let mut badge = badge();
        change(&mut badge);
        match canonical(&badge) {
            Err(CanonicalError::UndefinedTerms(terms)) => terms,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_order_of_keys_does_not_count() {
        let mut turned = json!({});
        for (key, value) in badge().as_object().unwrap().iter().rev() {
            turned[key] = value.clone();
        }
        assert_eq!(canonical(&turned), canonical(&badge()));
        assert!(canonical(&badge()).unwrap().contains("<did:example:ada>"));
    }

    #[test]
    fn terms_that_no_context_defines_are_refused_wherever_they_stand() {
        assert_eq!(undefined(|badge| badge["rank"] = json!("first")), ["rank"]);
        assert_eq!(undefined(|badge| badge["credentialSubject"]["rank"] = json!(1)), ["rank"]);
        assert_eq!(undefined(|badge| badge["type"][1] = json!("Diploma")), ["Diploma"]);
        let schema = json!([{ "id": "https://example.org/s", "type": "1EdTechJsonSchemaValidator2019" }]);
        assert_eq!(undefined(|badge| badge["credentialSchema"] = schema), ["1EdTechJsonSchemaValidator2019"]);
        assert_eq!(undefined(|badge| badge["credentialSubject"]["id"] = json!("ada")), ["ada"]);
        assert_eq!(undefined(|badge| badge["issuer"]["@rank"] = json!(1)), ["@rank"]);
        let hiding = json!({ "rank": null });
        assert_eq!(undefined(|badge| badge["issuer"]["@context"] = hiding), ["@context"]);
    }

    #[test]
    fn a_context_that_is_not_bundled_is_refused_by_name() {
        let mut badge = badge();
        badge["@context"][1] = json!("https://example.org/own");
        assert_eq!(
            canonical(&badge),
            Err(CanonicalError::UnknownContext("\"https://example.org/own\"".to_owned()))
        );
        badge["@context"][1] = json!({ "rank": null });
        assert!(matches!(canonical(&badge), Err(CanonicalError::UnknownContext(_))));
        assert!(matches!(canonical(&json!({ "id": "urn:x" })), Err(CanonicalError::Invalid(_))));
    }
}
